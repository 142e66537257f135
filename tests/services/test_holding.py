"""What a downloader shall hold for each ban, and what it is known to hold."""

import pytest

from app.domain.address import Prefix, parse_ip, parse_prefix, show
from app.domain.capabilities import Capabilities
from app.services.holding import Holding
from app.services.slices import Slices
from tests.domain.examples import ban
from tests.services.reconcile_bench import bench, seen

BLOCK, OTHER = parse_prefix("1.2.3.0/24"), parse_prefix("5.6.0.0/16")
PLAIN, MAPPED = parse_prefix("1.2.3.7"), parse_prefix("::ffff:1.2.3.7")
HOST = parse_ip("1.2.3.7")
SINGLES = Capabilities(prefixes=False)


def delivered(*bans: tuple[Prefix, tuple[Prefix, ...]]) -> Holding:
    """One that was told of these, and of nothing since."""
    holding = Holding()
    for each, entries in bans:
        holding.want(each, entries)
    holding.replaced(holding.wanted.copy())
    return holding


async def test_shared_entries_stay_until_their_last_ban_goes() -> None:
    it = bench()
    # Both are listed by the address that the downloader sees.
    await it.bans.add([ban("1.2.3.4", raw="64:ff9b::1.2.3.4"), ban("64:ff9b::1.2.3.4")])
    await it.sync()
    await it.bans.remove([parse_prefix("1.2.3.4")])
    await it.sync()
    assert it.pushed() == {"64:ff9b::102:304", "1.2.3.4"}


async def test_a_crowd_of_a_block_without_ranges_is_not_listed_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.services.holding._MOST_COVERED", 2)
    it = bench()
    entry = ban("1.2.3.0/24")
    await it.bans.add([entry])
    await it.sync(ranges=False)
    for last in (7, 8, 9):
        await it.look(seen(f"1.2.3.{last}", entry), ranges=False)
        await it.sync(ranges=False)
    assert it.pushed() == {"1.2.3.8", "1.2.3.9"}
    await it.bans.remove([entry.prefix])
    await it.sync(ranges=False)
    assert it.pushed() == set()


def test_what_changes_is_remembered_until_it_is_settled() -> None:
    holding = delivered((BLOCK, (BLOCK,)))
    holding.want(OTHER, (OTHER,))
    holding.unwant(BLOCK)
    assert holding.changed == {BLOCK, OTHER}
    holding.delivered([OTHER], [BLOCK])
    holding.settle()
    assert not holding.changed
    assert set(holding.held) == set(holding.wanted) == {OTHER}


def test_while_it_is_not_known_what_is_held_no_change_is_remembered() -> None:
    holding = delivered((BLOCK, (BLOCK,)))
    holding.forget()
    holding.want(OTHER, (OTHER,))
    assert not holding.known
    assert not holding.changed


def test_a_ban_without_a_form_is_impossible_until_an_address_of_it_is_listed() -> None:
    holding = delivered((BLOCK, ()), (OTHER, (OTHER,)))
    assert holding.is_impossible(BLOCK)
    assert holding.possible == 1
    assert holding.cover(BLOCK, HOST, SINGLES)
    assert not holding.cover(BLOCK, HOST, SINGLES)
    assert not holding.is_impossible(BLOCK)
    assert [show(entry) for entry in holding.changed] == ["1.2.3.7"]


def test_a_ban_is_held_once_all_its_entries_are() -> None:
    holding = delivered((BLOCK, (BLOCK,)))
    assert holding.holds(BLOCK)
    assert not holding.holds(OTHER)
    assert holding.add_forms(BLOCK, [HOST], Capabilities())
    assert not holding.add_forms(BLOCK, [HOST], Capabilities())
    assert not holding.holds(BLOCK)
    holding.delivered([PLAIN, MAPPED], ())
    assert holding.holds(BLOCK)


async def test_begun_anew_it_keeps_what_was_lent_to_bans_that_are_still_listed() -> None:
    holding = delivered((BLOCK, (BLOCK,)), (OTHER, (OTHER,)))
    holding.add_forms(BLOCK, [HOST], Capabilities())
    holding.add_forms(OTHER, [parse_ip("5.6.7.8")], Capabilities())
    assert holding.begin_anew() == {BLOCK: (BLOCK,), OTHER: (OTHER,)}
    assert not holding.known
    assert BLOCK not in holding
    holding.want(BLOCK, (BLOCK,))
    holding.keep_lent(BLOCK, Capabilities(mapped=False))
    await holding.drop_lent(Slices())
    assert set(holding.wanted) == {BLOCK, PLAIN}
    holding.want(OTHER, (OTHER,))
    holding.keep_lent(OTHER, Capabilities())
    assert set(holding.wanted) == {BLOCK, PLAIN, OTHER}
