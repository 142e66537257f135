"""The whole program against real daemons, in roots and namespaces of their own."""
