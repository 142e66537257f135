"""What scripts need from the outside world: where they run, and the folder where they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from msgspec import Struct

from app.domain.script import ScriptLimits, ScriptProblem


class Asked(Struct, frozen=True, kw_only=True):
    """What a script returned for a batch of peers, by their place in it; the others passed."""

    answers: Mapping[int, object]
    broken: tuple[int, ...]
    """Peers at which it broke off."""
    problem: ScriptProblem | None
    """Why, for the first of them."""
    printed: str


class ScriptSession(Protocol):
    """A script that has been read; raises ScriptFailed and is not to be used after that."""

    async def ask(self, columns: Sequence[list[object]], rows: int) -> Asked: ...

    async def keep(self) -> bytes:
        """All that it remembers, for `opened`."""


class ScriptEngine(Protocol):
    """Where scripts run, apart from this process, within their limits."""

    def opened(
        self, source: str, limits: ScriptLimits, kept: bytes | None = None
    ) -> AbstractAsyncContextManager[ScriptSession]:
        """Read a script; raises ScriptFailed and ScriptsUnavailable."""

    async def rest(self) -> None:
        """Release the processes unless a script is open; the next `opened` starts new ones."""

    async def close(self) -> None:
        """Release them in any case."""


class Switch(Struct, frozen=True, kw_only=True):
    """Whether a script is on, and of which source that was said; empty when it holds for any."""

    on: bool
    source_hash: str = ""


class ScriptFolder(Struct, frozen=True, kw_only=True):
    """What the folder of scripts holds: sources by file name (None when no text), and the switches."""

    sources: Mapping[str, str | None]
    switches: Mapping[str, Switch]


class ScriptFiles(Protocol):
    """The folder of scripts; all of it blocks and raises only AppError."""

    def load(self) -> ScriptFolder:
        """Everything; the first time it puts the bundled scripts there."""

    def stamp(self) -> object:
        """Differs from the last one when a file changed, came or went."""

    def save(self, name: str, source: str) -> None:
        """Replace or create a file; raises Refused for a bad name."""

    def delete(self, name: str) -> None: ...

    def switch(self, switches: Mapping[str, Switch]) -> None: ...
