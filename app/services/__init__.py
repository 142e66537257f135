"""The async core: use cases, and the ports that they need."""
