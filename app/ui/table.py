"""The view of every table: paints its cells in one go, holds still, and tells pages what the user asks of rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final, Generic, TypeVar

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QTableView, QToolTip, QWidget
from typing_extensions import override

from app.domain.verdict import Mode
from app.ui.delegates import Kind, Role, delegate
from app.ui.delegates.canvas import Canvas, face
from app.ui.delegates.cell import BAR, INSET
from app.ui.delegates.mode import next_mode
from app.ui.format import tool_tip
from app.ui.header import Header
from app.ui.rows import Index, RowsModel
from app.ui.theme import color, height
from app.ui.theme.tokens import ROW

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_POINTER: Final = "pointer"
_SELECTION: Final = "selection"
_USER: Final = "user"
_LETTERS: Final = range(Qt.Key.Key_A, Qt.Key.Key_Z + 1)
_PLAIN: Final = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
# What a spreadsheet would take for a formula: peers choose their own names.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class TableView(QTableView, Generic[T, K]):
    """A table over a RowsModel; whole rows are selected, and every signal names rows by their keys."""

    opened = Signal(object)
    """Key: Enter or a double click."""
    menu_wanted = Signal(QPoint, object)
    """Where on the screen, and the tuple of keys selected when it was asked for: act on these, not on rows."""
    letter_pressed = Signal(str, object)
    """`B`, `Shift+U`, `Del` or `F2`, and the tuple of keys selected."""
    selection_changed = Signal(object)
    """The tuple of keys selected."""
    hold_changed = Signal(str)
    """Why the order is held now: `selection`, `pointer`, `user`, or empty when it is not."""

    def __init__(
        self,
        model: RowsModel[T, K],
        *,
        row_height: int = ROW,
        holds_still: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`holds_still` freezes the order while the pointer is over it or a row is selected: for live tables.

        The model becomes the view's child. `row_height` is one of theme.tokens' ROW values.
        """
        super().__init__(parent)
        self._rows = model
        self._row_height = height(row_height)
        self._holds_still = holds_still
        self._reasons: set[str] = set()
        self._hovered = -1
        self._overlay: QWidget | None = None
        self._copies: Callable[[Sequence[T]], str] | None = None
        if model.parent() is None:
            model.setParent(self)
        self._head = Header(self, model, self._row_height)
        self.setHorizontalHeader(self._head)
        self.setModel(model)
        cells = [delegate(column.kind) for column in model.columns]
        for place, cell in enumerate(cells):
            self.setItemDelegateForColumn(place, cell)
        self._draws = [
            (cell.draw, column.align) for cell, column in zip(cells, model.columns, strict=True)
        ]
        self._set_up()
        self._head.set_up()
        model.count_changed.connect(self._follow_count)

    @property
    def rows(self) -> RowsModel[T, K]:
        """The model."""
        return self._rows

    # What is selected

    def selected_keys(self) -> tuple[K, ...]:
        """The keys of the selected rows, in the order shown."""
        places = sorted(
            {row for top, bottom in self._selected_ranges() for row in range(top, bottom + 1)}
        )
        return tuple(self._rows.key_at(row) for row in places)

    def selected_rows(self) -> list[T]:
        """The values of the selected rows."""
        found = (self._rows.get(key) for key in self.selected_keys())
        return [row for row in found if row is not None]

    def current_key(self) -> K | None:
        """The key of the row that the keyboard is on."""
        row = self.currentIndex().row()
        return self._rows.key_at(row) if 0 <= row < self._rows.shown else None

    def select_keys(self, keys: Iterable[K], *, scroll: bool = True) -> None:
        """Select these rows and no other, the first as the current one; keys that are not shown are passed over."""
        places = [row for row in map(self._rows.row_of, keys) if row >= 0]
        chosen = QItemSelection()
        last = len(self._rows.columns) - 1
        for row in places:
            chosen.select(self._rows.index(row, 0), self._rows.index(row, last))
        flag = QItemSelectionModel.SelectionFlag
        if places:
            current = self._rows.index(places[0], max(self.currentIndex().column(), 0))
            self.selectionModel().setCurrentIndex(current, flag.NoUpdate)
            if scroll:
                self.scrollTo(current)
        self.selectionModel().select(chosen, flag.ClearAndSelect)

    # Holding still

    def release(self) -> None:
        """Let in what waits, and hold again from there while a reason is left."""
        self._rows.thaw()
        self._reasons.discard(_USER)
        self._judge_hold()

    def toggle_hold(self) -> None:
        """Freeze by the user's wish, or release it (Space, the snowflake button)."""
        if _USER in self._reasons:
            self.release()
        else:
            self._hold(_USER, on=True)

    @property
    def held_by(self) -> str:
        """Why the order is held: `user`, `selection`, `pointer`, or empty."""
        return next(
            (reason for reason in (_USER, _SELECTION, _POINTER) if reason in self._reasons), ""
        )

    # Copy and export

    def set_copy(self, text: Callable[[Sequence[T]], str]) -> None:
        """What Ctrl+C copies of the selected rows; without it, their cells with tabs between."""
        self._copies = text

    def copy(self) -> None:
        """Put the selected rows on the clipboard."""
        keys = self.selected_keys()
        if not keys:
            return
        if self._copies is not None:
            text = self._copies(self.selected_rows())
        else:
            places = [self._rows.row_of(key) for key in keys]
            text = "\n".join("\t".join(self._texts(row)) for row in places)
        QGuiApplication.clipboard().setText(text)

    def csv(self) -> str:
        """What is shown, with a header, as CSV; a text that a spreadsheet would run as a formula is quoted by `'`."""
        sheet = io.StringIO()
        writer = csv.writer(sheet)
        writer.writerow(self._rows.columns[place].heading for place in self._head.shown_columns())
        for row in range(self._rows.shown):
            writer.writerow(
                f"'{text}" if text.startswith(_FORMULA) else text for text in self._texts(row)
            )
        return sheet.getvalue()

    # Columns

    @property
    def header(self) -> Header:
        """The header: its column menu and the state to remember."""
        return self._head

    def set_empty(self, overlay: QWidget | None) -> None:
        """Show `overlay` in the middle while there are no rows (`widgets.EmptyState`); None for nothing."""
        if self._overlay is not None:
            self._overlay.deleteLater()
        self._overlay = overlay
        if overlay is not None:
            overlay.setParent(self.viewport())
            self._follow_count()

    def rows_in_sight(self) -> range:
        """The rows that can be seen now, for what need not be kept up to date elsewhere."""
        first = max(self.verticalHeader().offset() // self._row_height, 0)
        count = self.viewport().height() // self._row_height + 2
        return range(min(first, self._rows.shown), min(first + count, self._rows.shown))

    def repaint_row(self, row: int) -> None:
        """Paint one row anew."""
        if row >= 0:
            top = row * self._row_height - self.verticalHeader().offset()
            self.viewport().update(0, top, self.viewport().width(), self._row_height)

    # Painting

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        count = self._rows.shown
        if not count:
            return
        painter = QPainter(self.viewport())
        canvas = Canvas(painter)
        offset, tall = self.verticalHeader().offset(), self._row_height
        places, chosen = self._head.places(), self._selected_ranges()
        for part in event.region():  # type: ignore[attr-defined] # the stubs lack __iter__
            first = max((part.top() + offset) // tall, 0)
            last = min((part.bottom() + offset) // tall, count - 1)
            left, right = part.left(), part.right()
            seen = [(c, x, w) for c, x, w in places if x <= right and x + w > left]
            for row in range(first, last + 1):
                selected = any(top <= row <= bottom for top, bottom in chosen)
                self._paint_row(canvas, row, row * tall - offset, seen, selected=selected)
        painter.end()

    def _paint_row(
        self,
        canvas: Canvas,
        row: int,
        y: int,
        places: list[tuple[int, int, int]],
        *,
        selected: bool,
    ) -> None:
        tall, wide, model = self._row_height, self.viewport().width(), self._rows
        painter, draws = canvas.painter, self._draws
        if selected:
            painter.fillRect(0, y, wide, tall, color("accent_soft"))
        elif row == self._hovered:
            painter.fillRect(0, y, wide, tall, color("raised"))
        if row < model.shown - 1:
            painter.fillRect(0, y + tall - 1, wide, 1, color("line"))
        faint = model.is_faint(row)
        canvas.begin_row(faint=faint)
        for column, x, width in places:
            text, value = model.cell(row, column)
            draw, align = draws[column]
            draw(canvas, (x + INSET, y, width - 2 * INSET, tall - 1), text, value, align, faint)
        # The bar says "selected" also where the ground colour cannot be told apart.
        if selected or (row == self.currentIndex().row() and self.hasFocus()):
            painter.fillRect(0, y, BAR, tall, color("accent"))

    # What the user does

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.Enter if isinstance(event, QEnterEvent):
                self._hold(_POINTER, on=True)
            case QEvent.Type.Leave:
                self._hover(-1)
                self._hold(_POINTER, on=False)
            case QEvent.Type.ToolTip if isinstance(event, QHelpEvent):
                return self._show_tip(event)
        return super().viewportEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.modifiers() in _PLAIN and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            key = self.current_key()
            if key is not None:
                self.opened.emit(key)
        elif event.key() == Qt.Key.Key_Space and self._holds_still:
            self.toggle_hold()
        elif event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._step_mode(event.key()):
            pass
        elif self._begins_selection(event):
            self.select_keys([self._rows.key_at(self.currentIndex().row())])
        elif self._is_letter(event):
            words = QKeySequence(event.keyCombination()).toString(
                QKeySequence.SequenceFormat.PortableText
            )
            self.letter_pressed.emit(words, self.selected_keys())
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    @override
    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here; looking for text is the search field's work."""

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        keys = self.selected_keys()
        if keys:
            self.menu_wanted.emit(place, keys)
        event.accept()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        row = self.rowAt(event.position().toPoint().y())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self._rows.key_at(row))

    @override
    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.viewport().update()
        self._hold(_SELECTION, on=self.selectionModel().hasSelection())
        self.selection_changed.emit(self.selected_keys())

    @override
    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.repaint_row(current.row())
        self.repaint_row(previous.row())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._follow_count()

    # What happens inside

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(rows.ResizeMode.Fixed)
        rows.setMinimumSectionSize(self._row_height)
        rows.setDefaultSectionSize(self._row_height)
        self.verticalScrollBar().setSingleStep(self._row_height)

    def _selected_ranges(self) -> list[tuple[int, int]]:
        """First and last rows of what is selected, in no order."""
        selection = list(self.selectionModel().selection())  # type: ignore[call-overload] # the stubs lack __iter__
        return [(part.top(), part.bottom()) for part in selection]

    def _texts(self, row: int) -> list[str]:
        return [self._rows.cell(row, place)[0] for place in self._head.shown_columns()]

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            before, self._hovered = self._hovered, row
            self.repaint_row(before)
            self.repaint_row(row)

    def _hold(self, reason: str, *, on: bool) -> None:
        if not self._holds_still or (reason in self._reasons) == on:
            return
        (self._reasons.add if on else self._reasons.discard)(reason)
        self._judge_hold()

    def _judge_hold(self) -> None:
        if self._reasons:
            self._rows.freeze()
        else:
            self._rows.thaw()
        self.hold_changed.emit(self.held_by)

    def _begins_selection(self, event: QKeyEvent) -> bool:
        """Whether ↓ or ↑ shall choose the row that it is on: Qt would go past it, or nowhere if it is the only one."""
        wanted = event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up)
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == _PLAIN[0]
        return (
            wanted
            and plain
            and not self.selectionModel().hasSelection()
            and self.current_key() is not None
        )

    def _is_letter(self, event: QKeyEvent) -> bool:
        known = event.key() in _LETTERS or event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_F2)
        return known and event.modifiers() in _PLAIN

    def _step_mode(self, key: int) -> bool:
        """Let ←/→ turn the mode switch of the current row, where there is one."""
        place = next(
            (i for i, column in enumerate(self._rows.columns) if column.kind is Kind.MODE), -1
        )
        row = self.currentIndex().row()
        if place < 0 or row < 0:
            return False
        mode = self._rows.cell(row, place)[1]
        if not isinstance(mode, Mode):
            return False
        wanted = next_mode(mode, 1 if key == Qt.Key.Key_Right else -1)
        return wanted is mode or self._rows.setData(
            self._rows.index(row, place), wanted, Role.EXTRA
        )

    def _show_tip(self, event: QHelpEvent) -> bool:
        """The column's tool tip, or else a text that does not fit."""
        index = self.indexAt(event.pos())
        if not index.isValid():
            QToolTip.hideText()
            return True
        words = index.data(Qt.ItemDataRole.ToolTipRole)
        if words is None:
            text, room = str(index.data() or ""), self.visualRect(index).width() - 2 * INSET
            words = tool_tip(text) if face().width(text) > room else ""
        QToolTip.showText(event.globalPos(), words, self.viewport(), self.visualRect(index))
        return True

    def _follow_count(self) -> None:
        if self._overlay is None:
            return
        self._overlay.setGeometry(self.viewport().rect())
        self._overlay.setVisible(self._rows.shown == 0)
