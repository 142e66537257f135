"""Plain lines read all at once: the same as line by line."""

from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.address_columns import read_plain
from app.domain.address_lines import Span, read_line

plain_lines = st.one_of(
    st.ip_addresses().map(str),
    st.builds(lambda ip, bits: f"{ip}/{bits}", st.ip_addresses(), st.integers(0, 129)),
    st.text(alphabet="0123456789./", max_size=18),
    st.text(alphabet="01aF:/", max_size=24),
    st.lists(st.sampled_from(["", "0", "1", "ff", "abcd", "12345"]), max_size=10).map(":".join),
)


@given(st.lists(plain_lines, min_size=1, max_size=20))
@example(["::"])
@example(["1::", "::1", "1::2", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8"])
def test_all_at_once_reads_what_line_by_line_reads(lines: list[str]) -> None:
    plain = read_plain(("\n".join(lines) + "\n").encode())
    fast = {
        int(line): (4, int(first), int(last))
        for line, first, last in zip(plain.lines4, plain.starts4, plain.lasts4, strict=True)
    }
    for line, first, last in zip(plain.lines6, plain.starts6, plain.lasts6, strict=True):
        start, end = (int(half[0]) << 64 | int(half[1]) for half in (first, last))
        fast[int(line)] = (6, start, end)
    blank = {number for number, line in enumerate(lines) if not line}
    assert set(fast) | set(plain.rest.tolist()) == set(range(len(lines))) - blank
    for number, span in fast.items():
        slow = read_line(lines[number])
        assert isinstance(slow, Span)
        assert (slow.version, slow.first, slow.last) == span
    for number in plain.rest.tolist():
        slow = read_line(lines[number])
        # Left to the slow way for a reason: it is none, mapped, spelled oddly, or has a comment.
        odd = "." in lines[number] or "//" in lines[number]
        assert not isinstance(slow, Span) or slow.version == 4 or odd


def test_what_is_more_than_an_address_is_left_to_others() -> None:
    plain = read_plain(
        b"1.2.3.4\n\n# no\n1.2.3.0/24\n2001:db8::/32\n1.2.3.4 \n::ffff:1.2.3.4\n016.0.0.0\n"
    )
    assert plain.lines4.tolist() == [0, 3]
    assert plain.lines6.tolist() == [4]
    assert plain.rest.tolist() == [2, 5, 6, 7]
    assert plain.begins.tolist()[:4] == [0, 8, 9, 14]
