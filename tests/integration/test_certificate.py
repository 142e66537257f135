"""A real qBittorrent with HTTPS and a certificate of its own: noticed, shown, trusted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters.certificate import read_certificate
from app.adapters.downloaders import open_downloader
from app.locale.texts import say
from app.services.errors import DownloaderError, NeedsAction, UntrustedCertificate
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.certificates import make_certificate
from tests.adapters.downloaders.around import surroundings
from tests.integration.daemon_process import Place, Release
from tests.integration.daemons import QBITTORRENTS, QBittorrentDaemon
from tests.integration.qbittorrent_client import USER
from tests.integration.real_daemon import PASSWORD

pytestmark = pytest.mark.daemon


@pytest.fixture(params=QBITTORRENTS, ids=lambda release: release.version)
def secure(request: pytest.FixtureRequest) -> Iterator[tuple[str, bytes]]:
    """The address of one that speaks HTTPS, and its certificate."""
    release: Release = request.param
    if lack := release.why_not():
        pytest.skip(lack)
    with tempfile.TemporaryDirectory(prefix="peerwarden-tls-") as folder:
        place = Place(shared=Path(folder))
        own = make_certificate(Path(folder), "nas")
        with QBittorrentDaemon(release, place) as daemon:
            inside = daemon.process.inside
            daemon.api.set_preferences(
                web_ui_https_cert_path=inside(Path(folder) / "nas.crt"),
                web_ui_https_key_path=inside(Path(folder) / "nas.key"),
                use_https=True,
            )
            yield daemon.url.replace("http:", "https:"), own.der


async def connected(url: str, trusted: str = "") -> Connection:
    settings = DownloaderSettings(
        id="lab",
        endpoint=url,
        username=USER,
        password=Secret(PASSWORD),
        trusted_certificate=trusted,
    )
    downloader = open_downloader(settings, around=surroundings())
    try:
        return await downloader.connect()
    finally:
        await downloader.close()


async def test_its_certificate_is_shown_and_trusted_and_http_is_told_what_to_enter(
    secure: tuple[str, bytes],
) -> None:
    url, der = secure
    with pytest.raises(DownloaderError) as plain:
        await connected(url.replace("https:", "http:"))
    with pytest.raises(UntrustedCertificate) as untrusted:
        await connected(url)

    assert isinstance(plain.value, NeedsAction)
    assert url in say(plain.value.text)
    assert untrusted.value.fingerprint == read_certificate(der).fingerprint
    assert (await connected(url, untrusted.value.fingerprint)).product == "qBittorrent"
