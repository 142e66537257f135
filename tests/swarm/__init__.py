"""The swarm lab: forged BitTorrent peers, a namespace for them, and a score of who was banned."""
