## @NAME Name and peer ID must fit
## @AUTHOR PeerWarden
## @VERSION 1.0
# Bans peers whose client name and peer ID belong to different clients.

ID_OF = {
    "aria2explorer": "-ae",
    "bitcomet": "-bc",
    "transmission": "-tr",
    "qbittorrent": "-qb",
    "bitlord": "-bl",
    "bitwombat": "-bw",
    "deluge": "-de",
    "frostwire": "-fw",
    "gospeed": "-gp",
    "adm": "-ad",
    "bitspirit": "-sp",
    "aria2": "a2",
    "utorrentmac": "-um",
    "utorrent mac": "-um",
    "\u03bctorrent": "-ut",
    "utorrent": "-ut",
    "tixati": "tix",
    "gopeed dev": "-gp",
}

# By the first letter, and the longest first: "aria2explorer" is no "aria2".
BY_LETTER = {}
for start in sorted(ID_OF, key=len, reverse=True):
    BY_LETTER.setdefault(start[0], []).append((start, ID_OF[start]))


def judge(client_name, peer_id):
    # There are two letters that look like "µ": clients send one, tables hold the other.
    name = client_name.strip().lower().replace("\u00b5", "\u03bc")
    if not name or not peer_id.strip():
        return False
    for start, wanted in BY_LETTER.get(name[0], ()):
        if name.startswith(start):
            if peer_id.lower().startswith(wanted):
                return False
            return "it calls itself " + client_name + ", but its peer ID is " + peer_id
    return False
