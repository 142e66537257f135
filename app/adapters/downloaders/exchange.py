"""Requests to one downloader, bounded in number, time and size, their failures told in plain words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import aiohttp
import httpx

from app.adapters.downloaders.failure import (
    Way,
    failure_of,
    https_expected,
    redirected,
    refused_by_proxy,
)
from app.adapters.http import TIMEOUTS, USER_AGENT, Trust, open_transport
from app.domain.address import InvalidAddress, parse_ip
from app.domain.reason import Text
from app.services.errors import NeedsAction, ProtocolMismatch, TooLate
from app.services.loop_time import accounted
from app.settings.downloader import DownloaderSettings

AT_A_TIME: Final = 8
"""Requests. Answers that come together are read in one turn of the loop: 16 of them made turns of 30 ms."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of one answer."""
LONGEST: Final = 60.0
"""Seconds for one request as a whole, so that a drip does not hold us for ever."""
_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
"""Without a charset, which deluge-web before 2.1.1 refuses (reference/downloaders.md 6.1)."""
_PIECE: Final = 64 * 1024
_BAD_REQUEST: Final = 400
"""What servers say to HTTP where they want TLS."""
_NOWHERE: Final = httpx.URL("")
_FIELD: Final = re.compile(r"[ -~]{0,4096}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def succeeded(self) -> bool:
        """Whether the status is one of the 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP

    @property
    def text(self) -> str:
        """The body, whatever it is."""
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    path: str
    query: tuple[tuple[str, str | int], ...]
    body: bytes | None
    headers: Mapping[str, str]


class Exchange:
    """Talks HTTP to one server; cookies stick, redirects are not followed.

    Raises Unreachable, ProtocolMismatch, and NeedsAction where the user must enter another address, trust a
    certificate or mend a proxy.
    """

    def __init__(  # noqa: PLR0913 - all but the root have defaults
        self,
        root: str,
        *,
        below: str = "",
        trust: Trust = Trust(),  # noqa: B008 - frozen
        proxy: str = "",
        at_a_time: int = AT_A_TIME,
        largest: int = LARGEST,
        longest: float = LONGEST,
    ) -> None:
        """`root` is a URL without a slash at its end, which every path is appended to.

        The user entered it but for `below`, its end.
        """
        self._root = _url_of(root)
        entered = _url_of(root.removesuffix(below))
        self._way = Way(entered=entered, trust=trust, proxy=proxy)
        self._answered = False
        # Packing for a neighbour costs more than sending: 0.8 MB came in 0.02 s, packed in 0.2 s (4.5.2).
        encoding = "identity" if _is_near(self._root.host) else "gzip"
        self._headers = {"User-Agent": USER_AGENT, "Accept-Encoding": encoding}
        self._at_a_time, self._largest, self._longest = at_a_time, largest, longest
        self._slots = asyncio.Semaphore(at_a_time)
        self._opening = asyncio.Lock()
        self._transport: httpx.AsyncBaseTransport | None = None
        self._cookies: dict[str, str] = {}
        self.requests = 0
        """Sent so far."""
        self.received = 0
        """Bytes of answers so far, as they came over the wire."""

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        form: bytes | None = None,
        json: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; any status is an answer but a redirect. The body is a `form`, urlencoded, or `json`.

        `headers` win over the usual ones.
        """
        body, kind = (json, _JSON) if form is None else (form, _FORM)
        described = {} if body is None else _described(body, kind)
        question = _Question(
            method, path, tuple((params or {}).items()), body, {**described, **(headers or {})}
        )
        async with self._slots:
            answer = await accounted(self._sent(question))
        if not self._answered and _may_want_tls(answer):
            better = await https_expected(self._way)
            if better is not None:
                raise better
        self._answered = True
        self._check(answer, path)
        return answer

    async def close(self) -> None:
        """Give the connections back and forget the cookies; the next request opens new ones."""
        self._cookies.clear()
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()

    async def _sent(self, question: _Question) -> Answer:
        if not self._root.host:
            raise NeedsAction(Text("address-impossible"))
        try:
            async with asyncio.timeout(self._longest):
                return await self._send(question)
        except TimeoutError:
            raise TooLate from None
        except (httpx.HTTPError, aiohttp.ClientError, OSError, UnicodeError) as error:
            raise await failure_of(error, self._way, first=not self._answered) from error

    def _check(self, answer: Answer, path: str) -> None:
        """Raise when `answer` leads elsewhere, or comes from somebody else."""
        target = answer.headers.get("Location")
        if 300 <= answer.status < 400 and target:  # noqa: PLR2004 - HTTP
            raise redirected(target, _url(self._root, path, ()), self._way)
        if (refused := refused_by_proxy(answer.status, self._way)) is not None:
            raise refused

    async def _send(self, question: _Question) -> Answer:
        transport = self._transport or await self._open()
        request = httpx.Request(
            question.method,
            _url(self._root, question.path, question.query),
            content=None if question.body is None else _in_pieces(question.body),
            headers={**self._headers, **self._cookie(), **question.headers},
            extensions={"timeout": TIMEOUTS},
        )
        self.requests += 1
        response = await transport.handle_async_request(request)
        self._keep_cookies(response.headers)
        try:
            read = await self._read(response)
        finally:
            self.received += response.num_bytes_downloaded
            await response.aclose()
        return Answer(response.status_code, response.headers, read)

    def _cookie(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Cookie": pairs} if pairs else {}

    def _keep_cookies(self, headers: httpx.Headers) -> None:
        """Keep them until they are replaced: a standard jar drops those of a server whose clock is slow."""
        for header in headers.get_list("Set-Cookie"):
            name, _, value = header.partition(";")[0].strip().partition("=")
            if value:
                self._cookies[name] = value
            else:
                self._cookies.pop(name, None)

    async def _read(self, response: httpx.Response) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > self._largest:
                raise ProtocolMismatch(Text("answer-too-large", {"limit_bytes": self._largest}))
            chunks.append(chunk)
        return b"".join(chunks)

    async def _open(self) -> httpx.AsyncBaseTransport:
        async with self._opening:
            if self._transport is None:
                self._transport = await open_transport(
                    tls=self._root.scheme == "https",
                    trust=self._way.trust,
                    connections=self._at_a_time,
                    proxy=self._way.proxy,
                )
            return self._transport


def exchange_with(
    settings: DownloaderSettings, path: str = "", *, at_a_time: int = AT_A_TIME
) -> Exchange:
    """Talks to the downloader of `settings` at `path` below its endpoint, with its trust and through its proxy."""
    return Exchange(
        settings.endpoint + path,
        below=path,
        trust=Trust(verify=settings.verify_ssl, fingerprint=settings.trusted_certificate),
        proxy=settings.proxy,
        at_a_time=at_a_time,
    )


def fits_header(text: str) -> bool:
    """Whether `text`, such as a token that somebody pasted, can stand in a header."""
    return _FIELD.fullmatch(text) is not None


def _url_of(root: str) -> httpx.URL:
    """An empty one for what settings take and DNS never will."""
    try:
        url = httpx.URL(root)
        return url if url.host else _NOWHERE
    except (httpx.InvalidURL, UnicodeError):
        return _NOWHERE


@lru_cache(maxsize=2048)
def _url(root: httpx.URL, path: str, query: tuple[tuple[str, str | int], ...]) -> httpx.URL:
    """The same torrents are asked for again and again, and taking a URL apart is slow."""
    return httpx.URL(f"{root}/{path}" if path else root, params=dict(query) or None)


def _described(body: bytes, kind: str) -> dict[str, str]:
    # With a length the pieces go without chunked encoding, which qBittorrent's server does not understand.
    return {"Content-Type": kind, "Content-Length": str(len(body))}


def _may_want_tls(answer: Answer) -> bool:
    """Whether it could be from a server that speaks HTTPS only; a downloader's own 400 is JSON."""
    is_json = "json" in answer.headers.get("Content-Type", "").lower()
    return answer.status == _BAD_REQUEST and not is_json


def _in_pieces(body: bytes) -> bytes | AsyncIterator[bytes]:
    """A large body piece by piece, so that others have their turn while it is sent."""
    if len(body) <= _PIECE:
        return body

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), _PIECE):
            yield body[start : start + _PIECE]

    return pieces()


def _is_near(host: str) -> bool:
    try:
        ip = parse_ip(host)
    except InvalidAddress:
        return host.lower() == "localhost"
    return ip.is_loopback or ip.is_private
