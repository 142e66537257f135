## @NAME Transmission 2.94 at ::1
## @AUTHOR PeerWarden
## @VERSION 1.0
# Bans false Transmissions that dial from many IPv6 networks, always from the first address of each.


def judge(peer_ip, client_name):
    return "Transmission 2.94" in client_name and peer_ip.endswith("::1")
