"""Telling which banned peers stay."""

import logging

import pytest

from app.domain.address import Prefix, parse_ip, parse_prefix
from app.domain.ban import DownloaderRef
from app.locale.texts import say
from app.services.alerts import Alerts
from app.services.events import EventBus
from app.services.still_there import StillThere

ONE, TWO = parse_prefix("1.2.3.4"), parse_prefix("5.6.0.0/16")
FIRST, SECOND = parse_ip("1.2.3.4"), parse_ip("5.6.7.8")


class Bench:
    def __init__(self) -> None:
        self.bus = EventBus()
        self.alerts = Alerts(self.bus)
        self.listed: set[Prefix] = {ONE, TWO}
        ref = DownloaderRef(id="qb", name="Attic", kind="qBittorrent")
        self.stays = StillThere(ref, self.bus, self.listed.__contains__)

    def said(self) -> list[str]:
        return [say(alert.text) for alert in self.alerts.entries()]


async def test_a_peer_that_stays_is_told_once_with_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    it = Bench()
    for _ in range(3):
        await it.stays.tell({ONE: FIRST})
    assert it.said() == [
        (
            "Attic does not drop 1.2.3.4, though it is on its ban list."
            " Restart Attic; if that does not help, block the address in your firewall."
        )
    ]
    assert caplog.text.count("does not drop") == 1


async def test_several_make_one_alert_that_counts_them() -> None:
    it = Bench()
    await it.stays.tell({ONE: FIRST})
    await it.stays.tell({ONE: FIRST, TWO: SECOND})
    assert it.said() == [
        (
            "Attic does not drop 2 banned peers, such as 5.6.7.8."
            " Restart Attic; if that does not help, block them in your firewall."
        )
    ]


async def test_the_alert_ends_with_the_last_of_them_and_the_ban_is_not_told_again() -> None:
    it = Bench()
    await it.stays.tell({ONE: FIRST})
    await it.stays.tell({})
    assert it.said() == []
    await it.stays.tell({ONE: FIRST})
    assert it.said() == []


async def test_a_ban_that_was_lifted_and_comes_again_is_told_again() -> None:
    it = Bench()
    await it.stays.tell({ONE: FIRST})
    await it.stays.tell({})
    it.listed.remove(ONE)
    await it.stays.tell({TWO: SECOND})
    it.listed.add(ONE)
    await it.stays.tell({ONE: FIRST, TWO: SECOND})
    assert "2 banned peers, such as 1.2.3.4" in it.said()[0]
