"""The ban list as downloaders fetch it: plain text, no token (reference/webapi.md 3.6).

Those that we tell where to find it, as Transmission, have a list of their own in a form that they understand.

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
from app.api.client import direct_address, takes_gzip
from app.api.router import Route
from app.domain.errors import NotFound
from app.domain.reason import Text
from app.services.blocklists import PATH
from app.services.export import FORMATS, lines

_LINES_AT_ONCE: Final = 500
"""Two milliseconds of work."""
_PIECE: Final = 64 * 1024
"""Bytes written at once; then others have their turn."""
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


async def list_for(call: Call) -> web.StreamResponse:
    """The list that was put on the shelf for one downloader."""
    found = call.core.blocklists.named(call.params["name"])
    if found is None:
        raise NotFound(Text("blocklist-unknown"))
    packs = takes_gzip(call.request) and not direct_address(call.request).is_loopback
    body = await found.packed() if packs else found.body
    response = web.StreamResponse(headers={hdrs.SERVER: server_name(call.core.version)})
    response.content_type, response.charset = "text/plain", "utf-8"
    response.content_length = len(body)
    if packs:
        response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    await response.prepare(call.request)
    if call.request.method == hdrs.METH_HEAD:
        return response
    for start in range(0, len(body), _PIECE):
        await response.write(body[start : start + _PIECE])
        await asyncio.sleep(0)
    await response.write_eof()
    found.fetched = True
    return response


ROUTES: Final = (
    *(
        Route(
            method=hdrs.METH_GET,
            path=f"/blocklist/{name}",
            role=Role.ANON,
            handler=partial(blocklist, name),
            answers=str,
        )
        for name in FORMATS
    ),
    Route(
        method=hdrs.METH_GET,
        path=f"{PATH}/{{name}}",
        role=Role.ANON,
        handler=list_for,
        answers=str,
    ),
)
