"""The one place for a list: given back when nothing of ours is banned any more."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.adapters.downloaders.deluge import list_place
from app.services.errors import NeedsAction, ProtocolMismatch
from tests.adapters.downloaders.contract import BAD, Ledger
from tests.adapters.downloaders.deluge.conftest import Scene
from tests.adapters.downloaders.deluge.fake import ADAPTER, FakeDeluge, Refusal
from tests.adapters.downloaders.transmission.shelf import PATH, THEIRS_BANS

FACT = "deluge-blocklist/de"


def url_in(fake: FakeDeluge) -> str:
    return str(fake.block_config["url"])


async def test_an_empty_list_gives_the_user_s_own_back(scene: Scene) -> None:
    scene.fake.block_config["url"] = scene.shelf.theirs
    async with scene.opened(replace_blocklist=True) as downloader:
        ledger = Ledger(await downloader.connect())
        for everything in (True, False):  # the next ban takes the place again
            await downloader.apply(ledger.push(BAD, everything=everything))
            assert url_in(scene.fake) == f"{scene.shelf.root}{PATH}"
            assert scene.blocks(BAD)
            await downloader.apply(ledger.push())
            assert url_in(scene.fake) == scene.shelf.theirs
            assert scene.blocks(THEIRS_BANS)
            assert not scene.blocks(BAD)
            assert FACT not in scene.facts.facts


async def test_where_there_was_none_there_is_none_again(scene: Scene) -> None:
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        await downloader.apply(ledger.push())
        assert url_in(scene.fake) == ""
        assert not scene.blocks(BAD)
        assert FACT not in scene.facts.facts


async def test_without_bans_the_user_s_list_is_left_alone(scene: Scene) -> None:
    scene.fake.block_config["url"] = scene.shelf.theirs
    scene.shelf.root = None
    async with scene.opened(replace_blocklist=True) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(everything=True))
        assert not scene.fake.calls["blocklist.set_config"]
        assert not scene.fake.calls["blocklist.check_import"]


async def test_without_bans_a_daemon_without_any_rule_is_no_restart(scene: Scene) -> None:
    async with scene.opened() as downloader:
        first = await downloader.connect()
        ledger = Ledger(first)
        await downloader.apply(ledger.push(BAD, everything=True))
        await downloader.apply(ledger.push())
        scene.fake.block_list = None
        for _ in range(2):
            await downloader.snapshot()
        assert await downloader.connect() == first


async def test_while_we_serve_nothing_ours_is_known_by_its_address(scene: Scene) -> None:
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        scene.shelf.root = None
        with pytest.raises(NeedsAction) as failed:
            await downloader.apply(ledger.push())
        assert failed.value.text.id == "deluge-blocklist-unserved"


@pytest.mark.parametrize("code", [1, 4])
async def test_a_list_of_the_user_s_that_is_not_read_is_set_all_the_same(
    scene: Scene, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.fake.block_config["url"] = scene.shelf.theirs
    has_failed = False
    check = scene.fake._blocklist_check_import  # noqa: SLF001 - of the fake

    async def failing(force: bool) -> Any:  # noqa: ANN401, FBT001 - as theirs
        nonlocal has_failed
        if url_in(scene.fake) == scene.shelf.theirs and not has_failed:
            has_failed = True
            raise Refusal(code, "Failure: no list")
        return await check(force)

    monkeypatch.setattr(scene.fake, "_blocklist_check_import", failing)
    async with scene.opened(replace_blocklist=True) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        lifting = ledger.push()
        if code == 1:  # the session was over
            with pytest.raises(ProtocolMismatch):
                await downloader.apply(lifting)
            await downloader.apply(lifting)
        else:
            await downloader.apply(lifting)
        assert has_failed
        assert scene.blocks(THEIRS_BANS) == (code == 1)
        assert not scene.blocks(BAD)
        assert url_in(scene.fake) == scene.shelf.theirs
        assert FACT not in scene.facts.facts


async def test_a_list_of_the_user_s_that_takes_long_is_not_waited_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_place, "_SECONDS_TO_READ", 0.05)
    scene.fake.block_config["url"] = scene.shelf.theirs
    check = scene.fake._blocklist_check_import  # noqa: SLF001 - of the fake
    is_there = asyncio.Event()

    async def slow(force: bool) -> Any:  # noqa: ANN401, FBT001 - as theirs
        if url_in(scene.fake) == scene.shelf.theirs:
            await is_there.wait()
        return await check(force)

    monkeypatch.setattr(scene.fake, "_blocklist_check_import", slow)
    async with scene.opened(replace_blocklist=True) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        await downloader.apply(ledger.push())
        assert FACT not in scene.facts.facts
        is_there.set()


async def test_a_crash_between_reading_and_giving_back_is_mended_by_the_next_empty_push(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.fake.block_config["url"] = scene.shelf.theirs
    async with scene.opened(replace_blocklist=True) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        write = scene.fake._blocklist_set_config  # noqa: SLF001 - of the fake

        def failing(changes: dict[str, Any]) -> None:
            if "url" in changes:
                raise Refusal(4, "Failure: crash")
            write(changes)

        with monkeypatch.context() as patch:
            patch.setattr(scene.fake, "_blocklist_set_config", failing)
            with pytest.raises(ProtocolMismatch):
                await downloader.apply(ledger.push())
        assert not scene.blocks(BAD)
    async with scene.opened(replace_blocklist=True) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(everything=True))
        assert url_in(scene.fake) == scene.shelf.theirs
        assert scene.blocks(THEIRS_BANS)
        assert FACT not in scene.facts.facts


async def test_a_crash_before_it_was_forgotten_has_the_user_s_list_read_again(scene: Scene) -> None:
    scene.fake.block_config["url"] = scene.shelf.theirs
    async with scene.opened(replace_blocklist=True) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        before = scene.facts.facts[FACT]
        await downloader.apply(ledger.push())
        scene.facts.facts[FACT] = before
        await downloader.apply(ledger.push(everything=True))
        assert scene.shelf.theirs_fetches == 2
        assert url_in(scene.fake) == scene.shelf.theirs
        assert FACT not in scene.facts.facts


@pytest.mark.parametrize("is_set", [True, False])
async def test_what_the_user_has_set_while_we_ran_stays_and_our_bans_end(
    scene: Scene, *, is_set: bool
) -> None:
    theirs = scene.shelf.theirs if is_set else ""
    async with scene.opened() as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
        scene.fake.block_config["url"] = theirs
        await downloader.apply(ledger.push())
        assert url_in(scene.fake) == theirs
        assert scene.blocks(THEIRS_BANS) == is_set
        assert not scene.blocks(BAD)
        assert scene.facts.facts.keys() == {"deluge-way/de"}


@pytest.mark.parametrize("has_crashed", [False, True])
async def test_when_another_plugin_bans_from_now_on_the_user_s_list_is_back_too(
    scene: Scene, *, has_crashed: bool
) -> None:
    scene.fake.block_config["url"] = scene.shelf.theirs
    async with scene.opened(replace_blocklist=True) as downloader:
        ledger = Ledger(await downloader.connect())
        await downloader.apply(ledger.push(BAD, everything=True))
    if has_crashed:  # just before it was read
        scene.fake.block_config["url"] = scene.shelf.theirs
    scene.fake.enabled.add(ADAPTER)
    async with scene.opened(replace_blocklist=True) as downloader:
        await downloader.connect()
        await downloader.apply(ledger.push(everything=True))
        assert url_in(scene.fake) == scene.shelf.theirs
        assert scene.shelf.theirs_fetches == 1
        assert scene.blocks(THEIRS_BANS)
        assert not scene.blocks(BAD)
        assert FACT not in scene.facts.facts
