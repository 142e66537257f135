"""The dialog in which a script is written, saved, and tried on peers that are connected now."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final

from PySide6.QtGui import QFontDatabase, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from app.domain.errors import AppError
from app.domain.script import Answer, ScriptProblem
from app.domain.sighting import Sighting
from app.domain.verdict import Action, Mode
from app.locale import _
from app.locale.texts import say
from app.services.events import JudgedPeer
from app.services.scripts import TriedOut, located
from app.ui.desk import Desk
from app.ui.format import decimal, plain, sentences
from app.ui.widgets import (
    Button,
    ButtonKind,
    ChoiceBox,
    Form,
    column,
    label,
    row,
    set_property,
    set_role,
    text_field,
)

_SIZE: Final = (780, 600)
_PEERS: Final = 50
_EXAMPLE: Final = "my-script.py"
_START: Final = """## @NAME My script
## @AUTHOR
## @VERSION 1.0

def judge(client_name, torrent_name):
    # Return None to let the peer pass, or a text to ban it: the text is the reason.
    return None
"""


class ScriptEditor(QDialog):
    """Open it with `widgets.ask`; it stays open after Save, so that what is wrong can be mended."""

    def __init__(self, desk: Desk, file: str | None, parent: QWidget | None = None) -> None:
        """`file` is the script to edit; None for a new one. Raises NotFound."""
        super().__init__(parent)
        self._desk, self._file = desk, file
        self._scripts = desk.core.lookups.scripts
        self.setWindowTitle(_("New script") if file is None else file)
        self.resize(*_SIZE)
        self.name = text_field("" if file is None else file, hint=_EXAMPLE)
        self.name.setEnabled(file is None)
        form = Form()
        self._name_row = form.add(_("File"), self.name)
        self.text = QPlainTextEdit(_START if file is None else self._scripts.source(file))
        self.text.setAccessibleName(_("Text of the script"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._said = label("", "muted", wrap=True, selectable=True)
        self.peers = ChoiceBox()
        self.peers.setAccessibleName(_("Peer to try the script on"))
        self._seen = _connected(desk)
        for judged in self._seen:
            self.peers.addItem(_peer_words(judged))
        self.attempt = Button(_("Try"), icon="flask-conical")
        self.attempt.clicked.connect(lambda: self._start(self._try()))
        self.attempt.setEnabled(bool(self._seen))
        self.peers.setEnabled(bool(self._seen))
        if not self._seen:
            self.peers.addItem(_("No peer is connected now"))
        self.save = Button(_("Save"), kind=ButtonKind.PRIMARY)
        self.save.clicked.connect(lambda: self._start(self._save()))
        close = Button(_("Close"))
        close.clicked.connect(self.reject)
        trial = row(label(_("Try on"), "muted"), self.peers, self.attempt)
        trial.setStretch(1, 1)
        whole = column(
            form,
            self.text,
            self._said,
            row(trial, 16, close, self.save),
            margins=(16, 14, 16, 14),
        )
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.text.textChanged.connect(self._follow_text)
        self.name.textChanged.connect(lambda: self._name_row.set_error(""))
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self).activated.connect(
            self.save.click
        )
        if file is not None:
            self._tell_state(file, saved=False)
        self.text.setFocus()

    @property
    def words(self) -> str:
        """What it says below the text."""
        return self._said.text()

    @property
    def dirty(self) -> bool:
        """Whether there is something to save."""
        return self.text.document().isModified()

    def reject(self) -> None:
        """Close; what is not saved is offered back, for nothing typed may be lost."""
        if self.dirty:
            source, file = self.text.toPlainText(), self.name.text().strip()
            if file:
                words = _("{file} was closed without saving.").format(file=file)
                self._desk.actions.offer_undo(words, lambda: self._scripts.save(file, source))
        super().reject()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        for button in (self.save, self.attempt):
            button.setEnabled(False)
        self._desk.actions.run(self._watched(work), "work on a script")

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except AppError as error:
            self._tell(say(error.text), wrong=True)
        finally:
            self.save.setEnabled(True)
            self.attempt.setEnabled(bool(self._seen))

    async def _save(self) -> None:
        file = self.name.text().strip()
        if not file:
            self._name_row.set_error(_("A name is needed, such as my-script.py."))
            return
        if self._file is None:
            file = file if file.endswith(".py") else f"{file}.py"
            if any(state.file == file for state in self._scripts.states()):
                self._name_row.set_error(_("There is a script with this name already."))
                return
        await self._scripts.save(file, self.text.toPlainText())
        self._file = file
        self.name.setText(file)
        self.name.setEnabled(False)
        self.setWindowTitle(file)
        self.text.document().setModified(False)
        self._tell_state(file, saved=True)

    async def _try(self) -> None:
        judged = self._seen[self.peers.currentIndex()]
        seen = Sighting(
            at=self._desk.core.clock(),
            downloader=judged.key.downloader,
            torrent=judged.torrent,
            peer=judged.peer,
        )
        tried = await self._scripts.evaluate_once(self.text.toPlainText(), seen)
        self._tell(tried_words(tried), wrong=tried.problem is not None)
        self._show_place(tried.problem)

    def _tell_state(self, file: str, *, saved: bool) -> None:
        state = next((each for each in self._scripts.states() if each.file == file), None)
        if state is None:
            return
        done = _("Saved") if saved else ""
        if state.problem is not None:
            self._tell(sentences((done, say(located(state.problem)))), wrong=True)
            self._show_place(state.problem)
            return
        rule_off = self._desk.core.settings.profile.expression_engine.mode is Mode.OFF
        idle = ""
        if rule_off:
            idle = _("It is not run, because the rule is off")
        elif not state.enabled:
            idle = _("It is not run, because it is switched off")
        self._tell(sentences((done, idle)))

    def _tell(self, words: str, *, wrong: bool = False) -> None:
        set_role(self._said, "error" if wrong else "muted")
        self._said.setText(words)

    def _show_place(self, problem: ScriptProblem | None) -> None:
        """Put the cursor where the problem is."""
        set_property(self.text, "wrong", problem is not None)
        if problem is None or problem.line is None:
            return
        block = self.text.document().findBlockByNumber(problem.line - 1)
        if block.isValid():
            cursor = QTextCursor(block)
            steps = min((problem.column or 1) - 1, block.length() - 1)
            cursor.movePosition(
                QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, steps
            )
            self.text.setTextCursor(cursor)
            self.text.setFocus()

    def _follow_text(self) -> None:
        set_property(self.text, "wrong", value=False)


def tried_words(tried: TriedOut) -> str:
    """What came of a try."""
    problem = tried.problem
    said = _answer_words(tried.answer) if problem is None else say(located(problem))
    printed = _("It printed: {text}").format(text=tried.printed.strip()) if tried.printed else ""
    took = _("It took {time} ms").format(time=decimal(tried.micros / 1000, 1))
    return sentences((said, printed, took))


def _answer_words(answer: Answer | None) -> str:
    if answer is None:
        return _("The script has no objection")
    spares = answer.action is Action.SKIP
    words = _("The script says: leave alone") if spares else _("The script says: ban")
    if answer.why:
        return _("{what} ({why})").format(what=words, why=plain(answer.why))
    return words


def _connected(desk: Desk) -> list[JudgedPeer]:
    """Some peers that are connected now, those that take most first."""
    downloaders = desk.core.downloaders
    found = [
        judged for state in downloaders.states() for judged in downloaders.peers(state.settings.id)
    ]
    found.sort(key=lambda judged: judged.peer.uploaded, reverse=True)
    return found[:_PEERS]


def _peer_words(judged: JudgedPeer) -> str:
    return _("{address}, {client}, on {torrent}").format(
        address=judged.peer.address.ip,
        client=plain(judged.peer.client_name or "–"),
        torrent=plain(judged.torrent.name),
    )
