"""What stands in the trace where a downloader does not tell what a rule goes by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.domain.capabilities import Need, Source
from app.domain.reason import Text
from app.domain.rules.rule import Needs, Rule, WithNeeds
from app.domain.verdict import Mode, Verdict

ESTIMATES: Final = "estimates"
"""Key of the line that says that bytes are estimated; no rule."""

_WORDS: Final[Mapping[tuple[Need, ...], str]] = {
    (Need.PEER_IDS,): "no-peer-id-from",
    (Need.CLIENT_NAMES,): "no-client-name-from",
    (Need.PEER_IDS, Need.CLIENT_NAMES): "no-identity-from",
    (Need.PROGRESS,): "no-progress-from",
    (Need.FLAGS,): "no-flags-from",
}


def unanswerable(rule: Rule, source: Source) -> Verdict | None:
    """The answer of a rule that cannot judge the peers of `source`; None for one that can.

    Bytes are never missing: where they are not counted they are estimated.
    """
    for group in _needs(rule):
        if Need.COUNTERS in group or any(map(source.capabilities.tells, group)):
            continue
        return Verdict(
            rule=rule.name,
            mode=rule.mode,
            reason=Text(_WORDS[group], {"source": source.label}),
            data={"missing": [need.value for need in group], "source": source.label},
        )
    return None


def estimates(rules: Iterable[Rule], source: Source) -> Verdict | None:
    """The line that says that some of `rules` go by bytes that `source` does not count; None where all is well."""
    if source.capabilities.counters:
        return None
    by_bytes = [
        rule.name
        for rule in rules
        if rule.mode is not Mode.OFF
        and (Need.COUNTERS,) in _needs(rule)
        and unanswerable(rule, source) is None
    ]
    if not by_bytes:
        return None
    return Verdict(
        rule=ESTIMATES,
        reason=Text("bytes-estimated-from", {"source": source.label}),
        data={"rules": by_bytes, "source": source.label},
    )


def _needs(rule: Rule) -> Needs:
    return rule.needs if isinstance(rule, WithNeeds) else ()
