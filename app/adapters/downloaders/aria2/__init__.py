"""aria2 and Aria2Next, by JSON-RPC."""
