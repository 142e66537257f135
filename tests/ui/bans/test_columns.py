"""What the lists of bans say about each of them, and by what they are sorted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.domain.ban import FOREVER, Ban, Source
from app.services.enforcement import Enforcement
from app.services.leakage import Leak
from app.services.ports import HistoryRow
from app.ui.bans.columns import BanView, ban_columns, history_columns, took
from app.ui.bans.enforced import MARKS, Enforced
from app.ui.columns import Column
from app.ui.delegates import Mark
from app.ui.format import moment
from app.ui.theme import Appearance
from tests.services.fakes import NOW
from tests.ui.fakes import GIB, banned, peer, swarm, torrent, until, workplace

HOUR = 3_600_000
ONE = banned(
    "203.0.113.87", who=peer("203.0.113.87", uploaded=3 * GIB), of=torrent(name="debian.iso")
)
BARE = replace(
    banned("198.51.100.0/24", lasts=FOREVER), source=Source.MANUAL, downloader=None, trace=()
)


class View(BanView):
    """Says what it is told to."""

    def __init__(self, states: Mapping[str, Enforcement] | None = None, *, later: int = 0) -> None:
        self._now, self._states = NOW + later, dict(states or {})
        self.leaked = Leak(prefix=ONE.prefix, since=NOW, bytes=0)

    def enforcement(self, ban: Ban) -> dict[str, Enforcement]:
        return self._states

    def enforced(self, ban: Ban) -> tuple[Enforced, ...]:
        return tuple(
            Enforced(key.upper(), MARKS[state], state.value) for key, state in self._states.items()
        )

    def leak(self, ban: Ban) -> Leak:
        return self.leaked

    def now(self) -> int:
        return self._now


def _texts(columns: Iterable[Column[Ban]], ban: Ban) -> dict[str, str]:
    return {column.key: column.text(ban) for column in columns}


def _column(columns: Sequence[Column[Ban]], key: str) -> Column[Ban]:
    return next(column for column in columns if column.key == key)


def test_a_ban_says_whom_it_hit_why_and_what_they_had() -> None:
    texts = _texts(ban_columns(View(later=HOUR // 2)), ONE)

    assert texts["banned"] == "203.0.113.87"
    assert texts["rule"] == "Peer ID"
    assert texts["reason"] == "-XF9990-"
    assert texts["torrent"] == "debian.iso"
    assert texts["took"] == "3.00 GiB"
    assert texts["since"] == texts["left"] == "30 min"
    assert texts["until"] == moment(ONE.until, NOW)
    assert (texts["client"], texts["peer-id"]) == ("qBittorrent/5.1.0", "-qB5100-")
    assert (texts["downloader"], texts["source"]) == ("Home qB", "rule")


def test_what_a_ban_by_hand_does_not_know_is_a_dash() -> None:
    texts = _texts(ban_columns(View()), BARE)

    assert {texts[key] for key in ("torrent", "took", "client", "peer-id", "downloader")} == {"–"}
    assert texts["left"] == texts["until"] == "for ever"
    assert texts["source"] == "by hand"


def test_what_was_estimated_from_rates_says_so() -> None:
    guessed = replace(ONE, peer=replace(peer("203.0.113.87", uploaded=3 * GIB), estimated=True))

    assert _texts(ban_columns(View()), guessed)["took"] == "≈ 3.00 GiB"


def test_what_a_downloader_does_not_count_is_unknown() -> None:
    assert took(replace(ONE, peer=peer("203.0.113.87", uploaded=-1))) is None
    assert took(ONE) == 3 * GIB


@pytest.mark.parametrize(
    ("states", "mark"),
    [
        ({}, Mark.WAITING),
        ({"a": Enforcement.ENFORCED}, Mark.CONFIRMED),
        ({"a": Enforcement.ENFORCED, "b": Enforcement.WAITING}, Mark.WAITING),
        ({"a": Enforcement.WAITING, "b": Enforcement.STILL_THERE}, Mark.STILL_THERE),
        ({"a": Enforcement.ENFORCED, "b": Enforcement.NOT_ENFORCEABLE}, Mark.CONFIRMED),
        ({"a": Enforcement.NOT_ENFORCEABLE}, Mark.NOT_POSSIBLE),
    ],
)
def test_the_state_that_needs_attention_most_is_shown(
    states: dict[str, Enforcement], mark: Mark
) -> None:
    assert View(states).mark(ONE) is mark


def test_the_tool_tip_names_every_downloader() -> None:
    view = View({"qb": Enforcement.ENFORCED, "nas": Enforcement.WAITING})
    tip = _column(ban_columns(view), "enforced").tip
    assert tip is not None

    assert tip(ONE) == "QB: enforced\nNAS: waiting"


@pytest.mark.parametrize(
    ("key", "order"),
    [
        ("banned", ["9.0.0.0/8", "10.0.0.1/32", "10.0.0.2/32", "2001:db8::/56"]),
        ("left", ["10.0.0.2/32", "9.0.0.0/8", "2001:db8::/56", "10.0.0.1/32"]),
        ("took", ["9.0.0.0/8", "2001:db8::/56", "10.0.0.2/32", "10.0.0.1/32"]),
    ],
)
def test_columns_sort_by_what_they_mean(key: str, order: list[str]) -> None:
    bans = [
        banned("10.0.0.2", lasts=1, who=peer("10.0.0.2", uploaded=1023)),
        banned("9.0.0.0/8", lasts=2),
        banned("2001:db8::/56", lasts=3, who=peer("2001:db8::1", uploaded=-1)),
        banned("10.0.0.1", lasts=FOREVER, who=peer("10.0.0.1", uploaded=1 << 20)),
    ]
    bans.sort(key=_column(ban_columns(View()), key).sort_key)

    assert [str(ban.prefix) for ban in bans] == order


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (HistoryRow(id=1, ban=ONE, unbanned_at=NOW), f"undone {moment(NOW, NOW)}"),
        (HistoryRow(id=1, ban=ONE, unbanned_at=None), moment(NOW + HOUR, NOW)),
        (HistoryRow(id=1, ban=BARE, unbanned_at=None), "for ever"),
        (HistoryRow(id=1, ban=BARE, unbanned_at=NOW), f"undone {moment(NOW, NOW)}"),
    ],
)
def test_the_history_says_how_a_ban_ended(row: HistoryRow, words: str) -> None:
    texts = {column.key: column.text(row) for column in history_columns(View())}

    assert texts["ended"] == words


def test_the_history_shows_the_same_about_a_ban_as_the_list() -> None:
    row = HistoryRow(id=1, ban=ONE, unbanned_at=None)
    history = {column.key: column.text(row) for column in history_columns(View())}
    listed = _texts(ban_columns(View()), ONE)
    same = ("banned", "rule", "reason", "torrent", "took", "client", "downloader", "source")

    assert [history[key] for key in same] == [listed[key] for key in same]


def test_what_leaked_after_the_ban_is_shown_and_may_be_an_estimate() -> None:
    view = View()
    assert _texts(ban_columns(view), ONE)["leaked"] == "–"

    view.leaked = Leak(prefix=ONE.prefix, since=NOW, bytes=3 * GIB, estimated=True)
    assert _texts(ban_columns(view), ONE)["leaked"] == "≈ 3.00 GiB"
    assert not _column(ban_columns(view), "leaked").shown


def test_the_history_keeps_what_leaked() -> None:
    row = HistoryRow(id=1, ban=ONE, unbanned_at=None, leaked=3 * GIB)

    assert {c.key: c.text(row) for c in history_columns(View())}["leaked"] == "3.00 GiB"


async def test_a_ban_is_followed_at_the_downloaders(tmp_path: Path, appearance: Appearance) -> None:
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": swarm()}) as place:
        view = BanView(place.core)
        prefix = ip_network("203.0.113.87")
        await until(lambda: place.core.ban_list.get(prefix))
        ban = place.core.ban_list.get(prefix)
        assert ban is not None
        await until(lambda: view.mark(ban) is Mark.WAITING)
        assert view.name("qb") == "qb"
        assert view.name("gone") == "gone"

        await place.sweep()
        await until(lambda: view.mark(ban) is Mark.STILL_THERE)
