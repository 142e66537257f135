"""The copies of remote lists on the disk."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.domain.name_list import NameList
from app.services.list_copies import ListCopies, ListUnusable
from app.services.subscription import ListKey, ListKind, ListRefused, Surroundings
from app.settings.modules import AddressSubscriptions, NameSubscriptions, Subscription

NOBODY = Surroundings(own=tuple, addresses=tuple, client_names=tuple)
KEY = ListKey(ListKind.ADDRESSES, "a")
LIST = Subscription(id="a", name="Mine", url="https://example.org/a")
BODY = b"8.8.8.8\n9.9.9.0/24\n"


async def opened(folder: Path) -> ListCopies:
    copies = ListCopies(folder, NOBODY)
    await copies.open()
    return copies


async def test_a_fresh_copy_is_read_checked_and_kept(tmp_path: Path) -> None:
    copies = await opened(tmp_path)
    copies.fresh(KEY).write_bytes(BODY)
    found = await copies.read_fresh(KEY, LIST, AddressSubscriptions())
    assert (found.id, found.name, len(found)) == ("a", "Mine", 2)

    await copies.keep(KEY)
    await copies.drop_fresh(KEY)
    again, digest = await copies.read_kept(KEY, LIST, AddressSubscriptions())
    assert len(again) == 2
    assert digest == hashlib.sha256(BODY).hexdigest()

    await copies.delete(KEY)
    with pytest.raises(ListUnusable):
        await copies.read_kept(KEY, LIST, AddressSubscriptions())


async def test_the_kind_of_the_area_says_what_is_in_it(tmp_path: Path) -> None:
    copies = await opened(tmp_path)
    key = ListKey(ListKind.NAMES, "a")
    copies.fresh(key).write_bytes(b"Xunlei\n")
    assert isinstance(await copies.read_fresh(key, LIST, NameSubscriptions()), NameList)
    assert copies.fresh(key) != copies.fresh(KEY)

    copies.fresh(key).write_bytes(b"<html>")
    with pytest.raises(ListRefused):
        await copies.read_fresh(key, LIST, NameSubscriptions())


async def test_what_a_kill_left_is_cleared_away(tmp_path: Path) -> None:
    copies = await opened(tmp_path)
    copies.fresh(KEY).write_bytes(BODY)
    await copies.keep(KEY)
    copies.fresh(KEY).write_bytes(b"half")
    (copies.fresh(KEY).parent / ".fetch.x.tmp").write_bytes(b"half")

    await opened(tmp_path)

    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".txt"]


async def test_a_disk_that_refuses_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ListUnusable):
        await opened(tmp_path / "file")
    copies = await opened(tmp_path / "good")
    with pytest.raises(ListUnusable):
        await copies.keep(KEY)
    copies.fresh(KEY).mkdir()
    await copies.drop_fresh(KEY)  # it is only in the way


def test_ids_of_any_kind_have_names_of_their_own() -> None:
    copies = ListCopies(Path("x"), NOBODY)
    ids = ["CON", "con", "ü" * 128, "ü" * 127, "a b:c*?", "名单", "\ud800", ""]
    names = {copies.fresh(ListKey(ListKind.ADDRESSES, id)).name for id in ids}  # noqa: A001
    assert len({name.lower() for name in names}) == len(ids)
    assert all(len(name) < 80 and name.isascii() for name in names)
