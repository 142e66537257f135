"""Tests of `app/ui/delegates`."""
