"""What is never banned and what is held back, over REST."""

from msgspec.structs import replace

from app.domain.verdict import Action, Mode
from app.services.breaker import Breaker
from app.settings.profile import CircuitBreaker
from tests.api.conftest import NAS, Served, failed, fine
from tests.domain.examples import UBUNTU, ban, peer, verdict

_PATH = "/api/protection"
_ANSWER = "/api/protection/breaker"


def trip(breaker: Breaker) -> None:
    """Hold back as many bans as the defaults need."""
    one = replace(ban("203.0.113.1"), verdict=verdict("expression-engine", Action.BAN))
    prefixes = [ban(f"203.0.113.{number}").prefix for number in range(CircuitBreaker().peers)]
    bans = [replace(one, prefix=prefix, peer=peer(), torrent=UBUNTU) for prefix in prefixes]
    breaker.admit(bans, len(bans))


async def test_it_asks_for_the_token(served: Served) -> None:
    assert (await served.anyone.get(_PATH)).status_code == 403
    assert (await served.anyone.post(_ANSWER, json={"answer": "allow"})).status_code == 403


async def test_the_protected_networks_are_listed_with_their_reasons(served: Served) -> None:
    networks = fine(await served.admin.get(_PATH))["networks"]
    assert {
        "network": "192.168.0.0/16",
        "kind": "lan",
        "name": "",
        "reason": "This is in your local network (192.168.0.0/16).",
    } in networks


async def test_peers_behind_a_gateway_are_told(served: Served) -> None:
    await served.show(UBUNTU, peer("172.17.0.1", 1), peer("172.17.0.1", 2))
    (alarm,) = fine(await served.admin.get(_PATH))["natAlarms"]
    assert alarm == {
        "downloader": {"id": NAS, "name": "NAS", "type": "qBittorrent"},
        "address": "172.17.0.1",
        "peers": 2,
        "since": served.clock.now,
    }


async def test_what_is_held_back_is_shown_and_can_be_allowed(served: Served) -> None:
    trip(served.core.breaker)
    breaker = fine(await served.admin.get(_PATH))["breaker"]
    assert (breaker["trippedAt"], breaker["count"], breaker["peers"]) == (
        served.clock.now,
        100,
        100,
    )
    assert breaker["rules"] == [{"rule": "expression-engine", "name": "Scripts", "count": 100}]
    assert (breaker["heldCount"], len(breaker["held"]), breaker["undoable"]) == (100, 50, 0)
    assert breaker["held"][0]["torrentName"] == UBUNTU.name
    after = fine(await served.admin.post(_ANSWER, json={"answer": "allow"}))
    assert after["trippedAt"] is None
    assert after["allowedUntil"] == served.clock.now + 600_000


async def test_standing_down_makes_the_rule_only_watch(served: Served) -> None:
    trip(served.core.breaker)
    fine(await served.admin.post(_ANSWER, json={"answer": "standDown"}))
    profile = served.core.settings.profile
    assert profile.expression_engine.mode is Mode.SHADOW
    failed(await served.admin.post(_ANSWER, json={"answer": "standDown"}), 400)


async def test_an_answer_that_makes_no_sense_is_refused(served: Served) -> None:
    for body in ({"answer": "allow"}, {"answer": "undo"}, {"answer": "perhaps"}, {}):
        failed(await served.admin.post(_ANSWER, json=body), 400)
