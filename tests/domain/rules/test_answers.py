"""What was answered once is not asked again."""

from __future__ import annotations

from app.domain.reason import Text
from app.domain.rules.answers import Answers
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Verdict
from tests.domain.rules.sightings import sighting


def test_the_same_subject_is_asked_about_once_and_another_again() -> None:
    asked: list[str | None] = []

    def judge(seen: Sighting) -> Verdict:
        asked.append(seen.peer.client_name)
        return Verdict(rule="named", reason=Text("pass"), saw=Text("saw-text", {"text": "x"}))

    answers = Answers(judge)
    names = ("a", "b", "a", None, "b")
    first = answers.of(names, Batch([sighting(client_name=name) for name in names]))
    assert asked == ["a", "b", None]
    assert first[0] is first[2]
    assert first[0] is not first[1]
    (again,) = answers.of(["a"], Batch([sighting("9.9.9.9", client_name="a")]))
    assert again is first[0]
    assert asked == ["a", "b", None]
    assert answers.of([], Batch([])) == []
