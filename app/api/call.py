"""One request as a route sees it: parameters and body, parsed or refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec
from aiohttp import HttpVersion11, hdrs, web

from app.api.access import Access
from app.api.answer import Paging
from app.api.errors import TooLarge, TooSlow
from app.domain.errors import Refused
from app.domain.reason import Text
from app.services.core import Core

B = TypeVar("B")

MAX_BODY: Final = 1_000_000
"""Bytes, as in PBH."""
_BODY_SECONDS: Final = 30.0
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_UTF8: Final = ("utf-8", "utf8", "us-ascii", "ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request on its way through a route; what it asks for comes out typed, or Refused is raised."""

    core: Core
    access: Access
    request: web.BaseRequest
    params: Mapping[str, str]
    """The named parts of the path, percent-decoded."""

    def text(self, name: str) -> str:
        """A query parameter; empty when it is missing."""
        return str(self.request.query.get(name, ""))

    def number(self, name: str, default: int) -> int:
        """A query parameter; `default` when it is missing or empty."""
        given = self.text(name).strip()
        if not given:
            return default
        if not _NUMBER.fullmatch(given):
            raise Refused(Text("number-bad", {"name": name, "given": given[:40]}))
        return int(given)

    def flag(self, name: str) -> bool:
        """A query parameter that is `true`; all else, and its absence, is false as in PBH."""
        return self.text(name).strip().lower() == "true"

    def paging(self) -> Paging:
        """`page` and `pageSize`."""
        return Paging.within_limits(self.number("page", 1), self.number("pageSize", 10))

    async def read(self, kind: type[B]) -> B:
        """The body as a `kind`; numbers may be texts, as in PBH. The Content-Type does not count."""
        body = await self._body()
        charset = (self.request.charset or "utf-8").lower()
        try:
            text = body if charset in _UTF8 else body.decode(charset)
        except (LookupError, UnicodeError):
            raise Refused(Text("body-not-text", {"charset": charset[:40]})) from None
        if not text.strip():
            raise Refused(Text("body-missing"))
        try:
            return msgspec.json.decode(text, type=kind, strict=False)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise Refused(Text("json-unreadable", {"why": str(error)})) from None
        except RecursionError:
            raise Refused(Text("json-unreadable", {"why": Text("settings-too-deep")})) from None

    async def _body(self) -> bytes:
        request = self.request
        if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue":
            await _let_it_come(request)
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                return await request.read()
        except TimeoutError:
            raise TooSlow from None
        except web.HTTPRequestEntityTooLarge:
            raise TooLarge(MAX_BODY) from None
        except web.RequestPayloadError as error:
            raise Refused(Text("body-broken", {"why": str(error)})) from None


async def _let_it_come(request: web.BaseRequest) -> None:
    if request.version == HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun
