"""Protection as a service: what it learns, what it says, that it always wins."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import block_of, parse_ip, parse_prefix
from app.domain.decision import merge
from app.domain.protection import FIXED, Interface
from app.domain.sighting import Batch, Sighting
from app.domain.snapshot import Snapshot
from app.domain.verdict import Action, Mode, Verdict
from app.locale.texts import say
from app.services.events import DownloadersChanged, EventBus, RulesChanged, Swept, Timings
from app.services.protection import Protection
from tests.domain.examples import UBUNTU, peer, verdict

P = parse_prefix


class Bench:
    def __init__(self, *interfaces: Interface) -> None:
        self.interfaces: Sequence[Interface] | OSError = interfaces
        self.bus = EventBus()
        self.told: list[RulesChanged] = []
        self.bus.subscribe(RulesChanged, self.told.append)
        self.protection = Protection(self.read, self.bus)

    def read(self) -> Sequence[Interface]:
        if isinstance(self.interfaces, OSError):
            raise self.interfaces
        return self.interfaces

    def judge(self, ip: str) -> Verdict:
        return self.protection.judge(seen(ip))

    def report(self, *external: str, downloader: str = "nas") -> None:
        shown = Snapshot(at=0, torrents=(), external=tuple(map(parse_ip, external)))
        self.bus.publish(
            Swept(
                downloader=downloader,
                snapshot=shown,
                changed={},
                gone=frozenset(),
                peers=0,
                to_good=0,
                to_banned=0,
                bans=(),
                timings=Timings(),
            )
        )


def seen(ip: str) -> Sighting:
    return Sighting(at=0, downloader="nas", torrent=UBUNTU, peer=peer(ip))


def interface(name: str, address: str, bits: int) -> Interface:
    return Interface(name=name, address=parse_ip(address), bits=bits)


async def test_the_trace_says_why_an_address_is_protected() -> None:
    bench = Bench(interface("eth0", "9.9.9.9", 24))
    await bench.protection.look()
    own = bench.judge("9.9.9.9")
    assert (own.action, own.rule) == (Action.SKIP, "protection")
    assert own.data == {"type": "protected", "kind": "own", "network": "9.9.9.9"}
    assert say(own.reason) == "This is an address of your own computer (eth0)."
    assert bench.judge("192.168.1.7").data["kind"] == "lan"
    assert bench.judge("192.168.1.7") is bench.judge("192.168.9.9")
    assert bench.judge("9.9.9.8").action is Action.NO_ACTION
    assert bench.judge("9.9.9.8") is bench.judge("203.0.113.7")


def test_a_tunnelled_peer_is_protected_by_either_address() -> None:
    bench = Bench()
    assert bench.judge("64:ff9b::10.0.0.1").action is Action.SKIP
    assert bench.judge("64:ff9b::9.9.9.9").action is Action.NO_ACTION


async def test_many_get_the_answer_of_one_by_one() -> None:
    bench = Bench(interface("eth0", "9.9.9.9", 24), interface("eth0", "2a00:1:2:3::5", 64))
    await bench.protection.look()
    ips = ("9.9.9.9", "8.8.8.8", "64:ff9b::10.0.0.1", "2a00:1:2:3::7", "::ffff:192.168.1.1", "::1")
    found = bench.protection.judge_all(Batch([seen(ip) for ip in ips]))
    assert found == [bench.judge(ip) for ip in ips]
    assert [verdict.action is Action.SKIP for verdict in found] == [True, False, *[True] * 4]


async def test_other_interfaces_are_news_the_same_are_none() -> None:
    bench = Bench(interface("eth0", "9.9.9.9", 24))
    await bench.protection.look()
    await bench.protection.look()
    assert len(bench.told) == 1
    bench.interfaces = (interface("eth0", "9.9.9.10", 24),)
    await bench.protection.look()
    assert len(bench.told) == 2
    assert bench.judge("9.9.9.9").action is Action.NO_ACTION
    assert bench.judge("9.9.9.10").action is Action.SKIP


async def test_an_interface_in_a_network_that_is_protected_anyway_is_named_all_the_same() -> None:
    bench = Bench(interface("eth0", "192.168.1.5", 24))
    await bench.protection.look()
    assert bench.judge("192.168.1.5").data["kind"] == "own"


async def test_interfaces_that_cannot_be_read_stay_as_they_were(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = Bench(interface("eth0", "9.9.9.9", 24))
    await bench.protection.look()
    bench.interfaces = OSError("no")
    await bench.protection.look()
    await bench.protection.look()
    assert bench.judge("9.9.9.9").action is Action.SKIP
    assert len(caplog.messages) == 1


async def test_it_looks_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(interface("eth0", "9.9.9.9", 24))
    monkeypatch.setattr("app.services.protection._LOOK_SECONDS", 0)
    news = asyncio.Event()
    bench.bus.subscribe(RulesChanged, lambda _event: news.set())
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        running = group.create_task(bench.protection.run())
        await news.wait()
        running.cancel()


def test_what_downloaders_report_of_themselves_is_protected() -> None:
    bench = Bench()
    bench.report("9.9.9.9", "2a00:1:2:3::4")
    assert bench.judge("9.9.9.9").data["kind"] == "wan"
    assert bench.judge("2a00:1:2:3::5").data["kind"] == "wan"
    bench.report("9.9.9.9", "2a00:1:2:3::4")
    bench.report()
    assert len(bench.told) == 1
    bench.report("9.9.9.10")
    assert bench.judge("9.9.9.9").action is Action.NO_ACTION
    bench.report("9.9.9.11", downloader="other")
    bench.bus.publish(DownloadersChanged(gone=("nas",)))
    assert bench.judge("9.9.9.10").action is Action.NO_ACTION
    assert bench.judge("9.9.9.11").action is Action.SKIP


def test_a_private_address_that_a_downloader_reports_changes_nothing_of_who_is_protected() -> None:
    bench = Bench()
    bench.report("192.168.1.5")
    assert P("192.168.0.0/16") in bench.protection.prefixes()
    assert P("192.168.1.5") not in bench.protection.prefixes()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("192.168.1.0/24", "This is in your local network (192.168.0.0/16)."),
        (
            "192.0.0.0/8",
            "192.168.0.0/16 lies inside it. This is in your local network (192.168.0.0/16).",
        ),
        ("203.0.113.0/24", None),
    ],
)
def test_why_a_block_must_not_be_banned(text: str, words: str | None) -> None:
    found = Bench().protection.protects(P(text))
    assert (say(found) if found else None) == words


VERDICTS = st.lists(
    st.builds(
        verdict,
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(Action),
        st.integers(0, 10**12),
        st.sampled_from(Mode),
    )
)
PROTECTED = st.sampled_from(FIXED).flatmap(
    lambda entry: st.integers(
        int(entry.prefix.network_address), int(entry.prefix.broadcast_address)
    ).map(type(entry.prefix.network_address))
)


@given(PROTECTED, VERDICTS, st.integers(0, 128))
def test_no_profile_bans_what_is_protected(ip: object, verdicts: list[Verdict], bits: int) -> None:
    protection = Protection(tuple, EventBus())
    sighting = seen(str(ip))
    assert merge([protection.judge(sighting), *verdicts], 1000).action is Action.SKIP
    address = sighting.peer.address.ip
    block = block_of(address, min(bits, address.max_prefixlen))
    assert protection.protects(block) is not None
