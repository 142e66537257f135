"""What did not change stays the same object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from msgspec.structs import replace

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.listing import Listing
from app.domain.address import Endpoint, Translation, parse_ip, translate
from app.domain.peer import Peer
from app.domain.snapshot import TorrentPeers
from app.domain.torrent import Torrent


def torrent(key: str = "a", *, private: bool = False, uploaded: int = 0) -> Torrent:
    return Torrent(id=key, hash=key, name=key, private=private, uploaded=uploaded)


def peer(ip: str = "1.2.3.4", *, uploaded: int = 0) -> Peer:
    address = translate(Endpoint(parse_ip(ip), 6881), Translation())
    return Peer(address=address, uploaded=uploaded)


async def take(
    listing: Listing, *found: tuple[Torrent, Iterable[Peer]], ignore_private: bool = False
) -> tuple[TorrentPeers, ...]:
    return await listing.take(found, Effort(), ignore_private=ignore_private)


async def test_equal_answers_are_the_same_objects() -> None:
    listing = Listing()
    (before,) = await take(listing, (torrent(), [peer(), peer("1.2.3.5")]))
    (after,) = await take(listing, (torrent(), [peer(), peer("1.2.3.5")]))
    assert after is before


async def test_only_what_changed_is_new() -> None:
    listing = Listing()
    (before,) = await take(listing, (torrent(), [peer(), peer("1.2.3.5")]))
    (after,) = await take(listing, (torrent(), [peer(), peer("1.2.3.5", uploaded=1)]))
    assert after.torrent is before.torrent
    assert after.peers[0] is before.peers[0]
    assert after.peers[1].uploaded == 1
    (last,) = await take(listing, (torrent(uploaded=1), after.peers))
    assert last.torrent.uploaded == 1
    assert last.peers is after.peers


async def test_who_is_gone_is_gone() -> None:
    listing = Listing()
    await take(listing, (torrent("a"), [peer(), peer("1.2.3.5")]), (torrent("b"), []))
    (after,) = await take(listing, (torrent("a"), [peer("1.2.3.5")]))
    assert [str(each.address.ip) for each in after.peers] == ["1.2.3.5"]
    assert listing.torrents == {"a": after}


async def test_a_peer_is_known_by_address_and_port_on_its_own_torrent() -> None:
    listing = Listing()
    one = peer(uploaded=7)
    first, second = await take(listing, (torrent("a"), [one, one]), (torrent("b"), [peer()]))
    assert [len(each.peers) for each in (first, second)] == [1, 1]
    assert second.peers[0].uploaded == 0


async def test_private_torrents_are_left_unjudged_where_the_user_wants_that() -> None:
    listing = Listing()
    private = torrent("a", private=True)
    found = await take(listing, (private, []), (torrent("b"), []), ignore_private=True)
    assert [each.judged for each in found] == [False, True]
    found = await take(listing, (private, []), (torrent("b"), []))
    assert [each.judged for each in found] == [True, True]
    found = await take(listing, (replace(private, private=False), []), ignore_private=True)
    assert found[0].judged


async def test_an_answer_that_breaks_off_changes_nothing() -> None:
    listing = Listing()
    (before,) = await take(listing, (torrent(), [peer()]))

    def broken() -> Iterator[tuple[Torrent, list[Peer]]]:
        yield torrent(), []
        raise ValueError("broken off")

    with pytest.raises(ValueError, match="broken off"):
        await listing.take(broken(), Effort())
    assert listing.torrents == {"a": before}
    (after,) = await take(listing, (torrent(), [peer()]))
    assert after is before
