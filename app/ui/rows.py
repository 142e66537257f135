"""The model of every table: rows with an identity, put in order and filtered here, told to Qt as few changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from typing_extensions import override

from app.locale import _
from app.ui.columns import Column
from app.ui.delegates.role import Kept, Role
from app.ui.format import plain, tool_tip

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Index = QModelIndex | QPersistentModelIndex

_NOWHERE: Final = -1
_ROOT: Final = QModelIndex()
_MAX_RUNS: Final = 8
"""More runs than this are first moved to the end and then removed as one."""
_by_rank: Final = attrgetter("rank")


class _Row(Generic[T, K]):
    """One row: its value, where it stands, and what was made of the value so far."""

    __slots__ = ("at", "cells", "fits", "gone", "key", "rank", "value")

    def __init__(self, key: K, value: T, columns: int) -> None:
        self.key = key
        self.value = value
        self.at = _NOWHERE
        self.rank: Any = None
        self.fits = True
        self.gone = False
        self.cells: list[tuple[str, Any] | None] = [None] * columns


class RowsModel(QAbstractTableModel, Generic[T, K]):
    """A table over values of type T, each known by a key of type K.

    There are two ways in, to be used one per model: `show` with all rows for small tables, `apply` with what changed
    for large ones. Text is made when a cell is first looked at after a change, and then kept.
    """

    edited = Signal(object, str, object)
    """Key, column key, wanted value: the user chose something in a cell. The row changes when the core says so."""
    waiting_changed = Signal(int)
    """How many rows wait to come or go until the order is released."""
    frozen_changed = Signal(bool)
    sort_changed = Signal()
    count_changed = Signal()
    """`shown` or `total` may differ from before."""

    def __init__(
        self,
        columns: Sequence[Column[T]],
        key: Callable[[T], K],
        *,
        faint: Callable[[T], bool] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`faint` says which rows are stale or off; `key` must give each row an identity of its own."""
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key = key
        self._faint = faint
        self._all: dict[K, _Row[T, K]] = {}
        self._rows: list[_Row[T, K]] = []
        # Rows that left while the order is held: still shown, faint, so that nothing moves.
        self._ghosts: dict[K, _Row[T, K]] = {}
        self._accepts: Callable[[T], bool] | None = None
        self._sorter: Column[T] | None = None
        self._falling = False
        self._frozen = False
        self._waiting = 0
        self._members_differ = False
        self._order_differs = False

    # The way in

    def show(self, rows: Iterable[T]) -> None:
        """Make the table equal to `rows`, in their order unless it is sorted; equal values change nothing."""
        fresh = {self._key(row): row for row in rows}
        known = self._all
        changed = {k: v for k, v in fresh.items() if k not in known or known[k].value != v}
        self._take(changed, known.keys() - fresh.keys())
        if self._sorter is None and list(self._all) != list(fresh):
            self._order_differs = True
        self._all = {k: self._all[k] for k in fresh}
        self._follow()

    def apply(self, changed: Mapping[K, T], gone: Collection[K] = ()) -> None:
        """Take new and changed rows, and let those of `gone` go; keys that are not there are passed over."""
        self._take(changed, gone)
        self._follow()

    def clear(self) -> None:
        """Let all rows go."""
        self._take({}, list(self._all))
        self._follow()

    def refresh(self, *columns: str, rows: range | None = None) -> None:
        """Make the text of these columns anew, all without arguments: for what depends on the clock.

        `rows` limits it to a part of the table, such as what is in sight: all of 10,000 rows take 4 ms.
        """
        places = [
            i for i, column in enumerate(self.columns) if not columns or column.key in columns
        ]
        part = self._rows if rows is None else self._rows[rows.start : rows.stop]
        for row in part:
            cells = row.cells
            for place in places:
                cells[place] = None
        if part and places:
            first = part[0].at
            last = self.index(first + len(part) - 1, places[-1])
            self.dataChanged.emit(self.index(first, places[0]), last)

    # Order, filter, and holding still

    def sort_by(self, key: str | None, *, falling: bool = False) -> None:
        """Sort by a column from now on, also as values change; None is the order in which rows came.

        It acts also while the order is held: the user asked for it.
        """
        self._sorter = next((column for column in self.columns if column.key == key), None)
        self._falling = falling
        if self._sorter is not None:
            rank = self._sorter.sort_key
            for row in self._all.values():
                row.rank = rank(row.value)
        self._order_differs = True
        self._settle()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
        self.sort_changed.emit()

    @property
    def sorted_by(self) -> tuple[str | None, bool]:
        """The column that sorts, None for none, and whether the largest comes first."""
        return (self._sorter.key if self._sorter else None), self._falling

    def set_filter(self, accepts: Callable[[T], bool] | None) -> None:
        """Show only the rows that `accepts` says yes to; None shows all. Acts also while the order is held."""
        self._accepts = accepts
        for row in self._all.values():
            row.fits = accepts is None or accepts(row.value)
        self._members_differ = True
        self._settle()

    def freeze(self) -> None:
        """Hold the order: values go on changing, but no row comes, goes or moves. May be repeated."""
        if not self._frozen:
            self._frozen = True
            self.frozen_changed.emit(True)

    def thaw(self) -> None:
        """Release the order and let in what waited. May be repeated."""
        if self._frozen:
            self._frozen = False
            self._settle()
            self.frozen_changed.emit(False)

    @property
    def frozen(self) -> bool:
        """Whether the order is held."""
        return self._frozen

    @property
    def waiting(self) -> int:
        """Rows that wait to come or go."""
        return self._waiting

    # Looking

    @property
    def shown(self) -> int:
        """Rows in the table."""
        return len(self._rows)

    @property
    def total(self) -> int:
        """Rows there are, also those that the filter hides or that wait."""
        return len(self._all)

    def rows(self) -> list[T]:
        """The values shown, in order."""
        return [row.value for row in self._rows]

    def keys(self) -> list[K]:
        """The keys shown, in order."""
        return [row.key for row in self._rows]

    def values(self) -> list[T]:
        """All values, also those that the filter hides."""
        return [row.value for row in self._all.values()]

    def get(self, key: K) -> T | None:
        """The value of a key, the last known one while its row is still shown; None when there is none."""
        row = self._all.get(key) or self._ghosts.get(key)
        return None if row is None else row.value

    def key_at(self, row: int) -> K:
        """The key shown in a row."""
        return self._rows[row].key

    def row_of(self, key: K) -> int:
        """Where a key is shown, -1 when it is not."""
        row = self._all.get(key) or self._ghosts.get(key)
        return _NOWHERE if row is None else row.at

    def column_of(self, key: str) -> int:
        """The place of a column; raises KeyError."""
        for place, column in enumerate(self.columns):
            if column.key == key:
                return place
        raise KeyError(key)

    def cell(self, row: int, column: int) -> tuple[str, Any]:
        """The text of a cell and what its delegate draws beside it."""
        shown = self._rows[row]
        made = shown.cells[column]
        if made is None:
            what = self.columns[column]
            extra = None if what.value is None else what.value(shown.value)
            made = shown.cells[column] = (plain(what.text(shown.value)), extra)
        return made

    def is_faint(self, row: int) -> bool:
        """Whether a row is stale, off, or no longer there."""
        shown = self._rows[row]
        return shown.gone or (self._faint is not None and self._faint(shown.value))

    # Qt's questions

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.cell(index.row(), index.column())[0]
            case Role.EXTRA:
                return Kept(self.cell(index.row(), index.column())[1])
            case Role.FAINT:
                return self.is_faint(index.row())
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.columns[index.column()].align | Qt.AlignmentFlag.AlignVCenter
            case _:
                return self._rarely_asked(self._rows[index.row()], index.column(), role)

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or role != Role.EXTRA:
            return False
        self.edited.emit(self._rows[index.row()].key, self.columns[index.column()].key, value)
        return True

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        sorts = column is self._sorter
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (
                    f"{column.heading} {'↓' if self._falling else '↑'}" if sorts else column.heading
                )
            case Qt.ItemDataRole.AccessibleTextRole if sorts:
                words = (
                    _("{column}, largest first") if self._falling else _("{column}, smallest first")
                )
                return words.format(column=column.heading)
            case Qt.ItemDataRole.TextAlignmentRole:
                return column.align | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ToolTipRole:
                return tool_tip(_(column.hint)) if column.hint else None
        return None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.NoItemFlags
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemNeverHasChildren

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        key = self.columns[column].key if 0 <= column < len(self.columns) else None
        self.sort_by(key, falling=order == Qt.SortOrder.DescendingOrder)

    # What happens inside

    def _rarely_asked(self, row: _Row[T, K], column: int, role: int) -> Any:  # noqa: ANN401 - Qt's own type
        what = self.columns[column]
        match role:
            case Qt.ItemDataRole.AccessibleTextRole:
                return what.spoken(row.value) if what.spoken else self.cell(row.at, column)[0]
            case Qt.ItemDataRole.ToolTipRole:
                return tool_tip(what.tip(row.value)) if what.tip else None
            case Role.ROW:
                return Kept(row.value)
            case Role.KEY:
                return Kept(row.key)
            case Role.SORT:
                return what.sort_key(row.value)
        return None

    def _take(self, changed: Mapping[K, T], gone: Collection[K]) -> None:
        """Let the values in, tell of those shown, and note what else is different now."""
        first, last = len(self._rows), _NOWHERE
        rank = self._sorter.sort_key if self._sorter else None
        accepts, blank = self._accepts, [None] * len(self.columns)
        for key, value in changed.items():
            row = self._all.get(key)
            if row is None:
                row = self._arrive(key, value)
            row.value, row.cells = value, blank[:]  # type: ignore[assignment] # a list of None, to be filled
            at = row.at
            if at >= 0:
                first, last = min(first, at), max(last, at)
            if accepts is not None:
                row.fits = accepts(value)
                self._members_differ |= row.fits != (at >= 0)
            if rank is not None:
                now = rank(value)
                if now != row.rank:
                    row.rank, self._order_differs = now, True
        for key in gone:
            row = self._all.pop(key, None)
            if row is not None and row.at >= 0:
                self._members_differ = row.gone = True
                self._ghosts[key] = row
                first, last = min(first, row.at), max(last, row.at)
        if last >= 0:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def _arrive(self, key: K, value: T) -> _Row[T, K]:
        row = self._ghosts.pop(key, None)
        if row is None:
            row = _Row(key, value, len(self.columns))
        row.gone = False
        row.fits = True
        self._all[key] = row
        self._members_differ = True
        return row

    def _follow(self) -> None:
        """Settle unless the order is held; then only count what waits. An empty table has no order to hold."""
        if not self._frozen or not self._rows:
            self._settle()
        elif self._members_differ:
            coming = sum(row.at < 0 and row.fits for row in self._all.values())
            self._count_waiting(coming + sum(row.gone or not row.fits for row in self._rows))

    def _settle(self) -> None:
        """Make the rows shown, and their order, what they should be."""
        members, order = self._members_differ, self._order_differs
        self._members_differ = self._order_differs = False
        if members:
            self._remove([row for row in self._rows if row.gone or not row.fits])
            self._ghosts.clear()
            coming = [row for row in self._all.values() if row.at < 0 and row.fits]
            self._insert(coming)
            order |= bool(coming)
        if order:
            target = self._in_order()
            if target != self._rows:
                self._arrange(target)
        self._count_waiting(0)
        if members:
            self.count_changed.emit()

    def _in_order(self) -> list[_Row[T, K]]:
        if self._sorter is None:
            return [row for row in self._all.values() if row.fits]
        # From the order shown, so that equal rows stay as they stand.
        known = [row for row in self._rows if row.rank is not None]
        unknown = [row for row in self._rows if row.rank is None]
        known.sort(key=_by_rank, reverse=self._falling)
        return known + unknown

    def _arrange(self, target: list[_Row[T, K]]) -> None:
        """Put the same rows in a new order; selections travel with their row."""
        self.layoutAboutToBeChanged.emit()
        before = self._rows
        self._rows = target
        for at, row in enumerate(target):
            row.at = at
        held = self.persistentIndexList()
        self.changePersistentIndexList(
            held, [self.index(before[i.row()].at, i.column()) for i in held]
        )
        self.layoutChanged.emit()

    def _remove(self, leaving: list[_Row[T, K]]) -> None:
        """Remove rows, given in the order shown, in as few runs as possible, from the bottom up."""
        if not leaving:
            return
        breaks = sum(after.at - before.at > 1 for before, after in pairwise(leaving))
        if breaks >= _MAX_RUNS:
            self._arrange([row for row in self._rows if not (row.gone or not row.fits)] + leaving)
        end = len(leaving)
        while end > 0:
            start = end - 1
            while start > 0 and leaving[start - 1].at == leaving[start].at - 1:
                start -= 1
            self._remove_run(leaving[start].at, leaving[end - 1].at)
            end = start

    def _remove_run(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        for row in self._rows[first : last + 1]:
            row.at = _NOWHERE
        del self._rows[first : last + 1]
        for at in range(first, len(self._rows)):
            self._rows[at].at = at
        self.endRemoveRows()

    def _insert(self, coming: list[_Row[T, K]]) -> None:
        if not coming:
            return
        first = len(self._rows)
        self.beginInsertRows(QModelIndex(), first, first + len(coming) - 1)
        for at, row in enumerate(coming, first):
            row.at = at
        self._rows.extend(coming)
        self.endInsertRows()

    def _count_waiting(self, count: int) -> None:
        if count != self._waiting:
            self._waiting = count
            self.waiting_changed.emit(count)
