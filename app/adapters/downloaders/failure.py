"""What went wrong on the way to a downloader, as the errors and the words that users read."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from typing import Final

import aiohttp
import httpx
from msgspec import Struct

from app.adapters.certificate import Certificate, read_certificate, shown_fingerprint
from app.adapters.http import (
    AsksForPassword,
    NoSocks,
    OtherCertificate,
    SocksRefused,
    Trust,
    caused_by,
    shown_certificate,
)
from app.domain.reason import Param, Text
from app.services.errors import (
    DownloaderError,
    NeedsAction,
    NoListener,
    ProtocolMismatch,
    TooLate,
    Unreachable,
    UntrustedCertificate,
)

_PORTS: Final = {"http": 80, "https": 443}
_SECONDS_TO_LOOK: Final = 5.0
_LONGEST_REASON: Final = 80
_NO_TLS: Final = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
"""What OpenSSL calls an answer that is none of TLS."""
_WHY_UNTRUSTED: Final = {
    9: "certificate-not-yet",
    10: "certificate-expired",
    18: "certificate-self-signed",
    19: "certificate-signer-unknown",
    20: "certificate-signer-unknown",
    21: "certificate-signer-unknown",
    62: "certificate-other-name",
    64: "certificate-other-name",
}
"""By OpenSSL's number of what did not verify."""
_WHY_SOCKS_REFUSED: Final = {
    2: "proxy-forbids",
    3: "proxy-no-way",
    4: "proxy-no-way",
    5: "no-listener",
    6: "proxy-no-way",
}
"""By the reply of RFC 1928."""
_PROXY_IN_TROUBLE: Final = (502, 503, 504)
_PROXY_ASKS: Final = 407


class Way(Struct, frozen=True, kw_only=True):
    """How a downloader is reached."""

    entered: httpx.URL
    """What the user gave as its address."""
    trust: Trust
    proxy: str
    """Empty for none."""


async def failure_of(error: Exception, way: Way, *, first: bool) -> DownloaderError:
    """What the user shall read of an `error` that a transport raised.

    `first`: it never answered, so that it may be asked in the wrong way; then it is asked once more, for TLS.
    """
    refused = caused_by(error, ssl.SSLCertVerificationError)
    if isinstance(refused, OtherCertificate):
        return _changed(read_certificate(refused.shown), way.trust.fingerprint)
    if refused is not None:
        return await _untrusted(refused, way)
    if (broken := caused_by(error, ssl.SSLError)) is not None:
        return Unreachable(_no_tls(broken, way))
    # The transport's own classes tell more than httpx's, which it maps too broadly.
    cause = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
    if isinstance(cause, (aiohttp.ServerTimeoutError, httpx.TimeoutException)):
        return TooLate()
    if isinstance(cause, httpx.ProxyError):
        return _proxy_failed(way, _why_refused(cause, way))
    if isinstance(cause, httpx.ConnectError):  # of the transport that goes through a proxy
        return _proxy_failed(way, _why_unconnected(cause, httpx.URL(way.proxy)))
    told = _badly_spoken(cause)
    if told is None:
        reason = _why_unconnected(cause, way.entered)
        return NoListener(reason) if reason.id == "no-listener" else Unreachable(reason)
    return (await https_expected(way) if first else None) or told


async def https_expected(way: Way) -> NeedsAction | None:
    """The error of asking a server over HTTP that speaks TLS; None when that is not what is wrong."""
    if way.entered.scheme != "http" or await _shown(way) is None:
        return None
    address = str(way.entered.copy_with(scheme="https", port=way.entered.port or _PORTS["http"]))
    return NeedsAction(Text("https-expected", {"address": address.rstrip("/")}))


def redirected(target: str, asked: httpx.URL, way: Way) -> NeedsAction:
    """The error of an answer that leads to `target`, without what could be secret in it."""
    try:
        url = asked.join(target)
        place = f"{url.scheme}://{_address_of(url) if url.port else _host(url)}"
    except (httpx.InvalidURL, UnicodeError):
        return NeedsAction(Text("redirected-away", {"address": "?"}))
    ours = asked.path[len(way.entered.path.rstrip("/")) :]
    address = f"{place}{url.path.removesuffix(ours)}".rstrip("/")
    moved = url.path.endswith(ours) if ours else url.path == asked.path
    if not moved or address == str(way.entered).rstrip("/"):
        return NeedsAction(Text("redirected-away", {"address": f"{place}{url.path}"}))
    return NeedsAction(Text("downloader-redirects", {"address": address}))


def refused_by_proxy(status: int, way: Way) -> DownloaderError | None:
    """The error that an answer means which comes from the proxy instead of the downloader; None when it does not."""
    if not way.proxy.startswith("http:") or way.entered.scheme != "http":
        return None
    if status == _PROXY_ASKS:
        return _proxy_failed(way, Text("proxy-asks"))
    if status in _PROXY_IN_TROUBLE:
        return _proxy_failed(way, Text("proxy-status", {"status": status}))
    return None


def _badly_spoken(cause: BaseException) -> DownloaderError | None:
    """The error of a connection that was there; None when there was none."""
    match cause:
        case aiohttp.ClientResponseError() | httpx.DecodingError():
            return ProtocolMismatch(Text("answer-not-http"))
        case httpx.RemoteProtocolError() if "disconnected" not in str(cause):
            if "closed" not in str(cause):
                return ProtocolMismatch(Text("answer-not-http"))
            return Unreachable(Text("answer-broke-off"))
        case aiohttp.ClientConnectorError():
            return None
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError() | httpx.HTTPError():
            return Unreachable(Text("answer-broke-off"))
        case OSError() if cause.errno in (errno.ECONNRESET, errno.EPIPE):
            return Unreachable(Text("answer-broke-off"))
    return None


def _why_unconnected(cause: BaseException, to: httpx.URL) -> Text:
    if caused_by(cause, socket.gaierror) or caused_by(cause, UnicodeError):
        return Text("no-such-host", {"host": to.host})
    began = caused_by(cause, OSError)
    if began is None or not began.errno:
        return Text("connection-failed", {"reason": type(began or cause).__name__})
    if began.errno == errno.ECONNREFUSED:
        return Text("no-listener", {"address": _address_of(to)})
    return Text("connection-failed", {"reason": os.strerror(began.errno)})


def _why_refused(cause: httpx.ProxyError, way: Way) -> Param:
    match cause:
        case AsksForPassword():
            return Text("proxy-asks")
        case NoSocks():
            return Text("proxy-no-socks")
        case SocksRefused(code=code):
            words: dict[str, Param] = {"address": _address_of(way.entered), "status": code}
            return Text(_WHY_SOCKS_REFUSED.get(code, "proxy-status"), words)
    said = _cut(str(cause))
    return Text("proxy-asks") if said.startswith(str(_PROXY_ASKS)) else said


def _proxy_failed(way: Way, reason: Param) -> Unreachable:
    proxy = _address_of(httpx.URL(way.proxy))
    return Unreachable(Text("proxy-failed", {"proxy": proxy, "reason": reason}))


def _no_tls(error: ssl.SSLError, way: Way) -> Text:
    address = _address_of(way.entered)
    reason = error.reason or type(error).__name__
    if reason in _NO_TLS:
        return Text("no-tls", {"address": address})
    said = _cut(reason.replace("_", " ").lower())
    return Text("tls-failed", {"address": address, "reason": said})


def _changed(shown: Certificate, trusted: str) -> UntrustedCertificate:
    words = {**_described(shown), "trusted": shown_fingerprint(trusted)}
    return UntrustedCertificate(Text("certificate-changed", words), shown.fingerprint)


async def _untrusted(error: ssl.SSLCertVerificationError, way: Way) -> DownloaderError:
    reason: Param = _cut(error.verify_message or "?")
    if error.verify_code in _WHY_UNTRUSTED:
        reason = Text(_WHY_UNTRUSTED[error.verify_code])
    der = await _shown(way)
    if der is None:
        return Unreachable(Text("certificate-untrusted", {"reason": reason}))
    shown = read_certificate(der)
    words = {**_described(shown), "reason": reason}
    return UntrustedCertificate(Text("certificate-unknown", words), shown.fingerprint)


def _described(shown: Certificate) -> dict[str, Param]:
    return {
        "subject": shown.subject or "?",
        "expires": "?" if shown.expires is None else f"{shown.expires:%Y-%m-%d}",
        "fingerprint": shown.shown_fingerprint,
    }


async def _shown(way: Way) -> bytes | None:
    url = way.entered.copy_with(scheme="https", port=way.entered.port or _PORTS[way.entered.scheme])
    try:
        async with asyncio.timeout(_SECONDS_TO_LOOK):
            return await shown_certificate(url, proxy=way.proxy)
    except TimeoutError:
        return None


def _address_of(url: httpx.URL) -> str:
    """Host and port, as people write them."""
    return f"{_host(url)}:{url.port or _PORTS.get(url.scheme, '')}"


def _host(url: httpx.URL) -> str:
    return f"[{url.host}]" if ":" in url.host else url.host


def _cut(text: str) -> str:
    """What a server wrote, as far as it can be shown."""
    return "".join(char for char in text if char.isprintable())[:_LONGEST_REASON]
