"""The copies of remote lists on this computer: read, checked and replaced, all of it off the loop."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from app.domain.address import IPAddress, Prefix
from app.domain.address_list import AddressList
from app.domain.errors import AppError
from app.domain.list_check import doubt_addresses, doubt_lines, doubt_names, is_web_page
from app.domain.name_list import NameList, parse_name_list
from app.domain.reason import Text
from app.services.subscription import ListKey, ListKind, ListRefused, Surroundings
from app.settings.modules import AddressSubscriptions, NameSubscriptions, Subscription

log = logging.getLogger(__name__)

RemoteList: TypeAlias = AddressList | NameList
Area: TypeAlias = AddressSubscriptions | NameSubscriptions

_FOLDERS: Final = {ListKind.ADDRESSES: "addresses", ListKind.NAMES: "names"}
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]+")
_HEAD: Final = 4096


class ListUnusable(AppError):
    """The disk refused."""


class ListCopies:
    """One good copy of each list, and beside it for a moment a fresh one that is still to be checked."""

    def __init__(self, folder: Path, surroundings: Surroundings) -> None:
        self._folder, self._surroundings = folder, surroundings

    async def open(self) -> None:
        """Make the folders and clear away what a kill left. Raises ListUnusable."""
        await asyncio.to_thread(self._open)

    def fresh(self, key: ListKey) -> Path:
        """Where a fresh copy goes."""
        return self._kept(key).with_suffix(".new")

    async def read_fresh(self, key: ListKey, subscription: Subscription, area: Area) -> RemoteList:
        """Read and check the fresh copy. Raises ListRefused, ListUnusable."""
        found, _ = await self._read(self.fresh(key), subscription, area)
        return found

    async def read_kept(
        self, key: ListKey, subscription: Subscription, area: Area
    ) -> tuple[RemoteList, str]:
        """Read the good copy, check it again, for the user may have other addresses now; also its SHA-256.

        Raises ListRefused, ListUnusable.
        """
        return await self._read(self._kept(key), subscription, area)

    async def keep(self, key: ListKey) -> None:
        """Let the fresh copy, which is on disk, take the place of the other. Raises ListUnusable."""
        await asyncio.to_thread(self._keep, key)

    async def drop_fresh(self, key: ListKey) -> None:
        """Delete the fresh copy if there is one."""
        await asyncio.to_thread(_delete, self.fresh(key))

    async def delete(self, key: ListKey) -> None:
        """Delete both."""
        await self.drop_fresh(key)
        await asyncio.to_thread(_delete, self._kept(key))

    def _kept(self, key: ListKey) -> Path:
        # Some ids are no file names, or not on every system, or differ in case only.
        plain = _UNSAFE.sub("_", key.id)[:40]
        digest = hashlib.sha256(key.id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return self._folder / _FOLDERS[key.kind] / f"{plain}-{digest}.txt"

    def _open(self) -> None:
        with _translated("list-unwritable"):
            for name in _FOLDERS.values():
                folder = self._folder / name
                folder.mkdir(parents=True, exist_ok=True)
                for path in folder.iterdir():
                    if path.suffix in (".new", ".tmp"):
                        _delete(path)

    def _keep(self, key: ListKey) -> None:
        with _translated("list-unwritable"):
            self.fresh(key).replace(self._kept(key))

    async def _read(
        self, path: Path, subscription: Subscription, area: Area
    ) -> tuple[RemoteList, str]:
        around = self._surroundings
        seen = _Seen(tuple(around.own()), around.addresses(), around.client_names())
        return await asyncio.to_thread(_checked, path, subscription, area, seen)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The surroundings at one moment."""

    own: Collection[Prefix]
    addresses: Sequence[IPAddress]
    names: Sequence[str]


def _checked(
    path: Path, subscription: Subscription, area: Area, seen: _Seen
) -> tuple[RemoteList, str]:
    with _translated("list-unreadable"):
        content = path.read_bytes()
    if is_web_page(content[:_HEAD]):
        raise ListRefused(subscription.name, Text("list-refused-web-page"))
    found, doubt = (
        _addresses(content, subscription, area, seen)
        if isinstance(area, AddressSubscriptions)
        else _names(content, subscription, area, seen)
    )
    if doubt is not None:
        raise ListRefused(subscription.name, doubt)
    return found, hashlib.sha256(content).hexdigest()


def _addresses(
    content: bytes, subscription: Subscription, area: AddressSubscriptions, seen: _Seen
) -> tuple[AddressList, Text | None]:
    # With it comes numpy, which takes 12 MB and 0.15 s; we are in a thread, and a list is there.
    from app.domain.address_reader import parse_address_list  # noqa: PLC0415 - see above

    found = parse_address_list(content, id=subscription.id, name=subscription.name)
    return found, doubt_lines(found.lines) or doubt_addresses(
        found.ip_set,
        own=seen.own,
        live=seen.addresses,
        max_address_share=area.max_address_share,
        max_peer_share=area.max_peer_share,
    )


def _names(
    content: bytes, subscription: Subscription, area: NameSubscriptions, seen: _Seen
) -> tuple[NameList, Text | None]:
    found = parse_name_list(content, id=subscription.id, name=subscription.name)
    return found, doubt_lines(found.lines) or doubt_names(
        found, live=seen.names, max_peer_share=area.max_peer_share
    )


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:  # it is only in the way, and the next start tries again
        log.warning("%s could not be deleted: %s", path, error.strerror or error)


@contextmanager
def _translated(text: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ListUnusable(Text(text, {"reason": error.strerror or str(error)})) from error
