"""rTorrent, by XML-RPC over SCGI or through a web server."""
