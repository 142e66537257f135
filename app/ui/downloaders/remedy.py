"""What one click does about a downloader that needs its user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from app.domain.errors import AppError
from app.domain.reason import Text
from app.locale import N_, _
from app.services.downloader_state import DownloaderState
from app.services.errors import AccessDenied, NeedsAction, UntrustedCertificate
from app.settings.downloader import DownloaderSettings
from app.ui.downloaders.certificate import certificate_words, compare_words
from app.ui.format import plain, sentences


class Remedy(StrEnum):
    """What is offered beside the trouble."""

    SETTINGS = "settings"
    """Other settings here mend it."""
    TRUST = "trust"
    """Its certificate can be trusted."""
    PLUGIN = "plugin"
    """Our plugin may be installed there."""
    BLOCKLIST = "blocklist"
    """A blocklist of the user's may be replaced."""
    SERVER = "server"
    """PeerWarden's own server must be reached from there."""
    EXPORT = "export"
    """The bans can be handed to a firewall."""


BUTTONS: Final[Mapping[Remedy, str]] = {
    Remedy.SETTINGS: N_("Settings"),
    Remedy.TRUST: N_("Look at the certificate"),
    Remedy.PLUGIN: N_("Install the plugin"),
    Remedy.BLOCKLIST: N_("Replace the blocklist"),
    Remedy.SERVER: N_("Server settings"),
    Remedy.EXPORT: N_("Export the bans"),
}
"""What the button says; a message id."""


ASKS: Final[Mapping[str, Remedy]] = {
    "deluge-no-plugin": Remedy.PLUGIN,
    "deluge-blocklist-taken": Remedy.PLUGIN,
    "deluge-blocklist-unserved": Remedy.PLUGIN,
    "deluge-blocklist-unfetched": Remedy.PLUGIN,
    "deluge-blocklist-only": Remedy.PLUGIN,
    "deluge-adapter-only": Remedy.PLUGIN,
    "deluge-adapter-with-blocklist": Remedy.PLUGIN,
    "blocklist-in-the-way": Remedy.BLOCKLIST,
    "blocklist-not-fetched": Remedy.SERVER,
    "blocklist-out-of-reach": Remedy.SERVER,
    "aria2-is-next": Remedy.SETTINGS,
}
"""Message ids of adapters that ask for something of their own, or that are advice to follow, and for what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A question, and the settings that a yes means."""

    title: str
    words: str
    yes: str
    settings: DownloaderSettings
    fingerprint: str = ""


def remedy_for(
    problem: AppError | None, advice: Text | None, settings: DownloaderSettings
) -> Remedy | None:
    """What helps with `problem`, or, where all is well so far, with what `advice` is about."""
    match problem:
        case UntrustedCertificate():
            return Remedy.TRUST
        case NeedsAction():
            return _asked_for(problem.text, settings) or Remedy.SETTINGS
        case AccessDenied():
            return Remedy.SETTINGS
    return None if advice is None else _asked_for(advice, settings)


def consent_for(remedy: Remedy, state: DownloaderState) -> Consent | None:
    """What to ask the user before `remedy` is applied; None where nothing is to be asked any more."""
    settings, problem = state.settings, state.problem
    name = plain(settings.name)
    match remedy:
        case Remedy.TRUST if isinstance(problem, UntrustedCertificate):
            return Consent(
                title=_("Trust the certificate of {name}?").format(name=name),
                words=sentences((certificate_words(problem), compare_words())),
                yes=_("Trust this certificate"),
                settings=replace(settings, trusted_certificate=problem.fingerprint),
                fingerprint=problem.fingerprint,
            )
        case Remedy.PLUGIN:
            return Consent(
                title=_("Install PeerWarden's plugin in {name}?").format(name=name),
                words=_(
                    "The plugin tells peer IDs and exact byte counts, and bans IPv6 and networks"
                    " too. It does nothing else; you can remove it in Deluge's preferences."
                ),
                yes=_("Install the plugin"),
                settings=replace(settings, allow_plugin=True),
            )
        case Remedy.BLOCKLIST:
            return Consent(
                title=_("Replace the blocklist of {name}?").format(name=name),
                words=_(
                    "There is room for one list only. PeerWarden's takes the place of the one that"
                    " is set there, which comes back once no ban is left."
                ),
                yes=_("Replace it"),
                settings=replace(settings, replace_blocklist=True),
            )
    return None


def _asked_for(text: Text, settings: DownloaderSettings) -> Remedy | None:
    """What `text` asks for; None where it is a consent that was given already."""
    remedy = ASKS.get(text.id)
    given = {Remedy.PLUGIN: settings.allow_plugin, Remedy.BLOCKLIST: settings.replace_blocklist}
    return None if remedy is None or given.get(remedy) else remedy
