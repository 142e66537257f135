"""Ban lists on the shelf, as the server finds them; the routes are tested with the server."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import cast

import pytest

from app.services.blocklists import Blocklists
from app.services.settings import SettingsBook


@dataclass
class _Server:
    prefix: str = "http://192.168.1.5:9898/"


@dataclass
class _Config:
    installation_id: str = "here"
    server: _Server = field(default_factory=_Server)


@dataclass
class _Book:
    """As much of the settings as matters."""

    config: _Config = field(default_factory=_Config)


def book(installation_id: str = "here") -> SettingsBook:
    return cast("SettingsBook", _Book(_Config(installation_id)))


@pytest.fixture
def shelf() -> Blocklists:
    shelf = Blocklists()
    shelf.open(book(), "http://127.0.0.1:9898")
    return shelf


def name_of(shelf: Blocklists, downloader: str) -> str:
    url = shelf.url(downloader, near=True)
    assert url is not None
    return url.rpartition("/")[2]


def test_near_and_far_differ_in_the_server_alone(shelf: Blocklists) -> None:
    name = name_of(shelf, "nas")
    assert shelf.url("nas", near=True) == f"http://127.0.0.1:9898/blocklist/for/{name}"
    assert shelf.url("nas", near=False) == f"http://192.168.1.5:9898/blocklist/for/{name}"


def test_a_name_is_the_same_in_every_run_and_another_for_each_downloader(
    shelf: Blocklists,
) -> None:
    again, elsewhere = Blocklists(), Blocklists()
    again.open(book(), "http://127.0.0.1:1")
    elsewhere.open(book("elsewhere"), "http://127.0.0.1:1")
    assert name_of(again, "nas") == name_of(shelf, "nas")
    assert name_of(shelf, "other") != name_of(shelf, "nas") != name_of(elsewhere, "nas")


def test_what_is_put_is_found_by_its_name_alone(shelf: Blocklists) -> None:
    shelf.put("nas", b"one")
    found = shelf.named(name_of(shelf, "nas"))
    assert found is not None
    assert found.body == b"one"
    assert shelf.named(name_of(shelf, "other")) is None
    assert shelf.named("nas") is None


def test_a_list_that_was_replaced_while_it_was_sent_has_not_been_fetched(
    shelf: Blocklists,
) -> None:
    shelf.put("nas", b"one")
    sending = shelf.named(name_of(shelf, "nas"))
    assert sending is not None
    shelf.put("nas", b"two")
    sending.fetched = True
    assert not shelf.fetched("nas")
    assert not shelf.fetched("nobody")


def test_one_that_was_put_before_the_server_ran_gets_its_name_then() -> None:
    shelf = Blocklists()
    shelf.put("nas", b"early")
    assert shelf.url("nas", near=True) is None
    shelf.open(book(), "http://127.0.0.1:9898")
    assert shelf.named(name_of(shelf, "nas")) is not None


def test_without_a_server_there_is_no_address(shelf: Blocklists) -> None:
    shelf.close()
    assert shelf.url("nas", near=True) is None
    assert shelf.url("nas", near=False) is None


async def test_it_is_packed_once(shelf: Blocklists) -> None:
    shelf.put("nas", b"line\n" * 1000)
    found = shelf.named(name_of(shelf, "nas"))
    assert found is not None
    packed = await found.packed()
    assert gzip.decompress(packed) == found.body
    assert await found.packed() is packed
