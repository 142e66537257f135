"""Logins, locks and lost sessions."""

from __future__ import annotations

import pytest

from app.demo.session import LOCK_SECONDS, SESSION_SECONDS, Refusal, Session, Sessions
from tests.demo.conftest import Clock

HERE = "127.0.0.1"


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions("admin", "right", "qbt_key", clock, counts_on=True)


def enter(sessions: Sessions) -> Session:
    session = sessions.log_in("admin", "right", HERE)
    assert isinstance(session, Session)
    return session


def test_a_session_ends_after_an_hour_of_silence(sessions: Sessions, clock: Clock) -> None:
    session = enter(sessions)
    clock.pass_(SESSION_SECONDS - 1)
    assert sessions.find(session.id) is session
    clock.pass_(SESSION_SECONDS - 1)
    assert sessions.find(session.id) is session
    clock.pass_(SESSION_SECONDS + 1)
    assert sessions.find(session.id) is None


def test_five_wrong_logins_lock_a_client_out_for_an_hour(sessions: Sessions, clock: Clock) -> None:
    assert [sessions.log_in("admin", "wrong", HERE) for _ in range(5)] == [Refusal.WRONG] * 5
    assert sessions.log_in("admin", "right", HERE) is Refusal.LOCKED
    assert isinstance(sessions.log_in("admin", "right", "127.0.0.2"), Session)
    clock.pass_(LOCK_SECONDS + 1)
    enter(sessions)


def test_a_right_login_forgives_the_wrong_ones(sessions: Sessions) -> None:
    for _ in range(3):
        for _ in range(4):
            sessions.log_in("admin", "wrong", HERE)
        enter(sessions)


def test_a_restart_unlocks(sessions: Sessions) -> None:
    for _ in range(6):
        sessions.log_in("nobody", "right", HERE)
    sessions.unlock()
    enter(sessions)


def test_the_api_key_has_one_session(sessions: Sessions, clock: Clock) -> None:
    session = sessions.find_by_key("qbt_key")

    assert session is not None
    assert sessions.find_by_key("qbt_key") is session
    assert sessions.find_by_key("") is None
    assert sessions.find("") is None
    assert Sessions("admin", "right", "", clock, counts_on=True).find_by_key("") is None


def test_sessions_can_be_lost(sessions: Sessions) -> None:
    session, other = enter(sessions), enter(sessions)
    sessions.log_out(other)
    assert sessions.find(other.id) is None
    session.main.answer(0, {})
    sessions.forget_answers()
    assert sessions.find(session.id) is session
    assert session.main.answer(1, {})[1] is None
    sessions.forget()
    assert sessions.find(session.id) is None
