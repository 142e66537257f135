"""The rule of the user's scripts (reference/rules.md 3.9): remembers what they said and makes one verdict of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice
from operator import attrgetter
from typing import Any, Final

from app.domain.reason import Text
from app.domain.script import Answer
from app.domain.script_variable import Variable
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Mode, Verdict

SCRIPTS: Final = "expression-engine"

_LIMIT: Final = 50_000
"""Answers kept per script; several times the peers of a large session."""
_SOON: Final = 1_000
_AGAIN: Final = 60_000
"""Milliseconds after which a script is asked again that answers by time or by what it remembers."""


class NotAsked(Enum):
    """Stands for the answer of a script that has none yet."""

    YET = auto()


_YET: Final = NotAsked.YET
_WHO: Final = ("downloader", "torrent.id", "peer.address.raw", "at")


class ScriptAnswers:
    """What one script said, by the values that it looked at."""

    def __init__(self, name: str, variables: tuple[Variable, ...], *, cacheable: bool) -> None:
        self.name, self.variables = name, variables
        self.lasting = cacheable and not any(variable.timely for variable in variables)
        """Whether the same values need not be asked about again."""
        paths = [variable.path for variable in variables]
        if not self.lasting:
            paths += _WHO
        # One path alone would give the bare value.
        self._plain = len(paths) == 1
        self._key: Callable[[Sighting], Any] = attrgetter(*paths) if paths else _nothing
        self._known: dict[Hashable, Answer | None] = {}

    def find(self, sighting: Sighting) -> Answer | NotAsked | None:
        """What it said of this one; None when it had no opinion, or broke off."""
        return self._known.get(self._key(sighting), _YET)

    def missing(self, sightings: Iterable[Sighting]) -> dict[Hashable, None]:
        """What it has not been asked about; the values of None mean nothing."""
        known = self._known
        return dict.fromkeys([key for key in map(self._key, sightings) if key not in known])

    def put(self, asked: Mapping[Hashable, None], answers: Mapping[Hashable, Answer]) -> None:
        """It was `asked` and gave `answers`; about the others it had no opinion."""
        if len(self._known) + len(asked) > _LIMIT:
            self._known = dict(islice(self._known.items(), len(self._known) // 2, None))
        self._known.update(asked)
        self._known.update(answers)

    def columns(self, keys: Sequence[Hashable]) -> list[list[object]]:
        """The values of `keys` as the script gets them, a list per variable."""
        parts: Sequence[Sequence[Any]] = [keys] if self._plain else list(zip(*keys, strict=True))
        return [
            list(part) if variable.show is None else list(map(variable.show, part))
            for variable, part in zip(self.variables, parts, strict=False)
        ]


def _nothing(_sighting: Sighting) -> Hashable:
    return ()


class Answering:
    """The scripts that run, in order; changes when scripts do."""

    def __init__(self) -> None:
        self.scripts: tuple[ScriptAnswers, ...] = ()


@dataclass(slots=True, kw_only=True)
class ScriptRule:
    """Bans and spares by what the user's scripts say; they have been asked before (`Foresight`)."""

    answering: Answering
    duration: int = 0
    mode: Mode = Mode.ENFORCE
    name: str = SCRIPTS
    _passing: tuple[tuple[ScriptAnswers, ...], Verdict] | None = field(default=None, init=False)

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """See BehaviourRule."""
        return list(map(self.judge, batch.sightings))

    def judge(self, sighting: Sighting) -> Verdict:
        """SKIP beats BAN; else the last BAN counts. While a script has not answered, nothing does but a SKIP."""
        scripts = self.answering.scripts
        waiting, lasting = False, True
        chosen: tuple[str, Answer] | None = None
        for script in scripts:
            lasting = lasting and script.lasting
            answer = script.find(sighting)
            if answer is None:
                continue
            if answer is _YET:
                waiting = True
            elif chosen is None or answer.action >= chosen[1].action:
                chosen = (script.name, answer)
        if waiting and (chosen is None or chosen[1].action is not Action.SKIP):
            return self._unknown(sighting, scripts)
        if chosen is None and lasting:
            return self._pass(scripts)
        return self._said(sighting, scripts, chosen, lasting=lasting)

    def _unknown(self, sighting: Sighting, scripts: tuple[ScriptAnswers, ...]) -> Verdict:
        return Verdict(
            rule=self.name,
            mode=self.mode,
            reason=Text("scripts-not-yet"),
            saw=Text("saw-not-yet-known"),
            allows=_names(scripts),
            review_at=sighting.at + _SOON,
        )

    def _pass(self, scripts: tuple[ScriptAnswers, ...]) -> Verdict:
        """The same for all that pass."""
        if self._passing is None or self._passing[0] is not scripts:
            verdict = Verdict(
                rule=self.name,
                mode=self.mode,
                reason=Text("pass"),
                saw=Text("saw-scripts-nothing"),
                allows=_names(scripts),
            )
            self._passing = (scripts, verdict)
        return self._passing[1]

    def _said(
        self,
        sighting: Sighting,
        scripts: tuple[ScriptAnswers, ...],
        chosen: tuple[str, Answer] | None,
        *,
        lasting: bool,
    ) -> Verdict:
        script, answer = chosen or ("", None)
        return Verdict(
            rule=self.name,
            action=answer.action if answer else Action.NO_ACTION,
            mode=self.mode,
            duration=(answer.duration if answer else 0) or self.duration,
            title=Text("rule-script", {"script": script}) if answer else None,
            reason=_reason(script, answer) if answer else Text("pass"),
            saw=_saw(answer) if answer else Text("saw-scripts-nothing"),
            allows=_names(scripts),
            data={"script": script} if answer else {},
            review_at=None if lasting else sighting.at + _AGAIN,
        )


def _reason(script: str, answer: Answer) -> Text:
    spares = answer.action is Action.SKIP
    if answer.why:
        return Text(
            "script-spares-why" if spares else "script-bans-why",
            {"script": script, "why": answer.why},
        )
    return Text("script-spares" if spares else "script-bans", {"script": script})


def _saw(answer: Answer) -> Text:
    return Text("saw-text", {"text": answer.why or answer.action.name})


def _names(scripts: tuple[ScriptAnswers, ...]) -> Text:
    if not scripts:
        return Text("allows-no-scripts")
    return Text("allows-scripts", {"names": ", ".join(script.name for script in scripts)})
