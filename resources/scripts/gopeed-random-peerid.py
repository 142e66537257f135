## @NAME Gopeed without its own peer ID
## @AUTHOR PeerWarden
## @VERSION 1.0
# Bans peers that call themselves a development build of Gopeed and hide behind somebody else's peer ID.


def judge(client_name, peer_id):
    if not client_name.strip() or not peer_id.strip():
        return False
    return "gopeed dev" in client_name.lower() and not peer_id.lower().startswith("-gp")
