"""Calls of the RPC: session ids, log-ins, and answers of all sorts."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from aiohttp import web

from app.adapters.downloaders.transmission.rpc import SESSION_ID, CallRefused, Rpc
from app.adapters.downloaders.transmission.wire import SessionWire
from app.locale.texts import say
from app.services.errors import AccessDenied, NeedsAction, ProtocolMismatch
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.serving import serving
from tests.adapters.downloaders.transmission.conftest import settings_for
from tests.adapters.downloaders.transmission.fake import FakeTransmission

GOOD = b'{"result": "success", "arguments": {"version": "4.1.3 (x)", "peer-port": 7}, "tag": 1}'


def rpc_of(url: str, *, username: str = "me") -> Rpc:
    return Rpc(
        DownloaderSettings(
            id="lab",
            type="transmission",
            endpoint=url,
            rpc_url="/transmission/rpc",
            username=username,
            password=Secret("s3cret:ä" if username else ""),
        )
    )


async def asked(*answers: web.Response, username: str = "me") -> tuple[object, list[web.Request]]:
    """What comes of one call when the server gives these answers, and what it was asked."""
    requests: list[web.Request] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        requests.append(request)
        return answers[len(requests) - 1]

    async with serving(answer) as url:
        rpc = rpc_of(url, username=username)
        try:
            return await rpc.call("session-get", SessionWire), requests
        except (AccessDenied, NeedsAction, ProtocolMismatch) as error:
            return error, requests
        finally:
            await rpc.exchange.close()


def conflict(session_id: str = "abc") -> web.Response:
    return web.Response(status=409, headers={SESSION_ID: session_id}, text="409: Conflict")


async def test_the_session_id_comes_with_the_first_refusal() -> None:
    found, requests = await asked(conflict(), web.Response(body=GOOD))

    assert isinstance(found, SessionWire)
    assert (found.version, found.peer_port) == ("4.1.3 (x)", 7)
    assert [request.headers.get(SESSION_ID) for request in requests] == [None, "abc"]


async def test_name_and_password_go_with_every_request_from_the_first_on() -> None:
    _, requests = await asked(conflict(), web.Response(body=GOOD))

    login = base64.b64encode("me:s3cret:ä".encode()).decode()
    assert [request.headers["Authorization"] for request in requests] == [f"Basic {login}"] * 2


async def test_without_a_user_name_nothing_is_shown() -> None:
    _, requests = await asked(web.Response(body=GOOD), username="")

    assert "Authorization" not in requests[0].headers


async def test_two_conflicts_in_a_row_are_no_transmission() -> None:
    found, requests = await asked(conflict(), conflict("def"))

    assert isinstance(found, ProtocolMismatch)
    assert len(requests) == 2


@pytest.mark.parametrize(
    ("status", "text", "kind", "says"),
    [
        (403, "Unauthorized IP Address.", NeedsAction, "rpc-whitelist"),
        (403, "Too many unsuccessful login attempts.", NeedsAction, "Restart Transmission"),
        (421, "421: Misdirected Request", NeedsAction, "rpc-host-whitelist"),
        (404, "Not Found", ProtocolMismatch, "404"),
        (500, "", ProtocolMismatch, "500"),
        (200, "", ProtocolMismatch, "empty"),
        (200, "<html>", ProtocolMismatch, "web page"),
        (200, "[1, 2]", ProtocolMismatch, "another shape"),
        (200, "{}", ProtocolMismatch, "no Transmission"),
        (200, '{"result": null}', ProtocolMismatch, "no Transmission"),
        (200, '{"result": "method name not recognized"}', ProtocolMismatch, "not recognized"),
        (200, '{"result": "success", "arguments": 5}', ProtocolMismatch, "another shape"),
        (200, '{"result": "success", "arguments": {"version": 3}}', ProtocolMismatch, "version"),
        (200, "{" * 100_000, ProtocolMismatch, "JSON"),
    ],
)
async def test_what_it_answers_instead_is_said_in_words(
    status: int, text: str, kind: type[Exception], says: str
) -> None:
    found, requests = await asked(web.Response(status=status, text=text))

    assert isinstance(found, kind)
    assert isinstance(found, NeedsAction | ProtocolMismatch)
    assert says in say(found.text)
    assert len(requests) == 1


async def test_a_wrong_password_is_shown_once_until_the_user_asks(fake: FakeTransmission) -> None:
    rpc = Rpc(settings_for(fake, password="wrong"))
    for _ in range(150):
        with pytest.raises(AccessDenied):
            await rpc.call("session-get", SessionWire)
    assert fake.requests == 1
    rpc.forget_refusal()
    with pytest.raises(AccessDenied):
        await rpc.call("session-get", SessionWire)
    assert fake.requests == 2
    await rpc.exchange.close()


async def test_without_a_user_name_it_says_that_one_is_asked_for() -> None:
    found, _ = await asked(web.Response(status=401), username="")

    assert isinstance(found, AccessDenied)
    assert found.text.id == "downloader-login-missing"


async def test_what_it_could_not_do_is_told_with_its_own_words(
    fake: FakeTransmission, rpc: Rpc
) -> None:
    fake.failing["blocklist-update"] = "gotNewBlocklist: http error 0: No Response" + "x" * 1000
    with pytest.raises(CallRefused) as caught:
        await rpc.order("blocklist-update")
    assert caught.value.reason.startswith("gotNewBlocklist: http error 0: No Response")
    assert len(caught.value.reason) <= 200


async def test_a_new_session_id_raises_doubt_whether_it_is_the_same_run(
    fake: FakeTransmission, rpc: Rpc
) -> None:
    await rpc.order("session-get")
    assert not rpc.doubtful
    fake.session_id = "another"
    await rpc.order("session-get")
    assert rpc.doubtful


async def test_a_redirect_to_its_web_page_means_another_path() -> None:
    web_page = web.Response(status=301, headers={"Location": "/transmission/web/"})
    found, _ = await asked(web_page)

    assert isinstance(found, NeedsAction)
    assert "/transmission/rpc" in say(found.text)


async def test_any_other_redirect_is_told_as_it_is() -> None:
    found, _ = await asked(web.Response(status=302, headers={"Location": "https://nas.example/"}))

    assert isinstance(found, NeedsAction)
    assert "nas.example" in say(found.text)


@pytest.mark.parametrize("path", ["/transmission/web", "/transmission/rpc"])
async def test_the_address_of_its_web_page_or_rpc_will_do(
    fake: FakeTransmission, path: str
) -> None:
    rpc = Rpc(replace(settings_for(fake), endpoint=f"{fake.url}{path}"))
    await rpc.order("session-get")
    await rpc.exchange.close()
