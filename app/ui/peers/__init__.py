"""The Peers page: who is connected, and why each is judged as it is."""
