"""Our adapter against the real Deluge: the contract by our own plugin and by the bundled one, and what only it has.

One daemon of each version serves the whole module; every test finds it running, with an empty filter.
"""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from app.adapters.downloaders.deluge.egg import build_egg
from app.services.clock import wall_clock
from app.services.errors import NeedsAction, Unreachable
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import DELUGE
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.contract import (
    BAD,
    GOOD,
    NEAR_BAD,
    DownloaderContract,
    Ledger,
    opened,
    seen_in,
    sweep_until,
)
from tests.adapters.downloaders.contract import Subject as AnySubject
from tests.adapters.downloaders.transmission.shelf import THEIRS_BANS, ServedShelf, served_shelf
from tests.integration.daemon_process import Place, Release
from tests.integration.deluge_daemon import DELUGES, DelugeClient, DelugeDaemon, web_of
from tests.integration.deluge_filter import FilterView
from tests.integration.lab import LabOf
from tests.integration.lab_subject import ForeignEntries, LabSubject
from tests.swarm.gate import listen_inside
from tests.swarm.torrent import LabTorrent
from tests.swarm.waiting import wait_for

pytestmark = pytest.mark.daemon

Subject = LabSubject[DelugeDaemon]


@pytest.fixture(scope="module", params=DELUGES, ids=lambda release: release.version)
def shared(
    request: pytest.FixtureRequest, place: Place, torrents: tuple[LabTorrent, ...]
) -> Iterator[DelugeDaemon]:
    """One Deluge of each version for all tests."""
    release: Release = request.param
    if lack := release.why_not() or web_of(release).why_not():
        pytest.skip(lack)
    with DelugeDaemon(release, place) as daemon:
        for torrent in torrents:
            daemon.seed(torrent)
        daemon.restart()  # it keeps its list of torrents in memory for some minutes, but for a stop
        yield daemon


@pytest.fixture
def lab(
    shared: DelugeDaemon, torrents: tuple[LabTorrent, ...], tmp_path: Path
) -> LabOf[DelugeDaemon]:
    """As if it were new."""
    shared.start()
    api = shared.api
    api.join()
    for plugin in ("PeerWarden", "Blocklist", "Label"):
        api.call("core.disable_plugin", plugin)
    shared.listen(ipv6=True)
    forget_our_plugin(shared)
    view = FilterView(api)
    view.install()
    view.reset()
    api.leave()
    return LabOf(daemon=shared, torrents=torrents, folder=tmp_path)


def forget_our_plugin(daemon: DelugeDaemon) -> None:
    """As if it had never been there."""
    for egg in eggs(daemon):
        egg.unlink()
    daemon.api.call("core.rescan_plugins")


def eggs(daemon: DelugeDaemon) -> list[Path]:
    return list((daemon.profile / "config" / "plugins").glob("PeerWarden*"))


def settings_of(daemon: DelugeDaemon, **changes: object) -> DownloaderSettings:
    settings = DownloaderSettings(
        id="lab",
        type=DELUGE,
        endpoint=daemon.url,
        rpc_url="/json",
        password=Secret(daemon.password),
        increment_ban=True,
    )
    return replace(settings, **changes)  # type: ignore[arg-type]  # of the fields


@pytest.fixture
async def by_ours(lab: LabOf[DelugeDaemon]) -> AsyncIterator[Subject]:
    """With the user's consent to our plugin."""
    settings = settings_of(lab.daemon, allow_plugin=True)
    view = FilterView(lab.daemon.api)
    async with LabSubject(
        lab=lab,
        settings=settings,
        around=surroundings(clock=wall_clock),
        wrong=replace(settings, password=Secret("wrong")),
        foreign_entries=ForeignEntries(add=view.add, read=view.blocked),
    ) as subject:
        yield subject


@pytest.fixture
async def shelf(lab: LabOf[DelugeDaemon]) -> AsyncIterator[ServedShelf]:
    """Where the daemon finds its list."""
    assert lab.place.namespace is not None
    async with served_shelf(listen_inside(lab.place.namespace)) as shelf:
        yield shelf


@pytest.fixture
async def by_bundled(lab: LabOf[DelugeDaemon], shelf: ServedShelf) -> AsyncIterator[Subject]:
    """Without that consent."""
    settings = settings_of(lab.daemon)
    api = lab.daemon.api
    api.join()
    enable(api, "Blocklist")
    api.call("blocklist.set_config", {"url": "", "whitelisted": []})
    api.call("core.disable_plugin", "Blocklist")
    api.leave()
    async with LabSubject(
        lab=lab,
        settings=settings,
        around=surroundings(clock=wall_clock, shelf=shelf),
        wrong=replace(settings, password=Secret("wrong")),
    ) as subject:
        yield subject


@pytest.fixture(params=["by_ours", "by_bundled"])
def subject(request: pytest.FixtureRequest, lab: LabOf[DelugeDaemon]) -> Subject:
    """In both ways."""
    found: Subject = request.getfixturevalue(request.param)
    return found


def way_of(subject: Subject) -> str:
    return "our plugin" if subject.settings.allow_plugin else "bundled plugin"


def enable(api: DelugeClient, plugin: str) -> None:
    """Enable a plugin that Deluge brings along."""
    api.call("core.enable_plugin", plugin)
    method = f"{plugin.lower()}.get_config"
    assert wait_for(lambda: method in api.call("system.listMethods"), 10)


class OnDeluge(DownloaderContract):
    async def test_its_port_is_changed_while_it_runs(self, subject: AnySubject) -> None:
        assert isinstance(subject, LabSubject)
        subject.lab.daemon.api.join()
        subject.lab.daemon.listen(ipv6=False)
        await super().test_its_port_is_changed_while_it_runs(subject)


class TestOurPlugin(OnDeluge):
    @pytest.fixture
    def subject(self, by_ours: Subject) -> Subject:
        return by_ours


class TestBundledPlugin(OnDeluge):
    @pytest.fixture
    def subject(self, by_bundled: Subject) -> Subject:
        return by_bundled


@pytest.mark.alone
async def test_a_forged_peer_is_known_and_dropped_at_once(
    subject: Subject,
) -> None:
    await subject.meet(BAD, GOOD)
    async with opened(subject) as downloader:
        connection = await downloader.connect()
        ledger = Ledger(connection)
        found = await sweep_until(
            downloader, subject, lambda peers: BAD in peers and peers[BAD].client_name
        )
        assert found[BAD].client_name == "Xunlei 0.0.1.2"
        if connection.capabilities.peer_ids:
            peer_id = found[BAD].peer_id
            assert peer_id is not None
            assert (peer_id[:8], len(peer_id)) == ("-XL0012-", 20)
        push = ledger.push(BAD, everything=True)
        seconds = await subject.seconds_to_drop(downloader, push, BAD)
        print(f"{connection.version} {way_of(subject)}: dropped {seconds:.3f} s after the ban")
        assert seconds < 0.5
        snapshot = await downloader.snapshot()
        print(
            f"{connection.version} {way_of(subject)}: {snapshot.requests} requests,"
            f" {snapshot.received} bytes, {snapshot.fetch_time * 1000:.1f} ms a sweep"
        )


async def test_nothing_is_uploaded_without_consent(by_bundled: Subject) -> None:
    daemon = by_bundled.lab.daemon
    async with opened(by_bundled) as downloader:
        connection = await downloader.connect()
        await downloader.apply(Ledger(connection).push(BAD, everything=True))
        assert connection.advice is not None
        assert not eggs(daemon)
        assert "PeerWarden" not in daemon.api.call("core.get_available_plugins")


async def test_an_older_plugin_of_ours_is_replaced(by_ours: Subject) -> None:
    daemon = by_ours.lab.daemon
    api, old = daemon.api, build_egg(0)
    api.join()
    api.call("core.upload_plugin", old.file_name, base64.b64encode(old.content).decode())
    api.call("core.enable_plugin", "PeerWarden")
    assert wait_for(lambda: "peerwarden.get_version" in api.call("system.listMethods"), 10)
    assert api.call("peerwarden.get_version") == 0
    async with opened(by_ours) as downloader:
        await downloader.connect()
        assert api.call("peerwarden.get_version") == build_egg().version
        await downloader.snapshot()


async def test_bans_of_the_bundled_plugin_end_by_ours_once_that_is_allowed(
    by_bundled: Subject,
) -> None:
    view = FilterView(by_bundled.lab.daemon.api)
    async with opened(by_bundled) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, NEAR_BAD, everything=True))
    allowed = replace(by_bundled.settings, allow_plugin=True)
    async with opened(by_bundled, allowed) as downloader:
        await downloader.connect()
        await downloader.apply(ledger.push(BAD, everything=True))
        assert ip_network(BAD) in view.blocked()
        assert ip_network(NEAR_BAD) not in view.blocked()
        await downloader.apply(ledger.push())
        assert ip_network(BAD) not in view.blocked()
        assert by_bundled.lab.daemon.api.call("blocklist.get_config")["url"] == ""


async def test_a_ban_is_taken_back_exactly(by_ours: Subject) -> None:
    view = FilterView(by_ours.lab.daemon.api)
    theirs = [ip_network("36.110.0.0/30"), ip_network("240e:3a1::/64")]
    async with opened(by_ours) as downloader:
        ledger = Ledger(await downloader.connect())
        for block in theirs:
            view.add(block)
        await downloader.apply(
            ledger.push("36.110.0.0/16", "36.110.0.1/32", "240e:3a1::/52", everything=True)
        )
        assert view.blocked() == {ip_network("36.110.0.0/16"), ip_network("240e:3a1::/52")}
        await downloader.apply(ledger.push("36.110.0.1/32"))
        assert view.blocked() == set(theirs)
        view.reset()  # as if another plugin had built its filter anew
        await downloader.apply(ledger.push("36.110.0.1/32", everything=True))
        assert view.blocked() == {ip_network("36.110.0.1/32")}


async def test_a_list_of_thousands_is_taken_whole(subject: Subject) -> None:
    first = int(ip_address("36.0.0.0"))
    many = [str(ip_address(first + 2 * number)) for number in range(10_000)]
    async with opened(subject) as downloader:
        connection = await downloader.connect()
        ledger = Ledger(connection)
        for what, push in (
            ("10,000 entries", ledger.push(*many, everything=True)),
            ("one more", ledger.push(*many, BAD)),
            ("one less", ledger.push(*many)),
        ):
            started = time.perf_counter()
            await downloader.apply(push)
            print(
                f"{connection.version} {way_of(subject)}: {what} in {time.perf_counter() - started:.2f} s"
            )
        api = subject.lab.daemon.api
        blocked = FilterView(api).blocked()
        assert ip_network(many[-1]) in blocked
        assert ip_network(BAD) not in blocked


async def test_a_restart_is_noticed_though_deluge_web_is_connected_again(
    subject: Subject,
) -> None:
    async with opened(subject) as downloader:
        first = await downloader.connect()
        await downloader.apply(Ledger(first).push(BAD, everything=True))
        await downloader.snapshot()
        await subject.kill()
        await subject.start()
        subject.lab.daemon.api.join()
        if not subject.settings.allow_plugin:
            enable(subject.lab.daemon.api, "Blocklist")
        await downloader.snapshot()
        assert (await downloader.connect()).session > first.session


def set_a_list_of_the_user_s(subject: Subject) -> str:
    """Let the Blocklist plugin have it, which bans `THEIRS_BANS`; its address."""
    api = subject.lab.daemon.api
    api.join()
    enable(api, "Blocklist")
    assert isinstance(subject.around.shelf, ServedShelf)
    theirs = subject.around.shelf.theirs
    api.call("blocklist.set_config", {"url": theirs})
    return theirs


async def test_a_list_of_the_user_s_is_not_replaced_unless_allowed(by_bundled: Subject) -> None:
    api, theirs = by_bundled.lab.daemon.api, set_a_list_of_the_user_s(by_bundled)
    async with opened(by_bundled) as downloader:
        with pytest.raises(NeedsAction):
            await downloader.connect()
        assert api.call("blocklist.get_config")["url"] == theirs
    allowed = replace(by_bundled.settings, replace_blocklist=True)
    async with opened(by_bundled, allowed) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        assert api.call("blocklist.get_config")["url"] != theirs
    async with opened(by_bundled) as downloader:
        await downloader.connect()
        started = time.perf_counter()
        await downloader.apply(ledger.push())
        took = time.perf_counter() - started
        print(f"{by_bundled.lab.daemon.release.version}: the list before is back in {took:.2f} s")
    assert api.call("blocklist.get_config")["url"] == theirs
    blocked = FilterView(api).blocked()
    assert ip_network(THEIRS_BANS) in blocked
    assert ip_network(BAD) not in blocked
    assert api.call("blocklist.get_status")["num_blocked"] == 1


async def test_the_user_s_list_is_back_once_our_plugin_bans(by_bundled: Subject) -> None:
    api, theirs = by_bundled.lab.daemon.api, set_a_list_of_the_user_s(by_bundled)
    allowed = replace(by_bundled.settings, replace_blocklist=True)
    async with opened(by_bundled, allowed) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, NEAR_BAD, everything=True))
    async with opened(by_bundled, replace(allowed, allow_plugin=True)) as downloader:
        await downloader.connect()
        await downloader.apply(ledger.push(BAD, everything=True))
        assert api.call("blocklist.get_config")["url"] == theirs
        blocked = FilterView(api).blocked()
        assert {ip_network(THEIRS_BANS), ip_network(BAD)} <= set(blocked)
        assert ip_network(NEAR_BAD) not in blocked


async def test_exceptions_of_the_user_s_stay(by_bundled: Subject) -> None:
    api = by_bundled.lab.daemon.api
    async with opened(by_bundled) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        api.call("blocklist.set_config", {"whitelisted": ["8.8.8.8"]})
        await downloader.apply(ledger.push())
        assert api.call("blocklist.get_config")["whitelisted"] == ["8.8.8.8"]
        assert ip_network(BAD) not in FilterView(api).blocked()


async def test_a_list_that_nobody_serves_needs_an_action(
    by_bundled: Subject, shelf: ServedShelf
) -> None:
    shelf.root = "http://127.0.0.1:9"
    async with opened(by_bundled) as downloader:
        ledger = Ledger(await downloader.connect())
        with pytest.raises(NeedsAction):
            await downloader.apply(ledger.push(BAD, everything=True))


async def test_labels_and_magnets_are_read(by_ours: Subject) -> None:
    api, torrent = by_ours.lab.daemon.api, by_ours.lab.torrent
    api.join()
    enable(api, "Label")
    if "linux" not in api.call("label.get_labels"):
        api.call("label.add", "linux")
    api.call("label.set_torrent", torrent.info_hash, "linux")
    magnet = api.call("core.add_torrent_magnet", f"magnet:?xt=urn:btih:{'ab' * 20}", {})
    try:
        async with opened(by_ours) as downloader:
            assert (await downloader.connect()).capabilities.labels
            listed = (await downloader.snapshot()).torrents
            assert seen_in(listed, by_ours).torrent.category == "linux"
            assert magnet in {each.torrent.id for each in listed}
    finally:
        api.call("core.remove_torrent", magnet, False)


async def test_a_daemon_that_refuses_deluge_web_is_told_from_one_that_is_off(
    by_ours: Subject,
) -> None:
    daemon = by_ours.lab.daemon
    hosts = daemon.profile / "config" / "hostlist.conf"
    right = hosts.read_text()
    daemon.web.stop()
    try:
        hosts.write_text(right.replace(daemon.password, "wrong"))
        daemon.start()
        async with opened(by_ours) as downloader:
            for _ in range(2):  # deluge-web says that it is connected after the first
                with pytest.raises(NeedsAction):
                    await downloader.connect()
            daemon.kill()
            with pytest.raises(Unreachable):
                await downloader.connect()
    finally:
        daemon.web.stop()
        hosts.write_text(right)
