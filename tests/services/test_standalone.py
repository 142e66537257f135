"""The rules of a profile without the running program."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import mkdtemp

from msgspec.structs import replace

from app.bootstrap import standalone_outside
from app.domain.peer import Peer
from app.domain.sighting import Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import Action
from app.services.list_copies import ListCopies
from app.services.standalone import LISTS, open_standalone
from app.services.subscription import ListKey, ListKind, Surroundings
from app.settings.config import Config
from app.settings.modules import AddressSubscriptions, Subscription
from app.settings.profile import Profile
from tests.domain.examples import UBUNTU, peer

LISTED = Subscription(id="a", url="https://example.org/a.txt")


async def decided(
    folder: Path, seen: Peer, profile: Profile, torrent: Torrent = UBUNTU
) -> tuple[Action, str | None]:
    scratch = Path(await asyncio.to_thread(mkdtemp, dir=folder))
    outside = standalone_outside(folder / "home", scratch)
    try:
        rules = await open_standalone(profile, Config(), folder / "home", outside)
        sighting = Sighting(at=5, downloader="", torrent=torrent, peer=seen)
        decision = await rules.judged_alone(sighting)
        again = await rules.judged_alone(sighting)
    finally:
        await outside.script_engine.close()
    assert again.action is decision.action
    return decision.action, decision.deciding.rule if decision.deciding else None


async def test_without_a_data_directory_the_bundled_scripts_judge(tmp_path: Path) -> None:
    fake = peer("2001:db8::1", client_name="Transmission 2.94", peer_id="-TR2940-")
    assert await decided(tmp_path, fake, Profile()) == (Action.BAN, "expression-engine")
    assert not (tmp_path / "home").exists()


async def test_scripts_of_the_data_directory_judge_and_stay_as_they_are(tmp_path: Path) -> None:
    scripts = tmp_path / "home" / "scripts"
    scripts.mkdir(parents=True)
    (scripts / "version").write_text("99\n")
    (scripts / "mine.py").write_text("def judge(client_name):\n    return client_name == 'me'\n")
    before = {path.name: path.read_bytes() for path in scripts.iterdir()}
    assert (await decided(tmp_path, peer(client_name="me"), Profile()))[0] is Action.BAN
    assert (await decided(tmp_path, peer(client_name="you"), Profile()))[0] is Action.NO_ACTION
    assert {path.name: path.read_bytes() for path in scripts.iterdir()} == before


async def test_the_last_good_copies_of_lists_judge(tmp_path: Path) -> None:
    key = ListKey(ListKind.ADDRESSES, LISTED.id)
    copies = ListCopies(
        tmp_path / "home" / LISTS, Surroundings(own=tuple, addresses=tuple, client_names=tuple)
    )
    await copies.open()
    await asyncio.to_thread(copies.fresh(key).write_bytes, b"203.0.113.0/24\n")
    await copies.keep(key)
    profile = Profile(ip_address_blocker_rules=AddressSubscriptions(lists=(LISTED,)))
    found = await decided(tmp_path, peer("203.0.113.9"), profile)
    assert found == (Action.BAN, "ip-address-blocker-rules")


async def test_each_peer_is_judged_as_if_nobody_was_seen_before(tmp_path: Path) -> None:
    big = replace(UBUNTU, size=1_000_000_000)
    taker = replace(peer(upload_rate=9, uploaded=120_000_000), progress=0.12)
    assert await decided(tmp_path, taker, Profile(), big) == (
        Action.BAN_FOR_DISCONNECT,
        "progress-cheat-blocker",
    )
