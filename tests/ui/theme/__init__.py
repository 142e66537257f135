"""Tests of `app/ui/theme`."""
