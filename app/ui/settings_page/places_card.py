"""The geographic databases: which are in use, how old they are, and new ones by download or from a file."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget
from shiboken6 import isValid

from app.domain.errors import AppError
from app.locale import N_, _, ngettext
from app.locale.texts import say
from app.services.clock import wall_clock
from app.services.place_files import GeoKind
from app.services.places import DatabaseState
from app.ui.columns import RIGHT, Column
from app.ui.desk import Desk
from app.ui.format import NOTHING, listed, moment, sentences, size
from app.ui.rows import RowsModel
from app.ui.table import TableView
from app.ui.theme import height
from app.ui.widgets import Button, Tone, ask, card, label, row

_HIGH: Final = 124
_NAMES: Final = {
    GeoKind.CITY: N_("Country and city"),
    GeoKind.ASN: N_("Network (ASN)"),
    GeoKind.GEOCN: N_("Regions of China"),
}


def kind_words(kind: GeoKind) -> str:
    """What a database tells."""
    return _(_NAMES[kind])


def database_words(state: DatabaseState) -> str:
    """How a database is, in words."""
    if state.downloading:
        return _("Being downloaded…")
    used = _("In use") if state.built is not None else _("Not in use")
    if state.problem is not None:
        again = ""
        if state.next_try is not None:
            again = _("Next try: {time}").format(time=moment(state.next_try, wall_clock()))
        return sentences((used, say(state.problem), again))
    return used if state.built is not None or state.size is not None else _("There is none yet")


def _age(state: DatabaseState) -> str:
    days = state.age_days
    if days is None:
        return NOTHING
    return ngettext("{days} day", "{days} days", days).format(days=days)


PLACE_COLUMNS: Final = (
    Column[DatabaseState](
        key="kind",
        title=N_("Database"),
        width=140,
        text=lambda state: kind_words(state.kind),
        tip=lambda state: str(state.path),
    ),
    Column[DatabaseState](
        key="state", title=N_("State"), width=180, stretch=True, text=database_words
    ),
    Column[DatabaseState](
        key="built",
        title=N_("Content of"),
        width=112,
        text=lambda state: moment(state.built, wall_clock()),
        sort=lambda state: state.built,
    ),
    Column[DatabaseState](
        key="age",
        title=N_("Age"),
        hint=N_("Since it came to this computer"),
        width=70,
        align=RIGHT,
        text=_age,
        sort=lambda state: state.age_days,
    ),
    Column[DatabaseState](
        key="size",
        title=N_("Size"),
        width=80,
        align=RIGHT,
        text=lambda state: size(state.size),
        sort=lambda state: state.size,
    ),
)


class PlacesCard(QWidget):
    """Works at once: nothing in it waits for Save."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._places = desk.core.lookups.places
        self._work: asyncio.Task[None] | None = None
        self._rows: RowsModel[DatabaseState, GeoKind] = RowsModel(
            PLACE_COLUMNS, lambda state: state.kind, faint=lambda state: state.built is None
        )
        self.table = TableView(self._rows)
        self.table.setAccessibleName(_("Geographic databases"))
        self.table.setFixedHeight(height(_HIGH))
        self._update = Button(_("Update now"), icon="refresh-cw")
        self._update.clicked.connect(self.update_now)
        menu = QMenu(self)
        for kind in GeoKind:
            menu.addAction(kind_words(kind), partial(self.choose_file, kind))
        take = Button(_("Import"), menu=menu)
        hint = label(
            _("They come in MaxMind’s format (.mmdb), also packed with xz."), "caption", wrap=True
        )
        foot = row(hint, take, self._update, margins=(8, 0, 8, 0))
        foot.setStretch(0, 1)
        whole = card(_("Geographic databases"), self.table, foot, table=True)
        self.setLayout(row(whole, gap=0))
        bridge = desk.bridge
        bridge.refresh(
            self,
            self.follow,
            bridge.places_changed,
            bridge.settings_changed,
            bridge.swept,
            per_second=1,
        )
        self.follow()

    def follow(self) -> None:
        """Show how they are now."""
        self._rows.show(self._places.states())
        self._update.setEnabled(self._work is None or self._work.done())

    def update_now(self) -> None:
        """Download the selected ones, or all for which there is a source."""
        kinds = self.table.selected_keys() or tuple(
            state.kind for state in self._rows.values() if state.source
        )
        self._work = self._desk.actions.run(self._download(kinds), "download databases")
        self.follow()

    def choose_file(self, kind: GeoKind) -> None:
        """Ask for a file, and take it as the database of `kind`."""
        self._desk.actions.run(self._ask(kind), "import a database")

    async def _download(self, kinds: tuple[GeoKind, ...]) -> None:
        failed: list[str] = []
        for kind in kinds:
            try:
                await self._places.update(kind)
            except AppError as error:
                failed.append(say(error.text))
        if failed:
            self._desk.notify(listed(dict.fromkeys(failed)), Tone.WARN)
        elif kinds:
            names = listed(kind_words(kind) for kind in kinds)
            self._desk.notify(_("Updated: {names}.").format(names=names), Tone.GOOD)
        self._work = None
        if isValid(self):
            self.follow()

    async def _ask(self, kind: GeoKind) -> None:
        dialog = QFileDialog(self.window(), kind_words(kind), str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([_("Databases") + " (*.mmdb *.xz)", _("All files") + " (*)"])
        try:
            if await ask(dialog) and dialog.selectedFiles():
                await self.take(kind, Path(dialog.selectedFiles()[0]))
        finally:
            dialog.deleteLater()

    async def take(self, kind: GeoKind, file: Path) -> None:
        """Use `file` as the database of `kind`; raises DatabaseUnusable."""
        await self._places.import_file(kind, file)
        words = _("Imported: {name}.").format(name=kind_words(kind))
        self._desk.notify(words, Tone.GOOD)
        if isValid(self):
            self.follow()
