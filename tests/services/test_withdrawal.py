"""What we put into a downloader comes out of it before it is watched no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.address import parse_prefix
from app.domain.capabilities import Capabilities
from app.services.errors import Unreachable
from tests.services.fakes import house
from tests.services.test_sweep import swept

OURS = parse_prefix("198.51.100.7")


async def test_one_that_is_removed_keeps_its_bans_unless_they_shall_be_lifted(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "a", "b") as it:
        a, b = it.downloaders["a"], it.downloaders["b"]
        await it.core.bans.ban([OURS])
        for name in ("a", "b"):
            await swept(it, name)
        assert OURS in a.listed & b.listed
        await it.core.downloaders.remove("a")
        await it.core.downloaders.remove("b", lift_bans=True)
        assert OURS in a.listed
        assert b.listed == set()
        # All else that stands there is the user's.
        assert set(b.pushes[-1].removed) == set(b.pushes[-1].owned) == a.listed


async def test_one_that_pauses_is_told_all_the_same(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await it.core.bans.ban([OURS])
        await swept(it)
        await it.core.downloaders.pause("qb", paused=True)
        await it.core.downloaders.remove("qb", lift_bans=True)
        assert it.downloaders["qb"].listed == set()


async def test_one_whose_bans_cannot_be_lifted_goes_on_being_watched(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await swept(it)
        it.downloaders["qb"].error = Unreachable("connection refused")
        with pytest.raises(Unreachable):
            await it.core.downloaders.remove("qb", lift_bans=True)
        assert [each.id for each in it.core.settings.config.downloaders] == ["qb"]
        it.downloaders["qb"].error = None
        await swept(it)


async def test_one_that_cannot_ban_has_nothing_to_lift(tmp_path: Path) -> None:
    async with house(tmp_path, "aria2") as it:
        it.downloaders["aria2"].able = Capabilities(bans=False)
        await swept(it, "aria2")
        await it.core.downloaders.remove("aria2", lift_bans=True)
        assert it.downloaders["aria2"].pushes == []
