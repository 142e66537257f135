"""The rule of the user's scripts (reference/rules.md 3.9): remembers what they said and makes one verdict of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice, repeat
from typing import Any, Final

from msgspec import structs

from app.domain.reason import Text
from app.domain.script import Answer
from app.domain.script_values import ShownValues
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
        paths = tuple(variable.path for variable in variables)
        self._paths = paths if self.lasting else paths + _WHO
        self._known: dict[Hashable, Answer | None] = {}

    def find(self, batch: Batch) -> list[Answer | NotAsked | None]:
        """What it said of each; None when it had no opinion, or broke off."""
        return list(map(self._known.get, batch.rows(self._paths), repeat(_YET)))

    def missing(self, batch: Batch) -> dict[Hashable, None]:
        """What it has not been asked about, each once; the values of None mean nothing."""
        known, keys = self._known, batch.rows(self._paths)
        return dict.fromkeys([key for key in keys if key not in known] if known else keys)

    def put(self, asked: Mapping[Hashable, None], answers: Mapping[Hashable, Answer]) -> None:
        """It was `asked` and gave `answers`; about the others it had no opinion."""
        if len(self._known) + len(asked) > _LIMIT:
            self._known = dict(islice(self._known.items(), len(self._known) // 2, None))
        self._known.update(asked)
        self._known.update(answers)

    def columns(self, keys: Sequence[Hashable], shown: ShownValues) -> list[list[object]]:
        """The values of `keys` as the script gets them, a list per variable."""
        if len(self._paths) == 1:
            return [shown.column(variable, keys) for variable in self.variables]
        rows: Sequence[Any] = keys
        # Who and when it is stands behind the variables, for those that are asked again and again.
        columns = zip(self.variables, zip(*rows, strict=True), strict=False)
        return [shown.column(variable, values) for variable, values in columns]


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
        """SKIP beats BAN; else the last BAN counts. While a script has not answered, nothing does but a SKIP."""
        scripts, sightings = self.answering.scripts, batch.sightings
        lasting = all(script.lasting for script in scripts)
        found = self._pass(scripts, sightings, lasting=lasting)
        said = [script.find(batch) for script in scripts]
        not_yet: dict[int, Verdict] = {}
        opinions = [each for each in said if any(each)]
        for place in {place for each in opinions for place, answer in enumerate(each) if answer}:
            at = sightings[place].at
            chosen, waiting = _choose(scripts, [each[place] for each in said])
            if chosen is not None and not (waiting and chosen[1].action is not Action.SKIP):
                found[place] = self._said(*chosen, scripts, None if lasting else at + _AGAIN)
            else:
                found[place] = not_yet.get(at) or not_yet.setdefault(at, self._wait(scripts, at))
        return found

    def judge(self, sighting: Sighting) -> Verdict:
        """The same for one."""
        return self.judge_all(Batch((sighting,)))[0]

    def _pass(
        self, scripts: tuple[ScriptAnswers, ...], sightings: Sequence[Sighting], *, lasting: bool
    ) -> list[Verdict]:
        """The same for all."""
        if self._passing is None or self._passing[0] is not scripts:
            verdict = Verdict(
                rule=self.name,
                mode=self.mode,
                reason=Text("pass"),
                saw=Text("saw-scripts-nothing"),
                allows=_names(scripts),
            )
            self._passing = (scripts, verdict)
        passing = self._passing[1]
        if lasting:
            return [passing] * len(sightings)
        times = {sighting.at for sighting in sightings}
        again = {at: structs.replace(passing, review_at=at + _AGAIN) for at in times}
        return [again[sighting.at] for sighting in sightings]

    def _wait(self, scripts: tuple[ScriptAnswers, ...], at: int) -> Verdict:
        return Verdict(
            rule=self.name,
            mode=self.mode,
            reason=Text("scripts-not-yet"),
            saw=Text("saw-not-yet-known"),
            allows=_names(scripts),
            review_at=at + _SOON,
        )

    def _said(
        self,
        script: str,
        answer: Answer,
        scripts: tuple[ScriptAnswers, ...],
        review_at: int | None,
    ) -> Verdict:
        return Verdict(
            rule=self.name,
            action=answer.action,
            mode=self.mode,
            duration=answer.duration or self.duration,
            title=Text("rule-script", {"script": script}),
            reason=_reason(script, answer),
            saw=_saw(answer),
            allows=_names(scripts),
            data={"script": script},
            review_at=review_at,
        )


def _choose(
    scripts: tuple[ScriptAnswers, ...], answers: list[Answer | NotAsked | None]
) -> tuple[tuple[str, Answer] | None, bool]:
    """The answer that counts, with the name of its script; and whether one has not answered yet."""
    chosen: tuple[str, Answer] | None = None
    waiting = False
    for script, answer in zip(scripts, answers, strict=True):
        if answer is _YET:
            waiting = True
        elif answer is not None and (chosen is None or answer.action >= chosen[1].action):
            chosen = (script.name, answer)
    return chosen, waiting


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
