"""The blocklist that it fetches from us: whose it is, where it is found, and whether it was taken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest

from app.adapters.downloaders.transmission import bans
from app.adapters.downloaders.transmission.downloader import Transmission
from app.domain.address import Prefix
from app.locale.texts import say
from app.services.errors import NeedsAction, ProtocolMismatch, StorageError
from app.services.ports import Push
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.transmission.conftest import settings_for
from tests.adapters.downloaders.transmission.fake import EXAMPLE, FakeTransmission
from tests.adapters.downloaders.transmission.shelf import PATH, THEIRS_BANS, ServedShelf
from tests.services.record_fakes import MemoryFacts

THEIRS = "https://lists.example/?username=me&pin=1234"
FACT = "transmission/lab/blocklist"


def push_of(*texts: str) -> Push:
    wanted: frozenset[Prefix] = frozenset(map(ip_network, texts))
    return Push(wanted=wanted, added=wanted, removed=(), owned=wanted, everything=True)


@pytest.fixture
async def replacing(
    fake: FakeTransmission, shelf: ServedShelf, facts: MemoryFacts
) -> AsyncIterator[Transmission]:
    """Our adapter where a list of the user's may be replaced, and one is set."""
    fake.settings |= {"blocklist-url": shelf.theirs, "blocklist-enabled": True}
    settings = settings_for(fake, replace_blocklist=True)
    downloader = Transmission(settings, surroundings(shelf=shelf, facts=facts))
    yield downloader
    await downloader.close()


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bans, "_SERVED_WITHIN", 0.2)


async def test_it_is_told_where_the_list_is_and_to_fetch_it(
    fake: FakeTransmission, shelf: ServedShelf, downloader: Transmission
) -> None:
    await downloader.apply(push_of("36.110.0.1"))
    assert fake.settings["blocklist-enabled"]
    assert fake.settings["blocklist-url"] == f"{shelf.root}{PATH}"
    assert shelf.fetches == 1
    assert fake.banned


async def test_where_it_stands_already_nothing_is_set(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    await downloader.apply(push_of("36.110.0.1"))
    await downloader.apply(push_of("36.110.0.1", "36.110.0.2"))
    assert len(fake.named("session-set")) == 1
    fake.settings["blocklist-enabled"] = False
    await downloader.apply(push_of("36.110.0.1"))
    assert len(fake.named("session-set")) == 2


async def test_an_empty_list_unbans_everybody(
    fake: FakeTransmission, shelf: ServedShelf, downloader: Transmission
) -> None:
    await downloader.apply(push_of("36.110.0.1"))
    await downloader.apply(push_of())
    assert shelf.body
    assert not fake.bans("36.110.0.1")


@pytest.mark.parametrize(
    "url",
    [
        "",
        EXAMPLE,
        "http://192.168.1.2:9898/blocklist/p2p-plain-format?t=1755684278000",
        f"http://10.0.0.7:1234{PATH}",
    ],
)
async def test_what_nobody_misses_is_replaced(
    fake: FakeTransmission, downloader: Transmission, url: str
) -> None:
    fake.settings["blocklist-url"] = url
    await downloader.connect()
    await downloader.apply(push_of("36.110.0.1"))
    assert fake.banned


async def test_a_list_of_the_users_is_left_alone(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    fake.settings |= {"blocklist-url": THEIRS, "blocklist-enabled": True}
    with pytest.raises(NeedsAction) as caught:
        await downloader.connect()
    assert "lists.example" in say(caught.value.text)
    assert "1234" not in say(caught.value.text)
    assert fake.settings["blocklist-url"] == THEIRS


async def test_one_set_while_we_run_is_left_alone_too(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    await downloader.apply(push_of("36.110.0.1"))
    fake.settings["blocklist-url"] = THEIRS
    with pytest.raises(NeedsAction):
        await downloader.apply(push_of("36.110.0.1", "36.110.0.2"))
    assert fake.settings["blocklist-url"] == THEIRS


async def test_it_is_replaced_and_remembered_when_the_user_says_so(
    fake: FakeTransmission, shelf: ServedShelf, facts: MemoryFacts, replacing: Transmission
) -> None:
    await replacing.connect()
    await replacing.apply(push_of("36.110.0.1"))
    await replacing.apply(push_of("36.110.0.2"))
    assert fake.bans("36.110.0.2")
    assert json.loads(facts.facts[FACT]) == {"url": shelf.theirs, "enabled": True}


async def test_an_empty_list_gives_the_user_s_own_back(
    fake: FakeTransmission, shelf: ServedShelf, facts: MemoryFacts, replacing: Transmission
) -> None:
    for _ in range(2):  # the next ban takes the place again
        await replacing.apply(push_of("36.110.0.1"))
        assert fake.settings["blocklist-url"] == f"{shelf.root}{PATH}"
        await replacing.apply(push_of())
        assert fake.settings["blocklist-url"] == shelf.theirs
        assert fake.settings["blocklist-enabled"]
        assert fake.bans(THEIRS_BANS)
        assert not fake.bans("36.110.0.1")
        assert not facts.facts


async def test_a_list_that_was_off_is_off_again_and_not_fetched(
    fake: FakeTransmission, shelf: ServedShelf, replacing: Transmission
) -> None:
    fake.settings["blocklist-enabled"] = False
    await replacing.apply(push_of("36.110.0.1"))
    await replacing.apply(push_of())
    assert fake.settings["blocklist-url"] == shelf.theirs
    assert not fake.settings["blocklist-enabled"]
    assert not shelf.theirs_fetches


async def test_where_there_was_none_there_is_none_again(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    await downloader.apply(push_of("36.110.0.1"))
    await downloader.apply(push_of())
    assert fake.settings["blocklist-url"] == EXAMPLE
    assert not fake.settings["blocklist-enabled"]
    assert len(fake.named("blocklist-update")) == 2


async def test_one_of_ours_that_nobody_remembers_leaves_no_address(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    fake.settings |= {"blocklist-url": f"http://10.0.0.7:1234{PATH}", "blocklist-enabled": True}
    await downloader.apply(push_of())
    assert fake.settings["blocklist-url"] == ""
    assert fake.settings["blocklist-enabled"]


async def test_without_bans_the_user_s_list_is_left_alone(
    fake: FakeTransmission, shelf: ServedShelf, replacing: Transmission
) -> None:
    shelf.root = None  # nor is it waited for
    await replacing.apply(push_of())
    await replacing.apply(push_of())
    assert not fake.named("session-set")
    assert not fake.named("blocklist-update")


async def test_a_list_of_the_user_s_that_is_gone_is_set_all_the_same(
    fake: FakeTransmission,
    facts: MemoryFacts,
    replacing: Transmission,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake.settings["blocklist-url"] = gone = "http://127.0.0.1:9/?pin=1234"
    await replacing.apply(push_of("36.110.0.1"))
    await replacing.apply(push_of())
    assert fake.settings["blocklist-url"] == gone
    assert not fake.bans("36.110.0.1")
    assert not facts.facts
    assert "No Response" in caplog.text
    assert "1234" not in caplog.text


async def test_a_list_of_the_user_s_that_takes_long_is_not_waited_for(
    fake: FakeTransmission,
    facts: MemoryFacts,
    replacing: Transmission,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bans, "_GIVEN_BACK_WITHIN", 0.05)
    await replacing.apply(push_of("36.110.0.1"))
    update, theirs = fake.update, asyncio.Event()

    async def slow() -> object:
        if not fake.settings["blocklist-url"].endswith(PATH):
            await theirs.wait()
        return await update()

    monkeypatch.setattr(fake, "update", slow)
    await replacing.apply(push_of())
    assert not facts.facts
    theirs.set()


async def test_a_crash_between_fetching_and_giving_back_is_mended_by_the_next_empty_push(
    fake: FakeTransmission, shelf: ServedShelf, facts: MemoryFacts, replacing: Transmission
) -> None:
    await replacing.apply(push_of("36.110.0.1"))
    fake.failing["session-set"] = "crash"
    with pytest.raises(ProtocolMismatch):
        await replacing.apply(push_of())
    assert not fake.bans("36.110.0.1")
    del fake.failing["session-set"]
    await replacing.apply(push_of())
    assert fake.settings["blocklist-url"] == shelf.theirs
    assert fake.bans(THEIRS_BANS)
    assert not facts.facts


async def test_a_crash_before_it_was_forgotten_has_the_user_s_list_fetched_again(
    fake: FakeTransmission, shelf: ServedShelf, facts: MemoryFacts, replacing: Transmission
) -> None:
    await replacing.apply(push_of("36.110.0.1"))
    facts.fails = True
    with pytest.raises(StorageError):
        await replacing.apply(push_of())
    facts.fails = False
    fake.banned = []
    await replacing.apply(push_of())
    assert shelf.theirs_fetches == 2
    assert fake.bans(THEIRS_BANS)
    assert not facts.facts


async def test_one_that_the_user_has_set_while_we_ran_stays_and_has_ours_dropped(
    fake: FakeTransmission, shelf: ServedShelf, facts: MemoryFacts, downloader: Transmission
) -> None:
    await downloader.apply(push_of("36.110.0.1"))
    fake.settings["blocklist-url"] = shelf.theirs
    await downloader.apply(push_of())
    assert fake.settings["blocklist-url"] == shelf.theirs
    assert not fake.bans("36.110.0.1")
    assert not facts.facts


async def test_where_the_user_has_emptied_the_address_ours_is_dropped_too(
    fake: FakeTransmission, facts: MemoryFacts, replacing: Transmission
) -> None:
    await replacing.apply(push_of("36.110.0.1"))
    fake.settings["blocklist-url"] = ""
    await replacing.apply(push_of())
    assert fake.settings["blocklist-url"] == ""
    assert not fake.bans("36.110.0.1")
    assert not facts.facts


async def test_without_our_server_it_says_so(
    shelf: ServedShelf, downloader: Transmission, fake: FakeTransmission
) -> None:
    shelf.root = None
    with pytest.raises(NeedsAction) as caught:
        await downloader.apply(push_of("36.110.0.1"))
    assert caught.value.text.id == "blocklist-not-served"
    assert fake.settings["blocklist-url"] == EXAMPLE


async def test_a_list_that_it_cannot_fetch_is_said_with_the_address_alone(
    shelf: ServedShelf, downloader: Transmission
) -> None:
    shelf.root = "http://127.0.0.1:9"
    with pytest.raises(NeedsAction) as caught:
        await downloader.apply(push_of("36.110.0.1"))
    text = say(caught.value.text)
    assert "http://127.0.0.1:9" in text
    assert PATH not in text
    assert "server.prefix" in text


async def test_one_in_a_container_fetches_it_where_others_do(
    fake: FakeTransmission, shelf: ServedShelf, downloader: Transmission
) -> None:
    # 127.0.0.1 is another machine to what runs in a container; 0.0.0.0 stands for our address in its network.
    shelf.far = (shelf.root or "").replace("127.0.0.1", "0.0.0.0")
    shelf.root = "http://127.0.0.1:9"
    await downloader.apply(push_of("36.110.0.1"))
    assert fake.settings["blocklist-url"] == f"{shelf.far}{PATH}"
    updates = len(fake.named("blocklist-update"))
    await downloader.apply(push_of("36.110.0.2"))
    assert len(fake.named("blocklist-update")) == updates + 1


async def test_on_another_computer_our_loopback_is_not_even_tried(
    fake: FakeTransmission, shelf: ServedShelf
) -> None:
    fake.url = fake.url.replace("127.0.0.1", "0.0.0.0")
    downloader = Transmission(settings_for(fake), surroundings(shelf=shelf))
    with pytest.raises(NeedsAction) as caught:
        await downloader.apply(push_of("36.110.0.1"))
    assert caught.value.text.id == "blocklist-out-of-reach"
    assert not fake.named("blocklist-update")
    await downloader.close()


async def test_entries_that_it_did_not_keep_are_counted(
    fake: FakeTransmission, downloader: Transmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = fake.update

    async def forgetful() -> object:
        await update()
        return {"blocklist-size": 1}

    monkeypatch.setattr(fake, "update", forgetful)
    with pytest.raises(ProtocolMismatch) as caught:
        await downloader.apply(push_of("36.110.0.1", "36.110.0.9", "36.110.1.0/24"))
    assert "1 of 3" in say(caught.value.text)


async def test_what_it_says_of_a_list_that_it_fetched_is_passed_on(
    fake: FakeTransmission, downloader: Transmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = fake.update

    async def failing() -> object:
        await update()
        return "Error uncompressing blocklist: buffer error (-5)"

    monkeypatch.setattr(fake, "update", failing)
    with pytest.raises(ProtocolMismatch) as caught:
        await downloader.apply(push_of("36.110.0.1"))
    assert "buffer error" in say(caught.value.text)


async def test_a_large_list_is_taken_whole(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    await downloader.apply(push_of(*(f"36.110.{n >> 7}.{2 * (n & 127)}" for n in range(2_000))))
    assert len(fake.banned) == 2_000


async def test_on_another_computer_it_fetches_it_where_we_listen_in_its_network(
    fake: FakeTransmission, shelf: ServedShelf
) -> None:
    fake.url = fake.url.replace("127.0.0.1", "0.0.0.0")
    shelf.far = "http://127.0.0.1:9898"  # nobody has set server.prefix
    shelf.root = (shelf.root or "").replace("127.0.0.1", "0.0.0.0")
    downloader = Transmission(settings_for(fake), surroundings(shelf=shelf))
    await downloader.apply(push_of("36.110.0.1"))
    assert fake.settings["blocklist-url"] == f"{shelf.root}{PATH}"
    await downloader.close()


async def test_where_nobody_answers_it_is_not_waited_for_long(
    fake: FakeTransmission, downloader: Transmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bans, "_FETCHED_WITHIN", 0.1)

    async def waiting() -> object:
        await asyncio.sleep(1)
        return "gotNewBlocklist: http error 0: No Response"

    monkeypatch.setattr(fake, "update", waiting)
    with pytest.raises(NeedsAction):
        await downloader.apply(push_of("36.110.0.1"))


async def test_a_list_at_an_address_that_nobody_can_read_is_the_user_s_too(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    fake.settings |= {"blocklist-url": "http://[broken/list", "blocklist-enabled": True}
    with pytest.raises(NeedsAction) as needed:
        await downloader.connect()
    assert needed.value.text.params == {"host": "?"}
