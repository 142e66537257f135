"""How a downloader or the database can fail; each class is there because some caller acts differently on it."""

from __future__ import annotations

from app.domain.errors import AppError
from app.domain.reason import Param, Text


class DownloaderError(AppError):
    """A downloader did not do what was asked; the only family that a Downloader raises."""


class Unreachable(DownloaderError):
    """No answer, or none in time."""

    def __init__(self, detail: Param) -> None:
        super().__init__(Text("downloader-unreachable", {"detail": detail}))


class TooLate(Unreachable):
    """It was asked, and the time was over before the whole answer was there."""

    def __init__(self) -> None:
        super().__init__(Text("no-answer-in-time"))


class NoListener(Unreachable):
    """Nobody takes connections at its address: it does not run, or its WebUI or RPC is switched off."""


class AccessDenied(DownloaderError):
    """User name, password or key refused; not tried again until the settings change or the user asks."""


class ProtocolMismatch(DownloaderError):
    """It answers, but not as this kind of downloader does."""

    def __init__(self, detail: Param) -> None:
        super().__init__(Text("downloader-bad-answer", {"detail": detail}))


class NeedsAction(DownloaderError):
    """It answers well, but the user must change something there first."""


class UntrustedCertificate(NeedsAction):
    """Its certificate is not the one that is trusted, or is signed by nobody whom we know."""

    def __init__(self, text: Text, fingerprint: str) -> None:
        super().__init__(text)
        self.fingerprint = fingerprint
        """What to set as `trusted_certificate` to trust it from now on."""


class NotSupported(DownloaderError):
    """This kind of downloader, or this version of it, has no way to do that."""

    def __init__(self) -> None:
        super().__init__(Text("downloader-cannot"))


class StorageError(AppError):
    """The database refused: disk full, read-only, locked by another program."""

    def __init__(self, detail: str) -> None:
        super().__init__(Text("storage-failed", {"detail": detail}))
