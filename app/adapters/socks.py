"""Connections through a SOCKS5 proxy (RFC 1928), for httpcore: its own leave the socket open when the proxy refuses."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any, Final

import httpcore
import httpx
from typing_extensions import override

from app.domain.address import InvalidAddress, parse_ip

_VERSION: Final = 5
_NO_PASSWORD: Final = 0
_CONNECT: Final = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_WHY: Final = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "time to live expired",
}
_ADDRESS_LENGTHS: Final = {_IPV4: 4, _IPV6: 16}


class SocksTransport(httpx.AsyncHTTPTransport):
    """Carries httpx requests through the proxy, which looks names up itself."""

    def __init__(self, proxy: httpx.URL, *, context: ssl.SSLContext, limits: httpx.Limits) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Backend(proxy),
        )


class _Backend(httpcore.AsyncNetworkBackend):
    def __init__(self, proxy: httpx.URL) -> None:
        self._proxy = proxy
        self._network = httpcore.AnyIOBackend()

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._network.connect_tcp(
            self._proxy.host, self._proxy.port or 1080, timeout, local_address, socket_options
        )
        try:
            await _ask(_Stream(stream, timeout), host, port)
        except BaseException:
            await stream.aclose()
            raise
        return stream

    @override
    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


class _Stream:
    """Reads and writes whole messages, each wait bounded."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, patience: float | None) -> None:
        self._stream, self._patience = stream, patience

    async def write(self, message: bytes) -> None:
        await self._stream.write(message, self._patience)

    async def read(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            piece = await self._stream.read(count - len(found), self._patience)
            if not piece:
                raise httpcore.ProxyError("it broke the connection off")
            found += piece
        return found


async def _ask(stream: _Stream, host: str, port: int) -> None:
    """Let the proxy connect `stream` to the host; raises httpcore.ProxyError."""
    await stream.write(bytes((_VERSION, 1, _NO_PASSWORD)))
    version, method = await stream.read(2)
    if version != _VERSION:
        raise httpcore.ProxyError("no SOCKS5")
    if method != _NO_PASSWORD:
        raise httpcore.ProxyError("it asks for a user name and password")
    await stream.write(bytes((_VERSION, _CONNECT, 0)) + _place(host) + port.to_bytes(2, "big"))
    version, status, _, kind = await stream.read(4)
    if version != _VERSION:
        raise httpcore.ProxyError("no SOCKS5")
    if status:
        raise httpcore.ProxyError(_WHY.get(status, f"SOCKS5 error {status}"))
    length = _ADDRESS_LENGTHS.get(kind) or (await stream.read(1))[0]
    await stream.read(length + 2)


def _place(host: str) -> bytes:
    try:
        ip = parse_ip(host)
    except InvalidAddress:
        name = host.encode("idna")
        return bytes((_NAME, len(name))) + name
    return bytes((_IPV4 if ip.version == 4 else _IPV6,)) + ip.packed  # noqa: PLR2004 - IP version
