"""Peers, torrents and decisions as JSON with PBH's field names, in both directions (reference/webapi.md 2.2 to 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from app.domain.address import (
    Endpoint,
    InvalidAddress,
    PeerAddress,
    Translation,
    parse_ip,
    translate,
)
from app.domain.decision import Decision
from app.domain.errors import Refused
from app.domain.flags import parse_flags, show_flags
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.sighting import Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import Verdict
from app.locale.texts import say
from app.services.replay import Found, Recorded, Summary

T = TypeVar("T")

_PASSED: Final = Text("pass")
_LAST_MOMENT: Final = 2**53


class WireAddress(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where a peer is; `ip` is the address after translation, or a block for a ban by hand.

    Here as below, members that are missing or null are unknown, and unknown members are ignored.
    """

    downloader_raw_ip: str | None = None
    downloader_raw_port: int | None = None
    teredo_client_ip: str | None = None
    teredo_client_udp_port: int | None = 0
    natted_client_ip: str | None = None
    natted_client_port: int | None = 0
    ip: str | None = None
    port: int | None = None
    nat_translated: bool | None = False
    teredo_translated: bool | None = False


class WirePeer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A peer; bytes, bytes per second, -1 for unknown counters, progress from 0.0 to 1.0."""

    address: WireAddress
    raw_ip: str | None = None
    id: str | None = None
    client_name: str | None = None
    downloaded: int | None = -1
    download_speed: int | None = None
    uploaded: int | None = -1
    upload_speed: int | None = None
    progress: float | None = 0.0
    flags: str | None = None


class WireTorrent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A torrent as it is now; bytes, bytes per second, progress from 0.0 to 1.0."""

    id: str | None = None
    size: int | None = 0
    completed_size: int | None = -1
    name: str | None = None
    hash: str | None = None
    private_torrent: bool | None = False
    progress: float | None = 0.0
    rt_upload_speed: int | None = 0
    rt_download_speed: int | None = 0


class WireVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a trace, with its texts in the language in force."""

    rule: str
    mode: str
    action: str
    data: dict[str, Any]
    reason: str
    saw: str | None
    allows: str | None
    margin: float | None


class WireDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with its trace; `rule` is null when no rule wanted anything."""

    action: str
    rule: str | None
    reason: str
    duration_ms: int
    trace: list[WireVerdict]


class _CheckLine(msgspec.Struct, frozen=True, kw_only=True):
    torrent: WireTorrent = WireTorrent()
    peer: WirePeer
    downloader: str | None = None


class _SimulateLine(msgspec.Struct, frozen=True, kw_only=True):
    at: int
    downloader: str | None = None
    torrent: WireTorrent = WireTorrent()
    peers: list[WirePeer]


class WireFound(WireDecision, frozen=True, kw_only=True):
    """A decision of a replay, with what it is about."""

    at: int
    downloader: str
    torrent: WireTorrent
    peer: WirePeer


class _Counts(msgspec.Struct, frozen=True, kw_only=True):
    snapshots: int
    peers: int
    would_ban: dict[str, int]


class WireSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The last line of a replay."""

    summary: _Counts


def peer_to_wire(peer: Peer) -> WirePeer:
    """A peer with every member filled."""
    address = peer.address
    raw, effective = address.raw, address.effective
    teredo = effective if address.teredo_translated else None
    natted = effective if address.nat_translated else None
    return WirePeer(
        address=WireAddress(
            downloader_raw_ip=str(raw.ip),
            downloader_raw_port=raw.port,
            teredo_client_ip=str(teredo.ip) if teredo else None,
            teredo_client_udp_port=teredo.port if teredo else 0,
            natted_client_ip=str(natted.ip) if natted else None,
            natted_client_port=natted.port if natted else 0,
            ip=str(effective.ip),
            port=effective.port,
            nat_translated=address.nat_translated,
            teredo_translated=address.teredo_translated,
        ),
        raw_ip=str(raw.ip),
        id=peer.peer_id,
        client_name=peer.client_name,
        downloaded=peer.downloaded,
        download_speed=peer.download_rate,
        uploaded=peer.uploaded,
        upload_speed=peer.upload_rate,
        progress=peer.progress,
        flags=None if peer.flags is None else show_flags(peer.flags),
    )


def torrent_to_wire(torrent: Torrent) -> WireTorrent:
    """A torrent with every member filled."""
    return WireTorrent(
        id=torrent.id,
        size=torrent.size,
        completed_size=torrent.completed_size,
        name=torrent.name,
        hash=torrent.hash,
        private_torrent=torrent.private,
        progress=torrent.progress,
        rt_upload_speed=torrent.upload_rate,
        rt_download_speed=torrent.download_rate,
    )


def verdict_to_wire(verdict: Verdict) -> WireVerdict:
    """One line of a trace."""
    return WireVerdict(
        rule=verdict.rule,
        mode=verdict.mode.value,
        action=verdict.action.name,
        data=_plain(verdict.data),
        reason=say(verdict.reason),
        saw=None if verdict.saw is None else say(verdict.saw),
        allows=None if verdict.allows is None else say(verdict.allows),
        margin=verdict.margin,
    )


def shape_decision(decision: Decision) -> WireDecision:
    """A decision with its trace."""
    deciding = decision.deciding
    return WireDecision(
        action=decision.action.name,
        rule=None if deciding is None else deciding.rule,
        reason=say(_PASSED if deciding is None else deciding.reason),
        duration_ms=decision.duration,
        trace=[verdict_to_wire(verdict) for verdict in decision.trace],
    )


def decision_to_wire(decision: Decision) -> dict[str, Any]:
    """The same as plain values, as `check` prints it."""
    plain: dict[str, Any] = msgspec.to_builtins(shape_decision(decision))
    return plain


def peer_from_wire(wire: WirePeer, translation: Translation | None = None) -> Peer:
    """A peer; raises Refused when an address or port is none.

    With only one of the two addresses given, the other follows from it by `translation`.
    """
    speeds = [speed for speed in (wire.upload_speed, wire.download_speed) if speed is not None]
    return Peer(
        address=_address(wire, translation or Translation()),
        peer_id=wire.id,
        client_name=wire.client_name,
        progress=_or(wire.progress, 0.0),
        uploaded=_or(wire.uploaded, -1),
        downloaded=_or(wire.downloaded, -1),
        upload_rate=_or(wire.upload_speed, 0),
        download_rate=_or(wire.download_speed, 0),
        flags=None if wire.flags is None else parse_flags(wire.flags),
        # The JSON does not tell, so as with most clients: nothing moves (reference/rules.md 1.7).
        handshaking=bool(speeds) and max(speeds) <= 0,
    )


def torrent_from_wire(wire: WireTorrent) -> Torrent:
    """A torrent; one of `id` and `hash` stands for the other."""
    return Torrent(
        id=wire.id or wire.hash or "",
        hash=wire.hash or wire.id or "",
        name=wire.name or "",
        size=_or(wire.size, 0),
        completed_size=_or(wire.completed_size, -1),
        progress=_or(wire.progress, 0.0),
        upload_rate=_or(wire.rt_upload_speed, 0),
        download_rate=_or(wire.rt_download_speed, 0),
        private=bool(wire.private_torrent),
    )


def read_check_line(
    line: str | bytes, translation: Translation | None = None, at: int = 0
) -> Sighting:
    """A line `{"torrent": {…}, "peer": {…}, "downloader": "id"}`; raises Refused saying what is wrong and where."""
    read = _decoded(line, _CheckLine)
    return Sighting(
        at=at,
        downloader=read.downloader or "",
        torrent=torrent_from_wire(read.torrent),
        peer=peer_from_wire(read.peer, translation),
    )


def read_simulate_line(line: str | bytes, translation: Translation | None = None) -> Recorded:
    """A line `{"at": ms, "downloader": "id", "torrent": {…}, "peers": [{…}]}`; raises Refused as above."""
    read = _decoded(line, _SimulateLine)
    if not 0 <= read.at <= _LAST_MOMENT:
        raise Refused(Text("number-bad", {"name": "at", "given": str(read.at)}))
    return Recorded(
        at=read.at,
        downloader=read.downloader or "",
        torrent=torrent_from_wire(read.torrent),
        peers=tuple(peer_from_wire(peer, translation) for peer in read.peers),
    )


def found_to_wire(found: Found) -> WireFound:
    """One decision of a replay."""
    shaped = shape_decision(found.decision)
    return WireFound(
        **{name: getattr(shaped, name) for name in WireDecision.__struct_fields__},
        at=found.at,
        downloader=found.downloader,
        torrent=torrent_to_wire(found.judged.torrent),
        peer=peer_to_wire(found.judged.peer),
    )


def summary_to_wire(summary: Summary) -> WireSummary:
    """What a replay came to."""
    counts = _Counts(
        snapshots=summary.snapshots, peers=summary.peers, would_ban=dict(summary.would_ban)
    )
    return WireSummary(summary=counts)


def _decoded(line: str | bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(line, type=shape, strict=False)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Refused(Text("json-unreadable", {"why": str(error)})) from None
    except RecursionError:
        raise Refused(Text("json-unreadable", {"why": Text("settings-too-deep")})) from None


def _address(wire: WirePeer, translation: Translation) -> PeerAddress:
    address = wire.address
    raw_text = address.downloader_raw_ip or wire.raw_ip
    raw_port = address.downloader_raw_port or address.port
    if not raw_text:
        if not address.ip:
            raise Refused(Text("wire-no-address", {"where": "peer.address.ip"}))
        known = _endpoint(address.ip, address.port or raw_port, "peer.address.ip")
        return translate(known, translation)
    raw = _endpoint(raw_text, raw_port, "peer.address.downloaderRawIp")
    if not address.ip:
        return translate(raw, translation)
    return PeerAddress(
        raw=raw,
        effective=_endpoint(address.ip, address.port, "peer.address.ip"),
        nat_translated=bool(address.nat_translated),
        teredo_translated=bool(address.teredo_translated),
    )


def _endpoint(ip: str, port: int | None, where: str) -> Endpoint:
    try:
        return Endpoint(parse_ip(ip), port or 0)
    except InvalidAddress as error:
        raise Refused(Text("wire-bad-address", {"where": where, "given": error.text})) from None


def _or(value: Any, unknown: Any) -> Any:  # noqa: ANN401 - the type of either
    return unknown if value is None else value


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(part) if isinstance(part, Mapping) else part for key, part in value.items()}
