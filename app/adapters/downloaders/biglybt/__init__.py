"""BiglyBT and Vuze, through the plugin PBH-Adapter of either."""
