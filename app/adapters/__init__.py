"""The outside world, one folder a neighbour."""
