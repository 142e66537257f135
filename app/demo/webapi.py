"""The WebUI's API without HTTP: one method for each path, a mapping of values in, a reply out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, ClassVar, Final, NamedTuple, TypeAlias

import msgspec

from app.demo import trackers
from app.demo.banned_ips import BanList, parse, parse_peers
from app.demo.pages import Page, encode
from app.demo.session import SESSION_SECONDS, Refusal, Session, Sessions
from app.demo.swarm import Swarm
from app.demo.sync import changed_items, changed_members
from app.demo.torrent import SimTorrent
from app.demo.version import Version
from app.demo.wire import (
    Json,
    preferences,
    properties,
    server_state,
    tracker_rows,
    transfer,
    whole_kib,
)

TEXT: Final = "text/plain; charset=UTF-8"
JSON: Final = "application/json"
LOCKED: Final = b"Your IP address has been banned after too many failed authentication attempts."


class Reply(NamedTuple):
    """What goes back to the client."""

    status: int = 200
    body: bytes = b""
    kind: str = TEXT
    cookie: str = ""


FORBIDDEN: Final = Reply(403, b"Forbidden")
NOT_FOUND: Final = Reply(404, b"Not Found")
UNAUTHORIZED: Final = Reply(401, b"Unauthorized")
BAD_REQUEST: Final = Reply(400, b"Bad Request")
NOT_ALLOWED: Final = Reply(405, b"Method Not Allowed")


class Missing(Exception):
    """A value that the path cannot do without."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request of somebody who is logged in; a form or a query string, which are the same here."""

    session: Session
    values: Mapping[str, str]

    def required(self, name: str) -> str:
        if not self.values.get(name):
            raise Missing(name)
        return self.values[name]

    def number(self, name: str) -> int:
        """The whole number given under `name`; like the real one, 0 for anything else."""
        try:
            return int(self.values.get(name, ""))
        except ValueError:
            return 0


Action: TypeAlias = Callable[[Call], Reply]


class WebApi:
    """The answers of one server about one swarm."""

    post_only: ClassVar[frozenset[str]] = frozenset(
        {
            "auth/login",
            "auth/logout",
            "app/setPreferences",
            "torrents/addTrackers",
            "torrents/removeTrackers",
            "transfer/banPeers",
        }
    )

    def __init__(self, swarm: Swarm, version: Version, sessions: Sessions) -> None:
        self.swarm, self.version, self.sessions = swarm, version, sessions
        self.bans = BanList()
        self.preferences = preferences()
        self.port = 0
        self._pages: dict[str, Page] = {}
        self.actions: Mapping[str, Action] = {
            "app/buildInfo": self._build_info,
            "app/preferences": self._preferences,
            "app/setPreferences": self._set_preferences,
            "app/version": self._version,
            "app/webapiVersion": self._webapi_version,
            "auth/logout": self._log_out,
            "sync/maindata": self._main,
            "sync/torrentPeers": self._torrent_peers,
            "torrents/addTrackers": self._add_trackers,
            "torrents/info": self._torrents,
            "torrents/properties": self._properties,
            "torrents/removeTrackers": self._remove_trackers,
            "torrents/trackers": self._trackers,
            "transfer/banPeers": self._ban_peers,
            "transfer/info": self._transfer,
        }

    def log_in(self, values: Mapping[str, str], client: str, *, is_known: bool) -> Reply:
        """`auth/login` from the address `client`, which may already have a session."""
        right = Reply(204) if self.version.speaks_status else Reply(200, b"Ok.")
        if is_known:
            return right
        name, password = values.get("username", ""), values.get("password", "")
        session = self.sessions.log_in(name, password, client)
        if isinstance(session, Session):
            return right._replace(cookie=self._cookie(session))
        if session is Refusal.LOCKED:
            return Reply(403, LOCKED)
        return UNAUTHORIZED if self.version.speaks_status else Reply(200, b"Fails.")

    def _cookie(self, session: Session) -> str:
        head = f"{self.version.cookie(self.port)}={session.id}; HttpOnly; SameSite="
        if not self.version.speaks_status:
            return f"{head}Strict; path=/"
        return (
            f"{head}Lax; expires={formatdate(time.time() + SESSION_SECONDS, usegmt=True)}; path=/"
        )

    def _log_out(self, call: Call) -> Reply:
        self.sessions.log_out(call.session)
        ended = formatdate(time.time() - 86_400, usegmt=True)
        return Reply(
            204 if self.version.speaks_status else 200,
            cookie=f"{self.version.cookie(self.port)}=; expires={ended}; path=/",
        )

    def _version(self, _: Call) -> Reply:
        return Reply(200, f"v{self.version.name}".encode())

    def _webapi_version(self, _: Call) -> Reply:
        return Reply(200, self.version.webapi.encode())

    def _build_info(self, _: Call) -> Reply:
        return _json(
            {
                "bitness": 64,
                "boost": "1.83.0",
                "libtorrent": self.version.libtorrent,
                "openssl": "3.0.17",
                "qt": self.version.qt,
                "zlib": "1.3.1",
            }
        )

    def _preferences(self, _: Call) -> Reply:
        answer = {**self.preferences, "banned_IPs": str(self.bans), "web_ui_port": self.port}
        answer["web_ui_username"] = self.sessions.username
        if self.version.has_api_key:
            answer["web_ui_api_key"] = self.sessions.api_key
        return _json(answer)

    def _set_preferences(self, call: Call) -> Reply:
        try:
            wanted = msgspec.json.decode(call.required("json"), type=dict[str, Any])
        except msgspec.DecodeError:
            return Reply()  # the real one takes it for an empty object
        self.preferences |= {name: wanted[name] for name in wanted if name in self.preferences}
        for name in ("up_limit", "alt_up_limit", "dl_limit", "alt_dl_limit"):
            self.preferences[name] = whole_kib(self.preferences[name])
        entries = wanted.get("banned_IPs")
        if isinstance(entries, str):
            self._ban(parse(entries, takes_ranges=self.version.takes_ranges))
        return Reply()

    def _ban_peers(self, call: Call) -> Reply:
        addresses = parse_peers(call.required("peers"))
        if addresses:
            self._ban(self.bans.adding(addresses))
        return Reply()

    def _ban(self, bans: BanList) -> None:
        self.bans = bans
        self.swarm.ban(bans)

    def _main(self, call: Call) -> Reply:
        torrents = self.swarm.torrents()
        state: Json = {
            "tags": [],
            "torrents": {one.facts.hash: self._page(one).members() for one in torrents},
            "categories": _categories(torrents),
            "trackers": _by_tracker(torrents),
            "server_state": server_state(torrents, self.version)
            | {"up_rate_limit": self.preferences["up_limit"]},
        }
        number, base = call.session.main.answer(call.number("rid"), state)
        if base is None:
            return _json({"rid": number, "full_update": True, **state})
        answer: Json = {"rid": number}
        for part in ("torrents", "categories"):
            changed, gone = changed_items(base[part], state[part])
            answer |= {part: changed} if changed else {}
            answer |= {f"{part}_removed": gone} if gone else {}
        for part in ("trackers", "server_state"):
            members = changed_members(base[part], state[part])
            answer |= {part: members} if members else {}
        if lost := [url for url in base["trackers"] if url not in state["trackers"]]:
            answer["trackers_removed"] = lost
        return _json(answer)

    def _torrent_peers(self, call: Call) -> Reply:
        torrent = self.swarm.torrent(call.values.get("hash", ""))
        if torrent is None:
            return NOT_FOUND
        page = self._page(torrent)
        number, base = call.session.peers.answer(call.number("rid"), page.peers())
        if base is None:
            return Reply(200, page.all_peers(number), JSON)
        return Reply(200, page.changed_peers(number, base), JSON)

    def _torrents(self, call: Call) -> Reply:
        values = call.values
        chosen = [one for one in self.swarm.torrents() if _passes(one, values)]
        rows: list[Json] = [{"hash": one.facts.hash, **self._page(one).members()} for one in chosen]
        column = values.get("sort", "")
        if rows and column in rows[0]:
            rows.sort(key=lambda row: row[column])
        if values.get("reverse") == "true":
            rows.reverse()
        offset, limit = call.number("offset"), call.number("limit")
        offset = len(rows) + offset if offset < 0 else offset
        if not 0 <= offset < len(rows):
            offset = 0  # the real one starts over when asked beyond the end
        return _json(rows[offset : offset + limit] if limit > 0 else rows[offset:])

    def _properties(self, call: Call) -> Reply:
        torrent = self.swarm.torrent(call.required("hash"))
        return NOT_FOUND if torrent is None else _json(properties(torrent, self.version))

    def _trackers(self, call: Call) -> Reply:
        torrent = self.swarm.torrent(call.required("hash"))
        return NOT_FOUND if torrent is None else _json(tracker_rows(torrent))

    def _add_trackers(self, call: Call) -> Reply:
        torrent = self.swarm.torrent(call.required("hash"))
        if torrent is None:
            return NOT_FOUND
        torrent.announce_to(trackers.added(torrent.trackers, call.required("urls")))
        return self._done()

    def _remove_trackers(self, call: Call) -> Reply:
        torrent = self.swarm.torrent(call.required("hash"))
        if torrent is None:
            return NOT_FOUND
        urls = call.required("urls")
        left = trackers.removed(torrent.trackers, urls, unquotes=self.version.unquotes)
        torrent.announce_to(left)
        return self._done()

    def _done(self) -> Reply:
        return Reply(204 if self.version.speaks_status else 200)

    def _transfer(self, _: Call) -> Reply:
        limit = self.preferences["up_limit"]
        return _json(transfer(self.swarm.torrents()) | {"up_rate_limit": limit})

    def _page(self, torrent: SimTorrent) -> Page:
        page = self._pages.get(torrent.facts.hash)
        if page is None:
            page = self._pages[torrent.facts.hash] = Page(torrent, self.version)
        return page


def _json(answer: object) -> Reply:
    return Reply(200, encode(answer), JSON)


def _categories(torrents: tuple[SimTorrent, ...]) -> Json:
    names = {one.facts.category for one in torrents} - {""}
    return {name: {"name": name, "savePath": ""} for name in sorted(names)}


def _by_tracker(torrents: tuple[SimTorrent, ...]) -> Json:
    hashes: dict[str, list[str]] = {}
    for torrent in torrents:
        for url in torrent.trackers:
            hashes.setdefault(url, []).append(torrent.facts.hash)
    return hashes


def _passes(torrent: SimTorrent, values: Mapping[str, str]) -> bool:
    category, hashes = values.get("category"), values.get("hashes", "")
    if category is not None and category != torrent.facts.category:
        return False
    if hashes and hashes != "all" and torrent.facts.hash not in hashes.lower().split("|"):
        return False
    return _is_in(torrent, values.get("filter", "all"))


def _is_in(torrent: SimTorrent, name: str) -> bool:
    """Whether the torrent is shown under a filter of the side bar; an unknown name shows all."""
    moves = bool(torrent.up_speed or torrent.down_speed)
    is_paused, is_complete = torrent.facts.is_paused, torrent.is_complete
    stalls = not (is_paused or moves)
    shown = {
        "active": moves,
        "inactive": not moves,
        "downloading": not is_complete,
        "seeding": is_complete and not is_paused,
        "completed": is_complete,
        "stalled": stalls,
        "stalled_uploading": stalls and is_complete,
        "stalled_downloading": stalls and not is_complete,
        "paused": is_paused,
        "stopped": is_paused,
        "resumed": not is_paused,
        "running": not is_paused,
        "checking": False,
        "moving": False,
        "errored": False,
    }
    return shown.get(name, True)
