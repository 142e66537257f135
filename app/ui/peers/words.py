"""A peer in sentences: its flags, its connection, and the evidence that one copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.domain.address import show
from app.domain.ban import Ban
from app.domain.flags import PeerFlags, show_flags
from app.domain.peer import Peer
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Verdict
from app.locale import N_, _
from app.locale.texts import say
from app.services.events import JudgedPeer
from app.ui.delegates import Mark, mark_word
from app.ui.format import iso, listed, percent, roughly, size
from app.ui.trace_view import TraceLine, trace_lines

_F = PeerFlags
_MEANINGS: Final = {
    "d": N_("We want from it, but it does not let us"),
    "D": N_("It sends to us"),
    "u": N_("It wants from us, but we do not let it"),
    "U": N_("We send to it"),
    "K": N_("It would let us, but we want nothing"),
    "?": N_("We would let it, but it wants nothing"),
    "O": N_("We try it out (optimistic unchoke)"),
    "S": N_("It has sent nothing for a while (snubbed)"),
    "I": N_("It came to us"),
    "H": N_("Found by DHT"),
    "X": N_("Found by peer exchange"),
    "L": N_("Found on the local network"),
    "E": N_("All traffic is encrypted"),
    "e": N_("The handshake was encrypted"),
    "P": N_("Connected by µTP"),
}
_SOURCES: Final = (
    (_F.FROM_DHT, N_("by DHT")),
    (_F.FROM_PEX, N_("by peer exchange")),
    (_F.FROM_LSD, N_("from the local network")),
    (_F.FROM_TRACKER, N_("by the tracker")),
)


def flag_words(flags: PeerFlags | None) -> str:
    """One line for each letter; empty when the downloader says nothing."""
    letters = show_flags(flags).split() if flags is not None else []
    return "\n".join(
        f"{letter}  {_(_MEANINGS[letter])}" for letter in letters if letter in _MEANINGS
    )


def connection_words(peer: Peer) -> str:
    """`µTP, encrypted, by peer exchange, came to us`; a dash when the downloader does not say."""
    flags = peer.flags
    if flags is None:
        return _("not told by the downloader")
    parts = [_("µTP") if _F.UTP_SOCKET in flags else _("TCP")]
    if _F.RC4_ENCRYPTED in flags:
        parts.append(_("encrypted"))
    elif _F.PLAIN_TEXT_ENCRYPTED in flags:
        parts.append(_("handshake encrypted"))
    parts += [_(words) for flag, words in _SOURCES if flag in flags]
    parts.append(_("opened by us") if _F.LOCAL_CONNECTION in flags else _("came to us"))
    return listed(parts)


def known(count: int) -> int | None:
    """A size or rate as formatters want it: -1 is how domain values say unknown."""
    return None if count < 0 else count


def sent_words(peer: Peer) -> str:
    """What it has from us on this torrent; an estimate where the downloader does not count."""
    return roughly(size(known(peer.uploaded)), estimated=peer.estimated)


def received_words(peer: Peer) -> str:
    """What we have from it on this torrent, likewise."""
    return roughly(size(known(peer.downloaded)), estimated=peer.estimated)


def client_words(peer: Peer) -> str:
    """The client's name, or that it is not known yet."""
    if peer.client_name:
        return peer.client_name
    return _("not yet known") if peer.handshaking else _("no name")


def headline(judged: JudgedPeer, ban: Ban | None, mark: Mark) -> str:
    """The reason in one sentence."""
    decision = judged.decision
    if decision.action is Action.BAN_FOR_DISCONNECT and decision.deciding is not None:
        return _("Disconnected for a moment: {reason}").format(reason=say(decision.deciding.reason))
    if mark is Mark.BANNED and ban is not None and not decision.bans:
        return say(ban.verdict.reason)
    if decision.deciding is not None:
        return say(decision.deciding.reason)
    if decision.shadow is not None:
        return _("In shadow: {reason}").format(reason=say(decision.shadow.reason))
    if mark is Mark.HANDSHAKE:
        return _("The handshake runs; it is judged when its name is known")
    return _("Passed all rules")


def evidence(
    peer: Peer, torrent: Torrent, trace: Sequence[Verdict], *, reason: str, mark: str
) -> str:
    """What one can hand to somebody else: the peer, the torrent and all answers. Times are UTC."""
    lines = [
        f"{mark}: {reason}",
        _("Address: {address}").format(address=peer.address.effective),
    ]
    if peer.address.raw != peer.address.effective:
        lines.append(_("As the downloader sees it: {address}").format(address=peer.address.raw))
    lines += [
        _("Client: {client}").format(client=client_words(peer)),
        _("Peer ID: {id}").format(id=peer.peer_id or "–"),
        _("Connection: {words}").format(words=connection_words(peer)),
        _("Claims: {progress}").format(progress=percent(peer.progress)),
        _("Sent to it: {size}").format(size=sent_words(peer)),
        _("Received from it: {size}").format(size=received_words(peer)),
        _("Torrent: {name} ({hash}), {size}").format(
            name=torrent.name, hash=torrent.hash, size=size(torrent.size)
        ),
        _("Why:"),
    ]
    lines += [_answer(line) for line in trace_lines(trace, peer)]
    return "\n".join(lines)


def _answer(line: TraceLine) -> str:
    measured = " / ".join(filter(None, (line.saw, line.allows)))
    told = " → ".join(filter(None, (measured, line.answer)))
    return f"  {line.rule}: {told} ({line.reason})"


def peer_evidence(judged: JudgedPeer, ban: Ban | None, mark: Mark) -> str:
    """The evidence about a live peer."""
    text = evidence(
        judged.peer,
        judged.torrent,
        judged.decision.trace,
        reason=headline(judged, ban, mark),
        mark=mark_word(mark),
    )
    if ban is not None:
        text += "\n" + _("Banned: {prefix} from {since} until {until}").format(
            prefix=show(ban.prefix),
            since=iso(ban.since),
            until=_("for ever") if ban.endless else iso(ban.until),
        )
    return text
