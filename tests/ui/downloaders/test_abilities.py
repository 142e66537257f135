"""What a downloader cannot do fits one line, and is nothing for one that can do all."""

from __future__ import annotations

import pytest
from msgspec import structs

from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.services.ports import Connection
from app.ui.downloaders.abilities import ability_words, limit_words

DOT = " \N{MIDDLE DOT} "


@pytest.mark.parametrize(
    ("able", "words"),
    [
        (Capabilities(), ""),
        (Capabilities(lasting=False, trackers=False, labels=False), ""),
        (
            Capabilities(ipv6=False, counters=False, peer_ids=False),
            f"Bans IPv4 only{DOT}bytes estimated{DOT}no peer IDs",
        ),
        (Capabilities(prefixes=False, unbans=False), f"Single addresses only{DOT}unbans after its restart"),
        (
            Capabilities(bans=False, ipv6=False, prefixes=False, client_names=False),
            "No client names",
        ),
    ],
)  # fmt: skip
def test_limits_are_told_shortly(able: Capabilities, words: str) -> None:
    assert limit_words(able) == words


def test_advice_follows_what_it_can_do() -> None:
    answers = Connection(
        product="x",
        version="1",
        capabilities=Capabilities(),
        session=1,
        advice=Text("downloader-cannot"),
    )

    assert ability_words(answers) == (
        "It can do everything that PeerWarden asks for.",
        "This downloader cannot do that.",
    )
    lacking = structs.replace(answers, capabilities=Capabilities(peer_ids=False), advice=None)
    assert ability_words(lacking) == ("It does not tell peer IDs.",)


def test_before_the_first_answer_nothing_is_known() -> None:
    assert "not answered yet" in ability_words(None)[0]
