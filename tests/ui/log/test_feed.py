"""Lines come from any thread, in order and once."""

from __future__ import annotations

import logging
import threading

from pytestqt.qtbot import QtBot

from app.services.log_ring import LogRing
from app.ui.log.feed import LogFeed


def logger_to(ring: LogRing) -> logging.Logger:
    made = logging.Logger("app.test")  # noqa: LOG001 - of its own, so that no test hears another's
    made.addHandler(ring)
    return made


def test_lines_of_other_threads_arrive_in_qts_thread(qtbot: QtBot) -> None:
    ring = LogRing()
    feed = LogFeed(ring)
    threads: list[threading.Thread] = []
    feed.arrived.connect(lambda: threads.append(threading.current_thread()))
    log = logger_to(ring)

    def work() -> None:
        for number in range(100):
            log.info("line %d", number)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: len(threads) > 0, timeout=1000)

    assert [line.text for line in feed.take()] == [f"line {i}" for i in range(100)]
    assert set(threads) == {threading.main_thread()}
    feed.close()


def test_what_was_logged_before_comes_first(qtbot: QtBot) -> None:
    ring = LogRing()
    log = logger_to(ring)
    log.info("before")
    feed = LogFeed(ring)
    log.info("after")

    assert [line.text for line in feed.take()] == ["before", "after"]
    assert feed.take() == []
    feed.close()


def test_a_closed_feed_hears_nothing(qtbot: QtBot) -> None:
    ring = LogRing()
    feed = LogFeed(ring)
    feed.close()
    feed.close()
    logger_to(ring).info("x")

    assert feed.take() == []
