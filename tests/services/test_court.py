"""The court put together: complete without a downloader, and it tells what each rule holds."""

from pathlib import Path

from app.adapters.config_files import ConfigFiles
from app.services.ban_list import BanList
from app.services.court import Basis, make_court
from app.services.downloaders import Downloaders
from app.services.events import EventBus
from app.services.exceptions import Exceptions
from app.services.ports import Settings
from app.services.protection import Protection
from app.services.settings import SettingsBook
from app.settings.profile import RULES
from tests.services.fakes import HandClock, MemoryStore, house, quiet_outside


def not_made_yet() -> Downloaders:
    raise AssertionError


async def test_it_is_complete_before_there_are_downloaders(tmp_path: Path) -> None:
    files, store, bus, clock = ConfigFiles(tmp_path), MemoryStore(), EventBus(), HandClock()
    config, profile = files.load()
    court = make_court(
        Basis(
            settings=SettingsBook(files, Settings(config=config, profile=profile), bus),
            protection=Protection(tuple, bus),
            exceptions=Exceptions(store, bus, clock),
            ban_list=BanList(store, bus, clock),
            store=store,
            outside=quiet_outside(tmp_path),
            data_dir=tmp_path,
            bus=bus,
            clock=clock,
        ),
        not_made_yet,
    )

    assert [state.name for state in court.rules.states()] == list(RULES)
    assert court.judge.rules.rules
    assert court.lookups.lists is court.subscriptions


async def test_what_a_rule_holds_is_counted_over_all_its_kinds(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        before = {state.name: state.entries for state in it.core.rules.states()}
        regions, pattern = ["XA", "XB"], '{"method": "CONTAINS", "content": "seedbox"}'
        await it.core.rules.change("ip-address-blocker", {("regions",): regions})
        await it.core.rules.change("ptr-blacklist", {("ptr-rules",): [pattern] * 3})
        after = {state.name: state.entries for state in it.core.rules.states()}

        added = {name: after[name] - before[name] for name in RULES if after[name] != before[name]}
        assert added["ip-address-blocker"] == len(regions) - 1  # one was shipped
        assert after["ptr-blacklist"] == 3
        assert added.keys() == {"ip-address-blocker", "ptr-blacklist"}
