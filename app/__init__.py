"""PeerWarden: watches BitTorrent downloaders and bans the peers that take without giving."""
