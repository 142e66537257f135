"""The one place where HTTP connections of ours begin: explicit timeouts, nothing from the environment."""

from __future__ import annotations

import asyncio
import ssl
from functools import cache, partial
from typing import Final

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from app.version import __version__

TIMEOUTS: Final = httpx.Timeout(30, connect=10).as_dict()
"""Seconds for each wait of a request; callers bound the whole of it."""
USER_AGENT: Final = f"PeerWarden/{__version__}"


async def open_transport(
    *,
    tls: bool,
    verify: bool = True,
    connections: int = 16,
    keep_alive: float = 6.0,
) -> httpx.AsyncBaseTransport:
    """What carries httpx requests; the caller closes it. `tls` says whether certificates will be needed at all.

    `verify` False accepts any certificate. A connection that rested `keep_alive` seconds is not used
    again: qBittorrent closes it after 7. Requests need `extensions` with TIMEOUTS. Who asks often uses
    it as it is: an AsyncClient on top, for redirects and authentication, costs 0.25 ms a request.
    """
    context = await asyncio.to_thread(_trusting) if tls and verify else _trusting_anybody()
    session = partial(_session, context, connections, keep_alive)
    return AiohttpTransport(verify=context, trust_env=False, client=session)


async def open_proxied(proxy: str) -> httpx.AsyncBaseTransport:
    """The same through `proxy`, a URL with the scheme http or socks5, which looks names up itself."""
    context = await asyncio.to_thread(_trusting)
    return httpx.AsyncHTTPTransport(verify=context, trust_env=False, proxy=httpx.Proxy(proxy))


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


@cache
def _trusting_anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
