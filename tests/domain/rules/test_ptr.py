"""Names by reverse DNS: the table of reference/rules.md 3.11, without the dot at the end (D-20)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.domain.address import Endpoint, IPAddress, parse_ip
from app.domain.rules.ptr import PtrBlacklist
from app.domain.string_rule_list import parse_rule_list
from app.domain.verdict import Mode
from tests.domain.rules.sightings import sighting

PCDN = '{"method": "CONTAINS", "content": "pcdn"}'
EXAMPLE = '{"method": "EQUALS", "content": "example.com"}'


class Names:
    """What is known, and who was asked for."""

    def __init__(self, names: tuple[str, ...] | None) -> None:
        self._names = names
        self.asked: list[IPAddress] = []

    def names_of(self, endpoints: Sequence[Endpoint]) -> list[tuple[str, ...] | None]:
        self.asked += [endpoint.ip for endpoint in endpoints]
        return [self._names] * len(endpoints)


def rule(names: Names, *banned: str) -> PtrBlacklist:
    return PtrBlacklist(
        banned=parse_rule_list(banned), names=names, mode=Mode.ENFORCE, duration=259_200_000
    )


@pytest.mark.parametrize(
    ("names", "banned", "content"),
    [
        pytest.param(("host1.pcdn.example",), PCDN, "pcdn", id="Q1"),
        pytest.param(("example.com",), EXAMPLE, "example.com", id="Q2"),
        pytest.param((), PCDN, None, id="Q3"),
        pytest.param(("a.example", "b.pcdn.example"), PCDN, "pcdn", id="any of many names"),
        pytest.param(("example.com.evil.example",), EXAMPLE, None, id="another name"),
        pytest.param(None, PCDN, None, id="not known yet"),
    ],
)
def test_addresses_with_a_banned_name_are_banned(
    names: tuple[str, ...] | None, banned: str, content: str | None
) -> None:
    verdict = rule(Names(names), banned).judge(sighting())
    assert verdict.hits is (content is not None)
    assert verdict.data.get("rule") == content
    assert verdict.duration == (259_200_000 if content else 0)
    assert verdict.saw is not None
    assert verdict.allows is not None


def test_q4_nobody_is_asked_about_a_peer_that_handshakes() -> None:
    names = Names(("host1.pcdn.example",))
    subject = rule(names, PCDN)
    verdict = subject.judge(sighting(handshaking=True))
    assert (verdict.hits, verdict.reason.id) == (False, "handshaking")
    assert names.asked == []


def test_the_address_after_translation_is_asked_for() -> None:
    names = Names(())
    rule(names, PCDN).judge(sighting("64:ff9b::cb00:7109"))
    assert names.asked == [parse_ip("203.0.113.9")]


def test_the_answer_changes_when_the_name_becomes_known() -> None:
    known, unknown = Names(()), Names(None)
    one, other = rule(known, PCDN), rule(unknown, PCDN)
    assert other.judge(sighting()).reason.id == "reverse-pending"
    assert one.judge(sighting()).reason.id == "pass"
