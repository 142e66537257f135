"""The filter box finds a peer by anything that one knows of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.domain.decision import Decision
from app.domain.verdict import Action
from app.services.events import JudgedPeer, PeerKey
from app.ui.peers.mark import Group
from app.ui.peers.search import accepts
from tests.ui.fakes import peer, torrent

_TORRENT = torrent(7, name="Ubuntu Desktop.iso")
_PEER = peer("2001:db8::5", client="Xunlei 9", peer_id="-XL0012-", country="cn", up=1)
_ONE = JudgedPeer(
    PeerKey("nas", _TORRENT.id, _PEER.address.raw),
    _TORRENT,
    _PEER,
    Decision(Action.NO_ACTION, None, 0, ()),
    0,
)


def _finds(text: str, group: Group | None = None) -> bool:
    test = accepts(text, group, {"nas": "My NAS"}.__getitem__)
    return test is None or test(_ONE)


@pytest.mark.parametrize(
    "text",
    ["", "ubuntu", "DESKTOP", "xunlei", "-xl00", "db8", "my nas", "cn", "2001:db8::/32", "ubu xun"],
)
def test_it_is_found_by(text: str) -> None:
    assert _finds(text)


@pytest.mark.parametrize("text", ["debian", "ubuntu debian", "2001:db9::/32", "10.0.0.0/8", "1/2"])
def test_it_is_not_found_by(text: str) -> None:
    assert not _finds(text)


def test_the_whole_info_hash_finds_its_torrent() -> None:
    assert _finds(_TORRENT.hash)


def test_words_and_group_must_both_fit() -> None:
    assert _finds("ubuntu", Group.TAKING)
    assert not _finds("ubuntu", Group.GIVING)
    assert not _finds("debian", Group.TAKING)


def test_nothing_to_look_for_needs_no_test() -> None:
    assert accepts(" ", None, str) is None


def test_a_peer_without_a_name_is_found_by_its_address() -> None:
    bare = replace(_ONE, peer=replace(_PEER, client_name=None, peer_id=None))
    test = accepts("2001:db8", None, str)
    assert test is not None
    assert test(bare)
