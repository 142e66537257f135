"""A downloader's health in words: what is, since when, what happens next."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import AppError
from app.domain.reason import Text
from app.locale import _, ngettext
from app.locale.texts import say
from app.services.downloader_state import DownloaderState, Status
from app.services.errors import (
    AccessDenied,
    NeedsAction,
    ProtocolMismatch,
    StorageError,
    Unreachable,
    UntrustedCertificate,
)
from app.services.ports import Connection
from app.settings.downloader_kind import ARIA2
from app.ui.downloaders.certificate import certificate_words
from app.ui.downloaders.remedy import Remedy, remedy_for
from app.ui.format import ago, clock, count, left, seconds, sentences, span
from app.ui.widgets import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a card says in its second line."""

    icon: str
    color: str
    """Token of the icon's colour."""
    title: str
    words: str
    tone: Tone | None = None
    """The ground of the line; None when it asks for no attention."""
    remedy: Remedy | None = None
    """What one click does about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What health depends on beside the downloader's own state."""

    now: int
    """Epoch milliseconds."""
    paused: bool = False
    """Whether all downloaders are paused."""
    resume_at: int | None = None


def health(state: DownloaderState, watching: Watching) -> Health:
    """The line for `state`."""
    match state.status:
        case Status.PAUSED:
            return Health(
                icon="pause", color="muted", title=_("Paused"), words=_paused(state, watching)
            )
        case Status.UNKNOWN:
            return Health(
                icon="plug", color="muted", title=_("Connecting"), words=_("The first sweep runs.")
            )
        case Status.HEALTHY:
            return _swept(state, watching)
        case _:
            return _troubled(state, watching)


def _paused(state: DownloaderState, watching: Watching) -> str:
    if not state.settings.paused and watching.resume_at is not None:
        return _("By you until {time}. Its bans stay.").format(time=clock(watching.resume_at))
    return _("By you, until you resume. Its bans stay.")


def _swept(state: DownloaderState, watching: Watching) -> Health:
    took = state.timings.total * 1000 if state.timings is not None else 0
    connection = state.connection
    if connection is not None and state.watch_only:
        return _watched_only(state, connection)
    bans, advice = _bans(state), "" if state.advice is None else say(state.advice)
    remedy = remedy_for(None, state.advice, state.settings)
    if state.slow_period is not None:
        words = _("Sweeps take {took}; asked every {period} until it is faster. {bans}")
        words = words.format(took=seconds(took, 1), period=span(_ms(state.slow_period)), bans=bans)
        return Health(
            icon="gauge",
            color="warn",
            title=_("Slow"),
            words=sentences((words, advice)),
            tone=Tone.WARN,
            remedy=remedy,
        )
    words = _("Swept {ago} in {took}. {bans}")
    words = words.format(ago=ago(state.swept_at, watching.now), took=seconds(took), bans=bans)
    return Health(
        icon="circle-check",
        color="good",
        title=_("Healthy"),
        words=sentences((words, advice)),
        remedy=remedy,
    )


def _watched_only(state: DownloaderState, connection: Connection) -> Health:
    name = _("Stock aria2") if state.settings.type == ARIA2 else connection.product
    words = _("{name} cannot ban. Peers are judged and counted; export the bans to your firewall.")
    words = words.format(name=name)
    remedy = remedy_for(None, state.advice, state.settings)
    if remedy is not None and state.advice is not None:
        words = say(state.advice)  # it could ban, which is better than any export
    return Health(
        icon="eye",
        color="shadow",
        title=_("Watched only"),
        words=words,
        tone=Tone.SHADOW,
        remedy=remedy or Remedy.EXPORT,
    )


def _bans(state: DownloaderState) -> str:
    if not state.bans_possible:
        return _("There is no ban that it should hold.")
    waiting = state.bans_possible - state.bans_confirmed
    if waiting <= 0:
        return _("All bans confirmed.")
    words = ngettext(
        "{waiting} ban is not confirmed yet.", "{waiting} bans are not confirmed yet.", waiting
    )
    return words.format(waiting=count(waiting))


def _troubled(state: DownloaderState, watching: Watching) -> Health:
    error = state.problem
    problem = _sentence(error)
    for_so_long = span(watching.now - state.since)
    remedy = remedy_for(error, None, state.settings)
    if isinstance(error, AccessDenied):
        return Health(
            icon="key-round",
            color="bad",
            title=_("Denied"),
            words=problem,
            tone=Tone.BAD,
            remedy=remedy,
        )
    if isinstance(error, NeedsAction):
        is_certificate = isinstance(error, UntrustedCertificate)
        return Health(
            icon="shield-alert" if is_certificate else "circle-help",
            color="warn",
            title=_("Certificate not trusted") if is_certificate else _("Needs you"),
            words=sentences((problem, _next(state, watching))),
            tone=Tone.WARN,
            remedy=remedy,
        )
    words = sentences(
        (
            _("For {span}: {problem}").format(span=for_so_long, problem=problem),
            "" if state.rhythm is None else say(state.rhythm),
            _next(state, watching),
            _("Nothing is lost: its bans wait and go out first."),
        )
    )
    return Health(icon="plug-zap", color="warn", title=_title(error), words=words, tone=Tone.WARN)


def _title(error: AppError | None) -> str:
    match error:
        case Unreachable():
            return _("Does not answer")
        case ProtocolMismatch():
            return _("Answers oddly")
        case StorageError():
            return _("Cannot be stored")
        case _:
            return _("Trouble")


def _sentence(error: AppError | None) -> str:
    """What is wrong, with a full stop; where the title says half of it, only the other half."""
    if error is None:
        return ""
    if isinstance(error, UntrustedCertificate):
        return certificate_words(error)
    words = say(error.text)
    detail = error.text.params.get("detail")
    if isinstance(error, Unreachable | ProtocolMismatch) and detail is not None:
        words = say(detail) if isinstance(detail, Text) else str(detail)
    return sentences((words,))


def _ms(period: float) -> int:
    return round(period * 1000)


def _next(state: DownloaderState, watching: Watching) -> str:
    if state.retry_at is None:
        return ""
    if state.retry_at <= watching.now:
        return _("It is being asked again.")
    return _("Next try in {span}.").format(span=left(state.retry_at, watching.now))
