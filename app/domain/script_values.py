"""What user scripts look at of some peers: each value is read once, however many scripts want it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from operator import attrgetter
from typing import Any, Final

from app.domain.script_variable import Variable
from app.domain.sighting import Batch

_PEER: Final = "peer."
_ADDRESS: Final = "peer.address.effective.key"


class ScriptValues:
    """Columns of values, and the keys that scripts remember their answers by."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._columns: dict[str, list[Any]] = {_ADDRESS: batch.keys}
        self._keys: dict[tuple[str, ...], list[Hashable]] = {}

    def keys(self, paths: tuple[str, ...]) -> list[Hashable]:
        """The values at `paths`: one for each sighting, a tuple unless there is just one path."""
        found = self._keys.get(paths)
        if found is None:
            columns = [self._column(path) for path in paths]
            if not columns:
                found = [()] * len(self._batch)
            elif len(columns) == 1:
                found = columns[0]
            else:
                found = list(zip(*columns, strict=True))
            self._keys[paths] = found
        return found

    def _column(self, path: str) -> list[Any]:
        found = self._columns.get(path)
        if found is None:
            batch = self._batch
            whose = batch.peers if path.startswith(_PEER) else batch.sightings
            found = list(map(attrgetter(path.removeprefix(_PEER)), whose))
            self._columns[path] = found
        return found


class ShownValues:
    """Values as scripts get them; what takes long to make is made once for all that are asked in one go."""

    def __init__(self) -> None:
        self._shown: dict[str, dict[Hashable, object]] = {}

    def column(self, variable: Variable, values: Sequence[Hashable]) -> list[object]:
        """What a script gets of each of `values`."""
        if variable.show is None:
            return list(values)
        if not variable.dear:
            return variable.show(values)
        shown = self._shown.setdefault(variable.name, {})
        new = [value for value in values if value not in shown]
        shown.update(zip(new, variable.show(new), strict=True))
        return [shown[value] for value in values]
