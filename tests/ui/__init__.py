"""Tests of the desktop, on Qt's offscreen platform."""
