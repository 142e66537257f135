"""Values that scripts look at, of many peers at once."""

from __future__ import annotations

from app.domain.script_values import ScriptValues
from tests.domain.rules.sightings import sighting


def test_a_key_holds_what_stands_at_its_paths() -> None:
    values = ScriptValues([sighting(port=1), sighting(port=2, client_name="x")])

    assert values.keys(("peer.client_name", "peer.address.raw.port")) == [
        ("qBittorrent/4.6.5", 1),
        ("x", 2),
    ]
    assert values.keys(("peer.client_name",)) == ["qBittorrent/4.6.5", "x"]
    assert values.keys(()) == [(), ()]


def test_of_nobody_there_is_nothing() -> None:
    values = ScriptValues([])

    assert values.keys(()) == values.keys(("at",)) == values.keys(("at", "downloader")) == []
