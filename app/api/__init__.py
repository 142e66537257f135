"""The local REST server: PBH's WebAPI over the same services that the desktop uses."""
