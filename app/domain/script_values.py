"""What user scripts look at of some peers: each value is read once, however many scripts want it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from operator import attrgetter

from app.domain.script_variable import Variable
from app.domain.sighting import Sighting


class ScriptValues:
    """Columns of values, and the keys that scripts remember their answers by."""

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self._sightings = sightings
        self._columns: dict[str, list[Hashable]] = {}
        self._keys: dict[tuple[str, ...], list[Hashable]] = {}

    def keys(self, paths: tuple[str, ...]) -> list[Hashable]:
        """The values at `paths`: one for each sighting, a tuple unless there is just one path."""
        found = self._keys.get(paths)
        if found is None:
            columns = [self._column(path) for path in paths]
            if not columns:
                found = [()] * len(self._sightings)
            elif len(columns) == 1:
                found = columns[0]
            else:
                found = list(zip(*columns, strict=True))
            self._keys[paths] = found
        return found

    def _column(self, path: str) -> list[Hashable]:
        found = self._columns.get(path)
        if found is None:
            found = self._columns[path] = list(map(attrgetter(path), self._sightings))
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
