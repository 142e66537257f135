"""The one place where HTTP connections of ours begin: explicit timeouts, nothing from the environment."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, TypeVar

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from typing_extensions import override

from app.version import __version__

E = TypeVar("E", bound=BaseException)

_NOBODY: Final = "-"
"""Stands for a fingerprint that no certificate has."""

TIMEOUTS: Final = httpx.Timeout(30, connect=10).as_dict()
"""Seconds for each wait of a request; callers bound the whole of it."""
USER_AGENT: Final = f"PeerWarden/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Which certificates are accepted."""

    verify: bool = True
    """False accepts any."""
    fingerprint: str = ""
    """SHA-256 in lower-case hex of the only one that is accepted, whoever signed it; empty for those that verify."""


class OtherCertificate(ssl.SSLCertVerificationError):
    """The server showed another certificate than the one that `Trust.fingerprint` names."""

    def __init__(self, shown: bytes) -> None:
        super().__init__(1, "another certificate than the trusted one")
        self.shown = shown
        """The certificate, as DER."""


class AsksForPassword(httpx.ProxyError):
    """The SOCKS proxy wants a log-in, which we do not have."""


class SocksRefused(httpx.ProxyError):
    """The SOCKS5 proxy made no connection."""

    def __init__(self, code: int) -> None:
        super().__init__(f"SOCKS5 error {code}")
        self.code = code
        """As RFC 1928 numbers the reasons."""


class NoSocks(httpx.ProxyError):
    """What stands there instead of a SOCKS5 proxy answers otherwise, or hangs up."""


async def open_transport(
    *,
    tls: bool,
    trust: Trust = Trust(),
    connections: int = 16,
    keep_alive: float = 6.0,
    proxy: str = "",
) -> httpx.AsyncBaseTransport:
    """What carries httpx requests; the caller closes it. `tls` says whether certificates will be needed at all.

    `proxy` is a URL with the scheme http or socks5, which looks names up itself. A connection that
    rested `keep_alive` seconds is not used again: qBittorrent closes it after 7. Requests need `extensions` with
    TIMEOUTS. Who asks often uses it as it is: an AsyncClient on top, for redirects and authentication, costs
    0.25 ms a request.
    """
    context = await _context(trust) if tls else _trusting_anybody()
    if proxy:
        limits = httpx.Limits(max_connections=connections, keepalive_expiry=keep_alive)
        through = httpx.URL(proxy)
        if through.scheme == "socks5":
            from app.adapters.socks import SocksTransport  # noqa: PLC0415 - few use it

            return SocksTransport(through, context=context, limits=limits)
        return httpx.AsyncHTTPTransport(
            verify=context, trust_env=False, proxy=httpx.Proxy(through), limits=limits
        )
    session = partial(_session, context, connections, keep_alive)
    return AiohttpTransport(verify=context, trust_env=False, client=session)


async def shown_certificate(url: httpx.URL, *, proxy: str = "") -> bytes | None:
    """The certificate of a server, as DER, without a request to it; None when it shows none.

    Bounded by the caller, as every request is.
    """
    transport = await open_transport(
        tls=True, trust=Trust(fingerprint=_NOBODY), connections=1, proxy=proxy
    )
    request = httpx.Request("HEAD", url, extensions={"timeout": TIMEOUTS})
    try:
        async with transport:
            await (await transport.handle_async_request(request)).aclose()
    except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
        refused = caused_by(error, OtherCertificate)
        return None if refused is None else refused.shown
    return None


def caused_by(error: BaseException, kind: type[E]) -> E | None:
    """The error of `kind` that `error` began with: libraries wrap those of others, in classes that fit both."""
    found: E | None = None
    seen: BaseException | None = error
    while seen is not None:
        found = seen if isinstance(seen, kind) else found
        inner = seen.exceptions[0] if isinstance(seen, BaseExceptionGroup) else None
        # httpcore cuts the cause off when it raises out of its pool, but not what was under way.
        seen = inner or seen.__cause__ or seen.__context__
    return found


async def _context(trust: Trust) -> ssl.SSLContext:
    if trust.fingerprint:
        return _trusting_one(trust.fingerprint)
    return await asyncio.to_thread(_trusting) if trust.verify else _trusting_anybody()


def _session(context: ssl.SSLContext, connections: int, keep_alive: float) -> aiohttp.ClientSession:
    # aiohttp would take aiodns, which is here for reverse names and knows no mDNS and no WINS: `nas.local`.
    connector = aiohttp.TCPConnector(
        ssl=context,
        limit=connections,
        keepalive_timeout=keep_alive,
        resolver=aiohttp.ThreadedResolver(),
    )
    # Cookies are the caller's business.
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


@cache
def _trusting() -> ssl.SSLContext:
    """Mozilla's authorities, and the system's, so that a user's own one counts."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def _trusting_one(fingerprint: str) -> ssl.SSLContext:
    """Accepts the certificate with this SHA-256 and no other, whatever name or signature it has."""

    class Pinned(ssl.SSLObject):
        @override
        def do_handshake(self) -> None:
            super().do_handshake()
            shown = self.getpeercert(binary_form=True) or b""
            if not hmac.compare_digest(hashlib.sha256(shown).hexdigest(), fingerprint):
                raise OtherCertificate(shown)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.sslobject_class = Pinned
    return context


@cache
def _trusting_anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
