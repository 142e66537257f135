"""The memory of the progress rule, stored in a dict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from app.domain.address import Prefix
from app.domain.progress_memory import Key, Wanted, prefix_of
from app.domain.progress_record import ProgressRecord
from app.services.errors import StorageError


@dataclass
class MemoryProgress:
    """Implements `ProgressStore`; `fails` makes each call raise."""

    rows: dict[Key, ProgressRecord] = field(default_factory=dict)
    loads: list[Sequence[Key]] = field(default_factory=list)
    fails: bool = False

    async def load(self, wanted: Wanted, *, since: int) -> Sequence[tuple[Key, ProgressRecord]]:
        self._check()
        keys = [(group, start) for group, starts in wanted.items() for start in starts]
        self.loads.append(keys)
        return [
            (key, self.rows[key].copy())
            for key in keys
            if key in self.rows and self.rows[key].last_seen >= since
        ]

    async def save(self, records: Sequence[tuple[Key, ProgressRecord]]) -> None:
        self._check()
        self.rows.update(records)

    async def forget(self, prefixes: Collection[Prefix]) -> None:
        self._check()
        for key in list(self.rows):
            block = prefix_of(key)
            if any(each.version == block.version and each.overlaps(block) for each in prefixes):
                del self.rows[key]

    async def forget_unseen(self, *, before: int) -> int:
        self._check()
        gone = [key for key, record in self.rows.items() if record.last_seen < before]
        for key in gone:
            del self.rows[key]
        return len(gone)

    def _check(self) -> None:
        if self.fails:
            raise StorageError("disk full")
