"""Remote lists over a real server: updates, schedules, refusals, and the last good copy."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typing_extensions import override

from app.adapters.config_files import ConfigFiles
from app.adapters.fetch import HttpFetch
from app.domain.address import IPAddress, Prefix, parse_ip, parse_prefix
from app.domain.errors import AppError, NotFound
from app.domain.reason import Text
from app.locale.texts import say
from app.services.events import AlertRaised, EventBus, ListChecked, ListsChanged
from app.services.fetching import Credentials, Fetched, FetchFailed, Stamp
from app.services.ports import Settings
from app.services.settings import SettingsBook
from app.services.subscription import ListKey, ListKind, ListRefused, ListState, Surroundings
from app.services.subscriptions import Subscriptions
from app.settings.config import Proxy
from app.settings.errors import InvalidSetting
from app.settings.modules import Subscription
from tests.services.fakes import NOW, HandClock, MemorySubscriptions
from tests.services.list_server import ListServer, list_server

HOUR = 3_600_000
UNKNOWN = Stamp()
A = ListKey(ListKind.ADDRESSES, "a")
NAMES = ListKey(ListKind.NAMES, "n")
GOOD = "8.8.8.0/24 # bad isp\n9.9.9.9\n"


@dataclass
class House:
    """Subscriptions over settings in a folder; what surrounds them can be set."""

    folder: Path
    server: ListServer
    clock: HandClock = field(default_factory=HandClock)
    store: MemorySubscriptions = field(default_factory=MemorySubscriptions)
    fetch: HttpFetch = field(default_factory=lambda: HttpFetch(Proxy))
    own: list[Prefix] = field(default_factory=list)
    live: list[IPAddress] = field(default_factory=list)
    client_names: list[str] = field(default_factory=list)
    alerts: list[AlertRaised] = field(default_factory=list)
    changes: int = 0
    checks: int = 0
    lists: Subscriptions = field(init=False)
    settings: SettingsBook = field(init=False)

    async def start(self, *subscribed: tuple[ListKey, str]) -> None:
        """Start, and again, as after a restart; with `subscribed`, those are all lists there are."""
        files = ConfigFiles(self.folder)
        if subscribed:
            self._write(subscribed)
        config, profile = files.load()
        bus = EventBus()
        bus.subscribe(AlertRaised, self.alerts.append)
        bus.subscribe(ListsChanged, lambda _event: self._count())
        bus.subscribe(ListChecked, lambda _event: self._check())
        self.settings = SettingsBook(files, Settings(config=config, profile=profile), bus)
        self.lists = Subscriptions(
            settings=self.settings,
            fetch=self.fetch,
            store=self.store,
            folder=self.folder / "cache",
            surroundings=Surroundings(
                own=lambda: self.own,
                addresses=lambda: self.live,
                client_names=lambda: self.client_names,
            ),
            bus=bus,
            clock=self.clock,
            dice=random.Random(1),
        )
        await self.lists.load()

    def _write(self, subscribed: Sequence[tuple[ListKey, str]]) -> None:
        # JSON is YAML too, and so few keys are read in no time.
        rules: dict[str, dict[str, object]] = {kind.value: {} for kind in ListKind}
        for key, url in subscribed:
            rules[key.kind.value][key.id] = {"url": url}
        areas = {
            kind: {"enabled": True, "check-interval": 4 * HOUR, "rules": found}
            for kind, found in rules.items()
        }
        (self.folder / "profile.yml").write_text(json.dumps({"module": areas}))
        (self.folder / "config.yml").write_text("server: {}\n")

    def _count(self) -> None:
        self.changes += 1

    def _check(self) -> None:
        self.checks += 1

    def state(self, key: ListKey = A) -> ListState:
        return next(state for state in self.lists.states() if state.key == key)

    def held(self, *addresses: str) -> list[bool]:
        found = self.lists.address_lists()
        return [any(one.find(parse_ip(ip)) is not None for one in found) for ip in addresses]

    def files(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "cache").rglob("*") if path.is_file())

    async def set(self, key: ListKey, values: dict[str, object]) -> None:
        path = ("module", key.kind.value)
        await self.settings.change(
            "profile.yml", {(*path, *k.split(".")): v for k, v in values.items()}
        )


class Impatient(HttpFetch):
    """Gives each download half a second."""

    @override
    async def __call__(
        self,
        url: str,
        target: Path,
        *,
        limit: int,
        stamp: Stamp = UNKNOWN,
        credentials: Credentials | None = None,
        seconds: float = 0.5,
    ) -> Fetched:
        return await super().__call__(
            url, target, limit=limit, stamp=stamp, credentials=credentials, seconds=seconds
        )


@asynccontextmanager
async def running(lists: Subscriptions) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(lists.run())
        yield
        task.cancel()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with list_server() as server:
        yield House(tmp_path, server)


async def test_a_list_is_fetched_at_the_start_and_then_in_force(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD)))
    assert house.lists.address_lists() == ()
    assert house.state().entries == 0

    await house.lists.update_due()

    assert house.held("8.8.8.77", "9.9.9.9", "9.9.9.8") == [True, True, False]
    (found,) = house.lists.address_lists()
    assert (found.id, found.name) == ("a", "a")
    state = house.state()
    assert (state.entries, state.in_force, state.problem, state.updating) == (2, True, None, False)
    assert (state.updated_at, state.checked_at) == (NOW, NOW)
    assert house.changes == 1
    assert house.checks == 2
    count, (row,) = await house.lists.log(A)
    assert (count, row.entries, row.manual, row.result) == (1, 2, False, Text("list-updated"))


async def test_lists_are_looked_at_by_their_interval_and_not_before(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD)))
    await house.lists.update_due()
    due = house.state().next_try
    assert due is not None
    assert NOW + 4 * HOUR <= due <= NOW + 4.4 * HOUR

    house.clock.now = due - 1
    await house.lists.update_due()
    assert house.server.calls["/a"] == 1
    house.clock.now = due
    await house.lists.update_due()
    assert house.server.calls["/a"] == 2

    await house.set(A, {"check-interval": HOUR})
    assert house.state().next_try == pytest.approx(due + HOUR, abs=HOUR / 10)


async def test_v_s12_an_unchanged_list_is_no_update(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD, etag='"1"')))
    await house.lists.update_due()
    (before,) = house.lists.address_lists()
    house.clock.now += 5 * HOUR
    await house.lists.update_due()  # a 304
    assert house.server.asked[-1].headers["If-None-Match"] == '"1"'
    house.server.put("/a", GOOD, etag='"2"')
    house.clock.now += 5 * HOUR
    await house.lists.update_due()  # the same again under another name

    assert house.server.calls["/a"] == 3
    assert house.lists.address_lists() == (before,)
    assert len(house.store.rows) == 1
    assert house.changes == 1
    assert house.state().updated_at == NOW
    assert house.state().checked_at == NOW + 10 * HOUR
    assert house.store.kept[A].stamp.etag == '"2"'

    assert await house.lists.update(A) == Text("list-same")
    assert house.store.rows[-1].manual


async def test_a_changed_list_takes_the_place_of_the_old_one(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD)))
    await house.lists.update_due()
    house.server.put("/a", gzip.compress(b"7.7.7.7\n"))

    assert await house.lists.update(A) == Text("list-updated")

    assert house.held("7.7.7.7", "9.9.9.9") == [True, False]
    assert len(house.files()) == 1


@pytest.mark.parametrize(
    ("body", "more", "why"),
    [
        ("<!DOCTYPE html><p>1.2.3.4", {"status": 404}, "fetch-status"),
        ("oops", {"status": 500}, "fetch-status"),
        ("8.8.8.8\n" * 1000, {"cut": True}, "answer-broke-off"),
        (gzip.compress(b"8.8.8.8\n" * 10_000_000), {}, "fetch-too-large"),
        ("8.8.8.8\n" * 10_000, {}, "fetch-too-large"),
        (gzip.compress(b"8.8.8.8\n" * 100)[:-9], {}, "fetch-damaged"),
        ("<!DOCTYPE html>\n8.8.8.8\n", {}, "list-refused-web-page"),
        ("# nothing\n", {}, "list-refused-empty"),
        ("", {}, "list-refused-empty"),
        ("8.8.8.8\n" + "Lorem ipsum\n" * 20, {}, "list-refused-lines"),
        (GOOD + "127.0.0.0/8\n", {}, "list-refused-local"),
        (GOOD + "192.168.0.0 - 192.168.255.255, 0, LAN\n", {}, "list-refused-local"),
        (GOOD + "100.64.0.0/10\n", {}, "list-refused-local"),
        (GOOD + "169.254.0.0/16\n", {}, "list-refused-local"),
        (GOOD + "5.5.5.0/24\n", {}, "list-refused-own"),
        ("16.0.0.0/4\n32.0.0.0/3\n208.0.0.0/4\n", {}, "list-refused-share"),
        ("2000::/4\n", {}, "list-refused-share"),
        ("6.6.6.0/24\n", {}, "list-refused-peers"),
    ],
)  # fmt: skip
async def test_v_s11_what_cannot_be_right_is_not_applied_and_the_last_good_copy_stays(
    house: House, body: str | bytes, more: dict[str, object], why: str
) -> None:
    house.own = [parse_prefix("5.5.5.5")]
    house.live = [parse_ip(f"6.6.6.{n}") for n in range(20)]
    await house.start((A, house.server.put("/a", GOOD)))
    await house.set(A, {"max-size": 20_000})
    await house.lists.update_due()
    before, files = house.lists.address_lists(), house.files()

    house.server.put("/a", body, **more)
    house.clock.now += 5 * HOUR
    await house.lists.update_due()

    assert house.lists.address_lists() == before
    assert house.files() == files
    state = house.state()
    assert state.in_force
    assert state.problem is not None
    assert state.problem.params["why"].id == why  # type: ignore[union-attr] # a text
    assert "?" not in say(state.problem)
    assert state.updated_at == state.checked_at == NOW
    refused = why.startswith("list-refused")
    assert [alert.text for alert in house.alerts] == ([state.problem] if refused else [])
    assert house.store.rows[-1].result == state.problem
    assert house.store.rows[-1].entries == 2

    # and the next good one heals it
    house.server.put("/a", "7.7.7.7\n")
    assert await house.lists.update(A) == Text("list-updated")
    assert house.state().problem is None
    assert house.held("7.7.7.7") == [True]


async def test_failures_are_tried_again_sooner_and_then_less_often(house: House) -> None:
    await house.start((A, house.server.url + "/missing"))
    waits = []
    for _ in range(8):
        await house.lists.update_due()
        due = house.state().next_try
        assert due is not None
        waits.append((due - house.clock.now) / 60_000)
        house.clock.now = due
    assert [5 * 2**n <= wait <= 5.5 * 2**n for n, wait in enumerate(waits[:6])] == [True] * 6
    assert waits[7] <= 4.4 * 60
    assert house.server.calls["/missing"] == 8
    assert len(house.store.rows) == 1  # the same failure once


async def test_without_the_server_a_restart_uses_the_last_good_copy(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD, etag='"1"')))
    await house.lists.update_due()
    house.server.pages.clear()

    await house.start()

    assert house.held("8.8.8.8") == [True]
    assert house.state().updated_at == NOW
    await house.lists.update_due()
    assert house.server.calls["/a"] == 1  # it is not old yet
    house.clock.now += 5 * HOUR
    await house.lists.update_due()
    assert house.server.calls["/a"] == 2
    assert house.held("8.8.8.8") == [True]


async def test_a_kill_before_a_list_is_applied_leaves_the_old_copy(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD)))
    await house.lists.update_due()
    (copy,) = (house.folder / "cache").rglob("*.txt")
    copy.with_suffix(".new").write_text("7.7.7.7\n")
    (copy.parent / ".fetch.x.tmp").write_text("7.7")

    await house.start()

    assert house.held("8.8.8.8", "7.7.7.7") == [True, False]
    assert house.files() == [copy.name]


async def test_a_kill_after_the_copy_was_replaced_is_noticed(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD, etag='"1"')))
    await house.lists.update_due()
    (copy,) = (house.folder / "cache").rglob("*.txt")
    copy.write_text("7.7.7.7\n")

    await house.start()

    assert house.held("7.7.7.7") == [True]
    house.server.put("/a", "7.7.7.7\n", etag='"1"')
    await house.lists.update_due()
    assert "If-None-Match" not in house.server.asked[-1].headers
    assert house.state().problem is None


async def test_a_copy_that_is_gone_or_became_wrong_is_fetched_again(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD, etag='"1"')))
    await house.lists.update_due()
    (copy,) = (house.folder / "cache").rglob("*.txt")
    copy.unlink()

    await house.start()
    assert house.state().problem is not None
    assert house.held("8.8.8.8") == [False]
    await house.lists.update_due()
    assert house.held("8.8.8.8") == [True]

    house.own = [parse_prefix("9.9.9.9")]  # the user has another address today
    await house.start()
    assert house.held("8.8.8.8") == [False]
    assert house.alerts[-1].text.params["why"] == Text("list-refused-own", {"address": "9.9.9.9"})


async def test_lists_of_names_are_kept_too(house: House) -> None:
    house.client_names = ["qBittorrent/5.0"] * 20
    url = house.server.put("/n", "^BitComet/1\\.\\d+ #old\n")
    await house.start((NAMES, url))
    await house.lists.update_due()
    (names,) = house.lists.name_lists()
    assert house.lists.address_lists() == ()
    found = names.find("BitComet/1.55")
    assert found is not None
    assert found.comment == "old"

    for body, why in (
        (".*", "list-refused-empty-name"),
        ("BitT", ""),
        ("ittor", "list-refused-peers"),
    ):
        house.server.put("/n", body)
        if why:
            with pytest.raises(ListRefused) as refused:
                await house.lists.update(NAMES)
            assert refused.value.why.id == why
        else:
            await house.lists.update(NAMES)
    assert house.lists.name_lists()[0].find("BitTorrent") is not None


async def test_adding_fetches_first_and_changes_nothing_when_that_fails(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD)))
    profile = (house.folder / "profile.yml").read_bytes()
    for path, body in (("/missing", None), ("/lan", "10.0.0.0/8\n")):
        if body is not None:
            house.server.put(path, body)
        with pytest.raises((FetchFailed, ListRefused)):
            await house.lists.add(
                ListKind.ADDRESSES, Subscription(id="b", url=house.server.url + path)
            )
    with pytest.raises(AppError, match="list-id-taken"):
        await house.lists.add(ListKind.ADDRESSES, Subscription(id="a", url=house.server.url))
    with pytest.raises(InvalidSetting):
        await house.lists.add(
            ListKind.ADDRESSES, Subscription(id="b.c", url=house.server.put("/b", "7.7.7.7\n"))
        )
    assert (house.folder / "profile.yml").read_bytes() == profile
    assert [state.key for state in house.lists.states()] == [A]
    assert house.files() == []

    added = Subscription(id="b", name="Mine", url=house.server.url + "/b")
    await house.lists.add(ListKind.ADDRESSES, added)
    assert house.settings.profile.ip_address_blocker_rules.lists[1] == added
    assert house.held("7.7.7.7") == [True]
    calls = house.server.calls["/b"]
    await house.lists.update_due()
    assert house.server.calls["/b"] == calls  # it has just been fetched


async def test_editing_switching_and_removing(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD)))
    await house.lists.update_due()
    url = house.server.url + "/a"

    await house.lists.edit(A.kind, Subscription(id="a", name="Other name", url=url))
    assert house.lists.address_lists()[0].name == "Other name"
    assert house.server.calls["/a"] == 1

    with pytest.raises(FetchFailed):
        await house.lists.edit(A.kind, Subscription(id="a", url=url + "/missing"))
    assert house.state().url == url
    moved = house.server.put("/moved", "7.7.7.7\n")
    await house.lists.edit(A.kind, Subscription(id="a", url=moved))
    assert house.held("7.7.7.7", "8.8.8.8") == [True, False]

    changes = house.changes
    await house.lists.enable(A, enabled=False)
    assert house.held("7.7.7.7") == [False]
    assert house.state().next_try is None
    assert await house.lists.update(A) == Text("list-off")
    assert house.changes == changes + 1
    calls = house.server.calls["/moved"]
    await house.lists.enable(A, enabled=True)
    assert house.held("7.7.7.7") == [True]
    assert house.server.calls["/moved"] == calls

    await house.lists.remove(A)
    assert house.lists.states() == ()
    assert house.lists.address_lists() == ()
    assert house.files() == []
    assert house.store.kept == {}
    with pytest.raises(NotFound):
        await house.lists.update(A)


async def test_a_rule_that_is_off_fetches_nothing_and_comes_back_with_its_copies(
    house: House,
) -> None:
    await house.start((A, house.server.put("/a", GOOD)))
    await house.lists.update_due()
    await house.set(A, {"mode": "off"})
    assert house.lists.address_lists() == ()
    house.clock.now += 5 * HOUR
    await house.lists.update_due()
    assert house.server.calls["/a"] == 1

    await house.set(A, {"mode": "shadow"})
    house.server.pages.clear()
    await house.lists.update_due()
    assert house.held("8.8.8.8") == [True]


async def test_an_address_that_is_changed_in_the_file_is_fetched_at_once(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD, etag='"1"')))
    await house.lists.update_due()
    moved = house.server.put("/moved", "7.7.7.7\n", etag='"1"')

    await house.set(A, {"rules.a.url": moved})

    assert house.held("8.8.8.8") == [True]  # until the other is here
    await house.lists.update_due()
    assert house.held("7.7.7.7", "8.8.8.8") == [True, False]


async def test_all_are_updated_when_asked_and_one_failure_stops_nothing(house: House) -> None:
    b = ListKey(ListKind.ADDRESSES, "b")
    await house.start((A, house.server.url + "/missing"), (b, house.server.put("/b", GOOD)))
    states = await house.lists.update_all(ListKind.ADDRESSES)
    assert [state.in_force for state in states] == [False, True]
    assert await house.lists.update_all(ListKind.NAMES) == ()


async def test_a_database_that_refuses_keeps_no_list_out_of_force(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.start((A, house.server.put("/a", GOOD)))
    house.store.fails = True
    await house.lists.update_due()
    assert house.held("8.8.8.8") == [True]
    assert "not remembered" in caplog.text


async def test_the_log_forgets_what_is_old(house: House) -> None:
    await house.start((A, house.server.put("/a", GOOD)))
    await house.lists.update_due()
    house.clock.now += 91 * 24 * HOUR
    await house.lists.update_due()
    assert await house.lists.log() == (0, ())


async def test_while_it_runs_a_new_list_is_fetched_by_itself(house: House) -> None:
    url = house.server.put("/a", GOOD)
    await house.start((A, url))
    async with running(house.lists):
        await house.server.came.wait()
        house.server.came.clear()
        await house.set(A, {"rules.b.url": house.server.put("/b", "7.7.7.7\n")})
        await house.server.came.wait()
    assert house.server.calls == {"/a": 1, "/b": 1}


async def test_a_drip_ends_at_its_limit_and_the_next_list_has_its_turn(house: House) -> None:
    b = ListKey(ListKind.ADDRESSES, "b")
    house.fetch = Impatient(Proxy)
    drip = house.server.put("/a", GOOD, drips=True)
    await house.start((A, drip), (b, house.server.put("/b", GOOD)))
    await house.lists.update_due()
    assert house.held("8.8.8.8") == [True]
