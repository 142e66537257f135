"""What a downloader makes of its bans: confirmed when nobody is there, tried otherwise, told in the end."""

from msgspec.structs import replace

from app.domain.address import show
from app.domain.capabilities import Capabilities
from app.services.enforcement import Enforcement, Standing
from tests.domain.examples import ban
from tests.services.reconcile_bench import bench, seen


async def test_a_ban_is_confirmed_by_the_sweep_after() -> None:
    it = bench()
    entry = ban("1.2.3.4")
    await it.bans.add([entry])
    assert it.reconciler.state_of(entry) is Enforcement.WAITING
    await it.sync()
    assert it.reconciler.state_of(entry) is Enforcement.WAITING
    await it.look()
    assert it.reconciler.state_of(entry) is Enforcement.ENFORCED
    assert it.reconciler.counts() == (1, 1)


async def test_a_peer_that_stays_is_pushed_once_more_and_reported() -> None:
    it = bench()
    entry = ban("1.2.3.4")
    await it.bans.add([entry])
    await it.sync()
    for _ in range(4):
        await it.look(seen("1.2.3.4", entry))
        await it.sync()
    assert it.reconciler.state_of(entry) is Enforcement.STILL_THERE
    assert len(it.downloader.pushes) == 2
    await it.look()
    assert it.reconciler.state_of(entry) is Enforcement.ENFORCED


async def test_peers_that_stay_one_after_another_do_not_have_everything_sent_each_time() -> None:
    it = bench()
    entries = [ban(f"1.2.3.{last}") for last in range(20)]
    await it.bans.add(entries)
    await it.sync()
    await it.look()
    for entry in entries:
        it.clock.now += 5_000
        await it.look(seen(show(entry.prefix), entry))
        await it.sync()
    # After 5 and 65 seconds.
    assert len(it.downloader.pushes) == 3


async def test_a_peer_that_stays_is_told_in_the_end_also_right_after_another() -> None:
    it = bench()
    first, second = ban("1.2.3.4"), ban("5.6.7.8")
    await it.bans.add([first, second])
    await it.sync()
    await it.look(seen("1.2.3.4", first))
    await it.sync()
    for defied in ([], [second.prefix]):
        await it.look(seen("5.6.7.8", second))
        await it.sync()
        assert list(it.reconciler.defied()) == defied


async def test_who_comes_in_by_the_mapped_form_is_banned_by_it_in_the_end() -> None:
    it = bench()
    block = ban("64:ff9b::/96")  # which has no companion
    await it.bans.add([block])
    await it.sync()
    stays = seen("64:ff9b::1.2.3.4", block)
    for expected in (
        {"64:ff9b::/96"},
        {"64:ff9b::/96", "64:ff9b::102:304", "1.2.3.4", "::ffff:102:304"},
    ):
        await it.look(stays)
        await it.sync()
        assert it.pushed() == expected
    assert it.reconciler.defied() == {}
    await it.look(stays)
    assert not await it.sync()
    assert it.reconciler.defied() == {block.prefix: stays.peer.address.raw.ip}
    assert it.reconciler.standing(block).attempts == 2
    await it.bans.remove([block.prefix])
    await it.sync()
    assert it.pushed() == set()
    assert it.reconciler.defied() == {}


async def test_a_peer_of_a_block_that_stays_is_listed_beside_it() -> None:
    it = bench()
    block = ban("1.2.3.0/24")
    await it.bans.add([block])
    await it.sync()
    plain = it.pushed()
    for _ in range(2):
        await it.look(seen("1.2.3.7", block))
        await it.sync()
    assert it.pushed() - plain == {"1.2.3.7", "::ffff:102:307"}
    await it.look()
    assert it.reconciler.state_of(block) is Enforcement.ENFORCED
    await it.bans.add([replace(block, until=block.until + 5)], record=False)
    await it.sync()
    assert it.pushed() - plain == {"1.2.3.7", "::ffff:102:307"}
    await it.bans.remove([block.prefix])
    await it.bans.add([block])
    await it.sync()
    assert it.pushed() == plain


async def test_only_forms_that_the_downloader_takes_are_tried() -> None:
    it = bench()
    ipv4 = Capabilities(ipv6=False)
    it.downloader.able = ipv4
    entry = ban("1.2.3.4")
    await it.bans.add([entry])
    await it.reconciler.reconcile(ipv4)
    for _ in range(3):
        await it.reconciler.observe([seen("1.2.3.4", entry)], ipv4, 0)
        await it.reconciler.reconcile(ipv4)
    assert {show(e) for push in it.downloader.pushes for e in push.wanted} == {"1.2.3.4"}
    assert it.reconciler.defied()


async def test_how_long_it_took_until_nobody_was_there_is_kept() -> None:
    it = bench()
    entry, early = ban("1.2.3.4"), ban("5.6.7.8", since=-1)
    it.clock.now = 2_000
    await it.bans.add([entry, early])
    assert it.reconciler.standing(entry) == Standing(state=Enforcement.WAITING)
    await it.sync()
    assert it.reconciler.standing(entry) == Standing(state=Enforcement.WAITING, since=2_000)
    it.clock.now = 2_400
    await it.look()
    confirmed = Standing(state=Enforcement.ENFORCED, since=2_000, after=0.4)
    assert it.reconciler.standing(entry) == confirmed
    assert it.reconciler.standing(early) == Standing(state=Enforcement.ENFORCED)
    await it.look(seen("1.2.3.4", entry))
    back = Standing(state=Enforcement.STILL_THERE, since=2_000, attempts=1)
    assert it.reconciler.standing(entry) == back


async def test_an_update_that_takes_banning_away_leaves_no_false_hope() -> None:
    it = bench()
    entry = ban("1.2.3.4")
    await it.bans.add([entry])
    await it.sync()
    await it.look(seen("1.2.3.4", entry))
    watch_only = Capabilities(bans=False)
    await it.reconciler.catch_up(watch_only)
    await it.reconciler.observe([seen("1.2.3.4", entry)], watch_only, 0)
    assert it.reconciler.state_of(entry) is Enforcement.NOT_ENFORCEABLE
    assert it.reconciler.counts() == (0, 0)


async def test_a_listed_address_of_a_block_is_not_confirmed_before_its_peer_is_gone() -> None:
    it = bench()
    entry = ban("1.2.3.0/24")
    await it.bans.add([entry])
    await it.sync(ranges=False)
    await it.look(seen("1.2.3.7", entry), ranges=False)
    await it.sync(ranges=False)
    assert it.reconciler.state_of(entry) is Enforcement.WAITING
    await it.look(ranges=False)
    assert it.reconciler.state_of(entry) is Enforcement.ENFORCED


async def test_a_ban_with_another_end_stays_confirmed() -> None:
    it = bench()
    entry = ban("1.2.3.4")
    await it.bans.add([entry])
    await it.sync()
    await it.look()
    await it.bans.add([replace(entry, until=entry.until + 1)], record=False)
    await it.sync()
    assert it.reconciler.state_of(entry) is Enforcement.ENFORCED
    assert len(it.downloader.pushes) == 1
