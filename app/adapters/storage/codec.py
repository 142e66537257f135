"""Bans to JSON and back, for the columns called `payload`.

Equal parts of many bans (a torrent, the answer of a rule) are encoded once and, when read, are one object: a list of
50,000 bans would otherwise fill the memory with copies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct
from msgspec.json import Decoder, Encoder

from app.adapters.storage import shapes
from app.adapters.storage.columns import UnreadableRow, clean, ip_of, ip_text, text_of
from app.domain.address import IPAddress, Prefix, parse_prefix, single
from app.domain.ban import Ban, Source
from app.domain.peer import Peer
from app.domain.reason import Text

V = TypeVar("V")
S = TypeVar("S", bound=Struct)


class _Evidence(Struct, omit_defaults=True):
    """All of a ban that has no column of its own; see shapes.py for how it may change."""

    trace: list[Raw] = []
    decided: int = -1
    """Which of `trace` decided; -1 when it is `verdict`."""
    verdict: Raw = Raw()
    """Empty when it stands in `trace`, as are the parts below when there is none."""
    disconnect: bool = False
    raw: str | None = None
    downloader: Raw = Raw()
    torrent: Raw = Raw()
    peer: shapes.PeerShape | None = None


class BanEncoder:
    """Encodes the bans of one batch, which must live as long as it: equal parts are known by identity."""

    def __init__(self) -> None:
        self._parts: dict[int, Raw] = {}

    def payload(self, ban: Ban) -> str:
        """All of `ban` that has no column of its own."""
        known = self._parts.get
        evidence = _Evidence(
            trace=[known(id(v)) or self._part(v, shapes.from_verdict) for v in ban.trace],
            decided=next((i for i, v in enumerate(ban.trace) if v is ban.verdict), -1),
            disconnect=ban.disconnect,
        )
        if evidence.decided < 0:
            evidence.verdict = self._part(ban.verdict, shapes.from_verdict)
        if ban.raw is not None:
            evidence.raw = ip_text(ban.raw)
        if ban.downloader is not None:
            evidence.downloader = self._part(ban.downloader, shapes.from_downloader)
        if ban.torrent is not None:
            evidence.torrent = self._part(ban.torrent, shapes.from_torrent)
        if ban.peer is not None:
            evidence.peer = shapes.from_peer(ban.peer)
        return _encoded(evidence).decode()

    def _part(self, value: V, shape: Callable[[V], Struct]) -> Raw:
        part = self._parts.get(id(value))
        if part is None:
            part = self._parts[id(value)] = Raw(_encoded(shape(value)))
        return part


def encode_text(text: Text) -> str:
    """A text before translation, for a column of its own."""
    return _encoded(text).decode()


def decode_text(column: object) -> Text:
    """The text of such a column that was read as bytes; raises UnreadableRow."""
    try:
        return shapes.to_text(_TEXT.decode(text_of(column)))
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UnreadableRow(str(error)) from error


def _plain(value: object) -> object:
    """What JSON can hold of a value that it does not know; a strange fact must not keep a ban from being stored."""
    return dict(value.items()) if isinstance(value, Mapping) else str(value)


def _encoded(shape: Struct | Text) -> bytes:
    try:
        return _ENCODER.encode(shape)
    except UnicodeEncodeError:
        return _ENCODER.encode(_cleaned(shape))


def _cleaned(value: object) -> object:
    """`value` with sound texts only."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Raw):
        return value
    plain = msgspec.to_builtins(value, builtin_types=(Raw,), enc_hook=_plain)
    if isinstance(plain, dict):
        return {clean(name): _cleaned(item) for name, item in plain.items()}
    if isinstance(plain, list | tuple):
        return [_cleaned(item) for item in plain]
    return plain


_ENCODER: Final = Encoder(enc_hook=_plain)
_EVIDENCE: Final = Decoder(_Evidence)
_TEXT: Final = Decoder(shapes.TextShape)
_VERDICT: Final = Decoder(shapes.VerdictShape[shapes.TextShape])
_TORRENT: Final = Decoder(shapes.TorrentShape)
_DOWNLOADER: Final = Decoder(shapes.DownloaderShape)


class _Parts(Generic[S, V]):
    """Decodes parts, each text of JSON once."""

    def __init__(self, decoder: Decoder[S], value: Callable[[S], V]) -> None:
        self._decoder, self._value = decoder, value
        self._known: dict[bytes, V] = {}

    def read(self, part: Raw) -> V:
        key = bytes(part)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._value(self._decoder.decode(key))
        return known

    def read_any(self, part: Raw) -> V | None:
        return self.read(part) if bytes(part) else None


class BanDecoder:
    """Decodes the rows of one query."""

    def __init__(self) -> None:
        self._verdicts = _Parts(_VERDICT, shapes.to_verdict)
        self._torrents = _Parts(_TORRENT, shapes.to_torrent)
        self._downloaders = _Parts(_DOWNLOADER, shapes.to_downloader)
        self._addresses: dict[str, IPAddress] = {}
        self._strings: dict[str, str] = {}

    def ban(
        self, prefix: object, since: object, until: object, source: object, payload: object
    ) -> Ban:
        """The ban of these columns, of which the texts are read as bytes; raises UnreadableRow."""
        if not (isinstance(since, int) and isinstance(until, int)):
            raise UnreadableRow("its times are no numbers")
        if not isinstance(payload, bytes):
            raise UnreadableRow("it has no evidence")
        try:
            found = _EVIDENCE.decode(payload)
            trace = tuple([self._verdicts.read(part) for part in found.trace])
            own = found.decided < 0
            verdict = self._verdicts.read(found.verdict) if own else trace[found.decided]
            return Ban(
                prefix=self._prefix(text_of(prefix)),
                since=since,
                until=until,
                verdict=verdict,
                trace=trace,
                source=Source(text_of(source)),
                disconnect=found.disconnect,
                raw=None if found.raw is None else self._address(found.raw),
                downloader=self._downloaders.read_any(found.downloader),
                torrent=self._torrents.read_any(found.torrent),
                peer=None if found.peer is None else self._peer(found.peer),
            )
        except (msgspec.MsgspecError, ValueError, IndexError, RecursionError) as error:
            raise UnreadableRow(str(error)) from error

    def _prefix(self, text: str) -> Prefix:
        return parse_prefix(text) if "/" in text else single(self._address(text))

    def _address(self, text: str) -> IPAddress:
        known = self._addresses.get(text)
        if known is None:
            known = self._addresses[text] = ip_of(text)
        return known

    def _peer(self, row: shapes.PeerShape) -> Peer:
        for name in ("peer_id", "client_name", "country"):
            text = getattr(row, name)
            if text:
                setattr(row, name, self._strings.setdefault(text, text))
        return shapes.to_peer(row, self._address)
