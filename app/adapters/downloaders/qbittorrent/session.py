"""A session with qBittorrent's WebUI: logs in once, notices when it ends, never insists after a refusal."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from app.adapters.downloaders.exchange import Answer, exchange_with, fits_header
from app.adapters.downloaders.qbittorrent.flavour import flavour_of
from app.adapters.downloaders.qbittorrent.version import Version, parse_version
from app.adapters.downloaders.qbittorrent.wire import BuildInfo, Preferences
from app.adapters.downloaders.reading import bad_status, decode, decode_now, expect
from app.domain.reason import Text
from app.services.errors import AccessDenied, DownloaderError, NeedsAction, ProtocolMismatch
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings

log = logging.getLogger(__name__)

_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_SECONDS_TO_LEAVE: Final = 2.0
_API: Final = "/api/v2"
_LARGE: Final = 100_000


class Session:
    """Requests that find themselves logged in; raises only DownloaderError."""

    def __init__(self, settings: DownloaderSettings) -> None:
        self._settings = settings
        self.flavour = flavour_of(settings)
        self.exchange = exchange_with(settings, _API)
        self.version = Version("", (0, 0, 0))
        """Of the server, once a session was opened."""
        self.number = 0
        """Grows with every session opened."""
        self._open: Connection | None = None
        self._logged_in = False
        self._proxy_asked = False
        self._refusal: Text | None = None
        self._turn = asyncio.Lock()

    @property
    def keyed(self) -> bool:
        """Whether an API key stands for user name and password; all who use it share one session."""
        return bool(self._settings.api_key)

    async def open(self) -> Connection:
        """Make sure of a session; asks nothing while one lives."""
        return self._open or await self._renew(self.number)

    def lost(self) -> None:
        """The server has forgotten us, though it answers: it restarted. The next `open` looks at it anew."""
        self._open = None

    def forget_refusal(self) -> None:
        """Allow one more log-in."""
        self._refusal = None

    async def get(self, path: str, **params: str | int) -> Answer:
        """Read; any status but 401 and 403 is the caller's to judge."""
        return await self._ask("GET", path, params=params)

    async def post(self, path: str, form: bytes) -> None:
        """Change something; raises unless the server agrees."""
        expect(await self._ask("POST", path, form=form), path)

    async def preferences(self) -> Preferences:
        """Those of the settings there that concern us, read anew."""
        path = "app/preferences"
        return await decode(expect(await self.get(path), path).body, Preferences)

    async def set_preferences(self, changes: Mapping[str, object]) -> None:
        """Change settings there."""
        size = sum(len(value) for value in changes.values() if isinstance(value, str))
        form = await asyncio.to_thread(_form, changes) if size > _LARGE else _form(changes)
        await self.post("app/setPreferences", form)

    async def close(self) -> None:
        """Log out of a session that we logged into, and give the connections back; never raises."""
        try:
            if self._logged_in:
                async with asyncio.timeout(_SECONDS_TO_LEAVE):
                    await self._send("POST", "auth/logout", form=b"")
        except (DownloaderError, TimeoutError) as error:
            log.debug("no log-out from %s: %s", self._settings.name, type(error).__name__)
        finally:
            self._open, self._logged_in = None, False
            await self.exchange.close()

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        form: bytes | None = None,
    ) -> Answer:
        await self.open()
        number = self.number
        answer = await self._send(method, path, params=params, form=form)
        if answer.status in (_UNAUTHORIZED, _FORBIDDEN):
            await self._renew(number)
            answer = await self._send(method, path, params=params, form=form)
            if answer.status in (_UNAUTHORIZED, _FORBIDDEN):
                # The session is fresh: this is about the request, not about us.
                raise bad_status(answer, path)
        return answer

    async def _renew(self, number: int) -> Connection:
        """Open a new session, unless that of `number` has been followed by one already."""
        async with self._turn:
            if self._open is not None and self.number != number:
                return self._open
            self._open = None
            if self._refusal is not None:
                raise AccessDenied(self._refusal)
            await self._enter()
            version = self.version = await self._read_version()
            await self._prepare(version)
            self.number += 1
            self._open = Connection(
                product=self._settings.kind.name,
                version=version.text,
                capabilities=self.flavour.capabilities(version),
                session=self.number,
            )
            return self._open

    async def _enter(self) -> None:
        if not fits_header(self._settings.api_key.reveal()):
            raise self._refuse("downloader-key-denied")
        if await self._is_in():
            return
        if self.keyed:
            raise self._refuse("downloader-key-denied")
        await self._log_in()
        if not await self._is_in():
            raise self._refuse("downloader-session-refused")

    async def _is_in(self) -> bool:
        """Whether requests are let in: a session lives, or none is needed."""
        path = "app/buildInfo"
        answer = await self._send("GET", path)
        if answer.status == _FORBIDDEN:
            return False
        if answer.status == _UNAUTHORIZED:
            if self.keyed:
                return False
            # Not for want of a log-in, that is 403: the Host header does not please it.
            raise NeedsAction(Text("downloader-host-refused"))
        if not decode_now(expect(answer, path).body, BuildInfo).libtorrent.strip():
            raise ProtocolMismatch(Text("answer-not-qbittorrent"))
        return True

    async def _log_in(self) -> None:
        user, password = self._settings.username, self._settings.password.reveal()
        if not user and not password:
            raise self._refuse("downloader-login-missing")
        path = "auth/login"
        form = urlencode({"username": user, "password": password}).encode()
        answer = await self._send("POST", path, form=form)
        # Before 5.2, 200 "Fails." is the answer to a wrong password; later 401 (reference/downloaders.md 3.1).
        if answer.status == _UNAUTHORIZED or answer.body.strip() == b"Fails.":
            raise self._refuse("downloader-denied")
        if answer.status == _FORBIDDEN:
            raise self._refuse("downloader-locked-out")
        expect(answer, path)
        self._logged_in = True

    async def _read_version(self) -> Version:
        path = "app/version"
        text = expect(await self._send("GET", path), path).text
        version = parse_version(text)
        if version is None:
            raise ProtocolMismatch(Text("answer-no-version"))
        if not version.is_supported or (self.keyed and not version.takes_keys):
            least = "5.2.0" if self.keyed else "4.5.0"
            raise NeedsAction(
                Text("downloader-too-old", {"version": version.text, "minimum": least})
            )
        return version

    async def _prepare(self, version: Version) -> None:
        """See that it can ban as it is to, and have it take one connection of each address.

        Several would each count from zero (reference/downloaders.md 3.6).
        """
        path = "app/preferences"
        answer = expect(await self._send("GET", path), path)
        found = await decode(answer.body, Preferences)
        self.flavour.check(version, found)
        if found.enable_multi_connections_from_same_ip:
            form = _form({"enable_multi_connections_from_same_ip": False})
            path = "app/setPreferences"
            expect(await self._send("POST", path, form=form), path)
            log.info("%s: one connection per address from now on", self._settings.name)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        form: bytes | None = None,
    ) -> Answer:
        answer = await self._send_once(method, path, params, form)
        if not _is_proxy_asking(answer):
            return answer
        if self._proxy_asked or not self._settings.basic_auth.user or self.keyed:
            raise self._refuse("downloader-proxy-denied")
        self._proxy_asked = True
        answer = await self._send_once(method, path, params, form)
        if _is_proxy_asking(answer):
            self._proxy_asked = False
            raise self._refuse("downloader-proxy-denied")
        return answer

    async def _send_once(
        self, method: str, path: str, params: Mapping[str, str | int] | None, form: bytes | None
    ) -> Answer:
        headers: dict[str, str] = {}
        if self.keyed:
            headers["Authorization"] = f"Bearer {self._settings.api_key.reveal()}"
        elif self._proxy_asked:
            proxy = self._settings.basic_auth
            token = base64.b64encode(f"{proxy.user}:{proxy.password.reveal()}".encode())
            headers["Authorization"] = f"Basic {token.decode()}"
        return await self.exchange.send(method, path, params=params, form=form, headers=headers)

    def _refuse(self, reason: str) -> AccessDenied:
        """The error of a refusal, which is remembered: five of them would lock us out."""
        self._refusal, self._open = Text(reason), None
        return AccessDenied(self._refusal)


def _is_proxy_asking(answer: Answer) -> bool:
    challenge = answer.headers.get("WWW-Authenticate", "")
    return answer.status == _UNAUTHORIZED and challenge.strip().lower().startswith("basic")


def _form(changes: Mapping[str, object]) -> bytes:
    text = json.dumps(changes, separators=(",", ":"))  # ASCII, so that it can be quoted by table
    return b"json=" + text.translate(_QUOTED).encode()


# urllib quotes letter by letter: 0.1 s for a list of 50,000 entries.
_QUOTED: Final = {code: quote(chr(code), safe="") for code in range(128)}
