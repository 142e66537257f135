"""The variables that a user script can ask for by naming them as parameters of its `judge`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from struct import pack, unpack
from typing import Any, Final

from app.domain.flags import PeerFlags, show_flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One value of a sighting as scripts see it: text, number, truth value or a list of texts."""

    name: str
    path: str
    """Where a sighting has it; read for every peer that changed, so it is a plain attribute wherever that will do."""
    show: Callable[[Sequence[Any]], list[Any]] | None = None
    """Makes of many such values what a script gets; only for peers that are asked about."""
    dear: bool = False
    """Takes long to show."""
    timely: bool = False
    """Changes although nothing happens."""


_DECIMAL: Final = [str(number) for number in range(256)]


def _addresses(keys: Sequence[int]) -> list[str]:
    # All at once: to write them one by one takes four times as long, and `ipaddress` ten.
    four = iter(_ipv4([key for key in keys if key >= 0]))
    six = iter(_ipv6([-1 - key for key in keys if key < 0]))
    return [next(four) if key >= 0 else next(six) for key in keys]


def _ipv4(numbers: list[int]) -> list[str]:
    parts = map(_DECIMAL.__getitem__, pack(f">{len(numbers)}I", *numbers))
    return list(map(".".join, zip(parts, parts, parts, parts, strict=True)))


def _ipv6(numbers: list[int]) -> list[str]:
    packed = b"".join([number.to_bytes(16, "big") for number in numbers])
    parts = unpack(f">{len(packed) // 2}H", packed)
    found = ("%x:%x:%x:%x:%x:%x:%x:%x\n" * len(numbers) % parts).splitlines()
    # Where two groups in a row are zero, it is shortened.
    return [
        str(IPv6Address(number)) if "0:0" in text else text
        for text, number in zip(found, numbers, strict=True)
    ]


def _texts(texts: Sequence[str | None]) -> list[str]:
    return [text or "" for text in texts]


def _flags(flags: Sequence[PeerFlags | None]) -> list[str]:
    return ["" if each is None else show_flags(each) for each in flags]


def _lists(tags: Sequence[Iterable[str]]) -> list[list[str]]:
    return list(map(list, tags))


_ALL: Final = (
    Variable(name="peer_ip", path="peer.address.effective.key", show=_addresses, dear=True),
    Variable(name="peer_port", path="peer.address.effective.port"),
    Variable(name="peer_id", path="peer.peer_id", show=_texts),
    Variable(name="client_name", path="peer.client_name", show=_texts),
    Variable(name="country", path="peer.country"),
    Variable(name="handshaking", path="peer.handshaking"),
    Variable(name="flags", path="peer.flags", show=_flags),
    Variable(name="peer_progress", path="peer.progress"),
    Variable(name="uploaded", path="peer.uploaded"),
    Variable(name="downloaded", path="peer.downloaded"),
    Variable(name="upload_rate", path="peer.upload_rate"),
    Variable(name="download_rate", path="peer.download_rate"),
    Variable(name="torrent_name", path="torrent.name"),
    Variable(name="torrent_hash", path="torrent.hash"),
    Variable(name="torrent_size", path="torrent.size"),
    Variable(name="torrent_progress", path="torrent.progress"),
    Variable(name="completed_size", path="torrent.completed_size"),
    Variable(name="private", path="torrent.private"),
    Variable(name="seeding", path="torrent.seeding"),
    Variable(name="category", path="torrent.category"),
    Variable(name="tags", path="torrent.tags", show=_lists),
    Variable(name="tracker", path="torrent.tracker"),
    Variable(name="downloader", path="downloader"),
    Variable(name="now", path="at", timely=True),
)
VARIABLES: Final = {variable.name: variable for variable in _ALL}
"""By name, in the order of the guide."""
