"""A password or key that no text shows by accident."""

from __future__ import annotations

import hmac

from app.settings.errors import HIDDEN


class Secret:
    """Text that `repr`, `str` and formatting hide; `reveal()` is the only way to it."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that sends or writes it."""
        return self._text

    def matches(self, text: str) -> bool:
        """Whether `text` is the same, in a time that does not tell how much of it is."""
        return hmac.compare_digest(
            self._text.encode(errors="surrogatepass"), text.encode(errors="surrogatepass")
        )

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return self.matches(other.reveal()) if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return f"Secret({HIDDEN!r})" if self._text else "Secret('')"

    def __str__(self) -> str:
        return HIDDEN if self._text else ""
