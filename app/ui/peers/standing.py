"""What the Peers page says about the downloaders behind it: trouble, and why nobody is to be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.locale import _, ngettext
from app.locale.texts import say
from app.services.core import Core
from app.services.downloader_state import DownloaderState, Status
from app.ui.desk import Desk
from app.ui.format import clock, count, sentences, span
from app.ui.page import Remark
from app.ui.widgets import Tone


def trouble(desk: Desk, peers_of: Callable[[str], int]) -> Remark | None:
    """The line above a live table: paused, or which downloader does not answer and how old its rows are."""
    downloaders, actions = desk.core.downloaders, desk.actions
    if downloaders.paused:
        words = _("Paused. What you see is old; nobody is judged, and bans stay.")
        return Remark(Tone.WARN, "pause", words, ((_("Resume"), actions.resume),))
    failed = [
        s for s in downloaders.states() if s.status in (Status.ERROR, Status.NEED_TAKE_ACTION)
    ]
    if not failed:
        return None
    worst = failed[0].settings.id
    return Remark(
        Tone.WARN,
        "triangle-alert",
        _trouble_words(failed, peers_of(worst), desk.core.clock()),
        (
            (_("Try now"), lambda: actions.sweep_now(worst)),
            (_("Details"), lambda: desk.navigate("downloaders", "")),
        ),
    )


def _trouble_words(failed: Sequence[DownloaderState], peers: int, now: int) -> str:
    state = failed[0]
    name, since = state.settings.name, span(now - state.since)
    reason = "" if state.problem is None else say(state.problem.text)
    said = [_("{name}, for {since}: {reason}").format(name=name, since=since, reason=reason)]
    if peers and state.swept_at is not None:
        said.append(
            ngettext(
                "Its {count} peer below is as of {time}; bans wait and go out first.",
                "Its {count} peers below are as of {time}; bans wait and go out first.",
                peers,
            ).format(count=count(peers), time=clock(state.swept_at))
        )
    more = len(failed) - 1
    if more:
        said.append(
            ngettext(
                "{count} more downloader has trouble.",
                "{count} more downloaders have trouble.",
                more,
            ).format(count=more)
        )
    return sentences(said)


def nobody_words(core: Core) -> tuple[str, str, str]:
    """Icon, title and sentence for a page without any peer."""
    states = core.downloaders.states()
    watched = [state for state in states if state.status is Status.HEALTHY]
    if not states:
        return (
            "plug",
            _("No downloader yet"),
            _("Add the BitTorrent client that PeerWarden shall watch, and its peers appear here."),
        )
    if watched:
        return ("users", _("No peers at the moment"), _watched_words(core, watched))
    if any(state.status is Status.UNKNOWN for state in states):
        return ("radar", _("First sweep runs"), _("Peers appear when it is done."))
    if all(state.status is Status.PAUSED for state in states):
        return ("pause", _("Paused"), _("Nobody is watched until you resume. Bans stay."))
    return (
        "plug-zap",
        _("No downloader answers"),
        _("The page Downloaders says why, and when each is tried again."),
    )


def _watched_words(core: Core, watched: Sequence[DownloaderState]) -> str:
    return ngettext(
        "{count} downloader is watched and has {torrents} torrents, but nobody is connected to"
        " them. Peers appear here within {interval} of their first connection.",
        "{count} downloaders are watched and have {torrents} torrents, but nobody is connected to"
        " them. Peers appear here within {interval} of their first connection.",
        len(watched),
    ).format(
        count=len(watched),
        torrents=count(sum(state.torrents for state in watched)),
        interval=span(core.settings.profile.check_interval),
    )
