"""The header of every table: sorts by clicks, chooses columns by menu, and remembers what the user made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget
from typing_extensions import override

from app.locale import _
from app.ui.rows import RowsModel
from app.ui.theme import height
from app.ui.theme.tokens import ROW

_NARROWEST: Final = 36
_WIDEST: Final = 2000


class Header(QHeaderView):
    """Horizontal sections that the user resizes, moves, hides and sorts by."""

    def __init__(self, parent: QWidget, model: RowsModel[Any, Any], row_height: int) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows = model
        self.setFixedHeight(min(row_height, height(ROW)) + 2)

    def set_up(self) -> None:
        """Take widths and visibility from the columns; called once the view has its model."""
        self.setHighlightSections(False)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setMinimumSectionSize(_NARROWEST)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.sectionClicked.connect(self._sort_by)
        self.reset_columns()
        self.sectionResized.connect(self._fit)

    def reset_columns(self) -> None:
        """Go back to the columns, widths and order of the design; the sorting stays."""
        for place, column in enumerate(self._rows.columns):
            self.moveSection(self.visualIndex(place), place)
            mode = self.ResizeMode.Fixed if column.stretch else self.ResizeMode.Interactive
            self.setSectionResizeMode(place, mode)
            self.setSectionHidden(place, not column.shown)
            self.resizeSection(place, height(column.width))
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def places(self) -> list[tuple[int, int, int]]:
        """Column, left edge in the viewport and width of every section shown, in the order shown."""
        return [
            (place, self.sectionViewportPosition(place), self.sectionSize(place))
            for place in self.shown_columns()
        ]

    def shown_columns(self) -> list[int]:
        """The columns shown, in the order shown."""
        order = (self.logicalIndex(visual) for visual in range(self.count()))
        return [place for place in order if not self.isSectionHidden(place)]

    def saved(self) -> dict[str, Any]:
        """Order, widths, visibility and sorting as JSON values, for `restore`."""
        places = [self.logicalIndex(visual) for visual in range(self.count())]
        columns = [
            {
                "key": self._rows.columns[place].key,
                "width": self._width_of(place),
                "shown": not self.isSectionHidden(place),
            }
            for place in places
        ]
        sort, falling = self._rows.sorted_by
        return {"columns": columns, "sort": sort, "falling": falling}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what `saved` gave. It comes from a file: what is unknown or out of range is passed over."""
        keys = {column.key: place for place, column in enumerate(self._rows.columns)}
        saved = state.get("columns")
        visual = 0
        for entry in saved if isinstance(saved, list) else ():
            place = keys.pop(str(entry.get("key")), None) if isinstance(entry, Mapping) else None
            if place is None:
                continue
            self.moveSection(self.visualIndex(place), visual)
            visual += 1
            self.setSectionHidden(place, entry.get("shown") is False)
            width = entry.get("width")
            if isinstance(width, int) and _NARROWEST <= width <= _WIDEST:
                self.resizeSection(place, width)
        self._show_one_at_least()
        sort = state.get("sort")
        if isinstance(sort, str) and any(column.key == sort for column in self._rows.columns):
            self._rows.sort_by(sort, falling=state.get("falling") is True)

    def column_menu(self) -> QMenu:
        """A menu in which each column is switched on or off; the caller pops it up."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for place, column in enumerate(self._rows.columns):
            if column.title:
                action = QAction(
                    column.heading, menu, checkable=True, checked=not self.isSectionHidden(place)
                )
                action.setData(place)
                action.toggled.connect(self._toggle)
                menu.addAction(action)
        menu.addSeparator()
        menu.addAction(_("Reset the columns"), self.reset_columns)
        return menu

    def _fit(self) -> None:
        """Let the stretching column take what is left; Qt's own mode would leave it nothing in a narrow table."""
        place = next((i for i, column in enumerate(self._rows.columns) if column.stretch), -1)
        if place < 0 or self.isSectionHidden(place):
            return
        others = sum(self.sectionSize(each) for each in self.shown_columns() if each != place)
        least = height(self._rows.columns[place].least)
        wanted = max(self.viewport().width() - others, least)
        if self.sectionSize(place) != wanted:
            self.resizeSection(place, wanted)

    def _show_menu(self, at: QPoint) -> None:
        self.column_menu().popup(self.mapToGlobal(at))

    def _toggle(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        action = self.sender()
        if isinstance(action, QAction):
            self.setSectionHidden(action.data(), not shown)
            self._show_one_at_least()

    def _show_one_at_least(self) -> None:
        if not self.shown_columns():
            self.setSectionHidden(self.logicalIndex(0), False)

    def _sort_by(self, place: int) -> None:
        column = self._rows.columns[place]
        before, falling = self._rows.sorted_by
        self._rows.sort_by(
            column.key, falling=not falling if before == column.key else column.falling
        )

    def _width_of(self, place: int) -> int:
        """The width also of a hidden section, which Qt keeps but says is 0."""
        if not self.isSectionHidden(place):
            return self.sectionSize(place)
        return height(self._rows.columns[place].width)
