"""PBH's names for what we have."""

from app.api.modules import RULES, context_of, modules


def test_rules_have_the_class_names_that_pbh_stores() -> None:
    prefix = "com.ghostchu.peerbanhelper.module.impl.rule."
    assert context_of("peer-id-blacklist") == f"{prefix}PeerIdBlacklist"
    assert context_of("client-name-blacklist") == f"{prefix}ClientNameBlacklist"
    assert context_of("ip-address-blocker") == f"{prefix}IPBlackList"


def test_bans_by_hand_come_from_the_server_itself() -> None:
    assert context_of("manual") == "com.ghostchu.peerbanhelper.DownloaderServerImpl"


def test_the_list_has_the_enabled_rules_and_what_is_always_on() -> None:
    found = modules(["peer-id-blacklist"])
    names = [module.config_name for module in found]
    assert names[0] == "peer-id-blacklist"
    assert "ip-address-blocker" not in names
    assert "webapi-metadata" in names
    assert len({module.class_name for module in found}) == len(found)
    assert len(set(RULES.values())) == len(RULES)
