"""Subscribed lists of client names: the table of reference/rules.md 3.5."""

import pytest

from app.domain.name_list import parse_name_list
from app.domain.rules.name_subscription import NameSubscription
from app.domain.sighting import Batch
from app.domain.verdict import Mode
from tests.domain.rules.sightings import sighting


def rule(*lists: str, mode: Mode = Mode.ENFORCE) -> NameSubscription:
    parsed = [parse_name_list(text.encode(), name=f"List {n}") for n, text in enumerate(lists)]
    return NameSubscription(lists=tuple(parsed), mode=mode)


@pytest.mark.parametrize(
    ("text", "name", "comment"),
    [
        pytest.param(".*Xunlei.*", "-Xunlei 0.0.1.8", ".*Xunlei.*", id="N1"),
        pytest.param(r"BitComet/1\.\d+ #old", "BitComet/1.55", "old", id="N2"),
        pytest.param("^a", "bab", None, id="N3"),
    ],
)
def test_names(text: str, name: str, comment: str | None) -> None:
    verdict = rule(text).judge(sighting(client_name=name))
    assert verdict.hits is (comment is not None)
    assert verdict.reason.params.get("comment") == comment
    assert verdict.data == ({"ruleName": "List 0"} if comment else {})


def test_the_first_list_that_fits_answers() -> None:
    verdict = rule("x", "Bit", "BitComet").judge(sighting(client_name="BitComet"))
    assert verdict.data == {"ruleName": "List 1"}


def test_no_name_passes_and_is_pending_while_the_handshake_runs() -> None:
    every = rule(".*")
    assert every.judge(sighting(client_name=None, handshaking=True)).reason.id == "handshaking"
    assert not every.judge(sighting(client_name=" ")).hits
    assert every.judge(sighting(client_name="x", handshaking=True)).hits
    nameless = [sighting(client_name="", handshaking=still) for still in (False, True)]
    reasons = [verdict.reason.id for verdict in every.judge_all(Batch(nameless))]
    assert reasons == ["pass", "handshaking"]


def test_a_passing_peer_is_explained() -> None:
    verdict = rule("a\nb", mode=Mode.SHADOW).judge(sighting(client_name="zzz"))
    assert verdict.mode is Mode.SHADOW
    assert verdict.allows is not None
    assert verdict.allows.params == {"count": 2, "lists": 1}
