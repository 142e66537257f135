"""The Downloaders page."""
