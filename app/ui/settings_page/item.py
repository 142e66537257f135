"""One setting as the Settings page and the rules show it, as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from app.services.ports import Settings
from app.settings.config import Config
from app.settings.kind import Kind
from app.settings.profile import Profile

CONFIG: Final = "config.yml"
PROFILE: Final = "profile.yml"


class Shape(Enum):
    """How a number is shown where its kind does not say so."""

    PLAIN = auto()
    SHARE = auto()
    """0 to 1 as percent."""
    BYTES = auto()
    LENGTH = auto()
    """Milliseconds of which none, or less, mean something of their own."""
    SECONDS = auto()
    """A length of time that the file has in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One setting: where it stands, what it may be, and how it is shown."""

    file: str
    path: tuple[str, ...]
    name: str
    """Message ids, here and below, are marked with N_()."""
    kind: Kind[Any]
    value: Callable[[Settings], object]
    hint: str = ""
    unit: str = ""
    shape: Shape = Shape.PLAIN
    choices: Sequence[tuple[object, str]] = ()
    """Values and message ids, where there is a choice."""
    restart: bool = False
    """Whether it takes effect with the next start."""

    @property
    def key(self) -> str:
        """Dotted, with its file: `config.yml/server.http`."""
        return f"{self.file}/{'.'.join(self.path)}"

    @property
    def default(self) -> object:
        """The value of a new file."""
        return self.value(DEFAULTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Settings that belong together."""

    key: str
    name: str
    icon: str
    items: Sequence[Item]


DEFAULTS: Final = Settings(config=Config(), profile=Profile())
