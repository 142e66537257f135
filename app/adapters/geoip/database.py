"""One open database file."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, Final

import maxminddb_rust

from app.domain.address import IPAddress
from app.domain.reason import Text
from app.services.place_files import DatabaseUnusable, GeoKind

# What the library lets escape from a damaged file: its own error, broken UTF-8, absurd sizes and depths.
_DAMAGED: Final = (
    maxminddb_rust.InvalidDatabaseError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    MemoryError,
    RecursionError,
    OSError,
)
_TELLING: Final[Mapping[GeoKind, frozenset[str]]] = {
    GeoKind.CITY: frozenset(("city", "country", "registered_country")),
    GeoKind.ASN: frozenset(("autonomous_system_number", "autonomous_system_organization")),
    GeoKind.GEOCN: frozenset(("division_code", "province")),
}
"""Keys that only the records of a kind have: the names of databases say too little."""
_SAMPLES: Final = 1024
_IPV4: Final = 0xFFFFFFFF
_FIRST_IPV6: Final = 0x2000 << 112
_LAST_IPV6: Final = (0x4000 << 112) - 1
_SPREAD: Final = 2_654_435_761
"""A multiplier whose products are scattered over all of IPv4 (Knuth)."""


class Database:
    """Answers from a private copy of a file, so that nobody can cut it while it is mapped.

    A mapped file that shrinks kills the process. There is no way to close it: it ends with its last user.
    """

    def __init__(self, path: Path, kind: GeoKind, scratch: Path) -> None:
        """Copy and open `path`; raises DatabaseUnusable."""
        self._name = path.name
        with _explained(path.name):
            self._reader = _mapped(path, scratch)
            metadata = self._reader.metadata()
            self.built = int(metadata.build_epoch) * 1000
            """Epoch ms."""
            self._families = 2 if metadata.ip_version == 6 else 1  # noqa: PLR2004 - of IP
            self._check(_TELLING[kind])

    def find(self, ip: IPAddress) -> tuple[Mapping[str, Any], int] | None:
        """The record of an address and the length of the prefix it holds for; None without one.

        Raises DatabaseUnusable where the file is damaged.
        """
        if self._families == 1 and not isinstance(ip, IPv4Address):
            return None
        try:
            record, length = self._reader.get_with_prefix_len(ip)
        except _DAMAGED as error:
            raise _damaged(self._name, error) from error
        if not isinstance(record, Mapping):
            return None
        return record, length

    def column(self, ips: Sequence[IPAddress], path: tuple[str, ...]) -> list[Any]:
        """What stands at `path` in the record of each address, None where nothing does; reads nothing else.

        Nobody else's code runs meanwhile, so `ips` should be some dozens. Raises DatabaseUnusable when a record is
        damaged, or when `path` leads through something that has no parts.
        """
        try:
            if self._families > 1:
                return self._reader.get_many_path(ips, path)
            return [
                self._reader.get_path(ip, path) if isinstance(ip, IPv4Address) else None
                for ip in ips
            ]
        except _DAMAGED as error:
            raise _damaged(self._name, error) from error

    def _check(self, telling: frozenset[str]) -> None:
        scattered = (IPv4Address(number * _SPREAD & _IPV4) for number in range(_SAMPLES))
        found = [
            *map(self._reader.get, scattered),
            *self._walk(0, _IPV4, IPv4Address),
            *(self._walk(_FIRST_IPV6, _LAST_IPV6, IPv6Address) if self._families > 1 else ()),
        ]
        # All of them are read, not only up to the first that tells: each may show a damage.
        records = [record for record in found if isinstance(record, Mapping) and record]
        if not records:
            raise DatabaseUnusable(self._name, Text("place-file-empty"))
        if not any(telling & record.keys() for record in records):
            raise DatabaseUnusable(self._name, Text("place-file-other-kind"))

    def _walk(self, first: int, last: int, family: Callable[[int], IPAddress]) -> Iterator[object]:
        """The first records of a family. The library's own iterator may never end in a damaged file."""
        bits = family(last).max_prefixlen
        for _ in range(_SAMPLES):
            if first > last:
                return
            record, length = self._reader.get_with_prefix_len(family(first))
            yield record
            first = (first >> (bits - length) << (bits - length)) + (1 << (bits - length))


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turn whatever goes wrong with a file into DatabaseUnusable."""
    try:
        yield
    except _DAMAGED as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: BaseException) -> DatabaseUnusable:
    if isinstance(error, OSError):
        return DatabaseUnusable(name, Text("place-file-unread", {"reason": _reason(error)}))
    return DatabaseUnusable(name, Text("place-file-damaged"))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _mapped(path: Path, scratch: Path) -> maxminddb_rust.Reader:
    scratch.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=scratch, prefix=f"{path.stem}-", suffix=".mmdb")
    os.close(handle)
    copy = Path(name)
    try:
        shutil.copyfile(path, copy)
        return maxminddb_rust.open_database(copy)
    finally:
        _forget(copy)


def _forget(copy: Path) -> None:
    """Where a mapped file may lose its name, it does so at once and frees its space with its last user."""
    # Windows keeps it while it is mapped; `sweep_scratch` takes it later.
    with suppress(OSError):
        copy.unlink()


def sweep_scratch(scratch: Path) -> None:
    """Delete copies that nobody has open, such as those of a run that was killed."""
    for copy in scratch.glob("*.mmdb"):
        _forget(copy)
