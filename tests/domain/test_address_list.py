"""What an address list answers: the entry around an address, its comment, many at once."""

from ipaddress import IPv4Address, IPv6Address

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import address_key, parse_ip, parse_prefix
from app.domain.address_list import AddressList, Entry, LineCounts
from app.domain.address_reader import parse_address_list
from app.domain.split_keys import SplitKeys
from tests.domain.test_address_columns import plain_lines


def read(*lines: str, end: str = "\n") -> AddressList:
    return parse_address_list(end.join(lines).encode("utf-8", "surrogatepass"))


def test_s13_an_address_inside_an_entry_is_found_with_its_comment() -> None:
    found = read("1.2.3.0/24 # bad isp").find(parse_ip("1.2.3.77"))
    assert found is not None
    assert (found.text, found.comment) == ("1.2.3.0/24", " bad isp")


def test_the_narrowest_entry_answers() -> None:
    blocks = read("1.0.0.0/8 # wide", "1.2.3.0/24 # narrow", "2001::/16", "2001:db8::/32 # six")
    asked = [
        parse_ip(text) for text in ("1.2.3.4", "1.9.9.9", "2.0.0.0", "2001:db8::1", "2001:1::")
    ]
    found = blocks.find_many(SplitKeys([address_key(ip) for ip in asked]))
    numbers = [found.get(at, -1) for at in range(len(asked))]
    texts = [blocks[number].text if number >= 0 else None for number in numbers]
    assert texts == ["1.2.3.0/24", "1.0.0.0/8", None, "2001:db8::/32", "2001::/16"]
    assert [blocks.find(ip) for ip in asked] == [blocks[n] if n >= 0 else None for n in numbers]


@given(
    st.lists(
        st.one_of(
            plain_lines, st.text(max_size=30), st.sampled_from(["# a", "#b", "x:1.2.3.4-1.2.3.9"])
        )
    )
)
def test_whatever_is_read_is_found_again(lines: list[str]) -> None:
    found = read(*lines)
    assert len(found) <= found.lines.valid
    for entry in found:
        first = entry.text.partition("-")[0].partition("/")[0]
        assert found.find(parse_ip(first)) is not None
        if "-" not in entry.text:
            assert found.ip_set.overlaps(parse_prefix(entry.text))


def test_a_comment_of_several_lines_is_one_remark() -> None:
    assert Entry(text="1.2.3.4", comment=" from A\n\n votes 5 ").remark == "from A · votes 5"
    assert not Entry(text="1.2.3.4").remark


def test_a_list_is_plausible_while_four_of_five_lines_are_entries() -> None:
    def plausible(valid: int, invalid: int, spared: int = 0) -> bool:
        return LineCounts(valid=valid, invalid=invalid, spared=spared).plausible

    assert plausible(8, 2)
    assert not plausible(11, 3)
    assert plausible(12, 3)
    assert plausible(0, 0, spared=1)
    assert plausible(2, 2)  # somebody's own short list with two typing errors
    assert not plausible(1, 2)
    assert not plausible(0, 0)


def test_a_hundred_thousand_lines_are_small() -> None:
    dice = np.random.default_rng(1)
    four = [str(IPv4Address(int(n))) for n in dice.integers(0, 2**32, 90_000)]
    six = [f"{IPv6Address(int(n) << 80)}/64" for n in dice.integers(0, 2**32, 10_000)]
    found = read(*four, *six)
    assert found.lines.valid == 100_000
    assert found.lines.plausible
    assert found.nbytes <= 30 * 100_000
