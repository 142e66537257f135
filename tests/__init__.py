"""Tests of PeerWarden; the folders mirror those of `app`."""
