"""What `sync/maindata` says of the daemon itself."""

from __future__ import annotations

from typing import Any

from msgspec.structs import astuple

from app.adapters.downloaders.qbittorrent.wire import ServerState
from app.domain.address import InvalidAddress, IPAddress, parse_ip


class Server:
    """The daemon's own figures, as its answers have described them so far."""

    def __init__(self) -> None:
        self.uploaded: int | None = None
        """Bytes over its whole life."""
        self.downloaded: int | None = None
        self.external: tuple[IPAddress, ...] = ()
        self._known = ServerState()
        self._addresses: tuple[str | None, str | None] = (None, None)

    def merge(self, state: ServerState, *, full: bool) -> None:
        """Take over what `state` says; `full` replaces all that was said before."""
        if full:
            self._known = ServerState()
        known = self._known = ServerState(*map(_newer, astuple(state), astuple(self._known)))
        self.uploaded, self.downloaded = known.alltime_ul, known.alltime_dl
        addresses = known.last_external_address_v4, known.last_external_address_v6
        if addresses != self._addresses:
            self._addresses = addresses
            self.external = tuple(ip for text in addresses for ip in _read(text or ""))


def _newer(given: Any, known: Any) -> Any:  # noqa: ANN401 - a member of either type
    return known if given is None else given


def _read(text: str) -> tuple[IPAddress, ...]:
    try:
        return (parse_ip(text),)
    except InvalidAddress:
        return ()
