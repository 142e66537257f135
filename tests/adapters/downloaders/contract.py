"""What every downloader must do, whatever its kind: one suite for fakes and for real daemons.

A test module takes it over for one kind:

    class TestBiglyBT(DownloaderContract):
        @pytest.fixture
        async def subject(self) -> AsyncIterator[Subject]: ...
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network
from typing import Final, Protocol

import pytest
from msgspec.structs import replace

from app.adapters.downloaders import open_downloader
from app.adapters.downloaders.surroundings import Surroundings
from app.domain.address import Prefix
from app.domain.peer import Peer
from app.domain.snapshot import TorrentPeers
from app.services.errors import AccessDenied, DownloaderError, NotSupported
from app.services.ports import Connection, Downloader, Push, UploadLimits
from app.settings.downloader import DownloaderSettings

PATIENCE: Final = 20.0
"""Seconds for anything to happen; real daemons look at their peers every half second or so."""
BAD, GOOD, NEAR_BAD = "36.110.0.1", "114.114.0.1", "36.110.0.2"
BAD6: Final = "240e:3a1::1"
FOREIGN: Final = ip_network("198.51.100.99/32")


class Subject(Protocol):
    """A running downloader, fake or real, that seeds one torrent, and the swarm around it."""

    @property
    def settings(self) -> DownloaderSettings:
        """With which it lets us in."""
        ...

    @property
    def around(self) -> Surroundings: ...

    @property
    def torrent_hash(self) -> str:
        """Of the torrent that it seeds, in lower case."""
        ...

    @property
    def torrent_size(self) -> int:
        """Bytes."""
        ...

    @property
    def wrong(self) -> DownloaderSettings | None:
        """Settings with a wrong password or token; None where there is none to be wrong."""
        ...

    @property
    def keeps_foreign(self) -> bool:
        """Whether `add_foreign` and `foreign` work: it has a list of its own that a user can write to."""
        ...

    async def meet(self, *ips: str) -> None:
        """Let a peer at each of `ips` connect, take data, and try again and again when it is dropped."""
        ...

    async def wait_dropped(self, ip: str) -> None:
        """Until the peer at `ip` has no connection, and a new try of it has been refused."""
        ...

    async def wait_back(self, ip: str) -> None:
        """Until the peer at `ip`, dropped before, has a connection again."""
        ...

    async def add_foreign(self, entry: Prefix) -> None:
        """Put an entry into its ban list as a user would."""
        ...

    async def foreign(self) -> Collection[Prefix]:
        """What stands in its ban list that is not ours."""
        ...

    async def stop(self) -> None:
        """End it as a user would."""
        ...

    async def kill(self) -> None:
        """End it at once, as a crash would."""
        ...

    async def start(self) -> None:
        """Start it again, with the same settings and its torrent; returns when it answers."""
        ...


@asynccontextmanager
async def opened(
    subject: Subject, settings: DownloaderSettings | None = None
) -> AsyncIterator[Downloader]:
    """Our adapter for it, closed at the end."""
    downloader = open_downloader(settings or subject.settings, around=subject.around)
    try:
        yield downloader
    finally:
        await downloader.close()


def seen_in(torrents: Collection[TorrentPeers], subject: Subject) -> TorrentPeers:
    (found,) = (each for each in torrents if each.torrent.hash.lower() == subject.torrent_hash)
    return found


async def sweep_until(
    downloader: Downloader, subject: Subject, wanted: Callable[[dict[str, Peer]], object]
) -> dict[str, Peer]:
    """Take snapshots until the peers of the torrent, by address, are as wanted."""
    end = time.monotonic() + PATIENCE
    while True:
        snapshot = await downloader.snapshot()
        torrents = [t for t in snapshot.torrents if t.torrent.hash.lower() == subject.torrent_hash]
        found = {str(p.address.ip): p for each in torrents for p in each.peers}
        if wanted(found):
            return found
        assert time.monotonic() < end, f"still {sorted(found)}"
        await asyncio.sleep(0.1)


async def _sweep_for_ever(downloader: Downloader) -> None:
    while True:
        await downloader.snapshot()
        await asyncio.sleep(0.01)


class Ledger:
    """Makes pushes as the reconciler does, and keeps what is held."""

    def __init__(self, connection: Connection) -> None:
        self._able = connection.capabilities
        self._held: frozenset[Prefix] = frozenset()

    def push(self, *texts: str, everything: bool = False) -> Push:
        """To hold just what these texts say, in the forms that are taken."""
        wanted = frozenset(e for text in texts for e in _forms(text) if self._able.takes(e))
        before, self._held = self._held, wanted
        return Push(
            wanted=wanted,
            added=wanted if everything else wanted - before,
            removed=before - wanted,
            owned=before | wanted,
            everything=everything,
        )


def _forms(text: str) -> tuple[Prefix, ...]:
    entry: Prefix = ip_network(text)
    if entry.version == 6:
        return (entry,)
    first = int(ip_address("::ffff:0:0")) + int(entry.network_address)
    return entry, ip_network((first, entry.prefixlen + 96))


class DownloaderContract:
    """The tests; what a kind does not claim to be able to do is not asked of it."""

    async def test_it_says_who_it_is_and_what_it_can_do(self, subject: Subject) -> None:
        async with opened(subject) as downloader:
            first = await downloader.connect()
            assert first.product
            assert first.version
            assert await downloader.connect() == first

    async def test_its_torrents_are_read_and_stay_the_same_objects(self, subject: Subject) -> None:
        async with opened(subject) as downloader:
            await downloader.connect()
            end = time.monotonic() + PATIENCE
            while True:
                before = seen_in((await downloader.snapshot()).torrents, subject)
                if before.torrent.completed_size == subject.torrent_size:
                    break
                assert time.monotonic() < end, f"still {before.torrent}"
                await asyncio.sleep(0.1)
            torrent = before.torrent
            assert torrent.size == subject.torrent_size
            assert torrent.seeding
            assert torrent.name
            assert not torrent.private
            after = seen_in((await downloader.snapshot()).torrents, subject)
            assert after is before

    async def test_a_peer_is_shown_with_all_that_is_claimed(self, subject: Subject) -> None:
        async with opened(subject) as downloader:
            able = (await downloader.connect()).capabilities
            await subject.meet(GOOD)

            def known(peers: dict[str, Peer]) -> bool:
                peer = peers.get(GOOD)
                return peer is not None and not peer.handshaking and peer.uploaded > 0

            peer = (await sweep_until(downloader, subject, known))[GOOD]
            assert bool(peer.peer_id) == able.peer_ids
            assert bool(peer.client_name) == able.client_names
            assert (peer.flags is not None) == able.flags
            assert peer.estimated is not able.counters
            assert 0.0 <= peer.progress <= 1.0

    @pytest.mark.parametrize("ip", [BAD, BAD6])
    async def test_a_banned_peer_goes_stays_out_and_comes_back_when_it_may(
        self, subject: Subject, ip: str
    ) -> None:
        async with opened(subject) as downloader:
            connection = await downloader.connect()
            able = connection.capabilities
            if not able.bans or not (able.ipv6 if ":" in ip else able.ipv4):
                pytest.skip("it does not claim to ban this")
            ledger = Ledger(connection)
            await downloader.apply(ledger.push(everything=True))
            await subject.meet(ip, GOOD)
            await sweep_until(downloader, subject, lambda peers: {ip, GOOD} <= set(peers))
            await downloader.apply(ledger.push(ip))
            await subject.wait_dropped(ip)
            await sweep_until(downloader, subject, lambda peers: ip not in peers)
            await sweep_until(downloader, subject, lambda peers: GOOD in peers)
            if able.unbans:
                await downloader.apply(ledger.push())
                await subject.wait_back(ip)
                await sweep_until(downloader, subject, lambda peers: ip in peers)

    async def test_a_block_takes_all_peers_in_it(self, subject: Subject) -> None:
        async with opened(subject) as downloader:
            connection = await downloader.connect()
            able = connection.capabilities
            if not (able.bans and able.prefixes and able.ipv4):
                pytest.skip("it does not claim to ban blocks")
            ledger = Ledger(connection)
            await subject.meet(BAD, NEAR_BAD, GOOD)
            await sweep_until(
                downloader, subject, lambda peers: {BAD, NEAR_BAD, GOOD} <= set(peers)
            )
            await downloader.apply(ledger.push("36.110.0.0/16", everything=True))
            await subject.wait_dropped(BAD)
            await subject.wait_dropped(NEAR_BAD)
            await sweep_until(downloader, subject, lambda peers: set(peers) == {GOOD})

    async def test_entries_of_the_user_stay(self, subject: Subject) -> None:
        if not subject.keeps_foreign:
            pytest.skip("nobody else can write to its list")
        async with opened(subject) as downloader:
            ledger = Ledger(await downloader.connect())
            await subject.add_foreign(FOREIGN)
            await downloader.apply(ledger.push(BAD, everything=True))
            await downloader.apply(ledger.push(BAD, NEAR_BAD))
            await downloader.apply(ledger.push(NEAR_BAD))
            assert FOREIGN in await subject.foreign()
            await downloader.apply(ledger.push())
            assert FOREIGN in await subject.foreign()

    async def test_another_run_can_lift_all_that_is_ours(self, subject: Subject) -> None:
        async with opened(subject) as downloader:
            connection = await downloader.connect()
            if not connection.capabilities.unbans:
                pytest.skip("it does not claim to lift bans")
            ledger = Ledger(connection)
            await downloader.apply(ledger.push(BAD, everything=True))
        async with opened(subject) as downloader:
            await downloader.connect()
            await downloader.apply(ledger.push(everything=True))
            await subject.meet(BAD)
            await sweep_until(downloader, subject, lambda peers: BAD in peers)

    async def test_after_a_restart_it_is_a_new_session_and_takes_the_list_anew(
        self, subject: Subject
    ) -> None:
        async with opened(subject) as downloader:
            first = await downloader.connect()
            ledger = Ledger(first)
            if first.capabilities.bans:
                await downloader.apply(ledger.push(BAD, everything=True))
            await downloader.snapshot()
            await subject.stop()
            with pytest.raises(DownloaderError):
                await downloader.snapshot()
            await subject.start()
            await downloader.snapshot()
            second = await downloader.connect()
            assert second.session > first.session
            assert replace(second, session=0) == replace(first, session=0)
            if first.capabilities.bans:
                await downloader.apply(ledger.push(BAD, everything=True))
                await subject.meet(BAD, GOOD)
                await sweep_until(downloader, subject, lambda peers: GOOD in peers)
                await subject.wait_dropped(BAD)

    async def test_killed_in_the_middle_it_fails_with_words_and_is_found_again(
        self, subject: Subject
    ) -> None:
        async with opened(subject) as downloader:
            await downloader.connect()
            await subject.meet(GOOD)
            await sweep_until(downloader, subject, lambda peers: GOOD in peers)
            async with asyncio.TaskGroup() as group:
                group.create_task(subject.kill(), name="kill")
                with pytest.raises(DownloaderError):
                    await _sweep_for_ever(downloader)
            await subject.start()
            end = time.monotonic() + PATIENCE
            while not (await downloader.snapshot()).torrents:
                assert time.monotonic() < end
                await asyncio.sleep(0.1)

    async def test_a_wrong_password_is_tried_once_until_the_user_asks(
        self, subject: Subject
    ) -> None:
        if subject.wrong is None:
            pytest.skip("it asks for none")
        async with opened(subject, subject.wrong) as downloader:
            for _ in range(3):
                with pytest.raises(AccessDenied):
                    await downloader.connect()
            downloader.forget_refusal()
            with pytest.raises(AccessDenied):
                await downloader.connect()
        async with opened(subject) as downloader:
            await downloader.connect()

    async def test_limits_are_set_and_given_back(self, subject: Subject) -> None:
        async with opened(subject) as downloader:
            able = (await downloader.connect()).capabilities
            if not able.upload_limit:
                with pytest.raises(NotSupported):
                    await downloader.upload_limits()
                return
            before = await downloader.upload_limits()
            wanted = UploadLimits(
                rate=1_024_000, alternative=None if before.alternative is None else 1_024_000
            )
            await downloader.limit_upload(wanted)
            assert await downloader.upload_limits() == wanted
            await downloader.limit_upload(replace(wanted, rate=1))
            assert (await downloader.upload_limits()).rate > 0
            await downloader.limit_upload(before)
            assert await downloader.upload_limits() == before

    async def test_trackers_are_replaced_tier_by_tier(self, subject: Subject) -> None:
        async with opened(subject) as downloader:
            able = (await downloader.connect()).capabilities
            torrent = seen_in((await downloader.snapshot()).torrents, subject).torrent
            one, two, three = (f"http://127.0.0.1:9/{name}/announce" for name in ("a", "b", "c"))
            if not able.trackers:
                with pytest.raises(NotSupported):
                    await downloader.replace_trackers(torrent.id, ((one,),))
                return
            before = await downloader.trackers(torrent.id)
            for tiers in (((one, two), (three,)), ((three,),), before):
                await downloader.replace_trackers(torrent.id, tiers)
                assert await downloader.trackers(torrent.id) == tiers

    async def test_its_port_is_changed_while_it_runs(self, subject: Subject) -> None:
        async with opened(subject) as downloader:
            able = (await downloader.connect()).capabilities
            if not able.listen_port:
                with pytest.raises(NotSupported):
                    await downloader.listen_at(6_999)
                return
            before = await downloader.listen_port()
            assert before > 0
            await downloader.listen_at(before + 1)
            assert await downloader.listen_port() == before + 1
            await downloader.listen_at(before)

    async def test_its_totals_are_told_if_it_counts_them(self, subject: Subject) -> None:
        async with opened(subject) as downloader:
            able = (await downloader.connect()).capabilities
            snapshot = await downloader.snapshot()
            assert (snapshot.all_time_uploaded is not None) == able.totals
