"""The contract of all downloaders on the fake, as each version that differs; 4.0 is in no Debian."""

from __future__ import annotations

import pytest

from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.contract import DownloaderContract, Subject, opened, seen_in
from tests.adapters.downloaders.transmission.fake import FakeTransmission
from tests.adapters.downloaders.transmission.shelf import ServedShelf
from tests.adapters.downloaders.transmission.subject import FakeSubject


@pytest.mark.parametrize(
    "version", ["3.00 (bb6b5a062e)", "4.0.6 (38c164933e)", "4.1.3 (3c6e3e2fd5)"]
)
class TestTransmission(DownloaderContract):
    """All that every kind must do."""

    @pytest.fixture
    def subject(self, fake: FakeTransmission, shelf: ServedShelf) -> Subject:
        """A daemon whose swarm comes when it is met."""
        return FakeSubject(fake, surroundings(shelf=shelf))

    async def test_trackers_are_replaced_tier_by_tier(self, subject: Subject) -> None:
        await trackers_are_replaced(subject)


async def trackers_are_replaced(subject: Subject) -> None:
    """As the contract wants it; but 3.00 gives each a tier of its own."""
    async with opened(subject) as downloader:
        one_each = (await downloader.connect()).version == "3.00"
        torrent = seen_in((await downloader.snapshot()).torrents, subject).torrent
        one, two, three = (f"http://127.0.0.1:9/{name}/announce" for name in ("a", "b", "c"))
        before = await downloader.trackers(torrent.id)
        for tiers in (((one, two), (three,)), ((three,),), ((two,), (three,), (one,)), before):
            await downloader.replace_trackers(torrent.id, tiers)
            found = await downloader.trackers(torrent.id)
            assert found == (tuple((url,) for tier in tiers for url in tier) if one_each else tiers)
