"""The rules of a profile without the running program: to judge one peer alone, or to replay what was recorded."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.domain.address_list import AddressList
from app.domain.decision import Decision
from app.domain.errors import AppError
from app.domain.name_list import NameList
from app.domain.sighting import Batch, Sighting
from app.services.ban_list import BanList
from app.services.clock import wall_clock
from app.services.events import EventBus
from app.services.exceptions import Exceptions
from app.services.judge import Judge, Panel
from app.services.list_copies import ListCopies
from app.services.lookups import Current, Lookups, make_places, make_scripts
from app.services.neighbours import Neighbours
from app.services.outside import Outside
from app.services.ports import Clock
from app.services.protection import Protection
from app.services.replay import Nowhere
from app.services.reverse_names import ReverseNames
from app.services.rule_set import RuleBook
from app.services.subscription import ListKey, ListKind, Surroundings
from app.settings.config import Config
from app.settings.profile import Profile


@dataclass(frozen=True, slots=True)
class KeptLists:
    """The last good copies."""

    addresses: tuple[AddressList, ...] = ()
    names: tuple[NameList, ...] = ()

    def address_lists(self) -> tuple[AddressList, ...]:
        return self.addresses

    def name_lists(self) -> tuple[NameList, ...]:
        return self.names


class StandaloneRules:
    """Protects what is nobody's to ban, spares what the profile spares; the computer's own addresses play no part."""

    def __init__(self, profile: Profile, lookups: Lookups) -> None:
        self._profile, self._lookups = profile, lookups
        bus = EventBus()
        self._alone = self._made(BanList(Nowhere(), bus, wall_clock), bus, wall_clock)

    def judge(self, ban_list: BanList, bus: EventBus, clock: Clock) -> Judge:
        """A judge by these rules over `ban_list`, with memories of its own."""
        return self._made(ban_list, bus, clock)[0]

    async def judged_alone(self, seen: Sighting) -> Decision:
        """What the rules say of a peer that nobody saw before."""
        judge, book = self._alone
        batch = Batch([seen])
        await judge.prepare([batch])
        panel = Panel(book.alone(seen.downloader, seen.torrent))
        return (await judge.decide(panel, batch))[0]

    def _made(self, ban_list: BanList, bus: EventBus, clock: Clock) -> tuple[Judge, RuleBook]:
        exceptions = Exceptions(Nowhere(), bus, clock)
        exceptions.configure(self._profile.ignore_peers_from_addresses)
        neighbours = Neighbours(ban_list, bus)
        lookups = self._lookups.with_empty_memories()
        book = RuleBook(self._profile, lookups.parts(neighbours))
        judge = Judge(
            Protection(tuple, bus),
            exceptions,
            book.whole,
            variants=book.variant,
            outlook=lookups.outlook(neighbours, lambda: judge.in_use),
        )
        return judge, book


async def open_standalone(
    profile: Profile, config: Config, folder: Path, outside: Outside
) -> StandaloneRules:
    """Read what the rules look at in the data directory `folder`, and change nothing there. Raises InvalidRule.

    No server is asked for anything, so that nobody has a reverse name.
    """
    bus = EventBus()
    current = Current(lambda: config, lambda: profile)
    lookups = Lookups(
        places=make_places(current, outside, bus, wall_clock),
        names=ReverseNames(None, wall_clock, lambda _addresses: None),
        lists=await _kept_lists(profile, folder / LISTS),
        scripts=make_scripts(profile, outside, bus),
    )
    await lookups.load()
    return StandaloneRules(profile, lookups)


LISTS = Path("cache", "subscriptions")
"""Where a data directory keeps copies of remote lists."""


async def _kept_lists(profile: Profile, folder: Path) -> KeptLists:
    addresses: list[AddressList] = []
    names: list[NameList] = []
    copies = ListCopies(folder, Surroundings(own=tuple, addresses=tuple, client_names=tuple))
    for kind, area in (
        (ListKind.ADDRESSES, profile.ip_address_blocker_rules),
        (ListKind.NAMES, profile.peer_name_blocker_rules),
    ):
        for subscription in area.lists:
            with suppress(AppError):  # never fetched, or no good any more
                found, _ = await copies.read_kept(
                    ListKey(kind, subscription.id), subscription, area
                )
                if isinstance(found, AddressList):
                    addresses.append(found)
                else:
                    names.append(found)
    return KeptLists(tuple(addresses), tuple(names))
