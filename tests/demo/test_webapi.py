"""The API's answers: changes add up to the whole, filters, pages, the ban list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.session import Session, Sessions
from app.demo.swarm import Swarm
from app.demo.sync import Memory
from app.demo.version import version
from app.demo.webapi import NOT_FOUND, Call, Missing, WebApi
from tests.demo.conftest import Clock


def api_of(clock: Clock, *, name: str = "5.3.0", peers: int = 120, torrents: int = 12) -> WebApi:
    swarm = Swarm(peers=peers, torrents=torrents, clock=clock)
    return WebApi(swarm, version(name), Sessions("admin", "adminadmin", "", clock, counts_on=True))


def new_session(name: str) -> Session:
    return Session(id=name, last_seen=0, main=Memory(counts_on=True))


def ask(api: WebApi, path: str, session: Session | None = None, **values: Any) -> Any:  # noqa: ANN401 - JSON
    """The decoded answer to one call."""
    session = session or new_session("x")
    call = Call(session, {name: str(value) for name, value in values.items()})
    reply = api.actions[path](call)
    assert reply.status == 200
    return json.loads(reply.body) if "json" in reply.kind else reply.body.decode()


def apply(known: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """What a client knows after an answer of sync/maindata."""
    if answer.get("full_update"):
        return {name: value for name, value in answer.items() if name not in {"rid", "full_update"}}
    known = json.loads(json.dumps(known))
    for key, members in answer.get("torrents", {}).items():
        known["torrents"][key] = known["torrents"].get(key, {}) | members
    known["tags"] = known["tags"] + answer.get("tags", [])
    for part in ("categories", "trackers", "server_state"):
        known[part] |= answer.get(part, {})
    for part in ("torrents", "categories", "trackers"):
        for key in answer.get(f"{part}_removed", []):
            del known[part][key]
    return known


STEPS = st.lists(
    st.tuples(
        st.integers(0, 120),
        st.sampled_from(["", "", "", "ban", "unban", "remove", "lost", "forgot"]),
    ),
    max_size=12,
)


@given(STEPS)
def test_changes_add_up_to_the_whole(steps: list[tuple[int, str]]) -> None:
    clock = Clock()
    api = api_of(clock, peers=60, torrents=8)
    session, fresh = new_session("x"), new_session("y")
    known: dict[str, Any] = {}
    rid = 0
    for seconds, event in steps:
        clock.pass_(seconds)
        if event in {"ban", "unban"}:
            bad = api.swarm.dishonest_addresses() if event == "ban" else ()
            lines = "\n".join(map(str, bad))
            ask(api, "app/setPreferences", json=json.dumps({"banned_IPs": lines}))
        elif event == "remove":
            api.swarm.remove(api.swarm.torrents()[-1].facts.hash)
        elif event == "forgot":
            session = new_session("x")
        answer = ask(api, "sync/maindata", session, rid=rid)
        if event == "lost":
            continue  # the answer did not arrive; the next one is compared with what did
        known, rid = apply(known, answer), answer["rid"]
        whole = apply({}, ask(api, "sync/maindata", fresh))
        assert known == whole


def test_changes_are_changes_only(clock: Clock) -> None:
    api = api_of(clock)
    session = new_session("x")
    whole = ask(api, "sync/maindata", session)
    nothing = ask(api, "sync/maindata", session, rid=1)
    clock.pass_(5)
    some = ask(api, "sync/maindata", session, rid=2)

    assert whole["full_update"] is True
    assert nothing == {"rid": 2}
    assert "full_update" not in some
    moving = {one.facts.hash for one in api.swarm.torrents() if one.up_speed or one.down_speed}
    assert moving <= some["torrents"].keys() < whole["torrents"].keys()
    assert all(
        members.keys() < whole["torrents"][key].keys() for key, members in some["torrents"].items()
    )


def test_peer_changes_work_for_one_torrent_only(clock: Clock) -> None:
    api = api_of(clock)
    session = new_session("x")
    first, second = (one.facts.hash for one in api.swarm.torrents()[:2])

    rid = ask(api, "sync/torrentPeers", session, hash=first)["rid"]
    clock.pass_(5)
    change = ask(api, "sync/torrentPeers", session, hash=first, rid=rid)
    assert "full_update" not in change
    assert "uploaded" in next(iter(change["peers"].values()))
    assert "client" not in next(iter(change["peers"].values()))

    rids = {first: change["rid"], second: 0}
    answers = []
    for turn in range(10):
        torrent = (second, first)[turn % 2]
        answer = ask(api, "sync/torrentPeers", session, hash=torrent, rid=rids[torrent])
        rids[torrent] = answer["rid"]
        answers.append(answer.get("full_update", False))
    assert answers[-8:] == [True] * 8


def test_a_torrent_that_is_gone_has_no_peers(clock: Clock) -> None:
    api = api_of(clock)
    session = new_session("x")

    for path in ("sync/torrentPeers", "torrents/properties", "torrents/trackers"):
        assert api.actions[path](Call(session, {"hash": "0" * 40})) == NOT_FOUND
    with pytest.raises(Missing):
        api.actions["torrents/properties"](Call(session, {}))


def test_the_list_comes_in_pages_and_starts_over_beyond_the_end(clock: Clock) -> None:
    api = api_of(clock)
    whole = [row["hash"] for row in ask(api, "torrents/info")]
    pages = [
        [row["hash"] for row in ask(api, "torrents/info", limit=5, offset=offset)]
        for offset in (0, 5, 10, 12, -2)
    ]

    assert pages == [whole[:5], whole[5:10], whole[10:], whole[:5], whole[10:]]


def test_filters_choose(clock: Clock) -> None:
    api = api_of(clock)

    def count(**values: Any) -> int:  # noqa: ANN401 - passed on
        return len(ask(api, "torrents/info", **values))

    assert count(filter="all") == count() == count(filter="nonsense") == 12
    assert count(filter="active") + count(filter="inactive") == 12
    assert 0 < count(filter="active") < 12
    assert count(filter="stopped") == count(filter="paused") == 1
    assert count(filter="downloading") == 2
    assert sum(count(category=name) for name in ("", "linux", "open culture")) == 12
    some = "|".join(row["hash"].upper() for row in ask(api, "torrents/info")[:3])
    assert count(hashes=some) == 3
    sizes = [row["size"] for row in ask(api, "torrents/info", sort="size", reverse="true")]
    assert sizes == sorted(sizes, reverse=True)


def test_banning_incrementally_adds_to_the_list(clock: Clock) -> None:
    api = api_of(clock)
    ask(api, "app/setPreferences", json='{"banned_IPs": "9.9.9.0/24"}')
    ask(api, "transfer/banPeers", peers="1.2.3.4:1|5.6.7.8|[2400::1]:1")

    lines = ask(api, "app/preferences")["banned_IPs"].split("\n")

    assert lines == ["1.2.3.4", "2400::1", "9.9.9.0 - 9.9.9.255"]


def test_preferences_are_kept_and_unknown_ones_ignored(clock: Clock) -> None:
    api = api_of(clock)
    ask(api, "transfer/banPeers", peers="1.2.3.4:1")
    ask(api, "app/setPreferences", json='{"up_limit": 2500, "nonsense": 1}')
    ask(api, "app/setPreferences", json="{not json")
    answer = ask(api, "app/preferences")

    assert answer["up_limit"] == 2048
    assert answer["banned_IPs"] == "1.2.3.4"
    assert "nonsense" not in answer
    with pytest.raises(Missing):
        ask(api, "app/setPreferences")


def test_it_says_what_it_is(clock: Clock) -> None:
    api = api_of(clock, name="4.5.2")

    assert ask(api, "app/version") == "v4.5.2"
    assert ask(api, "app/webapiVersion") == "2.8.19"
    assert ask(api, "app/buildInfo")["libtorrent"]
    assert ask(api, "transfer/info")["connection_status"] == "connected"
    assert "web_ui_api_key" not in ask(api, "app/preferences")
