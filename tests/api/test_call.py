"""Parameters and bodies as clients send them."""

import pytest

from tests.api.conftest import Served, failed, fine

BANS = "/api/bans"


@pytest.mark.parametrize(
    ("page", "size", "expected"),
    [
        ("", "", (1, 10)),
        ("0", "0", (1, 1)),
        ("-5", "-5", (1, 1)),
        ("2", "1001", (2, 1000)),
        ("+3", " 7 ", (3, 7)),
        ("999999999999999999", "5", (2**31, 5)),
    ],
)
async def test_pages_have_limits(
    served: Served, page: str, size: str, expected: tuple[int, int]
) -> None:
    for path in (BANS, f"{BANS}/logs"):
        found = fine(await served.admin.get(path, params={"page": page, "pageSize": size}))
        assert (found["page"], found["size"]) == expected
        assert (found["total"], found["results"]) == (0, [])


@pytest.mark.parametrize("text", ["abc", "1.5", "1e3", "१", "1_0", "9" * 6000, "0x1", "\x00"])
async def test_a_page_that_is_no_number_is_400_and_named(served: Served, text: str) -> None:
    answer = await served.admin.get(BANS, params={"page": text})
    message = failed(answer, 400)
    assert "page" in message
    assert answer.json()["data"] == message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"null",
        b"{}",
        b'"203.0.113.7"',
        b"[1]",
        b"[null]",
        b'[["203.0.113.7"]]',
        b"[",
        b'["203.0.113.7"',
        b'["203.0.113.7"] x',
        b"\xff\xfe",
        b'["\\ud800"]',
        b'["\xed\xa0\x80"]',
        b"[" * 200_000,
        b"NaN",
        b"\x00",
    ],
)
async def test_a_body_that_is_no_list_of_texts_is_400(served: Served, body: bytes) -> None:
    for method in ("PUT", "DELETE"):
        failed(await served.admin.request(method, BANS, content=body), 400)
    assert len(served.core.ban_list) == 0


async def test_the_content_type_does_not_count_but_its_charset_does(served: Served) -> None:
    body = '["203.0.113.7"]'
    for kind, charset in (
        ("text/plain", "utf-8"),
        ("application/json; charset=UTF-8", "utf-8"),
        ("application/json; charset=utf-16", "utf-16"),
    ):
        answer = await served.admin.put(
            BANS, content=body.encode(charset), headers={"Content-Type": kind}
        )
        assert fine(answer) == {"count": 1}


@pytest.mark.parametrize("charset", ["utf-16", "klingon", "hex", "undefined"])
async def test_a_charset_that_does_not_fit_is_400(served: Served, charset: str) -> None:
    headers = {"Content-Type": f"application/json; charset={charset}"}
    failed(await served.admin.put(BANS, content=b'["1.2.3.4"]x', headers=headers), 400)
