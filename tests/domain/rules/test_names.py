"""Peer-id and client-name blacklist with PBH's default lists: the tables of reference/rules.md 3.1 and 3.2."""

import pytest

from app.adapters.config_files import read_profile_file
from app.domain.rules.names import ClientNameBlacklist, PeerIdBlacklist
from app.domain.string_rule_list import StringRuleList, parse_rule_list
from app.domain.verdict import Action, Mode
from app.resource import resource
from tests.domain.rules.sightings import sighting as peer

DAY = 24 * 3600 * 1000


def ids() -> PeerIdBlacklist:
    area = read_profile_file(resource("defaults/profile.yml")).peer_id_blacklist
    return PeerIdBlacklist(banned=parse_rule_list(area.banned_peer_id), duration=3 * DAY)


def names() -> ClientNameBlacklist:
    area = read_profile_file(resource("defaults/profile.yml")).client_name_blacklist
    return ClientNameBlacklist(banned=parse_rule_list(area.banned_client_name), duration=3 * DAY)


@pytest.mark.parametrize(
    ("peer_id", "handshaking", "action"),
    [
        pytest.param("-HP0100-xxxxxxxxxxxx", False, Action.BAN, id="P1"),
        pytest.param("-qB4650-", False, Action.NO_ACTION, id="P2"),
        pytest.param(None, True, Action.NO_ACTION, id="P3"),
        pytest.param("-XL0012-", False, Action.NO_ACTION, id="P4"),
        pytest.param("unknown", True, Action.BAN, id="P5"),
        pytest.param("-AB1234-cacao", False, Action.BAN, id="P6"),
        pytest.param("未知", False, Action.BAN, id="the Chinese word for unknown"),
    ],
)
def test_peer_ids(peer_id: str | None, action: Action, *, handshaking: bool) -> None:
    verdict = ids().judge(peer(peer_id=peer_id, handshaking=handshaking))
    assert verdict.action is action
    assert verdict.duration == (3 * DAY if action is Action.BAN else 0)


@pytest.mark.parametrize(
    ("name", "handshaking", "action"),
    [
        pytest.param("StellarPlayer 2.1", False, Action.BAN, id="C1"),
        pytest.param("HP 1.0", False, Action.BAN, id="C2"),
        pytest.param("qBittorrent/3.3.15", False, Action.BAN, id="C3"),
        pytest.param("qBittorrent/4.6.5", False, Action.NO_ACTION, id="C4"),
        pytest.param(None, True, Action.NO_ACTION, id="C5"),
        pytest.param(None, False, Action.NO_ACTION, id="C6"),
        pytest.param("Unknown [AB]", False, Action.BAN, id="C7"),
        pytest.param("Gopeed bt-exp 1", False, Action.BAN, id="C8"),
        pytest.param("ޭ__x", False, Action.BAN, id="DE AD read as UTF-8"),
    ],
)
def test_client_names(name: str | None, action: Action, *, handshaking: bool) -> None:
    assert names().judge(peer(client_name=name, handshaking=handshaking)).action is action


def test_p3_and_c5_are_no_answer_yet() -> None:
    early = peer(peer_id="", client_name=" ", handshaking=True)
    assert ids().judge(early).reason.id == "handshaking"
    assert names().judge(early).reason.id == "handshaking"


def test_the_reason_names_what_matched_and_the_facts_are_pbhs() -> None:
    verdict = ids().judge(peer(peer_id="-HP0100-"))
    assert verdict.reason.id == "peer-id-banned"
    assert verdict.reason.params["name"] == "-HP0100-"
    assert verdict.data == {"rule": "-hp"}
    assert verdict.title is not None


def test_a_passing_peer_is_explained_too() -> None:
    verdict = names().judge(peer())
    assert verdict.saw is not None
    assert verdict.saw.params["text"] == "qBittorrent/4.6.5"
    assert verdict.allows is not None
    assert verdict.allows.params["count"] == 21


def test_an_empty_list_bans_nobody_and_the_mode_is_carried() -> None:
    rule = ClientNameBlacklist(banned=StringRuleList(), mode=Mode.SHADOW)
    verdict = rule.judge(peer(client_name="hp/torrent"))
    assert (verdict.action, verdict.mode) == (Action.NO_ACTION, Mode.SHADOW)
