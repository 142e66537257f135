"""Tells the user on the desktop what happened: each kind at most once in five minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer

from app.domain.address import show
from app.domain.ban import Ban, Source
from app.locale import _, ngettext
from app.locale.texts import say
from app.services.breaker import ALERT as BREAKER
from app.services.errors import AccessDenied, NeedsAction
from app.services.events import AlertRaised, DownloadersChanged, SweepFailed, Swept
from app.ui.bans_today import BansToday
from app.ui.desk import Desk
from app.ui.format import count, plain

EVERY_MS: Final = 5 * 60_000
_LOOK_MS: Final = 10_000
_BAN: Final = "ban"
_LONGEST: Final = 200
"""Characters; Windows shows no more than 255 of a message."""
_TRIES: Final = 2
"""One sweep that fails says little: a downloader that restarts is back before anybody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A notification; a click on it opens `page` with `text` in its filter box."""

    words: str
    page: str
    text: str = ""
    worried: bool = False
    about_breaker: bool = False
    """A click lets the user decide about the bans that are held back instead."""


class ShowMessage(Protocol):
    """Puts a message on the desktop."""

    def __call__(self, message: Message) -> None: ...


class Notifications(QObject):
    """Watches bans and downloaders; what may not be said yet is summed up when it may."""

    def __init__(
        self, desk: Desk, today: BansToday, show_message: ShowMessage, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._show = desk, show_message
        self._said: dict[str, int] = {}
        self._waiting: list[Ban] = []
        self._failures: dict[str, int] = {}
        self._lost: set[str] = set()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        bridge = desk.bridge
        today.banned.connect(self._on_banned)
        bridge.swept.connect(self._on_swept)
        bridge.sweep_failed.connect(self._on_failed)
        bridge.downloaders_changed.connect(self._on_downloaders)
        bridge.alert_raised.connect(self._on_alert)
        # The first sweep may be faster than the window.
        started = desk.core.statistics.started
        bans = desk.core.ban_list
        self._on_banned([ban for ban in bans if ban.since >= started and not ban.disconnect])

    def look(self) -> None:
        """Say what waited, when its time has come."""
        if self._waiting and self._may(_BAN):
            waiting, self._waiting = self._waiting, []
            self._say_bans(waiting)

    def _on_banned(self, bans: Sequence[Ban]) -> None:
        if not self._desk.core.settings.config.desktop.notify_bans:
            self._waiting.clear()
            return
        # Who bans by hand knows it.
        self._waiting += [ban for ban in bans if ban.source is Source.RULE]
        self.look()

    def _say_bans(self, bans: Sequence[Ban]) -> None:
        first = bans[0]
        if len(bans) == 1:
            words = _("Banned {address}: {reason}").format(
                address=show(first.prefix), reason=plain(say(first.verdict.reason))
            )
            self._tell(_BAN, Message(words=words, page="bans", text=show(first.prefix)))
            return
        words = ngettext("{count} peer banned", "{count} peers banned", len(bans))
        self._tell(_BAN, Message(words=words.format(count=f"{len(bans):,}"), page="bans"))

    def _on_failed(self, event: SweepFailed) -> None:
        key = event.downloader
        self._failures[key] = self._failures.get(key, 0) + 1
        needs_user = isinstance(event.error, (AccessDenied, NeedsAction))
        if key in self._lost or (self._failures[key] < _TRIES and not needs_user):
            return
        self._lost.add(key)
        if needs_user:
            words = _("{name} needs you: {problem}").format(
                name=self._name(key), problem=say(event.error.text)
            )
        else:
            words = _("{name} does not answer. Its bans wait.").format(name=self._name(key))
        self._tell(f"lost {key}", Message(words=words, page="downloaders", worried=True))

    def _on_swept(self, event: Swept) -> None:
        key = event.downloader
        self._failures.pop(key, None)
        if key in self._lost:
            self._lost.remove(key)
            words = _("{name} answers again. The bans that waited are sent.")
            self._tell(
                f"back {key}", Message(words=words.format(name=self._name(key)), page="downloaders")
            )

    def _on_downloaders(self, event: DownloadersChanged) -> None:
        """Settings changed, so the user is at it: forget what failed before."""
        for key in event.gone:
            self._failures.pop(key, None)
            self._lost.discard(key)

    def _on_alert(self, event: AlertRaised) -> None:
        if not event.severe:
            return
        if event.kind != BREAKER:
            words = plain(say(event.text))
            if len(words) > _LONGEST:
                words = f"{words[:_LONGEST].rstrip()}…"
            self._tell(f"alert {event.kind}", Message(words=words, page="", worried=True))
            return
        state = self._desk.core.breaker.state
        words = _(
            "Stopped banning by behaviour: {count} of {peers} peers would be hit. Your answer is needed."
        ).format(count=count(state.count), peers=count(state.peers))
        self._tell(
            f"alert {BREAKER}", Message(words=words, page="", worried=True, about_breaker=True)
        )

    def _tell(self, kind: str, message: Message) -> None:
        if self._may(kind):
            self._said[kind] = self._desk.core.clock()
            self._show(message)

    def _may(self, kind: str) -> bool:
        said = self._said.get(kind)
        return said is None or self._desk.core.clock() - said >= EVERY_MS

    def _name(self, key: str) -> str:
        states = self._desk.core.downloaders.states()
        return next((plain(s.settings.name) for s in states if s.settings.id == key), key)
