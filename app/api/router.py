"""Finds the route of a request; every route declares whom it answers, what it takes and what it gives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar
from urllib.parse import unquote

from aiohttp import hdrs, web

from app.api.access import Role
from app.api.answer import Answer
from app.api.call import Call

B = TypeVar("B")

Handler: TypeAlias = Callable[[Call], Awaitable[Answer | web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Taking(Generic[B]):
    """A handler with a body of a declared type."""

    kind: type[B]
    handler: Callable[[Call, B], Awaitable[Answer]]

    async def __call__(self, call: Call) -> Answer:
        """Parse the body and go on; raises Refused."""
        return await self.handler(call, await call.read(self.kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method on one path, with all that a description of the API needs."""

    method: str
    path: str
    """Parts in braces are parameters."""
    role: Role
    handler: Handler
    answers: Any = None
    """Type of the envelope's data; None for null, `str` for a list in plain text."""
    status: int = 200
    """Of success."""


class Router:
    """Literal paths win over those with parameters; case counts, one slash at the end does not."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._literal: dict[tuple[str, ...], dict[str, Route]] = {}
        self._patterns: dict[int, list[tuple[tuple[str, ...], Route]]] = {}
        for route in routes:
            parts = tuple(route.path.split("/"))
            if "{" in route.path:
                self._patterns.setdefault(len(parts), []).append((parts, route))
            else:
                self._literal.setdefault(parts, {})[route.method] = route

    def find(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and the parameters in its path, given the path as it came; HEAD is GET without a body."""
        if method == hdrs.METH_HEAD:
            method = hdrs.METH_GET
        if len(raw_path) > 1 and raw_path.endswith("/"):
            raw_path = raw_path[:-1]
        parts = tuple(map(unquote, raw_path.split("/")))
        route = self._literal.get(parts, {}).get(method)
        if route is not None:
            return route, {}
        for pattern, candidate in self._patterns.get(len(parts), ()):
            if candidate.method == method:
                params = _match(pattern, parts)
                if params is not None:
                    return candidate, params
        return None


def _match(pattern: tuple[str, ...], parts: tuple[str, ...]) -> dict[str, str] | None:
    params = {}
    for wanted, given in zip(pattern, parts, strict=True):
        if wanted.startswith("{"):
            if not given:
                return None
            params[wanted[1:-1]] = given
        elif wanted != given:
            return None
    return params
