"""The ban list as downloaders fetch it: plain text, no token (reference/webapi.md 3.6).

PBH gives no list to who sends no User-Agent. We do: some downloaders send none, and the list is no secret.
"""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import islice
from typing import Final

from aiohttp import hdrs, web

from app.api.access import Role
from app.api.answer import server_name
from app.api.call import Call
from app.api.client import takes_gzip
from app.api.router import Route
from app.services.export import FORMATS, lines

_LINES_AT_ONCE: Final = 500
"""Two milliseconds of work."""
_P2P: Final = "p2p-plain-format"
_NOTHING: Final = "TransmissionWorkaround:127.127.127.127-127.127.127.127"
"""Transmission refuses an empty list."""


async def blocklist(format_name: str, call: Call) -> web.StreamResponse:
    """Stream the list as it is at this moment, technical entries included."""
    bans = list(call.core.ban_list)
    media_type = FORMATS[format_name].media_type
    if not bans or call.request.method == hdrs.METH_HEAD:
        agent = call.request.headers.get(hdrs.USER_AGENT, "")
        workaround = format_name == _P2P and agent.startswith("Transmission") and not bans
        return web.Response(
            text=_NOTHING if workaround else "", content_type=media_type, charset="utf-8"
        )
    response = web.StreamResponse(headers={hdrs.SERVER: server_name(call.core.version)})
    response.content_type, response.charset = media_type, "utf-8"
    if takes_gzip(call.request):
        response.enable_compression(web.ContentCoding.gzip)
    await response.prepare(call.request)
    text = lines(format_name, bans, call.core.remap)
    while chunk := "".join(islice(text, _LINES_AT_ONCE)):
        await response.write(chunk.encode())
        await asyncio.sleep(0)
    await response.write_eof()
    return response


ROUTES: Final = tuple(
    Route(
        method=hdrs.METH_GET,
        path=f"/blocklist/{name}",
        role=Role.ANON,
        handler=partial(blocklist, name),
        answers=str,
    )
    for name in FORMATS
)
