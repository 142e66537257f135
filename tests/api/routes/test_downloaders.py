"""Downloaders over HTTP (reference/webapi.md 3.7)."""

from ipaddress import ip_network
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from app.adapters.config_files import ConfigFiles
from app.api.downloader_shapes import DiscoveredDownloader, DownloaderStatus
from app.api.routes.downloaders import LivePeer
from app.domain.capabilities import Capabilities
from app.domain.errors import NotFound
from app.domain.reason import Text
from app.services.discovery import Found
from app.services.downloader_state import Status
from app.services.errors import AccessDenied, NoListener, Unreachable, UntrustedCertificate
from app.services.events import SweepFailed
from app.services.wire import WireTorrent
from app.settings.downloader_kind import ARIA2, DELUGE, QBITTORRENT
from tests.api.conftest import NAS, Served, failed, fine
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import ScriptedDownloader

ALL = "/api/downloaders"
ONE = f"{ALL}/{NAS}"
CONFIG = {
    "type": "qBittorrent",
    "name": "Attic",
    "endpoint": "http://127.0.0.1:20001/",
    "username": "admin",
    "password": "adminadmin",
    "apiKey": "",
    "basicAuth": {"user": "", "pass": ""},
    "incrementBan": True,
    "useShadowBan": False,
    "verifySsl": True,
    "ignorePrivate": True,
    "paused": False,
    "httpVersion": "HTTP_1_1",
}


def body(id: str | None = "attic", **config: object) -> dict[str, Any]:  # noqa: A002 - the field's name
    return {"id": id, "config": {**CONFIG, **config}}


def names(served: Served) -> list[str]:
    return [state.settings.name for state in served.core.downloaders.states()]


async def config_of(served: Served, downloader: str = "attic") -> dict[str, Any]:
    return dict(fine(await served.admin.get(f"{ALL}/{downloader}/status"))["config"])


async def test_they_are_listed_with_their_kind_in_lower_case(served: Served) -> None:
    assert fine(await served.admin.get(ALL)) == [
        {
            "id": NAS,
            "name": "NAS",
            "endpoint": "http://127.0.0.1:20000",
            "type": "qbittorrent",
            "paused": False,
        }
    ]


async def test_a_new_one_is_201_watched_and_on_disk(served: Served) -> None:
    assert fine(await served.admin.put(ALL, json=body()), 201) is None
    assert names(served) == ["NAS", "Attic"]
    settings = served.core.downloaders.state("attic").settings
    assert settings.endpoint == "http://127.0.0.1:20001"
    assert settings.password.reveal() == "adminadmin"
    assert (settings.increment_ban, settings.ignore_private) == (True, True)
    assert "Attic" in (served.core.data_dir / "config.yml").read_text()


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (body(NAS), NAS),
        (body(name="NAS"), "NAS"),
        (body(None), "id"),
        (body(""), "id"),
        (body("x" * 129), "id"),
        (body("a\nb"), "id"),
        (body(type="utorrent"), "utorrent"),
        (body(type=None), "type"),
        (body(endpoint=None), "endpoint"),
        (body(endpoint="not a url"), "endpoint"),
        (body(endpoint=7), "endpoint"),
        (body(verifySsl="perhaps"), "verifySsl"),
        (body(basicAuth=[]), "basicAuth"),
        ({"id": "x"}, "type"),
        ({"id": "x", "config": None}, "type"),
        ({}, "id"),
        ([], "object"),
        ({"id": "x", "config": []}, "object"),
    ],
)
async def test_what_cannot_be_is_400_and_named(served: Served, sent: Any, named: str) -> None:  # noqa: ANN401 - JSON
    before = (served.core.data_dir / "config.yml").read_bytes()
    assert named in failed(await served.admin.put(ALL, json=sent), 400)
    assert names(served) == ["NAS"]
    assert (served.core.data_dir / "config.yml").read_bytes() == before


async def test_secrets_are_masked_wherever_they_would_show(served: Served) -> None:
    sent = body(password="secret-1", apiKey="secret-2", basicAuth={"user": "u", "pass": "secret-3"})
    created = await served.admin.put(ALL, json=sent)
    status = await served.admin.get(f"{ALL}/attic/status")
    listed = await served.admin.get(ALL)
    broken = await served.admin.patch(f"{ALL}/attic", json=body(apiKey=["secret-4"]))
    failed(broken, 400)
    for answer in (created, status, listed, broken):
        assert "secret-" not in answer.text
    config = fine(status)["config"]
    assert config["password"] == config["apiKey"] == config["basicAuth"]["pass"] == "…"
    assert config["username"] == "admin"


async def test_a_mask_sent_back_means_as_before_and_an_empty_secret_means_none(
    served: Served,
) -> None:
    await served.admin.put(ALL, json=body(apiKey="key", basicAuth={"user": "u", "pass": "p"}))
    config = await config_of(served)
    fine(await served.admin.patch(f"{ALL}/attic", json={"config": {**config, "name": "Loft"}}))
    settings = served.core.downloaders.state("attic").settings
    assert settings.name == "Loft"
    assert settings.password.reveal() == "adminadmin"
    assert settings.api_key.reveal() == "key"
    assert settings.basic_auth.password.reveal() == "p"
    fine(await served.admin.patch(f"{ALL}/attic", json={"config": {**config, "apiKey": ""}}))
    assert not served.core.downloaders.state("attic").settings.api_key
    assert (await config_of(served))["apiKey"] == ""


async def test_an_edit_to_a_taken_name_changes_nothing(served: Served) -> None:
    fine(await served.admin.put(ALL, json=body()), 201)
    before = (served.core.data_dir / "config.yml").read_bytes()
    assert "NAS" in failed(await served.admin.patch(f"{ALL}/attic", json=body(name="NAS")), 400)
    assert names(served) == ["NAS", "Attic"]
    assert (served.core.data_dir / "config.yml").read_bytes() == before


async def test_the_id_in_the_body_of_an_edit_does_not_count(served: Served) -> None:
    fine(await served.admin.patch(ONE, json=body("other", name="Cellar")))
    assert names(served) == ["Cellar"]


async def test_an_edit_of_an_unknown_one_creates_it(served: Served) -> None:
    fine(await served.admin.patch(f"{ALL}/attic", json=body(None)))
    assert names(served) == ["NAS", "Attic"]


async def test_an_edit_to_an_unsupported_kind_is_400(served: Served) -> None:
    assert "utorrent" in failed(await served.admin.patch(ONE, json=body(type="uTorrent")), 400)
    assert names(served) == ["NAS"]


async def test_removing_one_forgets_it(served: Served) -> None:
    fine(await served.admin.delete(ONE))
    assert fine(await served.admin.get(ALL)) == []
    failed(await served.admin.delete(ONE), 404)


async def test_removing_one_can_lift_its_bans_there(served: Served) -> None:
    banned = ip_network("198.51.100.7")
    await served.core.bans.ban([banned])
    await served.sweep()
    downloader = served.downloader
    assert banned in downloader.listed
    fine(await served.admin.delete(ONE, params={"liftBans": "true"}))
    assert downloader.listed == set()


@pytest.mark.parametrize("path", ["status", "torrents", "torrent/x/peers"])
async def test_an_unknown_downloader_is_404(served: Served, path: str) -> None:
    assert "nobody" in failed(await served.admin.get(f"{ALL}/nobody/{path}"), 404)


async def test_a_test_that_works_says_the_version_and_stores_nothing(served: Served) -> None:
    answer = await served.admin.post(f"{ALL}/test", json=body())
    assert fine(answer) is None
    assert answer.json()["message"] == "Connected to Scripted 5.3.0."
    assert names(served) == ["NAS"]
    assert served.house.downloaders["attic"].closed


async def test_a_test_that_works_says_what_is_missing_there(served: Served) -> None:
    served.house.downloaders["attic"] = ScriptedDownloader(
        served.clock, able=Capabilities(ipv6=False, lasting=False)
    )
    answer = await served.admin.post(f"{ALL}/test", json=body(type="transmission"))
    assert answer.json()["message"] == (
        "Connected to Scripted 5.3.0. It bans IPv4 addresses only."
        " It forgets bans when it restarts; they are sent again then."
    )


async def test_a_test_that_fails_says_where_to_switch_it_on(served: Served) -> None:
    error = NoListener(Text("no-listener", {"address": "127.0.0.1:8112"}))
    served.house.downloaders["attic"] = ScriptedDownloader(served.clock, error=error)
    answer = await served.admin.post(f"{ALL}/test", json=body(type="deluge"))
    assert "nothing listens at 127.0.0.1:8112. Start deluge-web" in failed(answer, 200)


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("connection refused"),
        AccessDenied(Text("downloader-bad-answer", {"detail": "connection refused"})),
    ],
)
async def test_a_test_that_fails_is_200_without_success(served: Served, error: Any) -> None:  # noqa: ANN401 - either
    served.house.downloaders["attic"] = ScriptedDownloader(served.clock, error=error)
    answer = await served.admin.post(f"{ALL}/test", json=body())
    assert "connection refused" in failed(answer, 200)
    assert answer.json()["data"] is None


async def test_a_paused_one_is_tested_without_connecting(served: Served) -> None:
    fine(await served.admin.post(f"{ALL}/test", json=body(paused=True)))
    assert "attic" not in served.house.downloaders


async def test_a_test_of_nonsense_is_400(served: Served) -> None:
    failed(await served.admin.post(f"{ALL}/test", json=body(type="utorrent")), 400)
    failed(await served.admin.post(f"{ALL}/test", json={"config": CONFIG}), 400)
    failed(await served.admin.post(f"{ALL}/test", content=b""), 400)


async def test_a_healthy_one_shows_its_figures(served: Served) -> None:
    idle = replace(UBUNTU, id="bb" * 20, hash="bb" * 20)
    served.downloader.show(idle)
    await served.show(UBUNTU, peer(), peer("203.0.113.10"))
    data = fine(await served.admin.get(f"{ONE}/status"))
    msgspec.convert(data, DownloaderStatus)
    assert (data["lastStatus"], data["lastStatusMessage"]) == ("HEALTHY", "OK")
    assert (data["activeTorrents"], data["activePeers"]) == (1, 2)
    assert data["paused"] is False
    assert (data["product"], data["version"]) == ("Scripted", "5.3.0")
    assert data["capabilities"]["ipv6"] is True
    assert (data["shortcomings"], data["advice"], data["certificate"]) == ([], None, None)
    assert set(CONFIG) - {"httpVersion"} <= set(data["config"])


async def test_a_dead_one_says_why(served: Served) -> None:
    served.downloader.error = Unreachable("connection refused")
    await served.sweep(SweepFailed)
    data = fine(await served.admin.get(f"{ONE}/status"))
    assert data["lastStatus"] == "ERROR"
    assert "connection refused" in data["lastStatusMessage"]


async def test_one_that_needs_the_user_and_a_paused_one_are_told_apart(served: Served) -> None:
    served.downloader.error = AccessDenied(
        Text("downloader-bad-answer", {"detail": "wrong password"})
    )
    await served.sweep(SweepFailed)
    data = fine(await served.admin.get(f"{ONE}/status"))
    assert data["lastStatus"] == "NEED_TAKE_ACTION"
    fine(await served.admin.patch(ONE, json=body(paused=True)))
    data = fine(await served.admin.get(f"{ONE}/status"))
    assert (data["lastStatus"], data["paused"]) == ("PAUSED", True)
    assert served.core.downloaders.state(NAS).status is Status.PAUSED


async def test_torrents_with_peers_come_with_the_busiest_first(served: Served) -> None:
    slow = replace(UBUNTU, id="bb" * 20, hash="bb" * 20, upload_rate=1, download_rate=5)
    fast = replace(UBUNTU, id="cc" * 20, hash="cc" * 20, upload_rate=9)
    same = replace(UBUNTU, id="dd" * 20, hash="dd" * 20, upload_rate=1, download_rate=7)
    lonely = replace(UBUNTU, id="ee" * 20, hash="ee" * 20, upload_rate=99)
    served.downloader.show(lonely)
    for torrent in (slow, fast, same):
        served.downloader.show(torrent, peer())
    await served.sweep()
    data = fine(await served.admin.get(f"{ONE}/torrents"))
    msgspec.convert(data, list[WireTorrent])
    assert [torrent["id"][:2] for torrent in data] == ["cc", "dd", "bb"]
    assert data[0] == {
        "id": "cc" * 20,
        "size": 4_000_000_000,
        "completedSize": -1,
        "name": "ubuntu.iso",
        "hash": "cc" * 20,
        "privateTorrent": False,
        "progress": 1.0,
        "rtUploadSpeed": 9,
        "rtDownloadSpeed": 0,
    }


async def test_peers_come_with_the_greediest_first_and_what_was_decided(served: Served) -> None:
    served.downloader.obeys = False
    await served.show(
        UBUNTU, peer(), peer("203.0.113.77", client_name="hp/torrent 1.0", upload_rate=500)
    )
    data = fine(await served.admin.get(f"{ONE}/torrent/{UBUNTU.id}/peers"))
    msgspec.convert(data, list[LivePeer])
    bad, good = data
    assert set(bad) == {"peer", "geo", "ptrRecord", "decision"}
    assert bad["peer"]["address"]["ip"] == "203.0.113.77"
    assert bad["peer"]["uploadSpeed"] == 500
    assert (bad["decision"]["action"], bad["decision"]["rule"]) == ("BAN", "client-name-blacklist")
    assert "hp/torrent" in bad["decision"]["reason"]
    assert (good["decision"]["action"], good["decision"]["rule"]) == ("NO_ACTION", None)
    assert [line["rule"] for line in good["decision"]["trace"]][:5] == [
        "protection",
        "exception",
        "ip-address-blocker",
        "peer-id-blacklist",
        "client-name-blacklist",
    ]


async def test_an_unknown_torrent_has_no_peers(served: Served) -> None:
    assert fine(await served.admin.get(f"{ONE}/torrent/nothing/peers")) == []


async def test_an_id_with_a_slash_and_a_name_like_a_route_can_be_addressed(served: Served) -> None:
    for given, path in (("a/b", "a%2Fb"), ("test", "test"), ("ü ?", "%C3%BC%20%3F")):
        fine(await served.admin.put(ALL, json=body(given, name=given)), 201)
        fine(await served.admin.get(f"{ALL}/{path}/status"))
        fine(await served.admin.delete(f"{ALL}/{path}"))
        with pytest.raises(NotFound):
            served.core.downloaders.state(given)


# Kinds

COMMON = {"type", "name", "endpoint", "verifySsl", "ignorePrivate", "paused"}
OURS = {"trustedCertificate", "proxy", "sweepDeadline"}


@pytest.mark.parametrize(
    ("kind", "echo", "own"),
    [
        (
            "qBittorrent",
            "qbittorrent",
            {"username", "password", "apiKey", "basicAuth", "incrementBan", "useShadowBan"},
        ),
        (
            "qBittorrentEE",
            "qbittorrentee",
            {"username", "password", "apiKey", "basicAuth", "incrementBan", "useShadowBan"},
        ),
        ("Transmission", "transmission", {"username", "password", "rpcUrl", "replaceBlocklist"}),
        (
            "Deluge",
            "raccoonfink/deluge",
            {"password", "rpcUrl", "incrementBan", "allowPlugin", "replaceBlocklist"},
        ),
        ("BiglyBT", "biglybt", {"token", "incrementBan"}),
        ("Vuze", "biglybt", {"token", "incrementBan"}),
        ("BitComet", "bitcomet", {"username", "password", "incrementBan"}),
        ("Aria2Next", "aria2next", {"token"}),
        ("aria2", "aria2", {"token"}),
        ("rTorrent", "rtorrent", {"username", "password"}),
    ],
)
async def test_each_kind_is_made_edited_and_shown_with_its_own_members(
    served: Served, kind: str, echo: str, own: set[str]
) -> None:
    sent = {"type": kind.upper(), "name": "Attic", "endpoint": "http://127.0.0.1:20001//"}
    fine(await served.admin.put(ALL, json={"id": "attic", "config": sent}), 201)
    config = await config_of(served)
    assert set(config) == COMMON | OURS | own
    assert (config["type"], config["endpoint"]) == (echo, "http://127.0.0.1:20001")
    assert config["verifySsl"] is True
    secrets = {"password", "token", "apiKey"} & own
    edited = {**config, **dict.fromkeys(secrets, "geheim"), "ignorePrivate": True, "paused": True}
    shown = await served.admin.patch(f"{ALL}/attic", json={"config": edited})
    fine(shown)
    again = await served.admin.get(f"{ALL}/attic/status")
    assert "geheim" not in again.text
    expected = {**edited, **dict.fromkeys(secrets, "…")}
    assert fine(again)["config"] == expected
    fine(await served.admin.patch(f"{ALL}/attic", json={"config": expected}))
    settings = served.core.downloaders.state("attic").settings
    assert all(
        value.reveal() == "geheim"
        for value in (settings.password, settings.token, settings.api_key)
        if value
    )
    kept = ConfigFiles(served.core.data_dir).load()[0].downloaders[1]
    assert kept == settings
    assert kept.paused


async def test_the_list_names_deluge_as_pbh_does(served: Served) -> None:
    fine(await served.admin.put(ALL, json=body(type="raccoonfink/deluge")), 201)
    assert [line["type"] for line in fine(await served.admin.get(ALL))] == ["qbittorrent", "deluge"]


async def test_a_null_where_pbh_breaks_is_nothing(served: Served) -> None:
    fine(await served.admin.put(ALL, json=body(basicAuth=None, apiKey=None)), 201)
    config = await config_of(served)
    assert (config["basicAuth"], config["apiKey"]) == ({"user": "", "pass": ""}, "")


async def test_another_kind_takes_the_place_of_the_old_one(served: Served) -> None:
    fine(await served.admin.put(ALL, json=body(apiKey="geheim")), 201)
    fine(await served.admin.patch(f"{ALL}/attic", json=body(type="aria2next", token="t")))
    assert "apiKey" not in await config_of(served)
    assert "geheim" not in (served.core.data_dir / "config.yml").read_text()


async def test_a_certificate_that_is_not_trusted_can_be_told_by_its_fingerprint(
    served: Served,
) -> None:
    served.downloader.error = UntrustedCertificate(Text("certificate-changed"), "ab" * 32)
    await served.sweep(SweepFailed)
    data = fine(await served.admin.get(f"{ONE}/status"))
    assert (data["lastStatus"], data["certificate"]) == ("NEED_TAKE_ACTION", "ab" * 32)


@pytest.mark.parametrize(
    "wrong", [{"trustedCertificate": "ab"}, {"proxy": "ftp://x:1"}, {"proxy": "http://u:p@x:1"}]
)
async def test_what_cannot_be_trusted_or_asked_is_400(
    served: Served, wrong: dict[str, str]
) -> None:
    assert next(iter(wrong)) in failed(await served.admin.put(ALL, json=body(**wrong)), 400)


# Discovery


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_scan_tells_what_runs_here(
    served: Served, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    async def scan() -> list[Found]:
        return [
            Found(host="127.0.0.1", port=20000, type=QBITTORRENT, pid=5),
            Found(host="[::1]", port=6800, type=ARIA2),
            Found(host="127.0.0.1", port=8112, type=DELUGE, pid=6),
        ]

    monkeypatch.setattr(served.core.discovery, "_scan", scan)
    found = fine(await served.admin.request(method, f"{ALL}/scan"))
    msgspec.convert(found, list[DiscoveredDownloader])
    assert [(each["type"], each["port"], each["pid"], each["added"]) for each in found] == [
        ("qbittorrent", 20000, 5, "ADDED"),
        ("aria2", 6800, 0, "NEW"),
        ("deluge", 8112, 6, "NEW"),
    ]
    assert found[1]["host"] == "[::1]"
    assert found[1]["endpoint"] == "http://[::1]:6800/jsonrpc"


async def test_a_scan_is_for_those_who_may_change_things(served: Served) -> None:
    failed(await served.anyone.post(f"{ALL}/scan"), 403)
