"""The routes of the REST server, one module a group."""

from __future__ import annotations

from typing import Final

from app.api.router import Route
from app.api.routes import auth, bans, blocklist, downloaders, general, metadata, protection

ROUTES: Final[tuple[Route, ...]] = (
    *auth.ROUTES,
    *metadata.ROUTES,
    *general.ROUTES,
    *bans.ROUTES,
    *blocklist.ROUTES,
    *downloaders.ROUTES,
    *protection.ROUTES,
)
