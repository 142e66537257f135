"""Tests of the frame: the lock, the layout and the set-up script."""
