"""One line of an address list at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import parse_ip
from app.domain.address_lines import Line, Note, Span, Spared, read_line


def span(first: str, last: str, comment: str | None = None) -> Span:
    start, end = parse_ip(first), parse_ip(last)
    return Span(start.version, int(start), int(end), comment)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1.2.3.4", span("1.2.3.4", "1.2.3.4")),
        ("[2001:db8::1]", span("2001:db8::1", "2001:db8::1")),
        ("fe80::1%eth0", span("fe80::1", "fe80::1")),
        ("1.2.3.0/24 # why", span("1.2.3.0", "1.2.3.255", " why")),
        ("1.2.3.4#", span("1.2.3.4", "1.2.3.4", "")),
        ("1.2.3.4 - 1.2.3.9", span("1.2.3.4", "1.2.3.9")),
        ("1.2.3.4-1.2.3.9 // few", span("1.2.3.4", "1.2.3.9", " few")),
        ("001.002.003.004 , 001.002.003.009 , 000 , Corp", span("1.2.3.4", "1.2.3.9", "Corp")),
        ("1.2.3.4,1.2.3.9,127", span("1.2.3.4", "1.2.3.9")),
        ("1.2.3.4,1.2.3.9,128,ok", Spared()),
        ("Corp, Ltd:1.2.3.4-1.2.3.9", span("1.2.3.4", "1.2.3.9", "Corp, Ltd")),
        (":1.2.3.4-1.2.3.9", span("1.2.3.4", "1.2.3.9")),
        ("a:2001:db8::-2001:db8::3", span("2001:db8::", "2001:db8::3", "a")),
        ("::ffff:1.2.3.4", span("1.2.3.4", "1.2.3.4")),
        ("# note", Note(" note")),
        ("  //note", Note("note")),
        ("; note", Note(" note")),
        ("016.0.0.0", None),
        ("001.2.3.4-001.2.3.5", None),
        ("1.2.3", None),
        ("1.2.3.9-1.2.3.4", None),
        ("1.2.3.4-2001:db8::", None),
        ("1.2.3.4,1.2.3.9", None),
        ("1.2.3.4,1.2.3.9,-1", None),
        ("<html>", None),
    ],
)
def test_every_form_of_a_line(line: str, expected: Line | None) -> None:
    assert read_line(line) == expected


ips = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))


@given(ips, st.sampled_from(["{}-{}", "{} - {}", "{},{},100,x", "{} , {} , 000 , x", "x:{}-{}"]))
def test_an_address_stands_for_itself_in_every_form(ip: object, form: str) -> None:
    read = read_line(form.format(ip, ip))
    alone = read_line(str(ip))
    assert isinstance(read, Span)
    assert isinstance(alone, Span)
    assert read[:3] == alone[:3]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    read = read_line(text)
    assert not isinstance(read, Span) or read.first <= read.last
