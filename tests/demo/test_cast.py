"""The cast against the default rule lists."""

from __future__ import annotations

import pytest

from app.demo.cast import BANNED, HONEST, TITLES, Client

# The default lists of reference/rules.md 5.3, in lower case; no rule of them looks at case.
IDS_START = ("-hp", "-xm", "-dt", "-sd", "-xf", "-qd", "-bn", "-dl", "-ts", "-fg", "-tt", "-nx")
IDS_CONTAIN = ("-rn0.0.0", "cacao")
IDS_EQUAL = ("unknown", "未知")
NAMES_START = (
    *("hp/torrent", "hp ", "dt/torrent", "dt ", "xm/torrent", "xm ", "taipei-torrent", "xfplay"),
    *("qbittorrent/3.3.15", "github.com/thank423/trafficconsume", "\u07ad__", "unknown ["),
    "gopeed bt-exp",
)
NAMES_CONTAIN = (
    *("rain 0.0.0", "gopeed dev", "stellarplayer", "sp ", "flashget", "tudou", "torrentstorm"),
    "qqdownload",
)


def is_listed(client: Client) -> bool:
    peer_id, name = client.peer_id.lower(), client.name.lower()
    return (
        peer_id.startswith(IDS_START)
        or peer_id in IDS_EQUAL
        or any(part in peer_id for part in IDS_CONTAIN)
        or name.startswith(NAMES_START)
        or any(part in name for part in NAMES_CONTAIN)
    )


@pytest.mark.parametrize("client", BANNED)
def test_a_default_rule_catches_every_dishonest_client(client: Client) -> None:
    assert is_listed(client)


@pytest.mark.parametrize("client", HONEST)
def test_no_default_rule_touches_an_honest_client(client: Client) -> None:
    assert not is_listed(client)


def test_an_id_is_what_qbittorrent_shows_of_one() -> None:
    assert all(len(client.peer_id) == 8 or client.peer_id == "Unknown" for client in BANNED)
    assert all(len(client.peer_id) == 8 for client in HONEST)


def test_titles_are_distinct() -> None:
    assert len({title.name for title in TITLES}) == len(TITLES)
