"""What did not change stays the same object, whatever else did."""

from __future__ import annotations

from msgspec.structs import replace

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.listing import Listing
from app.domain.peer import Peer
from app.domain.snapshot import TorrentPeers
from app.domain.torrent import Torrent
from tests.domain.examples import peer

ONE = Torrent(id="1", hash="a1", name="one")
TWO = Torrent(id="2", hash="a2", name="two", private=True)


async def take(
    listing: Listing, *found: tuple[Torrent, tuple[Peer, ...]], ignore_private: bool = False
) -> tuple[TorrentPeers, ...]:
    return await listing.take(found, Effort(), ignore_private=ignore_private)


def copied(found: Peer) -> Peer:
    return replace(found)


async def test_equal_answers_are_the_same_objects() -> None:
    listing = Listing()
    a, b = peer("1.2.3.4"), peer("1.2.3.5")
    before = await take(listing, (ONE, (a, b)), (TWO, ()))
    after = await take(listing, (replace(ONE), (copied(a), copied(b))), (replace(TWO), ()))
    assert all(one is other for one, other in zip(before, after, strict=True))


async def test_only_what_changed_is_new() -> None:
    listing = Listing()
    a, b = peer("1.2.3.4"), peer("1.2.3.5")
    (one, two) = await take(listing, (ONE, (a, b)), (TWO, (a,)))
    faster = replace(b, upload_rate=7)
    (one_after, two_after) = await take(listing, (ONE, (copied(a), faster)), (TWO, (copied(a),)))
    assert two_after is two
    assert one_after.torrent is one.torrent
    assert one_after.peers == (a, faster)
    assert one_after.peers[0] is a


async def test_who_is_gone_is_gone_and_torrents_too() -> None:
    listing = Listing()
    a = peer("1.2.3.4")
    await take(listing, (ONE, (a,)), (TWO, ()))
    (left,) = await take(listing, (ONE, ()))
    assert left.peers == ()
    assert list(listing.torrents) == ["1"]


async def test_private_torrents_are_left_alone_when_wanted() -> None:
    listing = Listing()
    one, two = await take(listing, (ONE, ()), (TWO, ()), ignore_private=True)
    assert (one.judged, two.judged) == (True, False)
    _, again = await take(listing, (ONE, ()), (TWO, ()))
    assert again.judged
