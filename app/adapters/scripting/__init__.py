"""Runs the user's scripts in processes of their own, and keeps their files."""
