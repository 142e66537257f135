"""The pages of the program as tabs: icon, name, and a count where it helps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QTabBar, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.delegates.canvas import Face, face
from app.ui.theme import MEDIUM, SEMI_BOLD, color, height
from app.ui.theme.tokens import HEADER, RADIUS_FIELD, SPACE_2

_ICON: Final = 16
_BEFORE: Final = 9
_GAP: Final = 6
_LINE: Final = 3
_KEYBOARD: Final = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_FULL, _NO_COUNTS, _NO_NAMES = range(3)


class Tab(NamedTuple):
    """One page: its translated name and its icon."""

    name: str
    icon: str


class TabBar(QTabBar):
    """Tabs without boxes. When room is short, first the counts go, then all names but the current one's."""

    def __init__(self, tabs: Sequence[Tab], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs = tuple(tabs)
        self._counts = [""] * len(self._tabs)
        self._level = _FULL
        self._hovered = -1
        self._by_keyboard = False
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setMouseTracking(True)
        self.setFixedHeight(height(HEADER) - 1)
        for tab in self._tabs:
            self.addTab(tab.name)
        self.currentChanged.connect(self._again)

    def set_count(self, index: int, count: str) -> None:
        """Show `count` behind a name; empty for none."""
        if self._counts[index] == count:
            return
        grows = self._count_width(count) != self._count_width(self._counts[index])
        self._counts[index] = count
        tab = self._tabs[index]
        self.setAccessibleTabName(index, f"{tab.name}, {count}" if count else tab.name)
        if grows:
            self._again()
        else:
            self.update()

    @override
    def tabSizeHint(self, index: int) -> QSize:
        return QSize(self._width_at(index, self._level), self.height())

    @override
    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._total(_FULL), self.height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._total(_NO_NAMES), self.height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._choose_level(event.size().width())
        super().resizeEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index in range(self.count()):
            self._paint_tab(painter, index, self.tabRect(index))
        painter.end()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.tabAt(event.position().toPoint()))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = event.reason() in _KEYBOARD
        super().focusInEvent(event)

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self.update()

    def _again(self) -> None:
        """Measure all tabs anew."""
        self._choose_level(self.width())
        self.updateGeometry()
        if self.count():
            # Setting any text is what makes Qt lay out its tabs.
            self.setTabText(0, self.tabText(0))
        for index, tab in enumerate(self._tabs[: self.count()]):
            self.setTabToolTip(index, tab.name if self._level == _NO_NAMES else "")

    def _choose_level(self, room: int) -> None:
        fitting = (level for level in (_FULL, _NO_COUNTS) if self._total(level) <= room)
        self._level = next(fitting, _NO_NAMES)

    def _total(self, level: int) -> int:
        return sum(self._width_at(index, level) for index in range(self.count()))

    def _width_at(self, index: int, level: int) -> int:
        plain = _BEFORE + _ICON + _BEFORE
        if level == _NO_NAMES and index != self.currentIndex():
            return plain
        # Bold for all, so that no tab moves when another becomes the current one.
        named = plain + _GAP + face("body", SEMI_BOLD).width(self._tabs[index].name)
        return named if level != _FULL else named + self._count_width(self._counts[index])

    def _count_width(self, count: str) -> int:
        return face("caption").width(count) + _GAP if count else 0

    def _paint_tab(self, painter: QPainter, index: int, box: QRect) -> None:
        tab, current = self._tabs[index], index == self.currentIndex()
        ink = "accent" if current else "text" if index == self._hovered else "muted"
        top = box.y() + (box.height() - _ICON) // 2
        picture = icons.pixmap(tab.icon, ink, _ICON, self.devicePixelRatioF())
        painter.drawPixmap(box.x() + _BEFORE, top, picture)
        if current or self._level != _NO_NAMES:
            words = face("body", SEMI_BOLD if current else MEDIUM)
            self._paint_words(painter, index, box, words, bright=ink != "muted")
        if current:
            inside = box.adjusted(SPACE_2, 0, -SPACE_2, 0)
            painter.fillRect(
                inside.x(), box.bottom() - _LINE + 1, inside.width(), _LINE, color("accent")
            )
            if self.hasFocus() and self._by_keyboard:
                painter.setPen(QPen(color("accent"), 2))
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.drawRoundedRect(box.adjusted(3, 9, -3, -9), RADIUS_FIELD, RADIUS_FIELD)

    def _paint_words(
        self, painter: QPainter, index: int, box: QRect, words: Face, *, bright: bool
    ) -> None:
        name, count = self._tabs[index].name, self._counts[index]
        left = box.x() + _BEFORE + _ICON + _GAP
        wide = words.width(name)
        painter.setPen(color("text" if bright else "muted"))
        words.write(painter, (left, box.y(), wide, box.height()), name)
        if count and self._level == _FULL:
            painter.setPen(color("faint"))
            small = face("caption")
            # On the same line as the name, whatever the two fonts are.
            rise = words.metrics.ascent() - words.height // 2
            top = box.y() + box.height() // 2 + rise - small.metrics.ascent()
            place = (left + wide + _GAP, top, self._count_width(count), small.height)
            small.write(painter, place, count)
