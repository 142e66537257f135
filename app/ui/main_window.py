"""The window: header with tabs, the page, the undo bar and the status line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QByteArray, QKeyCombination, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QCloseEvent,
    QGuiApplication,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QWidget
from typing_extensions import override

from app.locale import _
from app.ui import icons
from app.ui.breaker import BreakerBar
from app.ui.desk import Desk
from app.ui.notices import Notices
from app.ui.page import Page
from app.ui.protect_button import ProtectButton
from app.ui.status_line import StatusLine
from app.ui.theme import height
from app.ui.theme.tokens import HEADER
from app.ui.widgets import (
    IconButton,
    Item,
    Picture,
    Tab,
    TabBar,
    UndoBar,
    column,
    frame,
    label,
    row,
)

_DEFAULT_SIZE: Final = (1280, 800)
_SMALLEST: Final = (960, 600)
_FIRST_TAB: Final = "peers"
_WINDOW: Final = "window"


class MainWindow(QMainWindow):
    """All pages, one in sight. It never ends the program: it says what the user wants."""

    close_wanted = Signal()
    """The user closed the window: whoever owns it hides, minimises or quits. Nothing has happened yet."""
    quit_wanted = Signal()

    def __init__(
        self, desk: Desk, tabbed: Sequence[Page], more: Sequence[Page], *, api_url: str | None
    ) -> None:
        """`tabbed` are the pages with a tab, `more` those that the menu opens."""
        super().__init__()
        self._desk = desk
        self._pages = {page.key: page for page in (*tabbed, *more)}
        self._tabbed = [page.key for page in tabbed]
        self.setWindowTitle("PeerWarden")
        self.setWindowIcon(icons.app_icon())
        self.setMinimumSize(*_SMALLEST)
        self._tabs = TabBar([Tab(page.title, page.icon) for page in tabbed])
        self._tabs.setAccessibleName(_("Pages"))
        # A page joins when it is opened first: the style sheet takes 50 ms to reach all of one.
        self._stack = QStackedWidget()
        self._notices = Notices(desk)
        self._undo = UndoBar()
        self._build(api_url)
        self._connect()
        self._set_shortcuts()
        self._restore()

    @property
    def page(self) -> Page:
        """The page in sight."""
        page = self._stack.currentWidget()
        assert isinstance(page, Page)  # noqa: S101 - nothing else is ever added
        return page

    def open_page(self, key: str, text: str = "") -> None:
        """Show a page, with `text` in its filter box when there is any."""
        page = self._pages.get(key)
        if page is None:
            return
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self._title.setVisible(key not in self._tabbed)
        self._title_words.setText(page.title)
        if key in self._tabbed:
            self._tabs.setCurrentIndex(self._tabbed.index(key))
        self._notices.set_page_remark(page.remark)
        if text:
            page.look_for(text)

    @property
    def breaker(self) -> BreakerBar:
        """The bar that asks about bans that are held back."""
        return self._breaker

    def bring_up(self) -> None:
        """Show the window over the others, wherever it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def remember(self) -> None:
        """Note place, tab and columns for the next start."""
        remembered = self._desk.remembered
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        places = dict(remembered.area(_WINDOW))
        places |= {_screens(): geometry, "tab": self._tabbed[max(self._tabs.currentIndex(), 0)]}
        remembered.put(_WINDOW, places)
        for key, page in self._pages.items():
            if page.visited:
                remembered.put(f"page.{key}", page.saved())

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.remember()
        self.close_wanted.emit()

    # What it is made of

    def _build(self, api_url: str | None) -> None:
        name = label("PeerWarden", "section")
        self._protect = ProtectButton(self._desk)
        self._menu_button = IconButton("menu", _("Menu"), menu=self._main_menu())
        header = frame(
            "bar",
            row(
                Picture("shield", "accent", 20),
                name,
                8,
                self._tabs,
                None,
                self._protect,
                self._menu_button,
                margins=(14, 0, 12, 0),
            ),
        )
        header.setFixedHeight(height(HEADER))
        self._title_words = label("", "section")
        back = IconButton("x", _("Back to the tabs"), flat=True)
        back.clicked.connect(self._back)
        self._title = QWidget()
        self._title.setLayout(row(self._title_words, None, back, margins=(14, 8, 12, 0)))
        self._title.hide()
        foot = QWidget()
        foot.setLayout(column(self._undo, margins=(12, 8, 12, 8)))
        foot.hide()
        self._foot = foot
        self._breaker = BreakerBar(self._desk)
        body: list[Item] = [header, self._breaker, self._notices, self._title, self._stack, foot]
        body.append(StatusLine(self._desk, api_url))
        whole = column(*body, gap=0)
        whole.setStretchFactor(self._stack, 1)
        content = QWidget()
        content.setLayout(whole)
        self.setCentralWidget(content)
        self._breaker.follow()

    def _main_menu(self) -> QMenu:
        menu = QMenu(self)
        keys = QKeySequence
        for page in self._pages.values():
            if page.key not in self._tabbed:
                action = menu.addAction(
                    icons.icon(page.icon, "text"), page.title, partial(self.open_page, page.key)
                )
                if page.key == "settings":
                    action.setShortcut(keys("Ctrl+,"))
        menu.addSeparator()
        menu.addAction(
            icons.icon("refresh-cw", "text"), _("Sweep now"), self._desk.actions.sweep_now
        ).setShortcut(keys("F5"))
        menu.addSeparator()
        quits = menu.addAction(icons.icon("power", "text"), _("Quit"), self.quit_wanted.emit)
        quits.setShortcut(keys("Ctrl+Q"))
        # A menu's shortcuts work only once its actions belong to a window.
        self.addActions(menu.actions())
        return menu

    def _connect(self) -> None:
        self._tabs.currentChanged.connect(self._show_tab)
        # Also the tab that is current already: it leads back from the log and the settings.
        self._tabs.tabBarClicked.connect(self._show_tab)
        for page in self._pages.values():
            page.remark_changed.connect(partial(self._follow_remark, page))
        for index, key in enumerate(self._tabbed):
            page = self._pages[key]
            self._tabs.set_count(index, page.count)  # it counted while it was made
            page.count_changed.connect(partial(self._tabs.set_count, index))
        actions = self._desk.actions
        actions.page_wanted.connect(self._go)
        actions.undo_offered.connect(self._offer_undo)
        self._undo.closed.connect(self._foot.hide)

    def _set_shortcuts(self) -> None:
        for index in range(len(self._tabbed)):
            self._on(f"Ctrl+{index + 1}", partial(self._show_tab, index))
        self._on("Ctrl+Tab", partial(self._step, 1))
        self._on("Ctrl+Shift+Tab", partial(self._step, -1))
        self._on(QKeySequence.StandardKey.Find, self._search)
        self._on("/", self._search)
        self._on(QKeySequence.StandardKey.Undo, self._undo.undo)
        self._on("Ctrl+P", self._desk.actions.toggle_pause)

    def _on(
        self,
        keys: QKeySequence.StandardKey | QKeyCombination | str,
        work: Callable[[], object],
    ) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(work)

    def _restore(self) -> None:
        places = self._desk.remembered.area(_WINDOW)
        geometry = places.get(_screens())
        known = isinstance(geometry, str) and self.restoreGeometry(
            QByteArray.fromBase64(geometry.encode("ascii", "replace"))
        )
        if not known:
            self.resize(*_DEFAULT_SIZE)
        for key, page in self._pages.items():
            state = self._desk.remembered.area(f"page.{key}")
            if state:
                page.restore(state)
        wanted = places.get("tab")
        if not self._desk.core.downloaders.states():
            wanted = self._tabbed[0]
        self.open_page(wanted if wanted in self._tabbed else _FIRST_TAB)

    # What happens

    def _show_tab(self, index: int) -> None:
        if 0 <= index < len(self._tabbed):
            self.open_page(self._tabbed[index])

    def _step(self, steps: int) -> None:
        self._show_tab((self._tabs.currentIndex() + steps) % len(self._tabbed))

    def _search(self) -> None:
        self.page.focus_search()

    def _back(self) -> None:
        self._show_tab(self._tabs.currentIndex())

    def _go(self, key: str, text: str) -> None:
        self.open_page(key, text)
        if not self.isVisible() or self.isMinimized():
            self.bring_up()

    def _follow_remark(self, page: Page) -> None:
        if page is self.page:
            self._notices.set_page_remark(page.remark)

    def _offer_undo(self, words: str, undo: Callable[[], object]) -> None:
        self._notices.forget_answer()
        self._foot.show()
        self._undo.offer(words, undo)
        event = QAccessibleAnnouncementEvent(self, words)
        QAccessible.updateAccessibility(event)


def _screens() -> str:
    """Names the set-up of screens: a laptop alone and at its desk remember different places."""
    parts = []
    for screen in QGuiApplication.screens():
        box = screen.geometry()
        parts.append(f"{box.width()}x{box.height()}+{box.x()}+{box.y()}")
    return " ".join(parts)
