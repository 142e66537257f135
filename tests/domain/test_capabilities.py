"""What a downloader takes and tells."""

import pytest

from app.domain.address import parse_prefix
from app.domain.capabilities import Capabilities, Need


@pytest.mark.parametrize(
    ("lacking", "entry", "taken"),
    [
        ({}, "1.2.3.0/24", True),
        ({}, "::ffff:1.2.3.4", True),
        ({"bans": False}, "1.2.3.4", False),
        ({"ipv6": False}, "2001:db8::1", False),
        ({"ipv6": False}, "1.2.3.4", True),
        ({"ipv4": False}, "1.2.3.4", False),
        ({"prefixes": False}, "1.2.3.0/24", False),
        ({"prefixes": False}, "1.2.3.4", True),
        ({"mapped": False}, "::ffff:1.2.3.4", False),
        ({"mapped": False}, "2001:db8::1", True),
    ],
)
def test_only_what_it_takes_may_stand_in_its_list(
    lacking: dict[str, bool],
    entry: str,
    taken: bool,  # noqa: FBT001
) -> None:
    assert Capabilities(**lacking).takes(parse_prefix(entry)) is taken


@pytest.mark.parametrize("need", Need)
def test_each_need_is_one_thing_that_it_tells(need: Need) -> None:
    assert Capabilities().tells_all
    less = Capabilities(**{need.value: False})
    assert [other for other in Need if not less.tells(other)] == [need]
    assert not less.tells_all
