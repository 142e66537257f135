"""The one place that makes HTTP clients: explicit timeouts, nothing from the environment, no redirects."""

from __future__ import annotations

import asyncio
import ssl
from functools import cache, partial
from typing import Final

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from app.version import __version__

TIMEOUT: Final = httpx.Timeout(30, connect=10)
"""Seconds for each wait of a request; callers bound the whole of it."""
USER_AGENT: Final = f"PeerWarden/{__version__}"


async def open_client(
    *,
    tls: bool,
    verify: bool = True,
    connections: int = 16,
    keep_alive: float = 6.0,
) -> httpx.AsyncClient:
    """A client that the caller closes; `tls` says whether certificates will be needed at all.

    `verify` False accepts any certificate. A connection that rested `keep_alive` seconds is not used
    again: qBittorrent closes it after 7. Redirects are handed to the caller, so that no password
    follows one to a stranger.
    """
    context = await asyncio.to_thread(_trusting) if tls and verify else _trusting_anybody()
    transport = AiohttpTransport(
        verify=context, client=partial(_session, context, connections, keep_alive)
    )
    return httpx.AsyncClient(
        transport=transport,
        timeout=TIMEOUT,
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT},
    )


def _session(context: ssl.SSLContext, connections: int, keep_alive: float) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(ssl=context, limit=connections, keepalive_timeout=keep_alive)
    # Cookies are httpx's business; a second jar below it would send stale ones.
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
