"""What a user does to the ban list."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app.domain.address import Endpoint, parse_prefix
from app.domain.ban import FOREVER, Ban, Source
from app.domain.decision import merge
from app.domain.errors import Refused
from app.domain.peer_exception import PeerException
from app.locale.texts import say
from app.services.errors import StorageError
from app.services.events import BansChanged, JudgedPeer, PeerKey, RulesChanged
from tests.domain.examples import UBUNTU, ban, peer
from tests.services.fakes import NOW, MemoryStore, house
from tests.services.test_sweep import swept

P = parse_prefix


async def test_a_ban_by_hand_is_listed_at_once_without_any_downloader(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        (made,) = await it.core.bans.ban([P("203.0.113.7")], note="farm")
        assert it.core.bans.shown() == [made]
        assert (made.source, made.until) == (Source.MANUAL, NOW + FOREVER)
        assert made.endless
        assert P("203.0.113.7") in it.store.bans


async def test_what_an_exception_spares_cannot_be_banned_by_hand(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.exceptions.add(PeerException(id="", prefix=P("203.0.113.0/24")))
        with pytest.raises(Refused) as caught:
            await it.core.bans.ban([P("8.8.8.8"), P("203.0.113.7")])
        assert caught.value.text.id == "ban-spared"
        assert len(it.core.ban_list) == 0


async def test_a_block_around_an_exception_cannot_be_banned_by_hand(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.exceptions.add(PeerException(id="", prefix=P("203.0.113.0/24")))
        with pytest.raises(Refused) as caught:
            await it.core.bans.ban([P("203.0.0.0/16")])
        assert caught.value.text.id == "ban-holds-spared"
        assert caught.value.text.params["exception"] == "203.0.113.0/24"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "192.168.1.7",
            "192.168.1.7 is not banned. This is in your local network (192.168.0.0/16).",
        ),
        (
            "192.0.0.0/8",
            (
                "192.0.0.0/8 is not banned. 192.168.0.0/16 lies inside it."
                " This is in your local network (192.168.0.0/16)."
            ),
        ),
        ("127.0.0.1", "127.0.0.1 is not banned. This is your own computer."),
    ],
)
async def test_what_is_protected_cannot_be_banned_by_hand_whatever_the_profile_says(
    tmp_path: Path, text: str, words: str
) -> None:
    async with house(tmp_path) as it:
        await it.core.settings.change("profile.yml", {("ignore-peers-from-addresses",): []})
        with pytest.raises(Refused) as caught:
            await it.core.bans.ban([P("8.8.8.8"), P(text)])
        assert say(caught.value.text) == words
        ip = P(text).network_address
        judged = JudgedPeer(
            PeerKey("", UBUNTU.id, Endpoint(ip, 1)), UBUNTU, peer(str(ip)), merge([], 1), NOW
        )
        with pytest.raises(Refused):
            await it.core.bans.ban_peers([judged], bits=(P(text).prefixlen, 128))
        assert len(it.core.ban_list) == 0


async def test_unban_and_except_happens_for_all_or_none(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.bans.ban([P("203.0.113.7"), P("203.0.113.8")])
        save = it.store.save_exception
        saved: list[PeerException] = []

        async def save_one(entry: PeerException) -> None:
            if saved:
                raise StorageError("disk full")
            saved.append(entry)
            await save(entry)

        it.store.save_exception = save_one  # type: ignore[method-assign]
        with pytest.raises(StorageError):
            await it.core.bans.unban_and_except([P("203.0.113.7"), P("203.0.113.8")])
        assert len(it.core.ban_list) == 2
        assert not it.store.exceptions
        assert it.core.exceptions.spares(P("203.0.113.7")) is None


async def test_many_are_unbanned_and_excepted_with_one_change_of_the_rules(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        told: list[RulesChanged] = []
        it.core.bus.subscribe(RulesChanged, told.append)
        prefixes = [P(f"203.0.113.{n}") for n in range(50)]
        await it.core.bans.ban(prefixes)
        await it.core.bans.unban_and_except(prefixes)
        assert len(told) == 1
        assert len(it.core.ban_list) == 0


async def test_an_unban_can_be_taken_back_after_its_exception_was_deleted(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.bans.ban([P("203.0.113.7")])
        gone, spared = await it.core.bans.unban_and_except([P("203.0.113.7")])
        await it.core.exceptions.remove(spared[0].id)
        await it.core.bans.restore(gone, spared)
        assert len(it.core.ban_list) == 1


async def test_a_ban_that_was_lifted_meanwhile_gets_no_other_end(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.bans.ban([P("203.0.113.7")])
        await asyncio.gather(
            it.core.bans.unban([P("203.0.113.7")]),
            it.core.bans.change_end(P("203.0.113.7"), NOW + 5),
        )
        assert len(it.core.ban_list) == 0


async def test_a_ban_that_is_being_stored_when_its_exception_comes_is_lifted(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        commit = it.store.commit_bans

        async def commit_late(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
            it.store.commit_bans = commit  # type: ignore[method-assign]
            await it.core.exceptions.add(PeerException(id="", prefix=P("203.0.113.7")))
            await asyncio.sleep(0)
            await commit(*args, **kwargs)

        it.store.commit_bans = commit_late  # type: ignore[method-assign]
        lifted: asyncio.Future[tuple[Ban, ...]] = asyncio.get_running_loop().create_future()

        def listen(event: BansChanged) -> None:
            if event.removed:
                lifted.set_result(event.removed)

        it.core.bus.subscribe(BansChanged, listen)
        await it.core.bans.ban([P("203.0.113.7")])
        async with asyncio.timeout(5):
            await lifted
        assert len(it.core.ban_list) == 0


async def test_o13_an_address_does_not_lift_the_block_around_it(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.bans.ban([P("203.0.113.0/24")])
        assert await it.core.bans.unban([P("203.0.113.9")]) == ()


async def test_o14_a_block_lifts_every_entry_inside_it(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.bans.ban([P("203.0.113.9"), P("203.0.113.12"), P("203.0.114.1")])
        assert len(await it.core.bans.unban([P("203.0.113.0/24")])) == 2
        assert len(it.core.ban_list) == 1


async def test_an_unban_by_hand_is_marked_in_the_history_and_can_be_taken_back(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        await it.core.bans.ban([P("203.0.113.7")])
        gone = await it.core.bans.unban([P("203.0.113.7")])
        assert it.store.records[0].unbanned_at == NOW
        await it.core.bans.restore(gone)
        assert len(it.core.ban_list) == 1
        assert len(it.store.records) == 1


async def test_unban_and_except_keeps_the_peer_out_of_the_rules(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        it.downloaders["qb"].show(UBUNTU, peer("203.0.113.7", client_name="hp/torrent"))
        await swept(it)
        assert len(it.core.ban_list) == 1
        gone, spared = await it.core.bans.unban_and_except([P("203.0.113.7")], note="friend")
        await swept(it)
        await swept(it)
        assert len(it.core.ban_list) == 0
        await it.core.bans.restore(gone, spared)
        assert len(it.core.ban_list) == 1
        assert not it.store.exceptions


async def test_an_exception_lifts_the_bans_it_covers(tmp_path: Path) -> None:
    store = MemoryStore()
    async with house(tmp_path, store=store) as it:
        await it.core.bans.ban([P("203.0.113.7")])
        lifted: asyncio.Future[BansChanged] = asyncio.get_running_loop().create_future()
        it.core.bus.subscribe(BansChanged, lifted.set_result)
        await it.core.settings.change(
            "profile.yml", {("ignore-peers-from-addresses",): ["203.0.113.0/24"]}
        )
        async with asyncio.timeout(5):
            assert len((await lifted).removed) == 1


async def test_bans_that_protection_covers_by_now_are_lifted_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()
    stored = [
        replace(ban(text, until=NOW + 1000), raw=P(raw).network_address if raw else None)
        for text, raw in (
            ("192.168.1.7", None),
            ("8.0.0.0/6", None),
            ("9.9.9.9", "fd00::1"),
            ("203.0.113.9", None),
        )
    ]
    store.bans = {each.prefix: each for each in stored}
    async with house(tmp_path, store=store):
        assert list(store.bans) == [P("203.0.113.9")]
    assert "Lifted the ban of 8.0.0.0/6: 10.0.0.0/8 lies inside it" in caplog.text


async def test_an_exception_for_a_client_lifts_the_bans_of_its_peers(tmp_path: Path) -> None:
    store = MemoryStore()
    made = replace(ban("203.0.113.9", until=NOW + 1000), peer=peer(), torrent=UBUNTU)
    store.bans[made.prefix] = made
    async with house(tmp_path, store=store) as it:
        await it.core.exceptions.add(PeerException(id="", client="qBittorrent"))
        assert await it.core.bans.release_spared() in ((made,), ())
        assert not store.bans


async def test_d1_bans_of_a_spared_address_are_lifted_before_anything_is_pushed(
    tmp_path: Path,
) -> None:
    store = MemoryStore()
    spared = ban("192.168.1.7", until=NOW + 1000)
    store.bans[spared.prefix] = spared
    async with house(tmp_path, "qb", store=store) as it:
        await swept(it)
        assert all(not push.wanted for push in it.downloaders["qb"].pushes)
        assert not store.bans


async def test_the_end_of_a_ban_can_be_changed_without_a_new_record(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.bans.ban([P("203.0.113.7")])
        await it.core.bans.change_end(P("203.0.113.7"), NOW + 5)
        assert it.core.bans.shown()[0].until == NOW + 5
        assert len(it.store.records) == 1
        with pytest.raises(Refused):
            await it.core.bans.change_end(P("203.0.113.8"), NOW + 5)


async def test_clicked_peers_are_banned_with_their_block(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        it.downloaders["qb"].show(UBUNTU, peer("203.0.113.7"), peer("2001:db8::7"))
        await swept(it)
        made = await it.core.bans.ban_peers(it.core.downloaders.peers("qb"), bits=(24, 56))
        assert {str(b.prefix) for b in made} == {"203.0.113.0/24", "2001:db8::/56"}
        assert all(b.peer is not None and b.torrent == UBUNTU for b in made)
        # Why? shows what the rules said, and then the user's own word.
        rules = [v.rule for v in made[0].trace]
        assert [*rules[:2], rules[-1]] == ["protection", "exception", "manual"]
