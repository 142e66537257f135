"""How a session begins and ends, and which way is found."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.deluge.egg import build_egg
from app.services.errors import AccessDenied, NeedsAction, ProtocolMismatch
from app.settings.secret import Secret
from tests.adapters.downloaders.deluge.fake import ADAPTER, OURS, fake_deluge
from tests.adapters.downloaders.deluge.opened import opened


async def test_it_logs_in_once_and_out_at_the_end() -> None:
    async with fake_deluge(ADAPTER) as fake:
        async with opened(fake) as downloader:
            connection = await downloader.connect()
            assert (connection.product, connection.version) == ("Deluge", "2.0.3")
            for _ in range(3):
                await downloader.connect()
                await downloader.snapshot()
            assert fake.calls["auth.login"] == 1
        assert not fake.sessions


async def test_a_session_that_was_forgotten_is_followed_by_another() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        first = await downloader.connect()
        fake.sessions.clear()
        await downloader.snapshot()
        assert (await downloader.connect()).session == first.session + 1
        assert fake.calls["auth.login"] == 2


async def test_a_refused_password_is_not_tried_again() -> None:
    async with fake_deluge(ADAPTER) as fake:
        async with opened(fake, password=Secret("wrong")) as downloader:
            for _ in range(3):
                with pytest.raises(AccessDenied):
                    await downloader.snapshot()
        assert fake.calls["auth.login"] == 1


async def test_a_server_that_forgets_every_session_is_not_asked_for_ever() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        await downloader.connect()
        fake.failures["core.get_torrents_status"] = (1, "Not authenticated")
        with pytest.raises(AccessDenied):
            await downloader.snapshot()
        logins = fake.calls["auth.login"]
        with pytest.raises(AccessDenied):
            await downloader.snapshot()
        assert fake.calls["auth.login"] == logins


async def test_a_failing_call_is_told_by_its_first_line_and_ends_no_session() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        first = await downloader.connect()
        fake.failures["core.get_torrents_status"] = (4, "Failure: a reason\nTraceback")
        with pytest.raises(ProtocolMismatch) as failed:
            await downloader.snapshot()
        assert "a reason" in str(failed.value.text.params)
        assert "Traceback" not in str(failed.value.text.params)
        assert await downloader.connect() == first


async def test_a_plugin_that_was_disabled_is_done_without() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        first = await downloader.connect()
        fake.enabled.discard(ADAPTER)
        await downloader.snapshot()
        second = await downloader.connect()
        assert second.session > first.session
        assert first.capabilities.peer_ids
        assert not second.capabilities.peer_ids


async def test_pbh_s_plugin_is_used_unless_ours_is_allowed() -> None:
    async with fake_deluge(ADAPTER) as fake:
        async with opened(fake) as downloader:
            connection = await downloader.connect()
            assert not connection.capabilities.prefixes
            assert connection.advice is not None
            assert not fake.uploaded
        async with opened(fake, allow_plugin=True) as downloader:
            connection = await downloader.connect()
            assert connection.capabilities.prefixes
            assert connection.advice is None
        assert fake.uploaded == [build_egg().file_name]


async def test_ours_is_used_without_consent_where_it_is_already() -> None:
    async with fake_deluge() as fake:
        async with opened(fake, allow_plugin=True) as downloader:
            await downloader.connect()
        async with opened(fake) as downloader:
            assert (await downloader.connect()).capabilities.prefixes
        assert len(fake.uploaded) == 1


@pytest.mark.parametrize("allowed", [True, False])
async def test_an_older_one_of_ours_is_replaced_with_consent_only(*, allowed: bool) -> None:
    async with fake_deluge(ADAPTER) as fake:
        fake.available.add(OURS)
        fake.uploaded.append("PeerWarden-0.egg")
        fake._core_enable_plugin(OURS)  # noqa: SLF001 - as its user would
        async with opened(fake, allow_plugin=allowed) as downloader:
            connection = await downloader.connect()
            assert connection.capabilities.prefixes is allowed
        assert (fake.own_version == build_egg().version) is allowed


async def test_a_daemon_that_does_not_take_our_plugin_needs_an_action() -> None:
    async with fake_deluge() as fake:
        fake.takes_eggs = False
        async with opened(fake, allow_plugin=True) as downloader:
            with pytest.raises(NeedsAction) as failed:
                await downloader.connect()
            assert failed.value.text.id == "deluge-plugin-refused"
            fake.failures["core.upload_plugin"] = (4, "Failure: read-only file system")
            with pytest.raises(NeedsAction):
                await downloader.connect()


async def test_without_any_plugin_an_action_is_needed() -> None:
    async with fake_deluge() as fake:
        fake.available.clear()
        async with opened(fake) as downloader:
            with pytest.raises(NeedsAction) as failed:
                await downloader.connect()
            assert failed.value.text.id == "deluge-no-plugin"


async def test_labels_are_told_where_there_are_any() -> None:
    async with fake_deluge(ADAPTER, "Label") as fake, opened(fake) as downloader:
        fake.label = "linux"
        assert (await downloader.connect()).capabilities.labels
        assert (await downloader.snapshot()).torrents[0].torrent.category == "linux"
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        assert not (await downloader.connect()).capabilities.labels
