"""How user scripts get values: what takes long to make is made once, however many scripts want it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from app.domain.script_variable import Variable


class ShownValues:
    """Values as scripts get them, for all that are asked in one go."""

    def __init__(self) -> None:
        self._shown: dict[str, dict[Hashable, object]] = {}

    def column(self, variable: Variable, values: Sequence[Hashable]) -> list[object]:
        """What a script gets of each of `values`."""
        if variable.show is None:
            return list(values)
        if not variable.dear:
            return variable.show(values)
        shown = self._shown.setdefault(variable.name, {})
        try:
            return list(map(shown.__getitem__, values))
        except KeyError:
            new = [value for value in values if value not in shown]
            shown.update(zip(new, variable.show(new), strict=True))
        return list(map(shown.__getitem__, values))
