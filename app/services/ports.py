"""What the core needs from the outside world, and the promises it relies on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol, TypeAlias

from msgspec import Struct

from app.domain.address import Prefix
from app.domain.ban import Ban
from app.domain.capabilities import Capabilities, Source
from app.domain.peer_exception import PeerException
from app.domain.reason import Text
from app.domain.snapshot import Snapshot
from app.domain.torrent import Torrent
from app.settings.config import Config
from app.settings.downloader import DownloaderSettings
from app.settings.profile import Profile


class Connection(Struct, frozen=True, kw_only=True):
    """A session with a downloader."""

    product: str
    """What answers, as users call it: `qBittorrent`, `Vuze`."""
    version: str
    capabilities: Capabilities
    advice: Text | None = None
    """One sentence: what works less well than it could, and what the user can do about it."""
    session: int
    """Grows with each new log-in or restart noticed; a change means: what it holds is unknown."""

    @property
    def source(self) -> Source:
        """As rules know it."""
        label = f"{self.product} {self.version}".rstrip()
        return Source(label=label, capabilities=self.capabilities)


class Push(Struct, frozen=True, kw_only=True):
    """How to bring a downloader's ban list up to date; all entries are such as its `Capabilities` take."""

    wanted: Collection[Prefix]
    """All entries of ours that it shall hold."""
    added: Collection[Prefix]
    """Those of `wanted` that it is not known to hold."""
    removed: Collection[Prefix]
    """Entries of ours that it may hold and shall not."""
    owned: Collection[Prefix]
    """All entries there that may be ours, until `apply` ends; whatever else stands there is the user's and stays."""
    everything: bool
    """True when what it holds is not known: compare with what stands there."""


class UploadLimits(Struct, frozen=True, kw_only=True):
    """How fast a downloader may send, all torrents together; bytes per second, 0 is without a limit."""

    rate: int
    alternative: int | None = None
    """A second limit that it changes to by schedule or by hand; None where there is none."""


Tiers: TypeAlias = tuple[tuple[str, ...], ...]
"""Announce URLs of a torrent: all of a tier are tried before the next."""


class Downloader(Protocol):
    """A BitTorrent client that we can watch and steer; raises only DownloaderError."""

    async def connect(self) -> Connection:
        """Make sure of a session; cheap while one lives.

        A refused log-in raises AccessDenied each time without asking the server again, until `forget_refusal`.
        """

    async def snapshot(self) -> Snapshot:
        """All torrents and their peers. What did not change is the same object as last time."""

    async def apply(self, push: Push) -> None:
        """Make its ban list hold what is wanted, read back where that is possible; may be repeated.

        Peers that it drops must be asked for again by the next `snapshot`, also on torrents that rest.
        Never called where the capabilities say that it cannot ban.
        """

    async def upload_limits(self) -> UploadLimits:
        """Those in force there."""

    async def limit_upload(self, limits: UploadLimits) -> None:
        """Set them. Where fractions of a step are not possible it takes the next lower one, but never 0 for a limit."""

    async def trackers(self, torrent_id: str) -> Tiers:
        """Those of one torrent, tier by tier; raises NotSupported as the following do."""

    async def replace_trackers(self, torrent_id: str, tiers: Tiers) -> None:
        """Make it announce to `tiers` and to nobody else."""

    async def listen_port(self) -> int:
        """Where it takes connections of peers; 0 when it does not."""

    async def listen_at(self, port: int) -> None:
        """Take them at another one, from now on."""

    def forget_refusal(self) -> None:
        """Allow one more log-in after AccessDenied: the user asked for it."""

    async def close(self) -> None:
        """Log out where that makes sense and give the connections back; never raises."""


OpenDownloader: TypeAlias = Callable[[DownloaderSettings], Downloader]


class HistoryRow(Struct, frozen=True, kw_only=True):
    """One ban as it was decided; `unban_at` is the planned end."""

    id: int
    ban: Ban
    unbanned_at: int | None
    """Epoch milliseconds of an early end, by hand; None otherwise."""
    leaked: int = 0
    """Bytes that went to its peers after it was made, as far as stored by now."""


class BanStore(Protocol):
    """Where the ban list and its history survive; each call is one transaction; raises only StorageError."""

    async def load_bans(self) -> Sequence[Ban]:
        """The whole list. A row that cannot be read is reported in the log and left where it is."""

    async def commit_bans(
        self,
        added: Sequence[Ban],
        removed: Collection[Prefix],
        *,
        undone_at: int | None = None,
        record: bool = True,
    ) -> None:
        """Store changes of the list.

        Those of `added` that are not technical go to the history too, with their torrent, unless `record` is False:
        an entry that was taken back or got another end is no new ban. `undone_at` (epoch ms) marks the newest
        history rows of `removed` as ended early by hand.
        """

    async def history(self, *, offset: int, limit: int) -> tuple[int, Sequence[HistoryRow]]:
        """Number of all rows, and a page of them, newest first."""

    async def forget_history(self, *, before: int) -> int:
        """Delete rows banned before `before` (epoch ms) in small batches; returns how many."""


class ExceptionStore(Protocol):
    """Where the user's own exceptions survive; raises only StorageError."""

    async def load_exceptions(self) -> Sequence[PeerException]: ...

    async def save_exception(self, entry: PeerException) -> None: ...

    async def delete_exception(self, entry_id: str) -> None: ...


class Facts(Protocol):
    """Small facts that survive a restart, by key; raises only StorageError."""

    async def recall(self, key: str) -> str | None: ...

    async def remember(self, key: str, value: str | None) -> None:
        """None forgets it."""


class Shelf(Protocol):
    """Ban lists that downloaders fetch from us over HTTP, as Transmission does; one for each downloader."""

    def url(self, downloader: str, *, near: bool) -> str | None:
        """Where `downloader` finds its list, the same in every run; None while we serve nothing.

        `near`: it runs on this machine; others reach us as `server.prefix` of config.yml says.
        """

    def put(self, downloader: str, body: bytes) -> None:
        """Serve `body` to it from now on."""

    def fetched(self, downloader: str) -> bool:
        """Whether it has fetched the whole of what was put last."""


class DownloaderStore(Protocol):
    """What we know of downloaders across restarts; raises only StorageError."""

    async def owned(self, downloader_id: str) -> Collection[Prefix]:
        """Entries that may be ours in its ban list."""

    async def change_owned(
        self, downloader_id: str, added: Collection[Prefix], removed: Collection[Prefix]
    ) -> None: ...

    async def save_sweep(
        self, downloader_id: str, *, at: int, version: str, torrents: Sequence[Torrent]
    ) -> None:
        """Remember its last state and the torrents that are new or changed in name, size or privacy."""

    async def last_states(self) -> Mapping[str, LastState]:
        """By downloader id, what `save_sweep` stored last."""

    async def forget_downloader(self, downloader_id: str) -> None: ...


class LastState(Struct, frozen=True, kw_only=True):
    """What a downloader was when we last saw it."""

    at: int
    """Epoch milliseconds."""
    version: str
    torrents: int


class Store(BanStore, ExceptionStore, DownloaderStore, Protocol):
    """The whole database."""

    async def close(self) -> None:
        """Write what waits and close; never raises."""


class Settings(Struct, frozen=True, kw_only=True):
    """Both files, validated."""

    config: Config
    profile: Profile


class SettingsFiles(Protocol):
    """config.yml and profile.yml; calls block, so services make them in a thread. Raises only InvalidSetting."""

    def load(self) -> tuple[Config, Profile]: ...

    def change(
        self, file: str, changes: Mapping[tuple[str, ...], object]
    ) -> tuple[Config, Profile]:
        """Set keys (`app.settings.REMOVE` deletes one), keep comments, write atomically, return the new values."""


class Clock(Protocol):
    """Wall-clock time, so that tests and simulations own it."""

    def __call__(self) -> int:
        """Epoch milliseconds."""
