"""The Downloaders page: one card each, and what one can do with them."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QMenu, QScrollArea, QStackedWidget, QWidget
from typing_extensions import override

from app.domain.errors import AppError
from app.locale import _
from app.locale.texts import say
from app.services.connection_test import connected
from app.services.discovery import Found
from app.services.downloader_state import DownloaderState
from app.services.events import DownloadersChanged, SweepFailed, Swept
from app.ui import icons
from app.ui.bans.exporting import EXPORT
from app.ui.desk import Desk
from app.ui.downloaders.abilities import ability_words
from app.ui.downloaders.card import DownloaderCard
from app.ui.downloaders.editor import DownloaderEditor
from app.ui.downloaders.found import FoundBar
from app.ui.downloaders.health import Watching, health
from app.ui.downloaders.question import Question
from app.ui.downloaders.remedy import Remedy, consent_for
from app.ui.downloaders.trail import RateTrail
from app.ui.format import count, plain, sentences
from app.ui.page import Page
from app.ui.widgets import (
    Button,
    ButtonKind,
    EmptyState,
    IconButton,
    Tone,
    ask,
    column,
    label,
    row,
    scrolled,
)

_TICK_MS: Final = 1_000


class DownloadersPage(Page):
    """Cards in the order of config.yml."""

    key = "downloaders"
    icon = "server"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, _("Downloaders"))
        self._looked = False
        self._cards: dict[str, DownloaderCard] = {}
        self._trails: dict[str, RateTrail] = {}
        self._pause_all = Button(_("Resume all"), icon="pause")
        self._pause_all.setMinimumWidth(self._pause_all.sizeHint().width())
        self._pause_all.clicked.connect(desk.actions.toggle_pause)
        self._build()
        # "2 s ago" grows older also when nothing happens.
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.timeout.connect(self.follow)
        bridge = desk.bridge
        bridge.swept.connect(self._note_rate)
        bridge.sweep_failed.connect(self._note_failure)
        bridge.downloaders_changed.connect(self._forget_gone)
        bridge.refresh(
            self,
            self.follow,
            bridge.swept,
            bridge.sweep_failed,
            bridge.downloaders_changed,
            bridge.pause_changed,
            bridge.enforcement_changed,
            bridge.settings_changed,
        )
        self._tell_count()

    def follow(self) -> None:
        """Show how things are now."""
        core = self.desk.core
        states = core.downloaders.states()
        self._match_cards(states)
        watching = Watching(
            now=core.clock(),
            paused=core.downloaders.paused,
            resume_at=core.downloaders.resume_at,
        )
        for state in states:
            trail = self._trails.setdefault(state.settings.id, RateTrail())
            samples = trail.samples(watching.now)
            self._cards[state.settings.id].show_state(state, health(state, watching), samples)
        self._pause_all.set_words(_("Resume all") if watching.paused else _("Pause all"))
        self._pause_all.set_icon("play" if watching.paused else "pause")
        self._pause_all.setVisible(bool(states))

    @override
    def on_shown(self) -> None:
        self.follow()
        self._clock.start()
        if not self._looked and not self.desk.core.downloaders.states():
            self._looked = True
            self.desk.actions.run(self._look(asked=False), "look for downloaders")

    @override
    def on_hidden(self) -> None:
        self._clock.stop()

    # What the user does

    def add(self) -> None:
        """Ask for a new downloader."""
        self.desk.actions.run(self._edit(None), "add a downloader")

    def look(self) -> None:
        """Look for downloaders on this computer, and offer what is found."""
        self._found.forget_ignored()
        self.desk.actions.run(self._look(asked=True), "look for downloaders")

    def edit(self, key: str) -> None:
        """Show the settings of one."""
        self.desk.actions.run(self._edit(key), "edit a downloader")

    def toggle_pause(self, key: str) -> None:
        """Pause one, or resume it."""
        self.desk.actions.run(self._toggle_pause(key), "pause a downloader")

    def test(self, key: str) -> None:
        """Try its connection and say how it went."""
        self.desk.actions.run(self._test(key), "test a downloader")

    def help(self, key: str, remedy: Remedy) -> None:
        """Do what its card offers against the trouble; asks first where something changes."""
        self.desk.actions.run(self._help(key, remedy), "help a downloader")

    def tell_limits(self, key: str) -> None:
        """Say what it can and cannot do."""
        self.desk.actions.run(self._tell_limits(key), "tell what a downloader can do")

    def remove(self, key: str, *, lift_bans: bool = False) -> None:
        """Watch it no more, perhaps once our bans are lifted there; can be undone."""
        self.desk.actions.run(self._remove(key, lift_bans=lift_bans), "remove a downloader")

    # The look-ups stand in here, where NotFound is told: a card may outlive its downloader for a moment.

    async def _toggle_pause(self, key: str) -> None:
        downloaders = self.desk.core.downloaders
        paused = not downloaders.state(key).settings.paused
        await downloaders.pause(key, paused=paused)

    async def _edit(self, key: str | None) -> None:
        settings = None if key is None else self.desk.core.downloaders.state(key).settings
        await self._ask(DownloaderEditor(self.desk.core, settings, self.window()))

    async def _look(self, *, asked: bool) -> None:
        self._set_looking(looking=True)
        try:
            found = await self.desk.core.discovery.find()
        finally:
            self._set_looking(looking=False)
        new = [each.found for each in found if not each.added]
        self._found.offer(new)
        if asked and not new:
            words = _("No downloader answers on this computer that is not watched already.")
            self.desk.notify(words, Tone.WARN)

    def _set_looking(self, *, looking: bool) -> None:
        self._look_button.setEnabled(not looking)
        self._look_button.set_words(
            _("Looking on this computer …") if looking else _("Look on this computer")
        )

    async def _add_found(self, found: Found) -> None:
        editor = DownloaderEditor(
            self.desk.core, None, self.window(), kind=found.type, endpoint=found.endpoint
        )
        if await self._ask(editor):
            self._found.take_away(found)

    async def _help(self, key: str, remedy: Remedy) -> None:
        if remedy is Remedy.EXPORT:
            self.desk.navigate("bans", EXPORT)
            return
        if remedy is Remedy.SERVER:
            self.desk.navigate("settings", "server")
            return
        state = self.desk.core.downloaders.state(key)
        consent = consent_for(remedy, state)
        if consent is None:
            return
        question = Question(
            self.window(),
            consent.title,
            consent.words,
            yes=consent.yes,
            fingerprint=consent.fingerprint,
        )
        if await self._ask(question):
            await self.desk.core.downloaders.edit(consent.settings)

    async def _tell_limits(self, key: str) -> None:
        state = self.desk.core.downloaders.state(key)
        title = _("What {name} can and cannot do").format(name=plain(state.settings.name))
        await self._ask(Question(self.window(), title, "\n".join(ability_words(state.connection))))

    async def _ask(self, dialog: QDialog) -> bool:
        try:
            return await ask(dialog) == QDialog.DialogCode.Accepted
        finally:
            dialog.deleteLater()

    async def _test(self, key: str) -> None:
        state = self.desk.core.downloaders.state(key)
        name = plain(state.settings.name)
        self._set_testing(key, testing=True)
        try:
            connection = await self.desk.core.downloaders.test(state.settings)
        except AppError as error:
            words = _("{name}: {problem}").format(name=name, problem=say(error.text))
            self.desk.notify(words, Tone.BAD)
        else:
            said = sentences(plain(say(text)) for text in connected(connection))
            self.desk.notify(_("{name}: {problem}").format(name=name, problem=said), Tone.GOOD)
        finally:
            self._set_testing(key, testing=False)

    def _set_testing(self, key: str, *, testing: bool) -> None:
        card = self._cards.get(key)  # it may be removed meanwhile
        if card is not None:
            card.set_testing(testing=testing)

    async def _remove(self, key: str, *, lift_bans: bool) -> None:
        downloaders = self.desk.core.downloaders
        settings = downloaders.state(key).settings
        await downloaders.remove(key, lift_bans=lift_bans)
        words = (
            _("Removed {name} and lifted its bans.")
            if lift_bans
            else _("Removed {name}. The bans in it stay.")
        )
        self.desk.actions.offer_undo(
            words.format(name=plain(settings.name)), lambda: downloaders.add(settings)
        )

    # What happens inside

    def _build(self) -> None:
        add = Button(_("Add a downloader"), icon="plus", kind=ButtonKind.PRIMARY)
        add.clicked.connect(self.add)
        more = QMenu()
        more.addAction(icons.icon("radar"), _("Look on this computer"), self.look)
        menu = IconButton("ellipsis", _("More"), menu=more)
        self._head = QWidget()
        self._head.setLayout(row(label(self.title, "title"), None, self._pause_all, add, menu))
        self._found = FoundBar()
        self._found.add_wanted.connect(
            lambda found: self.desk.actions.run(self._add_found(found), "add what was found")
        )
        self._list = column(gap=10)
        cards = QWidget()
        cards.setLayout(column(self._list, None, margins=(0, 0, 0, 0)))
        self._scroll: QScrollArea = scrolled(cards)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._look_button = Button(_("Look on this computer"), icon="radar")
        self._look_button.clicked.connect(self.look)
        by_hand = Button(_("Add by hand"), icon="plus", kind=ButtonKind.PRIMARY)
        by_hand.clicked.connect(self.add)
        empty = EmptyState(
            "server",
            _("No downloader yet"),
            _(
                "Tell PeerWarden where your downloader is. It then watches who takes without"
                " giving, and bans them there."
            ),
            self._look_button,
            by_hand,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self._scroll)
        whole = column(self._head, self._found, self._stack, gap=14, margins=(16, 14, 16, 14))
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def _match_cards(self, states: tuple[DownloaderState, ...]) -> None:
        wanted = [state.settings.id for state in states]
        self._stack.setCurrentIndex(1 if wanted else 0)
        self._head.setVisible(bool(wanted))
        if list(self._cards) == wanted:
            return
        for key in [key for key in self._cards if key not in wanted]:
            card = self._cards.pop(key)
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        cards = {key: self._cards.get(key) or self._make_card(key) for key in wanted}
        for place, (key, card) in enumerate(cards.items()):
            if self._list.indexOf(card) != place:
                self._list.insertWidget(place, card)
            previous = list(cards.values())[place - 1] if place else None
            if previous is not None:
                self.setTabOrder(previous, card)
            self._cards[key] = card
        self._cards = cards

    def _make_card(self, key: str) -> DownloaderCard:
        card = DownloaderCard()
        card.pause_wanted.connect(partial(self.toggle_pause, key))
        card.test_wanted.connect(partial(self.test, key))
        card.settings_wanted.connect(partial(self.edit, key))
        card.remedy_wanted.connect(partial(self.help, key))
        card.limits_wanted.connect(partial(self.tell_limits, key))
        card.remove_wanted.connect(partial(self.remove, key))
        card.withdraw_wanted.connect(partial(self.remove, key, lift_bans=True))
        card.sweep_wanted.connect(partial(self.desk.actions.sweep_now, key))
        card.step_wanted.connect(partial(self._step, key))
        return card

    def _step(self, key: str, steps: int) -> None:
        keys = list(self._cards)
        card = self._cards[keys[min(max(keys.index(key) + steps, 0), len(keys) - 1)]]
        card.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(card)

    def _note_rate(self, event: Swept) -> None:
        trail = self._trails.setdefault(event.downloader, RateTrail())
        trail.add(self.desk.core.clock(), event.snapshot.upload_rate)

    def _note_failure(self, event: SweepFailed) -> None:
        trail = self._trails.setdefault(event.downloader, RateTrail())
        trail.add(self.desk.core.clock(), 0)

    def _forget_gone(self, _event: DownloadersChanged) -> None:
        known = {state.settings.id for state in self.desk.core.downloaders.states()}
        for key in self._trails.keys() - known:
            del self._trails[key]
        self._tell_count()

    def _tell_count(self) -> None:
        states = self.desk.core.downloaders.states()
        self.count_changed.emit(count(len(states)) if states else "")
