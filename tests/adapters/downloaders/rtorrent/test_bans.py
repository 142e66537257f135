"""The filter holds our bans; it is read back, and asked little."""

from __future__ import annotations

from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest

from app.adapters.downloaders.rtorrent.bans import BanWriter
from app.adapters.downloaders.rtorrent.parts import Parts
from app.adapters.downloaders.rtorrent.session import Session
from app.domain.address import Prefix
from app.services.errors import ProtocolMismatch
from app.services.ports import Push
from tests.adapters.downloaders.rtorrent.fake import FakeRTorrent, ScgiServer
from tests.adapters.downloaders.rtorrent.opened import settings
from tests.services.record_fakes import MemoryFacts

ONE, TWO = "36.110.0.1", "36.110.0.2"
SENTINEL = "255.255.255.255-255.255.255.255 unwanted"


def held(*texts: str) -> list[str]:
    return [f"{text}-{text} unwanted" for text in texts]


class Writer:
    """A writer that keeps account of what it owns, as the reconciler does."""

    def __init__(
        self,
        session: Session,
        facts: MemoryFacts | None = None,
        held: frozenset[Prefix] = frozenset(),
    ) -> None:
        self._bans = BanWriter(session, Parts(facts or MemoryFacts(), "parts"))
        self._held = held

    async def hold(self, *texts: str, everything: bool = False) -> None:
        wanted = frozenset(map(ip_network, texts))
        before, self._held = self._held, wanted
        await self._bans.apply(
            Push(
                wanted=wanted,
                added=wanted if everything else wanted - before,
                removed=before - wanted,
                owned=before | wanted,
                everything=everything,
            )
        )


@pytest.fixture
async def server() -> AsyncIterator[ScgiServer]:
    server = ScgiServer(FakeRTorrent())
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def fake(server: ScgiServer) -> FakeRTorrent:
    return server.fake


@pytest.fixture
def session(server: ScgiServer) -> Session:
    return Session(settings(server.url))


async def test_bans_come_and_go_without_a_trace(fake: FakeRTorrent, session: Session) -> None:
    writer = Writer(session)
    await writer.hold(ONE, TWO, everything=True)
    assert fake.filtered() == held(ONE, TWO)
    await writer.hold(TWO)
    assert fake.filtered() == held(TWO)
    await writer.hold()
    assert fake.filtered() == [SENTINEL]
    assert session.filter_size == 12


async def test_the_whole_filter_is_read_only_when_it_is_not_known(
    fake: FakeRTorrent, session: Session
) -> None:
    writer = Writer(session)
    await writer.hold(ONE, everything=True)
    assert fake.calls["ipv4_filter.dump"] == 2  # before and after
    await writer.hold(ONE, TWO)
    assert fake.calls["ipv4_filter.dump"] == 2
    fake.put("198.51.100.99")
    await writer.hold(TWO)
    assert fake.calls["ipv4_filter.dump"] == 3
    assert fake.filtered() == held(TWO, "198.51.100.99")


async def test_nothing_is_written_when_nothing_changed(
    fake: FakeRTorrent, session: Session
) -> None:
    writer = Writer(session)
    await writer.hold(ONE, everything=True)
    await writer.hold(ONE, everything=True)
    assert fake.calls["ipv4_filter.add_address"] == 1
    before = fake.calls.copy()
    await writer.hold(ONE)
    assert fake.calls == before


async def test_entries_that_do_not_stick_are_reported_each_time(
    fake: FakeRTorrent, session: Session
) -> None:
    writer = Writer(session)
    fake.drops = {TWO}
    with pytest.raises(ProtocolMismatch) as caught:
        await writer.hold(ONE, TWO, everything=True)
    assert "36.110.0.2" in str(caught.value)
    with pytest.raises(ProtocolMismatch):
        await writer.hold(ONE, TWO, "36.110.0.9")
    fake.drops = set()
    await writer.hold(ONE, TWO, "36.110.0.9", everything=True)
    assert len(fake.filtered()) == 3


async def test_a_dropped_addition_is_noticed_without_reading_all(
    fake: FakeRTorrent, session: Session
) -> None:
    writer = Writer(session)
    await writer.hold(ONE, everything=True)
    fake.drops = {TWO}
    with pytest.raises(ProtocolMismatch):
        await writer.hold(ONE, TWO)


async def test_after_a_restart_nothing_is_taken_for_known(
    fake: FakeRTorrent, session: Session
) -> None:
    writer = Writer(session)
    await writer.hold(ONE, everything=True)
    fake.restart()
    session.number += 1
    await writer.hold(ONE, TWO)
    assert fake.filtered() == held(ONE, TWO)


async def test_thousands_go_in_several_requests(fake: FakeRTorrent, session: Session) -> None:
    many = [f"36.{n >> 8}.{n & 255}.1" for n in range(1_000)]
    await Writer(session).hold(*many, everything=True)
    assert len(fake.filtered()) == 1_000
    assert fake.calls["system.multicall"] <= 1 + 3


BLOCK = ip_network("36.0.0.0/24")
OF_THE_USER = "36.0.0.5-36.0.0.7"
AROUND = ["36.0.0.0-36.0.0.4 unwanted", "36.0.0.8-36.0.0.255 unwanted"]


async def test_what_is_ours_around_a_range_of_the_user_s_goes_after_a_restart_of_ours_too(
    server: ScgiServer, fake: FakeRTorrent, session: Session
) -> None:
    facts = MemoryFacts()
    fake.put(OF_THE_USER)
    await Writer(session, facts).hold(str(BLOCK), everything=True)
    assert fake.filtered() == sorted([f"{OF_THE_USER} unwanted", *AROUND], key=_first)
    again = Writer(Session(settings(server.url)), facts, frozenset({BLOCK}))
    await again.hold(everything=True)
    assert [line for line in fake.filtered() if line != SENTINEL] == [f"{OF_THE_USER} unwanted"]
    assert await facts.recall("parts") is None


async def test_it_is_so_when_we_were_killed_in_the_middle(
    server: ScgiServer, fake: FakeRTorrent, session: Session
) -> None:
    facts = MemoryFacts()
    fake.put(OF_THE_USER)
    fake.drops = {"36.0.0.8-36.0.0.255"}
    with pytest.raises(ProtocolMismatch):
        await Writer(session, facts).hold(str(BLOCK), everything=True)
    fake.drops = set()
    again = Writer(Session(settings(server.url)), facts, frozenset({BLOCK}))
    await again.hold(everything=True)
    assert [line for line in fake.filtered() if line != SENTINEL] == [f"{OF_THE_USER} unwanted"]


def _first(line: str) -> int:
    return int(line.partition("-")[0].rpartition(".")[2])
