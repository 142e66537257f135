"""What every page of the desktop is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.services.core import Core
from app.ui.actions import Actions
from app.ui.bridge import Bridge
from app.ui.remembered import Remembered
from app.ui.theme import Appearance
from app.ui.widgets import Tone


class Notify(Protocol):
    """Says something in the line under the header until it is dismissed or replaced."""

    def __call__(self, words: str, tone: Tone = Tone.WARN) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The core, and what the pages share."""

    core: Core
    appearance: Appearance
    bridge: Bridge
    actions: Actions
    remembered: Remembered
    navigate: Callable[[str, str], None]
    """Open a page by its key; the second argument is put into its filter box, empty for none."""
    notify: Notify


def make_desk(core: Core, appearance: Appearance) -> Desk:
    """The desk of a running core. The window listens to `actions` for where to go and what to say."""
    actions = Actions(core)
    return Desk(
        core=core,
        appearance=appearance,
        bridge=Bridge(core.bus),
        actions=actions,
        remembered=Remembered(core.data_dir),
        navigate=actions.navigate,
        notify=actions.notify,
    )
