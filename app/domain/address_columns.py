"""Reads the plain lines of an address list (an address or a block, nothing else) all at once, with numpy.

What it does not take - comments, ranges, odd spellings, mistakes - is left to `address_lines`, line by line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.domain.ip_set import Pairs, Words

Bytes = NDArray[np.uint8]
Lines = NDArray[np.intp]
"""Numbers of lines within the chunk, from 0."""

_DIGIT, _DOT, _SLASH, _END, _HEX, _COLON, _OTHER = (1 << bit for bit in range(7))
_SEPARATORS: Final = np.uint8(_DOT | _SLASH | _END | _COLON)
_LONGEST: Final = 64
_GROUPS: Final = 8
_ALL6: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_MAPPED: Final = np.uint64(0xFFFF)
_ZERO: Final = ord("0")


def _flags() -> Bytes:
    table = np.full(256, _OTHER, np.uint8)
    for characters, flag in (
        (b"0123456789", _DIGIT),
        (b"abcdefABCDEF", _HEX),
        (b".", _DOT),
        (b"/", _SLASH),
        (b":", _COLON),
        (b"\n", _END),
    ):
        table[np.frombuffer(characters, np.uint8)] = flag
    return table


def _hex_values() -> NDArray[np.uint16]:
    table = np.zeros(256, np.uint16)
    for character in b"0123456789abcdefABCDEF":
        table[character] = int(chr(character), 16)
    return table


_FLAGS: Final = _flags()
_HEX_VALUES: Final = _hex_values()


@dataclass(frozen=True, slots=True)
class Plain:
    """What was read of one chunk; every line is either in one of the families, blank, or in `rest`."""

    begins: Lines
    """Offset of each line."""
    lines4: Lines
    starts4: Words
    lasts4: Words
    lines6: Lines
    starts6: Pairs
    lasts6: Pairs
    rest: Lines


@dataclass(frozen=True, slots=True)
class _Tokens:
    """What stands between separators, of chosen lines only, in order."""

    line: Lines
    begin: Lines
    end: Lines
    first: Lines
    """For each line of the chunk the index of its first token here."""
    count: Lines
    """For each line of the chunk how many tokens it has here."""


def read_plain(chunk: bytes) -> Plain:
    """Read lines that each end with a line feed."""
    text = np.frombuffer(chunk, np.uint8)
    flags = _FLAGS[text]
    ends = np.flatnonzero(text == ord("\n"))
    begins = np.append(np.intp(0), ends[:-1] + 1)
    seen = np.bitwise_or.reduceat(flags, begins)
    short = ends - begins <= _LONGEST
    four = short & ((seen & ~np.uint8(_DIGIT | _DOT | _SLASH | _END)) == 0) & (seen & _DOT != 0)
    six = short & ((seen & ~np.uint8(_DIGIT | _HEX | _COLON | _SLASH | _END)) == 0)
    six &= seen & _COLON != 0
    rest = seen != _END
    at = np.flatnonzero(flags & _SEPARATORS != 0)
    is_end = flags[at] == _END
    line = np.cumsum(is_end) - is_end
    lines4, starts4, lasts4 = _read4(text, _tokens(at, line, four, begins))
    lines6, starts6, lasts6 = _read6(text, _tokens(at, line, six, begins))
    rest[lines4] = False
    rest[lines6] = False
    return Plain(begins, lines4, starts4, lasts4, lines6, starts6, lasts6, np.flatnonzero(rest))


def _tokens(at: Lines, line: Lines, chosen: NDArray[np.bool_], begins: Lines) -> _Tokens:
    """Those of the chosen lines, given where all separators are and in which line."""
    if not chosen.any():
        none = np.empty(0, np.intp)
        return _Tokens(none, none, none, none, np.zeros(len(begins), np.intp))
    if not chosen.all():
        mine = chosen[line]
        at, line = at[mine], line[mine]
    count = np.bincount(line, minlength=len(begins))
    begin = np.empty_like(at)
    begin[1:] = at[:-1] + 1
    first = np.cumsum(count) - count
    begin[first[chosen]] = begins[chosen]
    return _Tokens(line, begin, at, first, count)


def _decimal(text: Bytes, begin: Lines, end: Lines) -> NDArray[np.int64]:
    """Numbers of one to three digits without leading zeros; -1 for anything else."""
    size = end - begin
    value = text[end - 1].astype(np.int64) - _ZERO
    value += np.where(size > 1, (text[end - 2].astype(np.int64) - _ZERO) * 10, 0)
    value += np.where(size > 2, (text[end - 3].astype(np.int64) - _ZERO) * 100, 0)  # noqa: PLR2004 - hundreds
    good = (size >= 1) & (size <= 3) & ((size == 1) | (text[begin] != _ZERO))  # noqa: PLR2004 - digits
    return np.where(good, value, -1)


def _read4(text: Bytes, tokens: _Tokens) -> tuple[Lines, Words, Words]:
    starts = np.empty(len(tokens.count), np.uint32)
    lasts = np.empty(len(tokens.count), np.uint32)
    read = np.zeros(len(tokens.count), np.bool_)
    for parts, separators in ((4, b"...\n"), (5, b".../\n")):
        lines = np.flatnonzero(tokens.count == parts)
        row = tokens.first[lines]
        value = np.empty((parts, len(lines)), np.int64)
        good = np.ones(len(lines), np.bool_)
        for part in range(parts):
            end = tokens.end[row + part]
            value[part] = _decimal(text, tokens.begin[row + part], end)
            good &= (value[part] >= 0) & (value[part] <= (255 if part < 4 else 32))  # noqa: PLR2004 - octets, bits
            good &= text[end] == separators[part]
        start = (value[0] << 24 | value[1] << 16 | value[2] << 8 | value[3]).astype(np.uint32)
        starts[lines] = start
        lasts[lines] = start if parts == 4 else _last4(start, np.clip(value[4], 0, 32))  # noqa: PLR2004 - octets
        read[lines] = good
    lines = np.flatnonzero(read)
    return lines, starts[lines], lasts[lines]


def _last4(start: Words, bits: NDArray[np.int64]) -> Words:
    hosts = (np.int64(1) << (32 - bits)) - 1
    inner = hosts.astype(np.uint32)
    # With host bits set it is that single host (reference/rules.md 1.6).
    return np.where(start & inner, start, start | inner)


def _read6(text: Bytes, tokens: _Tokens) -> tuple[Lines, Pairs, Pairs]:
    lines = np.flatnonzero(tokens.count)
    if not len(lines):
        none = np.empty((0, 2), np.uint64)
        return lines, none, none
    bits, groups = _length6(text, tokens, lines)
    row = np.empty(len(tokens.count), np.intp)
    row[lines] = np.arange(len(lines))
    of = row[tokens.line]
    index = np.arange(len(of)) - tokens.first[tokens.line]
    inside = index < groups[of]
    of, index = of[inside], index[inside]
    begin, end = tokens.begin[inside], tokens.end[inside]
    good, gap = _gaps(of, index, begin == end, groups)
    good &= (bits >= 0) & (np.bincount(of, end - begin > 4, len(lines)) == 0)  # noqa: PLR2004 - hex digits
    column = np.where(index < gap[of], index, _GROUPS - groups[of] + index)
    wanted = good[of] & (begin != end)
    numbers = np.zeros((len(lines), _GROUPS), ">u2")
    numbers[of[wanted], column[wanted]] = _hex(text, begin[wanted], end[wanted])
    halves = numbers.view(">u8").astype(np.uint64)
    good &= ~((halves[:, 0] == 0) & (halves[:, 1] >> np.uint64(32) == _MAPPED))
    halves = halves[good]
    return lines[good], halves, _last6(halves, bits[good])


def _length6(
    text: Bytes, tokens: _Tokens, lines: Lines
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bits of each line's prefix, 128 without, -1 for what cannot be; and how many tokens its address has."""
    last = tokens.first[lines] + tokens.count[lines] - 1
    slash = text[tokens.end] == ord("/")
    slashes = np.bincount(tokens.line, slash, len(tokens.count))[lines]
    before = slash[np.maximum(last - 1, 0)] & (slashes == 1)
    begin, end = tokens.begin[last], tokens.end[last]
    bits = _decimal(text, begin, end)
    for place in range(3):  # hex digits are no decimal ones
        at = np.minimum(begin + place, end - 1)
        bits = np.where((begin < end) & (text[at] > ord("9")), -1, bits)
    bits = np.where(before & (bits <= 128), bits, np.where(slashes == 0, 128, -1))  # noqa: PLR2004
    return bits, tokens.count[lines] - before


def _gaps(
    of: Lines, index: Lines, empty: NDArray[np.bool_], groups: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which lines have their colons right, and at which token the `::` begins, 8 without one.

    `a::b` has an empty token for it; `::b` and `a::` have two, at their edge; `::` has three.
    """
    size = len(groups)
    count = np.bincount(of, empty, size).astype(np.int64)
    first = np.full(size, _GROUPS, np.int64)
    last = np.full(size, _GROUPS, np.int64)
    last[of[empty]] = index[empty]  # the later one stays
    first[of[empty][::-1]] = index[empty][::-1]
    good = (count == 0) & (groups == _GROUPS)
    good |= (count == 1) & (first > 0) & (first < groups - 1) & (groups <= _GROUPS)
    outside = ((first == 0) & (last == 1)) | ((first == groups - 2) & (last == groups - 1))
    good |= (count == 2) & outside & (groups > 2) & (groups <= _GROUPS + 1)  # noqa: PLR2004 - empty tokens
    good |= (count == 3) & (groups == 3)  # noqa: PLR2004 - empty tokens
    return good, first


def _hex(text: Bytes, begin: Lines, end: Lines) -> NDArray[np.uint16]:
    size = end - begin
    value = _HEX_VALUES[text[end - 1]]
    for place in (1, 2, 3):
        digit = _HEX_VALUES[text[end - 1 - place]] << np.uint16(4 * place)
        value += np.where(size > place, digit, np.uint16(0))
    return value


def _last6(starts: Pairs, bits: NDArray[np.int64]) -> Pairs:
    hosts = np.empty_like(starts)
    hosts[:, 0] = _low_bits(np.clip(64 - bits, 0, 64))
    hosts[:, 1] = _low_bits(np.clip(128 - bits, 0, 64))
    hosts[(starts & hosts).any(axis=1)] = 0  # host bits set: that single host
    return starts | hosts


def _low_bits(count: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Numbers with so many low bits set, 0 to 64."""
    shift = np.minimum(64 - count, 63).astype(np.uint64)
    return np.where(count == 0, np.uint64(0), _ALL6 >> shift)
