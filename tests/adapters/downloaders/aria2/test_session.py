"""Which of the two it is decides what it can do, and a restart is noticed."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.aria2.session import Session
from app.adapters.downloaders.aria2.wire import SessionInfo
from app.services.errors import AccessDenied, NeedsAction, ProtocolMismatch
from app.settings.downloader_kind import ARIA2, ARIA2_NEXT
from tests.adapters.downloaders.aria2.fake import fake_aria2
from tests.adapters.downloaders.aria2.opened import settings


@pytest.mark.parametrize(
    ("product", "kind", "shown", "bans", "advice"),
    [
        ("aria2-next", ARIA2_NEXT, "Aria2Next", True, "aria2-replaces-blocklist"),
        ("aria2-next", ARIA2, "Aria2Next", False, "aria2-is-next"),
        ("", ARIA2, "aria2", False, "aria2-cannot-ban"),
    ],
)
async def test_it_says_what_it_is_and_what_could_be_better(
    product: str, kind: str, shown: str, *, bans: bool, advice: str
) -> None:
    async with fake_aria2(product) as fake:
        session = Session(settings(fake, type=kind))
        found = await session.open()
        assert (found.product, found.capabilities.bans) == (shown, bans)
        assert found.advice is not None
        assert found.advice.id == advice
        asked = fake.calls.copy()
        assert await session.open() is found
        assert fake.calls == asked
        await session.close()


async def test_aria2_under_the_name_of_the_other_is_told_to_the_user() -> None:
    async with fake_aria2("") as fake:
        session = Session(settings(fake, type=ARIA2_NEXT))
        with pytest.raises(NeedsAction, match="aria2-is-plain"):
            await session.open()
        await session.close()


async def test_one_without_a_blocklist_is_too_old() -> None:
    async with fake_aria2() as fake:
        fake.missing = {"aria2.setBtPeerBlocklist"}
        session = Session(settings(fake))
        with pytest.raises(NeedsAction, match="downloader-too-old"):
            await session.open()
        await session.close()


async def test_one_without_a_version_is_something_else() -> None:
    async with fake_aria2() as fake:
        fake.version = ""
        session = Session(settings(fake))
        with pytest.raises(ProtocolMismatch):
            await session.open()
        await session.close()


async def test_another_session_there_is_a_new_one_here() -> None:
    async with fake_aria2() as fake:
        session = Session(settings(fake))
        assert (await session.open()).session == 1
        session.look(SessionInfo(session_id=f"{1:040x}"))
        assert (await session.open()).session == 1
        fake.session, fake.version = 2, "2.6.0"
        session.look(SessionInfo(session_id=f"{2:040x}"))
        found = await session.open()
        assert (found.session, found.version) == (2, "2.6.0")
        await session.close()


async def test_a_secret_that_is_changed_there_is_refused_once_until_the_user_asks() -> None:
    async with fake_aria2() as fake:
        session = Session(settings(fake))
        await session.open()
        fake.secret = "another"
        with pytest.raises(AccessDenied):
            await session.rpc.call("aria2.getSessionInfo", SessionInfo)
        asked = fake.calls.copy()
        with pytest.raises(AccessDenied):
            await session.open()
        assert fake.calls == asked
        session.rpc.forget_refusal()
        with pytest.raises(AccessDenied):
            await session.rpc.call("aria2.getSessionInfo", SessionInfo)
        assert fake.calls != asked
        await session.close()
