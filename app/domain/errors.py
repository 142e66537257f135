"""What can go wrong through no fault of ours; anything else is a bug and flies to the outer walls."""

from __future__ import annotations

from app.domain.reason import Text


class AppError(Exception):
    """The world's fault, with a text for the user; `app.locale.texts.say(error.text)` puts it in words."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.id, dict(text.params))
        self.text = text


class Refused(AppError):
    """A command that makes no sense as given: a bad address, an unknown rule, a name in use."""


class NotFound(AppError):
    """What a command names does not exist."""
