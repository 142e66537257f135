"""BitComet, through the WebUI of its remote access."""
