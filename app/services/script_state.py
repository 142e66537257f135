"""One script of the user as it runs: what it wants to know, what it has said, how it behaves."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from app.domain.rules.scripts import ScriptAnswers
from app.domain.script import Header, ScriptProblem
from app.domain.script_variable import Variable
from app.domain.sighting import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptState:
    """A script as front ends list it."""

    file: str
    header: Header
    enabled: bool
    problem: ScriptProblem | None
    """The last one since it was edited; a script may run although some peer once broke it."""
    asked: int
    """Peers, since it was loaded."""
    micros: float
    """Mean time per peer, its own and the way there and back."""


@dataclass(slots=True, kw_only=True)
class Script:
    """A script that is loaded; a new source makes a new one."""

    file: str
    source: str | None
    """None when the file is no text."""
    header: Header
    on: bool
    ready: bool = False
    """Whether the engine has read it."""
    problem: ScriptProblem | None = None
    variables: tuple[Variable, ...] = ()
    answers: ScriptAnswers | None = None
    kept: bytes | None = None
    pending: dict[Hashable, None] = field(default_factory=dict)
    asked: int = 0
    broken: int = 0
    breaches: int = 0
    seconds: float = 0.0

    def state(self) -> ScriptState:
        """As front ends list it."""
        return ScriptState(
            file=self.file,
            header=self.header,
            enabled=self.on,
            problem=self.problem,
            asked=self.asked,
            micros=self.seconds * 1e6 / self.asked if self.asked else 0.0,
        )

    @property
    def stopped(self) -> bool:
        """Whether it is off because of what is wrong with it."""
        return not self.on and self.problem is not None

    def read(self, variables: tuple[Variable, ...]) -> None:
        """It asks for `variables`."""
        self.variables = variables
        self.answers = ScriptAnswers(self.header.name, variables, cacheable=self.header.cacheable)

    def want(self, batch: Batch) -> None:
        """Note what it has not answered yet."""
        if self.answers is not None:
            self.pending.update(self.answers.missing(batch))

    def take(self) -> dict[Hashable, None]:
        """What it shall answer now."""
        pending, self.pending = self.pending, {}
        return pending

    def count(self, asked: int, broken: int, seconds: float) -> None:
        """One call more."""
        self.asked += asked
        self.broken += broken
        self.seconds += seconds

    def drop(self) -> None:
        """It is switched off: nothing is wanted of it any more."""
        self.ready = False
        self.pending = {}
        self.kept = None
