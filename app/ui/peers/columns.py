"""The columns of the Peers table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from app.domain.address import show
from app.domain.ban import Ban
from app.domain.flags import PeerFlags, show_flags
from app.locale import N_, _
from app.locale.texts import rule_title
from app.services.core import Core
from app.services.events import JudgedPeer
from app.ui.columns import RIGHT, Column
from app.ui.delegates import Kind, Mark, Trail, mark_word
from app.ui.format import NOTHING, left, moment, percent, rate, ratio, roughly, span
from app.ui.peers.address import address_text
from app.ui.peers.mark import RANKS, mark_of
from app.ui.peers.trails import Trails
from app.ui.peers.words import (
    client_words,
    flag_words,
    headline,
    received_words,
    sent_words,
)

SINCE: Final = "connected"
TRAIL: Final = "trail"
VERDICT: Final = "verdict"
UPLOADED: Final = "uploaded"

_UNKNOWN: Final = -1
_ESTIMATE: Final = N_("With ≈ it is estimated from rates: the downloader does not count it")


class PeerView:
    """What the cells need beside the peer: the ban list as it is now, names, the clock, the trails."""

    def __init__(self, core: Core, trails: Trails) -> None:
        self._core = core
        self._trails = trails
        self._names: dict[str, str] = {}
        self.follow_names()

    def follow_names(self) -> None:
        """Downloaders were added, renamed or removed."""
        states = self._core.downloaders.states()
        self._names = {state.settings.id: state.settings.name for state in states}

    def ban(self, judged: JudgedPeer) -> Ban | None:
        """The entry that covers a peer now; the one in `judged` is from its last sweep."""
        found = self._core.ban_list.find(judged.peer.address.ip)
        return None if found is not None and found.disconnect else found

    def mark(self, judged: JudgedPeer) -> Mark:
        """Its chip."""
        return mark_of(judged, self.ban(judged))

    def reason(self, judged: JudgedPeer) -> str:
        """Why, in one sentence."""
        ban = self.ban(judged)
        return headline(judged, ban, mark_of(judged, ban))

    def name(self, downloader: str) -> str:
        """A downloader's name."""
        return self._names.get(downloader, downloader)

    def trail(self, judged: JudgedPeer) -> Trail:
        """What its upload did lately."""
        return self._trails.of(judged.key)

    def now(self) -> int:
        """Epoch milliseconds."""
        return self._core.clock()


def peer_columns(view: PeerView) -> Sequence[Column[JudgedPeer]]:
    """All of them; those that are hidden at first come last."""
    return (*_who(view), *_speeds(view), *_totals(), *_connection(view), *_hidden(view))


def _column(  # noqa: PLR0913 - as Column's own
    key: str,
    title: str,
    width: int,
    text: Callable[[JudgedPeer], str],
    *,
    sort: Callable[[JudgedPeer], object] | None = None,
    shown: bool = True,
    hint: str = "",
) -> Column[JudgedPeer]:
    """A column of words."""
    return Column(key=key, title=title, width=width, text=text, sort=sort, shown=shown, hint=hint)


def _amount(  # noqa: PLR0913 - as Column's own
    key: str,
    title: str,
    width: int,
    text: Callable[[JudgedPeer], str],
    sort: Callable[[JudgedPeer], object],
    *,
    shown: bool = True,
    hint: str = "",
) -> Column[JudgedPeer]:
    """A column of numbers; the first click shows the largest."""
    return Column(
        key=key,
        title=title,
        width=width,
        text=text,
        sort=sort,
        align=RIGHT,
        falling=True,
        shown=shown,
        hint=hint,
    )


def _who(view: PeerView) -> Sequence[Column[JudgedPeer]]:
    return (
        Column(
            key=VERDICT,
            title=N_("Verdict"),
            width=116,
            kind=Kind.VERDICT,
            text=lambda j: mark_word(view.mark(j)),
            value=view.mark,
            sort=lambda j: RANKS[mark_of(j, j.ban)],
            tip=view.reason,
        ),
        Column(
            key="address",
            title=N_("Address"),
            width=172,
            kind=Kind.FLAG,
            text=lambda j: address_text(j.peer.address.ip),
            value=lambda j: j.peer.country,
            sort=lambda j: (j.peer.address.ip.version, int(j.peer.address.ip)),
            tip=_address_tip,
            spoken=_spoken_address,
        ),
        Column(
            key="port",
            title=N_("Port"),
            width=66,
            align=RIGHT,
            text=lambda j: str(j.peer.address.effective.port or NOTHING),
            sort=lambda j: j.peer.address.effective.port,
        ),
        _column("client", N_("Client"), 136, lambda j: client_words(j.peer)),
        Column(
            key="progress",
            title=N_("Progress"),
            width=128,
            falling=True,
            kind=Kind.PROGRESS,
            text=lambda j: percent(j.peer.progress),
            value=lambda j: (j.peer.progress, taken(j)),
            sort=lambda j: j.peer.progress,
            tip=_progress_words,
            spoken=_progress_words,
            hint=N_("The bar is what the peer claims, the tick what it must have from us alone"),
        ),
    )


def _speeds(view: PeerView) -> Sequence[Column[JudgedPeer]]:
    return (
        _amount(
            "up", N_("Up"), 84, lambda j: rate(j.peer.upload_rate), lambda j: j.peer.upload_rate
        ),
        _amount(
            "down",
            N_("Down"),
            84,
            lambda j: rate(j.peer.download_rate),
            lambda j: j.peer.download_rate,
            shown=False,
        ),
        Column(
            key=TRAIL,
            title=N_("2 min"),
            width=76,
            kind=Kind.SPARK,
            text=lambda j: rate(j.peer.upload_rate),
            value=view.trail,
            sort=lambda j: j.peer.upload_rate,
            falling=True,
            hint=N_("What we sent to it in the last 30 sweeps; all rows share one scale"),
        ),
    )


def _totals() -> Sequence[Column[JudgedPeer]]:
    return (
        _amount(
            UPLOADED,
            N_("Uploaded"),
            92,
            lambda j: sent_words(j.peer),
            lambda j: j.peer.uploaded,
            hint=_ESTIMATE,
        ),
        _amount(
            "taken",
            N_("Taken"),
            70,
            lambda j: roughly(ratio(taken(j)), estimated=j.peer.estimated),
            lambda j: _UNKNOWN if (t := taken(j)) is None else t,
            hint=N_("What it has from us, as a multiple of the torrent's size"),
        ),
        _amount(
            "received",
            N_("Received"),
            92,
            lambda j: received_words(j.peer),
            lambda j: j.peer.downloaded,
            hint=_ESTIMATE,
        ),
    )


def _connection(view: PeerView) -> Sequence[Column[JudgedPeer]]:
    return (
        Column(
            key="flags",
            title=N_("Flags"),
            width=84,
            text=lambda j: _letters(j.peer.flags),
            tip=lambda j: flag_words(j.peer.flags),
            spoken=lambda j: flag_words(j.peer.flags).replace("\n", "; "),
        ),
        _column("torrent", N_("Torrent"), 170, lambda j: j.torrent.name),
        _column("downloader", N_("Downloader"), 90, lambda j: view.name(j.key.downloader)),
        _amount(
            SINCE,
            N_("Connected"),
            90,
            lambda j: span(view.now() - j.first_seen),
            lambda j: -j.first_seen,
            hint=N_("Since PeerWarden first saw it there"),
        ),
    )


def _hidden(view: PeerView) -> Sequence[Column[JudgedPeer]]:
    def kept_until(judged: JudgedPeer) -> str:
        ban = view.ban(judged)
        if ban is None:
            return NOTHING
        return left(None, 0) if ban.endless else moment(ban.until, view.now())

    return (
        _column("country", N_("Country"), 80, lambda j: j.peer.country.upper(), shown=False),
        _column("peer-id", N_("Peer ID"), 120, lambda j: j.peer.peer_id or NOTHING, shown=False),
        _column("rule", N_("Rule that decided"), 130, _rule, shown=False),
        Column(
            key="until",
            title=N_("Kept until"),
            width=130,
            text=kept_until,
            sort=lambda j: None if (ban := _shown_ban(j)) is None else ban.until,
            shown=False,
        ),
        Column(
            key="seen",
            title=N_("Seen first"),
            width=130,
            text=lambda j: moment(j.first_seen, view.now()),
            sort=lambda j: j.first_seen,
            falling=True,
            shown=False,
        ),
    )


def taken(judged: JudgedPeer) -> float | None:
    """What it has from us as a multiple of the torrent; None when the downloader does not say."""
    sent, whole = judged.peer.uploaded, judged.torrent.size
    return sent / whole if sent >= 0 and whole > 0 else None


@lru_cache(maxsize=1024)
def _letters(flags: PeerFlags | None) -> str:
    return show_flags(flags) if flags is not None else NOTHING


def _rule(judged: JudgedPeer) -> str:
    if judged.decision.deciding is not None:
        return rule_title(judged.decision.deciding.rule)
    ban = _shown_ban(judged)
    return rule_title(ban.rule) if ban is not None else NOTHING


def _shown_ban(judged: JudgedPeer) -> Ban | None:
    """The entry that covered it at its last sweep, technical ones left out."""
    return None if judged.ban is None or judged.ban.disconnect else judged.ban


def _address_tip(judged: JudgedPeer) -> str:
    address = judged.peer.address
    lines = [str(address.effective)]
    if address.raw != address.effective:
        lines.append(_("As the downloader sees it: {address}").format(address=address.raw))
    if judged.peer.country:
        lines.append(_("Country: {code}").format(code=judged.peer.country.upper()))
    ban = _shown_ban(judged)
    if ban is not None:
        lines.append(_("Banned as {prefix}").format(prefix=show(ban.prefix)))
    return "\n".join(lines)


def _spoken_address(judged: JudgedPeer) -> str:
    country = judged.peer.country.upper()
    text = address_text(judged.peer.address.ip)
    return f"{text}, {country}" if country else text


def _progress_words(judged: JudgedPeer) -> str:
    claims = percent(judged.peer.progress)
    share = taken(judged)
    if share is None:
        return _("Claims {progress}").format(progress=claims)
    words = _("Claims {progress}, had at least {share} from us")
    if judged.peer.estimated:
        words = _("Claims {progress}, had about {share} from us (estimated)")
    return words.format(progress=claims, share=percent(min(share, 1.0)))
