"""The ban list over HTTP (reference/webapi.md 3.5 and part 4)."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from msgspec.structs import replace

from app.adapters.storage import read_bans
from app.api.answer import Page
from app.api.routes.bans import BanEntry, BanLog
from app.domain.address import parse_prefix
from app.domain.ban import FOREVER
from tests.api.conftest import NAS, Served, Template, failed, fine, serving
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import MemoryStore

BANS = "/api/bans"
HP = peer("203.0.113.77", 51413, peer_id="-HP0019-", client_name="HP 0.1", uploaded=73_400_320)


async def listed(served: Served, **query: str) -> list[dict[str, Any]]:
    data = fine(await served.admin.get(BANS, params={"pageSize": "1000", **query}))
    msgspec.convert(data, Page[BanEntry])
    assert data["total"] == len(data["results"])
    return list(data["results"])


async def addresses(served: Served, **query: str) -> set[str]:
    return {entry["address"] for entry in await listed(served, **query)}


async def unban(served: Served, *items: str) -> Any:  # noqa: ANN401 - JSON
    return fine(await served.admin.request("DELETE", BANS, json=items))


async def test_a_ban_by_a_rule_is_shown_with_peer_torrent_and_reason(served: Served) -> None:
    await served.show(UBUNTU, HP, peer())
    [entry] = await listed(served)
    assert entry["address"] == "203.0.113.77"
    assert entry["ipGeoData"] is None
    metadata = entry["banMetadata"]
    assert set(metadata) == {
        "downloader",
        "torrent",
        "peer",
        "reverseLookup",
        "context",
        "banAt",
        "unbanAt",
        "rule",
        "description",
    }
    assert metadata["downloader"] == {"id": NAS, "name": "NAS", "type": "qBittorrent"}
    assert metadata["torrent"]["name"] == "ubuntu.iso"
    assert metadata["peer"]["id"] == "-HP0019-"
    assert metadata["peer"]["address"]["port"] == 51413
    assert metadata["peer"]["uploaded"] == 73_400_320
    assert metadata["reverseLookup"] == "N/A"
    assert metadata["context"].endswith(".rule.PeerIdBlacklist")
    assert metadata["banAt"] == served.clock.now
    assert metadata["unbanAt"] > metadata["banAt"]
    assert "-HP0019-" in metadata["description"]


async def test_an_entry_tells_how_far_it_came_and_why(served: Served) -> None:
    await served.show(UBUNTU, HP)
    await served.sweep()
    [entry] = await listed(served)
    assert entry["enforcement"] == {NAS: "enforced"}
    now = served.clock.now
    assert entry["standings"] == {
        NAS: {"state": "enforced", "since": now, "after": 0.0, "attempts": 0}
    }
    deciding = next(line for line in entry["trace"] if line["action"] == "BAN")
    assert deciding["rule"] == "peer-id-blacklist"
    assert deciding["reason"]


async def test_what_goes_to_a_banned_peer_is_told_at_once(served: Served) -> None:
    served.downloader.obeys = False
    await served.show(UBUNTU, HP)
    await served.show(UBUNTU, replace(HP, uploaded=HP.uploaded + 4096, estimated=True))
    [entry] = await listed(served)
    assert (entry["leaked"], entry["leakedEstimated"]) == (4096, True)
    assert entry["enforcement"] == {NAS: "still-there"}
    standing = entry["standings"][NAS]
    assert (standing["state"], standing["after"]) == ("still-there", None)
    assert standing["attempts"] >= 1
    [row] = fine(await served.admin.get(f"{BANS}/logs"))["results"]
    assert row["leaked"] == 4096


async def test_the_history_keeps_what_went_to_a_peer_whose_ban_is_over(served: Served) -> None:
    served.downloader.obeys = False
    await served.show(UBUNTU, HP)
    await served.show(UBUNTU, replace(HP, uploaded=HP.uploaded + 4096))
    await unban(served, "*")
    await served.core.leakage.flush()
    [row] = fine(await served.admin.get(f"{BANS}/logs"))["results"]
    assert row["leaked"] == 4096


async def test_the_newest_stand_first(served: Served) -> None:
    for last in (1, 2, 3):
        await served.admin.put(BANS, json=[f"198.51.100.{last}"])
        served.clock.now += 1
    page = fine(await served.admin.get(BANS, params={"page": "1", "pageSize": "2"}))
    assert [entry["address"] for entry in page["results"]] == ["198.51.100.3", "198.51.100.2"]
    assert page["total"] == 3
    beyond = fine(await served.admin.get(BANS, params={"page": "9", "pageSize": "2"}))
    assert (beyond["page"], beyond["total"], beyond["results"]) == (9, 3, [])


async def test_a_ban_by_hand_is_in_force_and_stored_when_the_answer_comes(served: Served) -> None:
    answer = await served.admin.put(BANS, json=["198.51.100.7", "2001:DB8::1", "203.0.113.5/24"])
    assert answer.json() == {"success": True, "message": None, "data": {"count": 3}}
    wanted = {"198.51.100.7", "2001:db8::1", "203.0.113.0/24"}
    assert await addresses(served) == wanted
    stored = read_bans(served.core.data_dir / "peerwarden.db")
    assert {ban.prefix for ban in stored} == {parse_prefix(text) for text in wanted}


async def test_a_ban_by_hand_looks_as_pbh_shows_it(served: Served) -> None:
    await served.admin.put(BANS, json=["198.51.100.7"])
    [entry] = await listed(served)
    metadata = entry["banMetadata"]
    assert metadata["context"] == "com.ghostchu.peerbanhelper.DownloaderServerImpl"
    assert metadata["downloader"] == {"id": NAS, "name": "NAS", "type": "qBittorrent"}
    assert metadata["torrent"]["name"] == metadata["peer"]["clientName"] == "User Operation"
    assert metadata["peer"]["id"] == "-USROPS-"
    assert metadata["peer"]["address"]["ip"] == "198.51.100.7"
    assert metadata["unbanAt"] - metadata["banAt"] == FOREVER == 3_153_600_000_000


async def test_a_ban_by_hand_needs_no_downloader(served: Served) -> None:
    await served.core.downloaders.remove(NAS)
    fine(await served.admin.put(BANS, json=["198.51.100.7"]))
    [entry] = await listed(served)
    assert entry["banMetadata"]["downloader"]["type"] == "Unknown"
    assert "198.51.100.7" in (await served.anyone.get("/blocklist/ip")).text


async def test_mapped_addresses_are_ipv4(served: Served) -> None:
    fine(await served.admin.put(BANS, json=["::ffff:198.51.100.7", "[::ffff:203.0.113.0]/120"]))
    assert await addresses(served) == {"198.51.100.7", "203.0.113.0/24"}
    await unban(served, "::ffff:198.51.100.7")
    assert await addresses(served) == {"203.0.113.0/24"}


async def test_the_same_again_replaces_the_entry(served: Served) -> None:
    assert fine(await served.admin.put(BANS, json=["198.51.100.7"] * 2)) == {"count": 2}
    assert len(await listed(served)) == 1


@pytest.mark.parametrize(
    "bad",
    ["1.2.3", "1.2.3.4.5", "1.2.*.*", "1.2.3.1-5", "", "*", "example.org", "1.2.3.4/33", "::g"],
)
async def test_one_that_is_no_address_is_named_and_nothing_is_banned(
    served: Served, bad: str
) -> None:
    answer = await served.admin.put(BANS, json=["198.51.100.7", bad])
    message = failed(answer, 400)
    assert f"“{bad}”" in message
    assert "198.51.100.7" not in message
    assert answer.json()["data"] == message
    assert len(served.core.ban_list) == 0


async def test_a_flood_of_bad_ones_is_named_in_part(served: Served) -> None:
    message = failed(await served.admin.put(BANS, json=["x" * 500] * 1000), 400)
    assert len(message) < 2_000


async def test_what_an_exception_spares_is_not_banned(served: Served) -> None:
    assert "127.0.0.1" in failed(await served.admin.put(BANS, json=["127.0.0.1"]), 400)
    assert len(served.core.ban_list) == 0


async def test_nothing_is_banned_by_an_empty_list(served: Served) -> None:
    assert fine(await served.admin.put(BANS, json=[])) == {"count": 0}


async def test_an_unban_of_a_block_lifts_all_inside_and_nothing_around(served: Served) -> None:
    inside = ["198.51.100.7", "198.51.100.8", "198.51.100.64/26", "198.51.100.0/24"]
    around = ["198.51.0.0/16", "198.51.101.1", "2001:db8::1"]
    await served.admin.put(BANS, json=inside + around)
    assert await unban(served, "198.51.100.0/24") == {"count": 1, "removed": 4}
    assert await addresses(served) == set(around)


async def test_an_unban_of_an_address_lifts_exactly_that(served: Served) -> None:
    await served.admin.put(BANS, json=["198.51.100.7", "198.51.100.0/24"])
    assert await unban(served, "198.51.100.7") == {"count": 1, "removed": 1}
    # With host bits set it is a single address, which is not listed.
    assert await unban(served, "198.51.100.5/24") == {"count": 1, "removed": 0}
    assert await addresses(served) == {"198.51.100.0/24"}


async def test_a_star_lifts_everything_and_hides_the_rest_of_the_list(served: Served) -> None:
    await served.admin.put(BANS, json=["198.51.100.7", "2001:db8::1"])
    assert await unban(served, "nonsense", "*") == {"count": 2, "removed": 2}
    assert await addresses(served) == set()


async def test_an_unban_of_nonsense_lifts_nothing(served: Served) -> None:
    await served.admin.put(BANS, json=["198.51.100.7"])
    answer = await served.admin.request("DELETE", BANS, json=["198.51.100.7", "1.2.3.1-5"])
    assert "“1.2.3.1-5”" in failed(answer, 400)
    assert await addresses(served) == {"198.51.100.7"}


async def test_an_unban_reaches_the_downloader_with_the_next_sweep(served: Served) -> None:
    await served.admin.put(BANS, json=["198.51.100.7"])
    await served.sweep()
    assert parse_prefix("198.51.100.7") in served.downloader.listed
    await unban(served, "198.51.100.7")
    await served.sweep()
    assert served.downloader.listed == set()


@pytest.mark.parametrize(
    "search",
    [
        "203.0.113.77",
        "113.7",
        "hp 0.1",
        "-hp0019-",
        "UBUNTU.iso",
        "nas",
        "PeerIdBlacklist",
        "starts with",
    ],
)
async def test_searching_looks_at_address_client_torrent_downloader_and_reason(
    served: Served, search: str
) -> None:
    await served.show(UBUNTU, HP)
    await served.admin.put(BANS, json=["2001:db8::1"])
    assert await addresses(served, search=search) == {"203.0.113.77"}
    assert await addresses(served, search=quote(search)) == {"203.0.113.77"}


@pytest.mark.parametrize("search", ["2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:0db8:0000"])
async def test_searching_knows_all_spellings_of_an_address(served: Served, search: str) -> None:
    await served.admin.put(BANS, json=["2001:db8::1", "198.51.100.7"])
    assert await addresses(served, search=search) == {"2001:db8::1"}


async def test_searching_in_vain_finds_nothing(served: Served) -> None:
    await served.admin.put(BANS, json=["198.51.100.7"])
    for search in ("nothing like it", "%zz", "%FF", "😀"):
        assert await addresses(served, search=search) == set()


async def test_the_history_keeps_what_was_lifted(served: Served) -> None:
    await served.show(UBUNTU, HP)
    served.clock.now += 5
    await served.admin.put(BANS, json=["2001:db8::1"])
    await unban(served, "*")
    data = fine(await served.admin.get(f"{BANS}/logs"))
    msgspec.convert(data, Page[BanLog])
    assert data["total"] == 2
    by_hand, by_rule = data["results"]
    assert by_hand["peerIp"] == "2001:db8:0:0:0:0:0:1"
    assert by_hand["module"] == "com.ghostchu.peerbanhelper.DownloaderServerImpl"
    assert by_rule["peerIp"] == "203.0.113.77"
    assert (by_rule["peerPort"], by_rule["peerId"]) == (51413, "-HP0019-")
    assert by_rule["torrentInfoHash"] == UBUNTU.hash
    assert by_rule["torrentSize"] == UBUNTU.size
    assert by_rule["module"].endswith("PeerIdBlacklist")
    assert by_rule["downloader"] == {"id": NAS, "name": "NAS", "type": "qBittorrent"}


async def test_rule_and_description_come_in_the_language_of_the_request(served: Served) -> None:
    await served.admin.put(BANS, json=["198.51.100.7"])
    for language in ("en-US", "zh-CN", "zh-TW"):
        answer = await served.admin.get(BANS, headers={"Accept-Language": language})
        metadata = fine(answer)["results"][0]["banMetadata"]
        assert metadata["rule"]
        assert metadata["description"]


async def test_a_full_disk_is_500_in_words_and_bans_nothing(
    tmp_path: Path, template: Template
) -> None:
    store = MemoryStore()
    async with serving(tmp_path, template, store) as it:
        store.fails = True
        assert "disk full" in failed(await it.admin.put(BANS, json=["198.51.100.7"]), 500)
        assert len(it.core.ban_list) == 0
        store.fails = False
