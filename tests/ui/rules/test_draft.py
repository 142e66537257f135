"""Only what was changed is written."""

from __future__ import annotations

from dataclasses import replace

from app.domain.address import parse_prefix
from app.domain.rules.ip_blocklist import IP_BLOCKLIST
from app.domain.rules.names import CLIENT_NAME, PEER_ID
from app.settings.modules import IpAddressBlocker
from app.settings.profile import Profile
from app.ui.rules.draft import Draft, differences, draft_of

PROFILE = Profile(
    ip_address_blocker=IpAddressBlocker(
        ips=(parse_prefix("203.0.113.0/24"),), ports=(15000,), ban_duration=None
    )
)


def test_every_rule_has_its_lists_under_the_keys_of_the_file() -> None:
    keys = {rule: list(draft_of(PROFILE, rule).lists) for rule in (PEER_ID, CLIENT_NAME)}

    assert keys == {PEER_ID: ["banned-peer-id"], CLIENT_NAME: ["banned-client-name"]}
    assert draft_of(PROFILE, IP_BLOCKLIST) == Draft(
        duration=None, lists={"ips": ("203.0.113.0/24",), "ports": ("15000",)}
    )


def test_nothing_changed_is_nothing_to_write() -> None:
    draft = draft_of(PROFILE, IP_BLOCKLIST)

    assert differences(draft, draft) == {}


def test_ports_are_written_as_numbers_and_the_global_length_by_its_name() -> None:
    old = replace(draft_of(PROFILE, IP_BLOCKLIST), duration=60_000)
    new = Draft(duration=None, lists={"ips": ("203.0.113.0/24",), "ports": ("15000", "7")})

    assert differences(old, new) == {("ports",): [15000, 7], ("ban-duration",): "default"}
