"""Keeps our bans in the session's IP filter, which others write to as well, and takes each back exactly.

The filter only knows for each address whether it is blocked, not by whom. So what stood at a block is noted before
it is banned, and put there again when the ban ends.
"""

from collections import Counter

from .blocks import around, is_single, last_of, read_address, read_block, show_address

FREE, BLOCKED = 0, 1


class Bans:
    """The blocks that we ban, and what each of them covers."""

    def __init__(self, session):
        self._session = session
        self._covered = {}
        self._lengths = Counter()
        """How many of them have which IP version and length: few lengths are in use."""

    def __len__(self):
        return len(self._covered)

    def replace(self, wanted, left):
        """Hold just `wanted`; what we hold already is written once more, in case that somebody undid it.

        What `left` bans is nobody's any more.
        """
        blocks, freed = set(map(read_block, wanted)), list(map(read_block, left))
        self._write(blocks, [block for block in self._covered if block not in blocks], freed)

    def change(self, added, removed):
        """Hold `added` and no longer `removed`; a text that is no block raises ValueError before anything changes."""
        self._write(list(map(read_block, added)), list(map(read_block, removed)), [])

    def _write(self, added, removed, freed):
        rules = self._session.get_ip_filter()
        for block in freed:
            _set(rules, block.version, block.first, last_of(block), FREE)
        for block in removed:
            if block in self._covered:
                self._open(rules, block)
        spans = _Spans(rules)
        # The widest first: none finds its own narrower ones in the filter as if others had put them there.
        for block in sorted(added):
            if block not in self._covered:
                self._covered[block] = self._standing(spans, block)
                self._lengths[block.version, block.bits] += 1
            _set(rules, block.version, block.first, last_of(block), BLOCKED)
        self._session.set_ip_filter(rules)

    def _standing(self, spans, block):
        """What others have at `block`, as (first, last, flag)."""
        wider = self._around(block)
        if wider is not None:
            return _cut(self._covered[wider], block.first, last_of(block))
        found = spans.within(block)
        for inner in self._inside(block):
            found = _replaced(found, inner.first, last_of(inner), self._covered[inner])
        return found

    def _open(self, rules, block):
        """Put there again what others have at `block`, but for what other bans of ours cover."""
        standing = self._covered.pop(block)
        self._lengths[block.version, block.bits] -= 1
        if self._around(block) is not None:
            return
        for first, last, flag in standing:
            _set(rules, block.version, first, last, flag)
        for inner in self._inside(block):
            _set(rules, inner.version, inner.first, last_of(inner), BLOCKED)

    def _around(self, block):
        """The smallest of our other bans that `block` lies in."""
        for bits in range(block.bits - 1, -1, -1):
            if self._lengths[block.version, bits]:
                wider = around(block, bits)
                if wider in self._covered:
                    return wider
        return None

    def _inside(self, block):
        """Our other bans that lie in `block`, the widest first."""
        if is_single(block):
            return []
        version, bits, first = block
        last = last_of(block)
        return sorted(
            b
            for b in self._covered
            if b.version == version and b.bits > bits and first <= b.first <= last
        )


class _Spans:
    """The rules that stand in a filter; the whole of it is read when a block of many is first asked for."""

    def __init__(self, rules):
        self._rules = rules
        self._exported = None

    def within(self, block):
        """The spans inside of `block`, as (first, last, flag)."""
        version, first, last = block.version, block.first, last_of(block)
        if first == last:
            return [(first, last, self._flag(version, first))]
        if self._exported is None:
            self._exported = self._rules.export_filter()
        spans = self._exported[0 if version == 4 else 1]
        found = []
        for index in range(_index(spans, version, first), len(spans)):
            start, end = (read_address(version, text) for text in spans[index][:2])
            if start > last:
                break
            start, end = max(start, first), min(end, last)
            # An exported span does not tell its flag.
            found.append((start, end, self._flag(version, start)))
        return found

    def _flag(self, version, address):
        return self._rules.access(show_address(version, address))


def _index(spans, version, address):
    """Which of the sorted `spans` holds `address`."""
    low, high = 0, len(spans) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if read_address(version, spans[middle][0]) <= address:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(spans, start, end):
    """The parts of `spans` from `start` to `end`."""
    return [
        (max(first, start), min(last, end), flag)
        for first, last, flag in spans
        if first <= end and last >= start
    ]


def _replaced(spans, start, end, others):
    """`spans` with `others` from `start` to `end`."""
    before = [(first, min(last, start - 1), flag) for first, last, flag in spans if first < start]
    after = [(max(first, end + 1), last, flag) for first, last, flag in spans if last > end]
    return before + others + after


def _set(rules, version, first, last, flag):
    rules.add_rule(show_address(version, first), show_address(version, last), flag)
