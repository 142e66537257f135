## @NAME IPv6 with 2e0:61ff:fe
## @AUTHOR PeerWarden
## @VERSION 1.0
# Bans a swarm whose IPv6 addresses are made by a program: all of them contain the same pattern.


def judge(peer_ip):
    return ":2e0:61ff:fe" in peer_ip
