"""What is tried about a peer that outlives its ban."""

import pytest

from app.domain.address import parse_ip, parse_prefix, show
from app.domain.capabilities import Capabilities
from app.services.enforcement import Case, Step, forms, other_forms

HOST = parse_ip("1.2.3.4")


@pytest.mark.parametrize(
    ("host", "entries"),
    [
        ("1.2.3.4", ["1.2.3.4", "::ffff:102:304"]),
        ("::ffff:1.2.3.4", ["::ffff:102:304", "1.2.3.4", "::ffff:102:304"]),
        ("64:ff9b::1.2.3.4", ["64:ff9b::102:304", "1.2.3.4", "::ffff:102:304"]),
        ("2001:db8::1", ["2001:db8::1"]),
    ],
)
def test_an_address_has_these_forms(host: str, entries: list[str]) -> None:
    assert [show(form) for form in forms(parse_ip(host))] == entries


def test_only_what_is_not_listed_and_taken_is_tried() -> None:
    plain, mapped = parse_prefix("1.2.3.4"), parse_prefix("::ffff:1.2.3.4")
    assert other_forms([HOST], Capabilities(), (), 0) == {plain, mapped}
    assert other_forms([HOST], Capabilities(), (plain,), 0) == {mapped}
    assert other_forms([HOST], Capabilities(mapped=False), (plain,), 0) == set()


def test_a_crowd_behind_one_ban_is_not_listed_without_end() -> None:
    crowd = [parse_ip(f"1.2.3.{last}") for last in range(200)]
    assert len(other_forms(crowd, Capabilities(), (), 0)) == 64
    assert len(other_forms(crowd, Capabilities(), (), 60)) == 4


def test_the_list_is_sent_anew_first_then_other_forms_are_tried() -> None:
    case, steps = Case(0), []
    for at in range(3):
        steps.append(case.next_step)
        case.tried(at)
    assert steps == [Step.RESEND, Step.OTHER_FORM, Step.OTHER_FORM]


def test_who_is_back_at_once_is_the_same_case_and_later_another() -> None:
    case = Case(0)
    case.tried(1_000)
    case.present = False
    case.seen(HOST, 60_000)
    assert case.attempts == 1
    case.present = False
    case.seen(HOST, 61_001)
    assert (case.attempts, case.present) == (0, True)
