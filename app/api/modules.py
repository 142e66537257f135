"""PBH's class names for rules and routes, which its clients and data know (reference/webapi.md appendix B)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

_PACKAGE: Final = "com.ghostchu.peerbanhelper."
_MODULE: Final = f"{_PACKAGE}module.impl."

_SERVER: Final = f"{_PACKAGE}DownloaderServerImpl"
"""Stands for the user, in bans by hand."""

RULES: Final[Mapping[str, str]] = {
    "ip-address-blocker": f"{_MODULE}rule.IPBlackList",
    "peer-id-blacklist": f"{_MODULE}rule.PeerIdBlacklist",
    "client-name-blacklist": f"{_MODULE}rule.ClientNameBlacklist",
    "expression-engine": f"{_MODULE}rule.ExpressionRule",
    "progress-cheat-blocker": f"{_MODULE}rule.ProgressCheatBlocker",
    "multi-dialing-blocker": f"{_MODULE}rule.MultiDialingBlocker",
    "auto-range-ban": f"{_MODULE}rule.AutoRangeBan",
    "btn": f"{_MODULE}rule.BtnNetworkOnline",
    "ip-address-blocker-rules": f"{_MODULE}rule.IPBlackRuleList",
    "idle-connection-dos-protection": f"{_MODULE}rule.IdleConnectionDosProtection",
    "anti-vampire": f"{_MODULE}rule.AntiVampire",
    "ptr-blacklist": f"{_MODULE}rule.PTRBlacklist",
}
"""Class names by the key of the rule."""

_ALWAYS: Final[Mapping[str, str]] = {
    "webapi-general": f"{_MODULE}webapi.PBHGeneralController",
    "webapi-downloader-cidr-blocklist": f"{_MODULE}webapi.BlockListController",
    "webapi-metadata": f"{_MODULE}webapi.PBHMetadataController",
    "webapi-downloader": f"{_MODULE}webapi.PBHDownloaderController",
    "webapi-authenticate": f"{_MODULE}webapi.PBHAuthenticateController",
}


class Module(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One module of the manifest."""

    class_name: str
    config_name: str


def context_of(rule: str) -> str:
    """The class that PBH names as the author of a ban by `rule`."""
    return RULES.get(rule, _SERVER)


def modules(enabled_rules: list[str]) -> list[Module]:
    """Everything that is switched on, given the keys of the rules that are."""
    found = [(RULES[rule], rule) for rule in enabled_rules if rule in RULES]
    found += [(class_name, key) for key, class_name in _ALWAYS.items()]
    # PBH gives its ban routes the config name of its downloader routes.
    found.append((f"{_MODULE}webapi.PBHBanController", "webapi-downloader"))
    return [Module(class_name=class_name, config_name=key) for class_name, key in found]
