"""Who may: the token, sessions, and the order of the checks (reference/webapi.md 1.4)."""

from __future__ import annotations

import logging
import secrets
from enum import Enum, auto
from typing import Final

from aiohttp import hdrs, web

from app.api.answer import Answer
from app.api.client import client_address, direct_address
from app.api.errors import refusal
from app.api.gate import Gate
from app.locale import _
from app.services.core import Core
from app.settings.secret import Secret

log = logging.getLogger(__name__)

COOKIE: Final = "JSESSIONID"
_SET_UP: Final = "/init"
_MOST_SESSIONS: Final = 1_000


class Role(Enum):
    """Whom a route answers."""

    ANON = auto()
    """Everybody."""
    READ = auto()
    """Who shows the token."""
    WRITE = auto()
    """The same; it changes something."""


class Access:
    """One secret, shown as a session cookie, a Bearer header or `?token=`."""

    def __init__(self, core: Core, token: Secret | None = None) -> None:
        self._core, self._override = core, token
        self._gate = Gate(core.clock)
        self._sessions: dict[str, Secret] = {}

    @property
    def token(self) -> Secret:
        """The one in force; empty before set-up."""
        return self._core.settings.config.server.token if self._override is None else self._override

    def refuse(self, request: web.BaseRequest, role: Role) -> Answer | None:
        """Why `request` may not have a route of this role; None when it may."""
        if role is Role.ANON:
            return None
        if self._is_unset():
            return _not_set_up()
        if self._has_session(request):
            return None
        client, sender = client_address(request), direct_address(request)
        if not self._gate.is_open(client, sender):
            return _shut_out()
        given = _shown(request)
        if not given:
            return refusal(403, _("Log in first."))
        if self.token.matches(given):
            self._gate.passed(client)
            return None
        self._gate.failed(client, sender)
        log.warning("a wrong API token came from %s", client)
        return refusal(403, _("The token is wrong."))

    def log_in_refused(self, request: web.BaseRequest) -> Answer | None:
        """Why nobody can log in from there now; asked before the body is read."""
        if self._is_unset():
            return _not_set_up()
        if not self._gate.is_open(client_address(request), direct_address(request)):
            return _shut_out()
        return None

    def log_in(self, request: web.BaseRequest, given: str | None) -> Answer:
        """Begin a session for who knows the token."""
        client = client_address(request)
        if given and self.token.matches(given):
            self._gate.passed(client)
            message = _("Login successful")
            return Answer(message=message, session=self._begin())
        if given != "":  # PBH's pages send an empty one when they have none
            self._gate.failed(client, direct_address(request))
            log.warning("a log-in with a wrong API token came from %s", client)
        return refusal(401, _("The token is wrong."))

    def log_out(self, request: web.BaseRequest) -> None:
        """End the session, if there is one."""
        self._sessions.pop(request.cookies.get(COOKIE, ""), None)

    def _begin(self) -> str:
        while len(self._sessions) >= _MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        session = secrets.token_urlsafe(32)
        self._sessions[session] = self.token
        return session

    def _has_session(self, request: web.BaseRequest) -> bool:
        begun_with = self._sessions.get(request.cookies.get(COOKIE, ""))
        return begun_with is not None and begun_with == self.token

    def _is_unset(self) -> bool:
        return not self.token.reveal().strip()


def _shown(request: web.BaseRequest) -> str:
    header = request.headers.get(hdrs.AUTHORIZATION)
    if header is None:
        return str(request.query.get("token", ""))
    return header.removeprefix("Bearer ") if header.startswith("Bearer ") else ""


def _not_set_up() -> Answer:
    message = _("The server has no token yet.")
    data = {"location": _SET_UP}
    headers = {str(hdrs.LOCATION): _SET_UP}
    return Answer(status=303, success=False, message=message, data=data, headers=headers)


def _shut_out() -> Answer:
    return refusal(429, _("Too many wrong tokens came from your network. Try again later."))
