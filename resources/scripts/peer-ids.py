## @NAME Sample: lists of peer IDs and names
## @AUTHOR PeerWarden
## @VERSION 1.0
## @ACTIVE false
# A sample to start from: bans by the beginning of the peer ID or of the client name. The rules
# "Peer ID" and "Client name" do the same without a script.

IDS = (
    "-hp", "-dt", "-sd", "-xf", "-gt", "-qd", "-bn", "-dl",
    "-ts", "-fg", "-tt", "-nx", "-ax", "-lp", "-vg", "-mg",
)  # fmt: skip
NAMES = (
    "hp/torrent",
    "hp ",
    "dt/torrent",
    "dt ",
    "go.torrent.dev",
    "xfplay",
    "stellarplayer",
    "sp ",
    "flashget",
    "tudou",
    "torrentstorm",
    "qqdownload",
    "github.com/anacrolix/torrent",
    "qbittorrent/3.3.15",
    "github.com/thank423/trafficconsume",
    "ljyun.cn/hangzhou/monitoring",
    "taipei-torrent",
)


def judge(peer_id, client_name):
    if peer_id.lower().startswith(IDS):
        return "peer ID " + peer_id
    if client_name.lower().startswith(NAMES):
        return "client name " + client_name
    return False
