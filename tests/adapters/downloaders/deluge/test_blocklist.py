"""The way through Deluge's bundled Blocklist plugin."""

from __future__ import annotations

import pytest

from app.services.errors import NeedsAction, ProtocolMismatch
from tests.adapters.downloaders.contract import BAD, BAD6, NEAR_BAD, Ledger
from tests.adapters.downloaders.deluge.conftest import Scene

KEY = "deluge-whitelisted/de"


async def test_its_list_has_ipv4_alone_and_is_never_empty(scene: Scene) -> None:
    async with scene.opened() as downloader:
        connection = await downloader.connect()
        ledger = Ledger(connection)
        await downloader.apply(ledger.push(BAD, BAD6, "36.0.0.0/8", everything=True))
        lines = scene.shelf.body.decode().splitlines()
        assert lines[:-1] == [f"PeerWarden:{BAD}-{BAD}"]
        await downloader.apply(ledger.push())
        assert scene.shelf.body.count(b"\n") == 1
        assert connection.advice is not None


async def test_its_address_is_that_of_a_daemon_on_this_machine_or_elsewhere(scene: Scene) -> None:
    scene.shelf.far = scene.shelf.root
    assert scene.shelf.root is not None
    scene.fake.hosts = [["0123", "192.0.2.7", 58846, "localclient"]]
    asked = []
    url = scene.shelf.url

    def noted(downloader: str, *, near: bool) -> str | None:
        asked.append(near)
        return url(downloader, near=near)

    scene.shelf.url = noted  # type: ignore[method-assign]
    async with scene.opened() as downloader:
        await downloader.connect()
    assert set(asked) == {False}


async def test_an_unban_leaves_the_user_s_exceptions(scene: Scene) -> None:
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, NEAR_BAD, everything=True))
        scene.fake.block_config["whitelisted"] = ["8.8.8.8"]
        await downloader.apply(ledger.push(NEAR_BAD))
        assert (scene.blocks(BAD), scene.blocks(NEAR_BAD)) == (False, True)
        assert scene.fake.block_config["whitelisted"] == ["8.8.8.8"]
        assert await scene.facts.recall(KEY) is None
        await downloader.apply(ledger.push(BAD, NEAR_BAD))
        assert scene.blocks(BAD)


async def test_exceptions_that_a_crash_left_are_taken_off(scene: Scene) -> None:
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        scene.fake.failures["blocklist.check_import"] = (4, "Failure: crash")
        with pytest.raises(ProtocolMismatch):
            await downloader.apply(ledger.push())
        assert scene.fake.block_config["whitelisted"] == [BAD]
    del scene.fake.failures["blocklist.check_import"]
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        assert scene.fake.block_config["whitelisted"] == []
        assert scene.blocks(BAD)
        assert await scene.facts.recall(KEY) is None


async def test_an_exception_of_the_user_s_outlives_a_crash_in_the_middle_of_its_unban(
    scene: Scene,
) -> None:
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        scene.fake.block_config["whitelisted"] = [BAD]
        scene.fake.failures["blocklist.check_import"] = (4, "Failure: crash")
        with pytest.raises(ProtocolMismatch):
            await downloader.apply(ledger.push())
    del scene.fake.failures["blocklist.check_import"]
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(everything=True))
        assert scene.fake.block_config["whitelisted"] == [BAD]


async def test_a_list_that_is_not_fetched_needs_an_action(scene: Scene) -> None:
    scene.shelf.root = "http://127.0.0.1:9"
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        with pytest.raises(NeedsAction) as failed:
            await downloader.apply(ledger.push(BAD, everything=True))
        assert failed.value.text.params == {"address": "http://127.0.0.1:9"}


async def test_so_does_one_that_nobody_serves(scene: Scene) -> None:
    scene.shelf.root = None
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        with pytest.raises(NeedsAction) as failed:
            await downloader.apply(ledger.push(BAD, everything=True))
        assert failed.value.text.id == "deluge-blocklist-unserved"


async def test_a_list_that_is_misread_is_told(scene: Scene) -> None:
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(NEAR_BAD, everything=True))
        status = {"state": "Idle", "num_blocked": 7}
        scene.fake._blocklist_get_status = lambda: status  # type: ignore[method-assign]  # noqa: SLF001
        with pytest.raises(ProtocolMismatch):
            await downloader.apply(ledger.push(BAD))


async def test_a_list_of_the_user_s_stays_unless_it_may_be_replaced(scene: Scene) -> None:
    scene.fake.block_config["url"] = "http://lists.example/level1"
    async with scene.opened() as downloader:
        with pytest.raises(NeedsAction) as failed:
            await downloader.connect()
        assert failed.value.text.id == "deluge-blocklist-taken"
        assert "Blocklist" not in scene.fake.enabled
    async with scene.opened(replace_blocklist=True) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        assert scene.blocks(BAD)
    async with scene.opened() as downloader:  # now it is ours
        await downloader.connect()


async def test_a_list_that_the_user_enters_later_is_not_replaced_either(scene: Scene) -> None:
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        scene.fake.block_config["url"] = "http://lists.example/level1"
        with pytest.raises(NeedsAction):
            await downloader.apply(ledger.push(BAD, NEAR_BAD))
        assert scene.fake.block_config["url"] == "http://lists.example/level1"


async def test_a_daemon_without_any_rule_has_restarted(scene: Scene) -> None:
    async with scene.opened() as downloader:
        first = await downloader.connect()
        await downloader.apply(Ledger(first).push(BAD, everything=True))
        await downloader.snapshot()
        assert await downloader.connect() == first
        scene.fake.block_list = None
        await downloader.snapshot()
        assert (await downloader.connect()).session == first.session + 1
