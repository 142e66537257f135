"""Prints how long things take; none of it is a timed test."""
