"""Connections through a SOCKS5 proxy, their failures told in the classes of httpx.

Those of httpx itself leave the socket open when the proxy refuses, those of aiohttp-socks do not end when they are
cancelled while the server behind the proxy hangs in its TLS handshake.
"""

from __future__ import annotations

import ssl
from typing import Final

import anyio
import httpx
from httpx_socks import (
    AsyncProxyTransport,
    ProxyConnectionError,
    ProxyError,
    ProxyTimeoutError,
    ProxyType,
)
from typing_extensions import override

from app.adapters.http import AsksForPassword, NoSocks, SocksRefused

_PORT: Final = 1080


class SocksTransport(AsyncProxyTransport):
    """Carries httpx requests through the proxy, which looks names up itself."""

    def __init__(self, proxy: httpx.URL, *, context: ssl.SSLContext, limits: httpx.Limits) -> None:
        super().__init__(
            proxy_type=ProxyType.SOCKS5,
            proxy_host=proxy.host,
            proxy_port=proxy.port or _PORT,
            rdns=True,
            verify=context,
            trust_env=False,
            limits=limits,
        )

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except ProxyTimeoutError as error:
            raise httpx.ConnectTimeout(str(error)) from error
        except (ProxyConnectionError, ssl.SSLError) as error:
            raise httpx.ConnectError(str(error)) from error
        except (ProxyError, UnicodeDecodeError) as error:
            raise _refusal(error) from error
        except (anyio.EndOfStream, anyio.BrokenResourceError) as error:
            raise httpx.ReadError("broken off before the request") from error


def _refusal(error: ProxyError | UnicodeDecodeError) -> httpx.ProxyError:
    if isinstance(error, ProxyError) and error.error_code is not None:
        return SocksRefused(error.error_code)
    said = str(error)
    # The library has no class of its own for this.
    return (AsksForPassword if "authentication method" in said else NoSocks)(said)
