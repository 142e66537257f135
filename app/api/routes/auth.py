"""Logging in and out (reference/webapi.md 3.1)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from aiohttp import hdrs

from app.api.access import Role
from app.api.answer import Answer
from app.api.call import Call
from app.api.router import Route
from app.domain.errors import Refused
from app.domain.reason import Text


class LogIn(msgspec.Struct, frozen=True):
    """What a client shows."""

    token: Any = None


async def log_in(call: Call) -> Answer:
    """Begin a session."""
    refused = call.access.log_in_refused(call.request)
    if refused is not None:
        return refused
    body = await call.read(LogIn | None)  # type: ignore[arg-type]  # a union is no type[…]
    if body is None:
        raise Refused(Text("body-missing"))
    token = body.token
    return call.access.log_in(call.request, token if token is None else str(token))


async def log_out(call: Call) -> Answer:
    """End the session; always succeeds."""
    call.access.log_out(call.request)
    return Answer(message="success")


ROUTES: Final = (
    Route(method=hdrs.METH_POST, path="/api/auth/login", role=Role.ANON, handler=log_in),
    Route(method=hdrs.METH_POST, path="/api/auth/logout", role=Role.ANON, handler=log_out),
)
