"""Reads address lists (reference/rules.md 3.4) from bytes, a million entries in a second: call it in a thread."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.domain.address_columns import Lines, Plain, read_plain
from app.domain.address_lines import Note, Span, Spared, read_line
from app.domain.address_list import NO_COMMENT, AddressList, BadLine, Comments, LineCounts
from app.domain.ip_set import Indexes, IpSet, Pairs, Words, as_text, pairs

_CHUNK: Final = 1 << 18
_LONGEST_LINE: Final = 4_096
"""Bytes of a line that are looked at."""
_EXAMPLES: Final = 5
_EXAMPLE_LENGTH: Final = 80
_NOTES: Final = 20
"""Comment lines that are kept for one entry."""
_COMMENT_LENGTH: Final = 500
_COMMENTS_LENGTH: Final = 1 << 24
"""Characters of all comments together; later ones are dropped."""
_HOPELESS: Final = 10_000
"""After so many lines that cannot be read, and few that can, the rest is not looked at."""
_BOM: Final = b"\xef\xbb\xbf"


def parse_address_list(text: bytes, *, id: str = "", name: str = "") -> AddressList:  # noqa: A002 - the list's
    """Read a list in any of the forms of reference/rules.md 3.4, also mixed; never raises.

    Lines that cannot be read are counted in `lines`; whether the list is worth applying is the caller's business.
    """
    reader = _Reader()
    reader.read(text)
    return reader.finish(id, name)


class _CommentBook:
    """Numbers comments, alike ones once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._length = 0

    def number(self, comment: str) -> int:
        known = self._numbers.get(comment)
        if known is not None:
            return known
        if not comment.strip() or self._length + len(comment) > _COMMENTS_LENGTH:
            return NO_COMMENT
        self._length += len(comment)
        self._numbers[comment] = len(self._numbers)
        return len(self._numbers) - 1

    def texts(self) -> list[str]:
        return list(self._numbers)


class _Reader:
    """Collects entries chunk by chunk."""

    def __init__(self) -> None:
        self._four: list[tuple[Words, Words, Indexes]] = []
        self._six: list[tuple[Pairs, Pairs, Indexes]] = []
        self._book = _CommentBook()
        self._notes: list[str] = []
        """Comment lines that wait for the next entry."""
        self._line = 1
        self._valid = self._spared = self._invalid = 0
        self._examples: list[BadLine] = []

    def read(self, text: bytes) -> None:
        at = len(_BOM) if text.startswith(_BOM) else 0
        while at < len(text) and not self._hopeless:
            end = text.rfind(b"\n", at, at + _CHUNK) + 1
            if end:
                self._read_chunk(text[at:end])
            else:  # the last line, or one that is no address whatever it goes on to say
                end = text.find(b"\n", at + _CHUNK) + 1 or len(text)
                cut = min(end, at + _LONGEST_LINE)
                self._read_chunk((text[at:] if end - at < _CHUNK else text[at:cut]) + b"\n")
            at = end

    @property
    def _hopeless(self) -> bool:
        return self._invalid > max(_HOPELESS, self._valid)

    def _read_chunk(self, chunk: bytes) -> None:
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n")
        plain = read_plain(chunk)
        spans, noted = self._read_rest(chunk, plain)
        four = [(line, span) for line, span in spans if span.version == 4]  # noqa: PLR2004 - IP version
        six = [(line, span) for line, span in spans if span.version == 6]  # noqa: PLR2004 - IP version
        self._four.append(
            _in_order(
                (plain.lines4, plain.starts4, plain.lasts4, _noted(plain.lines4, noted)),
                [line for line, _ in four],
                np.array([span.first for _, span in four], np.uint32),
                np.array([span.last for _, span in four], np.uint32),
                self._numbers(four),
            )
        )
        self._six.append(
            _in_order(
                (plain.lines6, plain.starts6, plain.lasts6, _noted(plain.lines6, noted)),
                [line for line, _ in six],
                pairs([span.first for _, span in six]),
                pairs([span.last for _, span in six]),
                self._numbers(six),
            )
        )
        self._valid += len(plain.lines4) + len(plain.lines6) + len(spans)
        self._line += len(plain.begins)

    def _numbers(self, spans: list[tuple[int, Span]]) -> Indexes:
        return np.array(
            [self._book.number(span.comment) if span.comment else NO_COMMENT for _, span in spans],
            np.int32,
        )

    def _read_rest(
        self, chunk: bytes, plain: Plain
    ) -> tuple[list[tuple[int, Span]], dict[int, int]]:
        """What the odd lines hold; and the comments of plain lines, from comment lines before them."""
        spans: list[tuple[int, Span]] = []
        noted: dict[int, int] = {}
        if not len(plain.rest) and not self._notes:
            return spans, noted
        fast = np.sort(np.concatenate((plain.lines4, plain.lines6))).tolist()
        ends = np.append(plain.begins[1:], len(chunk))
        noted_at = -1
        rows = zip(
            *(
                column.tolist()
                for column in (plain.rest, plain.begins[plain.rest], ends[plain.rest])
            ),
            strict=True,
        )
        for line, begin, end in rows:
            text = chunk[begin : min(end, begin + _LONGEST_LINE)].decode("utf-8", "replace")
            if text.isspace():
                continue
            if self._notes:
                self._attach(fast, noted_at, line, noted)
            read = read_line(text)
            if isinstance(read, Note):
                if len(self._notes) < _NOTES:
                    self._notes.append(read.text)
                noted_at = line
                continue
            if isinstance(read, Span):
                spans.append((line, self._commented(read)))
            elif isinstance(read, Spared):
                self._spared += 1
            else:
                self._refuse(self._line + line, text)
            self._notes.clear()
        if self._notes:
            self._attach(fast, noted_at, len(plain.begins), noted)
        return spans, noted

    def _commented(self, span: Span) -> Span:
        if span.comment is None:
            return span._replace(comment=self._taken()) if self._notes else span
        if len(span.comment) > _COMMENT_LENGTH:
            return span._replace(comment=span.comment[:_COMMENT_LENGTH])
        return span

    def _attach(self, fast: list[int], after: int, before: int, noted: dict[int, int]) -> None:
        """Give the waiting comment to the first plain line between, if there is one."""
        at = bisect_right(fast, after)
        if at < len(fast) and fast[at] < before:
            noted[fast[at]] = self._book.number(self._taken())

    def _taken(self) -> str:
        comment = "\n".join(self._notes)[:_COMMENT_LENGTH]
        self._notes.clear()
        return comment

    def _refuse(self, number: int, text: str) -> None:
        self._invalid += 1
        if len(self._examples) < _EXAMPLES:
            self._examples.append(BadLine(number=number, text=text.strip()[:_EXAMPLE_LENGTH]))

    def finish(self, id: str, name: str) -> AddressList:  # noqa: A002 - the list's
        starts4, lasts4, numbers4 = self._entries(self._four, np.empty(0, np.uint32))
        starts6, lasts6, numbers6 = self._entries(self._six, np.empty((0, 2), np.uint64))
        comments = self._comments(np.concatenate((numbers4, numbers6)))
        return AddressList(
            id=id,
            name=name,
            lines=LineCounts(
                valid=self._valid,
                spared=self._spared,
                invalid=self._invalid,
                examples=tuple(self._examples),
            ),
            starts4=starts4,
            lasts4=lasts4,
            starts6=as_text(starts6),
            lasts6=as_text(lasts6),
            ip_set=IpSet(starts4, lasts4, starts6, lasts6),
            comments=comments,
        )

    def _entries(self, chunks: list[Any], none: Any) -> tuple[Any, Any, Indexes]:  # noqa: ANN401 - either family
        """One column each, in order of address, without repetitions."""
        if not chunks:
            return none, none, np.empty(0, np.int32)
        starts, lasts, numbers = (np.concatenate(column) for column in zip(*chunks, strict=True))
        chunks.clear()
        if starts.ndim == 1:
            order = np.argsort(starts.astype(np.uint64) << np.uint64(32) | lasts, kind="stable")
        else:
            order = np.lexsort((lasts[:, 1], lasts[:, 0], starts[:, 1], starts[:, 0]))
        starts, lasts, numbers = starts[order], lasts[order], numbers[order]
        again = _repeats(starts, lasts)
        if again.any():
            self._join_comments(again, numbers)
            starts, lasts, numbers = starts[~again], lasts[~again], numbers[~again]
        return starts, lasts, numbers

    def _join_comments(self, again: NDArray[np.bool_], numbers: Indexes) -> None:
        """Give the first of each run of repetitions the comments of all."""
        texts = self._book.texts()
        leader = np.flatnonzero(~again)[np.cumsum(~again) - 1]
        joined: dict[int, list[int]] = {}
        for at in np.flatnonzero(again & (numbers != NO_COMMENT)).tolist():
            first = int(leader[at])
            known = joined.setdefault(first, [n for n in [int(numbers[first])] if n >= 0])
            if int(numbers[at]) not in known and len(known) < _NOTES:
                known.append(int(numbers[at]))
        for first, known in joined.items():
            comment = "\n".join(texts[number] for number in known)[:_COMMENT_LENGTH]
            numbers[first] = self._book.number(comment)

    def _comments(self, of: Indexes) -> Comments:
        texts = self._book.texts()
        if not texts:
            return Comments(np.empty(0, np.int32), "", np.empty(0, np.uint32))
        lengths = np.fromiter(map(len, texts), np.uint32, len(texts))
        return Comments(of, "".join(texts), np.cumsum(lengths, dtype=np.uint32))


def _repeats(starts: Any, lasts: Any) -> NDArray[np.bool_]:  # noqa: ANN401 - of either family
    """Which entries equal the one before."""
    again = np.zeros(starts.shape, np.bool_)
    again[1:] = (starts[1:] == starts[:-1]) & (lasts[1:] == lasts[:-1])
    whole: NDArray[np.bool_] = np.logical_and.reduce(again, axis=tuple(range(1, again.ndim)))
    return whole


def _noted(lines: Lines, noted: dict[int, int]) -> Indexes:
    """For each of `lines` the number of its comment."""
    numbers = np.full(len(lines), NO_COMMENT, np.int32)
    if noted:
        keys = np.fromiter(noted, np.intp, len(noted))
        values = np.fromiter(noted.values(), np.int32, len(noted))
        mine = np.isin(keys, lines)
        numbers[np.searchsorted(lines, keys[mine])] = values[mine]
    return numbers


def _in_order(fast: Any, lines: list[int], starts: Any, lasts: Any, numbers: Indexes) -> Any:  # noqa: ANN401
    """Columns of plain and of odd lines together, in the order of the file."""
    if not lines:
        return fast[1:]
    order = np.argsort(np.concatenate((fast[0], lines)), kind="stable")
    columns = zip(fast[1:], (starts, lasts, numbers), strict=True)
    return tuple(np.concatenate(column)[order] for column in columns)
