"""Reading address lists: the table of reference/rules.md 3.4 as D-12 wants it; all forms; bad input."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address_list import AddressList, BadLine
from app.domain.address_reader import parse_address_list


def read(*lines: str, end: str = "\n") -> AddressList:
    return parse_address_list(end.join(lines).encode("utf-8", "surrogatepass"))


def entries(*lines: str) -> list[tuple[str, str]]:
    return [(entry.text, entry.comment) for entry in read(*lines)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(["1.2.3.4"], [("1.2.3.4", "")], id="S1"),
        pytest.param(["1.2.3.0/24 # bad isp"], [("1.2.3.0/24", " bad isp")], id="S2"),
        pytest.param(
            ["# from list A", "# votes 5", "14.10.73.32"],
            [("14.10.73.32", " from list A\n votes 5")],
            id="S3",
        ),
        pytest.param(["1.2.3.4 // x"], [("1.2.3.4", " x")], id="S4"),
        pytest.param(["10.0.0.0,10.0.0.255,100,Corp"], [("10.0.0.0/24", "Corp")], id="S5"),
        pytest.param(["10.0.0.5,10.0.0.9,100,Corp"], [("10.0.0.5-10.0.0.9", "Corp")], id="S6"),
        pytest.param(["10.0.0.0,10.0.0.255,128,Ok"], [], id="S7"),
        pytest.param(
            ["016.000.000.000 , 016.255.255.255 , 100 , Org"], [("16.0.0.0/8", "Org")], id="S8"
        ),
        pytest.param(["Org:1.2.3.4-1.2.3.255"], [("1.2.3.4-1.2.3.255", "Org")], id="S9"),
        pytest.param(["//1.2.3.4"], [], id="S10"),
        pytest.param(["1.2.3.4 # seen at a, b"], [("1.2.3.4", " seen at a, b")], id="S14"),
        pytest.param(["  # indented comment", "1.2.3.4"], [("1.2.3.4", " indented comment")], id="S15"),
        pytest.param(["; by hand", "1.2.3.4;me"], [("1.2.3.4", "me")], id="semicolons"),
        pytest.param(["1.2.3.4 - 1.2.3.7 , 000 , 1.2.3.4/30"], [("1.2.3.4/30", "1.2.3.4/30")], id="our export"),
        pytest.param(["2001:db8::1 - 2001:db8::1 , 000 , x"], [("2001:db8::1", "x")], id="our export, IPv6"),
        pytest.param(["1.2.3.4-1.2.3.9 # few"], [("1.2.3.4-1.2.3.9", " few")], id="bare range"),
        pytest.param(["a:b: 1.2.3.4 - 1.2.3.5"], [("1.2.3.4/31", "a:b")], id="P2P with a colon"),
        pytest.param(["Some, Org (x-y):1.2.3.4-1.2.3.4"], [("1.2.3.4", "Some, Org (x-y)")], id="P2P with all"),
        pytest.param(["Org:2001:db8::-2001:db8::3"], [("2001:db8::/126", "Org")], id="P2P of IPv6"),
        pytest.param(["1.2.3.4/16"], [("1.2.3.4", "")], id="host bits are one host"),
        pytest.param(["2001:db8::1/32"], [("2001:db8::1", "")], id="host bits are one host, IPv6"),
        pytest.param(["1.2.0.0/255.255.0.0"], [("1.2.0.0/16", "")], id="netmask"),
        pytest.param(["::ffff:1.2.3.4", "::ffff:102:300/120"], [("1.2.3.0/24", ""), ("1.2.3.4", "")], id="mapped"),
        pytest.param(["[2001:db8::1]", "2001:DB8:0::/48"], [("2001:db8::/48", ""), ("2001:db8::1", "")], id="IPv6"),
        pytest.param(["0.0.0.0/0", "::/0"], [("0.0.0.0/0", ""), ("::/0", "")], id="everything"),
        pytest.param(["# a", "1.2.3.4", "# b", "1.2.3.4", "1.2.3.4 # a"], [("1.2.3.4", " a\n b")], id="twice"),
        pytest.param(["# a", "x", "1.2.3.4"], [("1.2.3.4", "")], id="a bad line takes its comment along"),
        pytest.param(["# a", "", "1.2.3.4 #"], [("1.2.3.4", "")], id="an empty comment replaces"),
        pytest.param(["\N{ZERO WIDTH NO-BREAK SPACE}1.2.3.4"], [("1.2.3.4", "")], id="BOM"),
    ],
)  # fmt: skip
def test_lines_of_every_form(lines: list[str], expected: list[tuple[str, str]]) -> None:
    assert entries(*lines) == expected
    assert [(e.text, e.comment) for e in read(*lines, "", end="\r\n")] == expected


@pytest.mark.parametrize(
    "line",
    [
        "016.0.0.0",
        "1.2.3",
        "1.2",
        "256.1.1.1",
        "1.2.3.4.5",
        "1.2.3.4/33",
        "1.2.3.4/",
        "1.2.3.4/8/8",
        "1.2.3.4 5.6.7.8",
        "1..2.3",
        ".1.2.3",
        "1/2.3.4.5",
        "1.2.3.9-1.2.3.4",
        "1.2.3.4-::1",
        "1.2.3.4,1.2.3.5",
        "1.2.3.4,1.2.3.5,x",
        "1.2.3.4,1.2.3.5,\N{SUPERSCRIPT TWO}",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        ":::",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        "12345::",
        "::/129",
        "::/1a",
        "::/",
        "/64",
        "::1/64/64",
        "<html>",
        "Org:-",
        "\0",
        "\N{ARABIC-INDIC DIGIT ONE}.2.3.4",
        "9" * 400_000,
    ],
)
def test_a_line_that_is_none_is_refused_with_its_number(line: str) -> None:
    found = read("1.2.3.4", "", line)
    assert len(found) == 1
    assert found.lines.invalid == 1
    assert found.lines.examples == (BadLine(number=3, text=line[:80]),)


def test_s7_allowed_ranges_are_no_mistake() -> None:
    lines = read("10.0.0.0,10.0.0.255,128,Ok", "10.0.0.0,10.0.0.255,9999999999,Ok").lines
    assert (lines.spared, lines.invalid, lines.plausible) == (2, 0, True)


def test_s11_a_web_page_is_no_plausible_list() -> None:
    page = ["<!DOCTYPE html>", "<html><head>", "<title>404</title>", "1.2.3.4", "</html>"]
    assert not read(*page).lines.plausible
    assert not read(" ".join(page)).lines.plausible
    assert not parse_address_list(b"").lines.plausible
    assert not read("# nothing").lines.plausible
    assert read("1.2.3.4", "oops").lines.plausible


def test_lines_and_comments_may_lie_in_different_chunks() -> None:
    filler = ["10.0.0.1"] * 60_000
    found = read("# one", *filler, "# two", *filler, "Org:1.2.3.4-1.2.3.5", "bad")
    assert [(e.text, e.comment) for e in found] == [
        ("1.2.3.4/31", "Org"),
        ("10.0.0.1", " one\n two"),
    ]
    assert found.lines.examples[0].number == 120_004


def test_what_cannot_be_read_at_all_is_given_up_early() -> None:
    found = parse_address_list(b"x\n" * 500_000)
    assert not found.lines.plausible
    assert found.lines.invalid < 200_000


def test_comments_are_bounded() -> None:
    found = read(*["# " + "x" * 900] * 50, "1.2.3.4")
    assert len(found[0].comment) == 500


FORMS = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.text(alphabet="0123456789.:,-/# ;af\r\n\t", max_size=60).map(str.encode),
        st.sampled_from(
            [b"1.2.3.4", b"1.2.3.0/24", b"a:1.2.3.4-1.2.3.5", b"#", b"::/0", b"\xef\xbb\xbf"]
        ),
    ),
    max_size=30,
)


@given(FORMS, st.sampled_from([b"\n", b"\r\n", b"\r", b""]))
def test_no_bytes_make_it_raise(parts: list[bytes], end: bytes) -> None:
    found = parse_address_list(end.join(parts))
    assert all(entry.text for entry in found)
    assert len(found) <= found.lines.valid


@pytest.mark.soak
@given(FORMS, st.sampled_from([b"\n", b"\r\n", b"\r", b""]))
def test_no_bytes_make_it_raise_for_long(parts: list[bytes], end: bytes) -> None:
    assert all(entry.text for entry in parse_address_list(end.join(parts)))
