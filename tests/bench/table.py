"""Prints what the peer table costs in CPU time: 10,000 rows of 14 columns, 10 % of them changing.

Run it as `QT_QPA_PLATFORM=offscreen python -m tests.bench.table`.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.ui import format as fm
from app.ui.columns import RIGHT, Column
from app.ui.delegates import Kind, Mark, Trail, mark_word
from app.ui.rows import RowsModel
from app.ui.table import TableView
from app.ui.theme import Appearance, Scheme

ROWS: Final = 10_000
ROUNDS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Peer:
    address: str
    country: str
    mark: Mark
    progress: float
    uploaded: int
    rate: int
    number: int


_COLUMNS: Final = (
    Column[_Peer](
        key="verdict",
        title="Verdict",
        width=104,
        kind=Kind.VERDICT,
        text=lambda p: mark_word(p.mark),
        value=lambda p: p.mark,
    ),
    Column[_Peer](
        key="address",
        title="Address",
        width=172,
        kind=Kind.FLAG,
        text=lambda p: p.address,
        value=lambda p: p.country,
    ),
    Column[_Peer](key="port", title="Port", width=66, align=RIGHT, text=lambda p: str(p.number)),
    Column[_Peer](
        key="client", title="Client", width=136, text=lambda p: f"qBittorrent 5.{p.number % 40}"
    ),
    Column[_Peer](
        key="progress",
        title="Progress",
        width=128,
        kind=Kind.PROGRESS,
        text=lambda p: fm.percent(p.progress),
        value=lambda p: (p.progress, p.progress / 2),
    ),
    Column[_Peer](key="up", title="Up", width=84, align=RIGHT, text=lambda p: fm.rate(p.rate)),
    Column[_Peer](
        key="spark",
        title="2 min",
        width=76,
        kind=Kind.SPARK,
        text=lambda _: "",
        value=lambda p: Trail(p.address, p.rate, [(p.rate * i % 97) / 97 for i in range(30)]),
    ),
    Column[_Peer](
        key="uploaded",
        title="Uploaded",
        width=92,
        align=RIGHT,
        text=lambda p: fm.size(p.uploaded),
        sort=lambda p: p.uploaded,
    ),
    Column[_Peer](
        key="taken",
        title="Taken",
        width=70,
        kind=Kind.HOT,
        text=lambda p: fm.ratio(p.uploaded / 1e9),
        value=lambda p: p.uploaded > 1_500_000_000,
    ),
    Column[_Peer](
        key="received", title="Received", width=84, align=RIGHT, text=lambda p: fm.size(p.rate)
    ),
    Column[_Peer](key="flags", title="Flags", width=84, text=lambda _: "D U X E P"),
    Column[_Peer](
        key="torrent",
        title="Torrent",
        width=170,
        text=lambda p: f"debian-13.{p.number % 100}-amd64-DVD-1.iso",
    ),
    Column[_Peer](key="downloader", title="Downloader", width=90, text=lambda _: "Home qB"),
    Column[_Peer](
        key="connected",
        title="Connected",
        width=90,
        align=RIGHT,
        text=lambda p: fm.span(p.number * 1000),
    ),
)


def _measure(
    name: str, work: Callable[[], object], *, before: Callable[[], object] | None = None
) -> None:
    times = []
    for _ in range(ROUNDS):
        if before is not None:
            before()
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    print(f"{name:<44} median {statistics.median(times):7.2f} ms   max {max(times):7.2f} ms")


def main() -> None:
    """Print one line per measured step."""
    app = QApplication([])
    Appearance(app, scheme=Scheme.LIGHT)
    dice = random.Random(1)
    peers = {
        i: _Peer(
            address=f"198.51.{i // 256}.{i % 256}",
            country=dice.choice(["cn", "de", "us", "nl", "br"]),
            mark=dice.choice(list(Mark)),
            progress=dice.random(),
            uploaded=dice.randrange(10**10),
            rate=dice.randrange(10**6),
            number=i,
        )
        for i in range(ROWS)
    }
    model = RowsModel(_COLUMNS, lambda p: p.number)
    view = TableView(model)
    view.resize(1500, 1150)
    view.show()
    start = time.perf_counter()
    model.apply(peers)
    print(f"{'first fill':<44} {(time.perf_counter() - start) * 1000:14.2f} ms")

    def changes() -> dict[int, _Peer]:
        chosen = dice.sample(range(ROWS), ROWS // 10)
        return {
            i: replace(peers[i], uploaded=dice.randrange(10**10), rate=dice.randrange(10**6))
            for i in chosen
        }

    made: list[dict[int, _Peer]] = []

    def step() -> None:
        prepare()
        model.apply(made[0])

    def prepare() -> None:
        app.processEvents()
        made[:] = [changes()]

    _measure("apply 10 %, unsorted", lambda: model.apply(made[0]), before=prepare)
    model.sort_by("client")
    _measure("apply 10 %, sorted by what stays", lambda: model.apply(made[0]), before=prepare)
    model.sort_by("uploaded", falling=True)
    _measure("apply 10 %, sorted by what changes", lambda: model.apply(made[0]), before=prepare)
    model.freeze()
    _measure("apply 10 %, order held", lambda: model.apply(made[0]), before=prepare)
    model.thaw()
    view.select_keys([5])
    _measure(
        "sort by amount",
        lambda: model.sort_by("uploaded", falling=dice.random() < 0.5),
        before=app.processEvents,
    )
    _measure(
        "sort by text", lambda: model.sort_by("client"), before=lambda: model.sort_by("uploaded")
    )
    _measure(
        "filter to half",
        lambda: model.set_filter(lambda p: p.number % 2 == 0),
        before=lambda: model.set_filter(None),
    )
    _measure(
        "filter away",
        lambda: model.set_filter(None),
        before=lambda: model.set_filter(lambda p: p.number % 2 == 0),
    )
    _measure(
        "10 % gone, scattered",
        lambda: model.apply({}, made[0]),
        before=lambda: model.apply(peers),
    )
    model.apply(peers)
    app.processEvents()
    _measure("paint 41 rows, nothing new", view.viewport().repaint)
    _measure(
        "paint 41 rows, 10 % of all rows changed",
        view.viewport().repaint,
        before=step,
    )
    _measure(
        "paint 41 rows, all new (scrolled by pages)",
        view.viewport().repaint,
        before=lambda: view.verticalScrollBar().setValue(dice.randrange(200_000)),
    )


if __name__ == "__main__":
    main()
