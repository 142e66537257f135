"""Who may ask: user name and password, sessions, the API key, and the lock after wrong attempts."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final, TypeAlias

from app.demo.peer import PeerState
from app.demo.sync import Memory

MAX_FAILURES: Final = 5
LOCK_SECONDS: Final = 3600
SESSION_SECONDS: Final = 3600

MainState: TypeAlias = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Session:
    """One login, and what the server remembers to answer it with changes only."""

    id: str
    last_seen: float
    main: Memory[MainState]
    peers: Memory[Mapping[str, PeerState]] = field(default_factory=lambda: Memory(counts_on=False))


class Refusal(Enum):
    """Why a login gave no session."""

    WRONG = auto()
    LOCKED = auto()


class Sessions:
    """The open sessions of a server."""

    def __init__(
        self,
        username: str,
        password: str,
        api_key: str,
        clock: Callable[[], float],
        *,
        counts_on: bool,
    ) -> None:
        """`clock` counts seconds; for `counts_on` see Memory."""
        self._counts_on = counts_on
        self.username, self.password, self.api_key = username, password, api_key
        self._clock = clock
        self._open: dict[str, Session] = {}
        self._keyed: Session | None = None
        self._failures: dict[str, int] = {}
        self._locked: dict[str, float] = {}

    def log_in(self, username: str, password: str, client: str) -> Session | Refusal:
        """Open a session for `client`, an address; after five wrong attempts it is locked out."""
        now = self._clock()
        if self._locked.get(client, now) > now:
            return Refusal.LOCKED
        if not (_same(username, self.username) and _same(password, self.password)):
            failures = self._failures.pop(client, 0) + 1
            if failures >= MAX_FAILURES:
                self._locked[client] = now + LOCK_SECONDS
            else:
                self._failures[client] = failures
            return Refusal.WRONG
        self._failures.pop(client, None)
        session = self._session(base64.b64encode(secrets.token_bytes(24)).decode())
        self._open[session.id] = session
        return session

    def find(self, session_id: str) -> Session | None:
        """The open session with this id, which is alive again for an hour."""
        session = self._open.get(session_id)
        if session is None:
            return None
        now = self._clock()
        if now - session.last_seen > SESSION_SECONDS:
            del self._open[session_id]
            return None
        session.last_seen = now
        return session

    def find_by_key(self, key: str) -> Session | None:
        """The session that goes with the API key."""
        if not self.api_key or not _same(key, self.api_key):
            return None
        if self._keyed is None:
            self._keyed = self._session("")
        return self._keyed

    def log_out(self, session: Session) -> None:
        self._open.pop(session.id, None)

    def forget(self) -> None:
        """Lose all sessions, as a restart does."""
        self._open.clear()
        self._keyed = None

    def forget_answers(self) -> None:
        """Keep the sessions and lose what was sent to them, so that the next answers are full."""
        self._keyed = None
        for session in self._open.values():
            fresh = self._session(session.id)
            session.main, session.peers = fresh.main, fresh.peers

    def _session(self, session_id: str) -> Session:
        memory: Memory[MainState] = Memory(counts_on=self._counts_on)
        return Session(id=session_id, last_seen=self._clock(), main=memory)

    def unlock(self) -> None:
        """Let everybody try again, as a restart does."""
        self._failures.clear()
        self._locked.clear()


def _same(given: str, real: str) -> bool:
    return hmac.compare_digest(given.encode(), real.encode())
