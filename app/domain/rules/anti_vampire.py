"""Presets against clients that are known for taking only (reference/rules.md 3.13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import repeat
from typing import ClassVar, Final

from app.domain.capabilities import Need
from app.domain.reason import Text
from app.domain.rules.answers import Answers
from app.domain.rules.rule import Needs
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Mode, Verdict

ANTI_VAMPIRE: Final = "anti-vampire"


@dataclass(frozen=True, slots=True, kw_only=True)
class AntiVampire:
    """Bans Xunlei, but for its version 0.0.1.9 while we download: that one uploads, and never seeds."""

    needs: ClassVar[Needs] = ((Need.PEER_IDS, Need.CLIENT_NAMES),)

    xunlei: bool = True
    """Whether the preset is on."""
    mode: Mode = Mode.ENFORCE
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    name: str = ANTI_VAMPIRE
    _answers: Answers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_answers", Answers(self.judge))

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The same of many: by id, name and whether we seed; of all alike while the preset is off."""
        if not self.xunlei:
            return self._answers.of([None] * len(batch), batch)
        seeding = [
            seeding
            for run in batch.runs
            for seeding in repeat(run.torrent.seeding, run.places.stop - run.places.start)
        ]
        who = batch.column("peer.peer_id"), batch.column("peer.client_name")
        return self._answers.of(list(zip(*who, seeding, strict=True)), batch)

    def judge(self, sighting: Sighting) -> Verdict:
        """Judge by id and name, also while idle."""
        if not self.xunlei:
            return self._verdict(Text("vampire-preset-off"), Text("vampire-saw-nothing"))
        peer_id = sighting.peer.peer_id or ""
        client = sighting.peer.client_name or ""
        kind = _xunlei_type(peer_id.lower(), client.lower())
        saw = Text("vampire-saw", {"id": peer_id, "name": client})
        if kind is None:
            return self._verdict(Text("pass"), saw)
        seeding = sighting.torrent.seeding
        facts: dict[str, str | bool] = {"xunleiType": kind, "seeding": seeding}
        if kind == "0019" and not seeding:
            return self._verdict(Text("vampire-spared"), saw, facts)
        reason = "vampire-banned-seeding" if kind == "0019" else "vampire-banned"
        return Verdict(
            rule=self.name,
            action=Action.BAN,
            mode=self.mode,
            duration=self.duration,
            title=Text("vampire-xunlei"),
            reason=Text(reason, {"name": client or peer_id}),
            saw=saw,
            allows=Text("vampire-allows"),
            data=facts,
        )

    def _verdict(
        self, reason: Text, saw: Text, facts: dict[str, str | bool] | None = None
    ) -> Verdict:
        return Verdict(
            rule=self.name,
            mode=self.mode,
            reason=reason,
            saw=saw,
            allows=Text("vampire-allows"),
            data=facts or {},
        )


def _xunlei_type(peer_id: str, client: str) -> str | None:
    """`0019`, `non-0019`, or None for other clients; both texts in lower case."""
    named = client.startswith("xunlei")
    if not named and not peer_id.startswith("-xl"):
        return None
    if peer_id.startswith("-xl0019") or (named and ("0019" in client or "0.0.1.9" in client)):
        return "0019"
    return "non-0019"
