"""Places and names of addresses, in PBH's shape."""

from __future__ import annotations

import json

import msgspec
import pytest

from app.api.place import place_to_wire
from app.domain.address import parse_ip, parse_prefix
from app.domain.place import UNKNOWN, Place
from tests.api.conftest import NAS, Served, fine
from tests.domain.examples import UBUNTU, peer

IP = parse_ip("198.51.100.7")


def shown(place: Place) -> object:
    return json.loads(msgspec.json.encode(place_to_wire(place, IP)))


def test_nothing_known_is_null() -> None:
    assert shown(UNKNOWN) is None


def test_each_part_is_null_when_nothing_is_known_of_it() -> None:
    assert shown(Place(country="US", country_name="United States")) == {
        "city": None,
        "country": {"name": "United States", "iso": "US"},
        "as": None,
        "network": None,
    }


def test_the_example_of_the_reference() -> None:
    place = Place(
        country="JP",
        country_name="Japan",
        city="Tokyo",
        city_code=1_850_147,
        asn=64_500,
        organisation="Example Net",
        network=parse_prefix("198.51.100.0/24"),
    )
    assert shown(place) == {
        "city": {
            "name": "Tokyo",
            "iso": 1_850_147,
            "cnProvince": None,
            "cnCity": None,
            "cnDistricts": None,
        },
        "country": {"name": "Japan", "iso": "JP"},
        "as": {
            "number": 64_500,
            "organization": "Example Net",
            "ipAddress": "198.51.100.7",
            "network": {"ipAddress": "198.51.100.0", "prefixLength": 24},
        },
        "network": {"isp": "Example Net", "netType": None},
    }


def test_what_geocn_knows_is_shown() -> None:
    place = Place(
        country="CN", city="山东省 济南市", city_code=370_100, province="山东省",
        cn_city="济南市", isp="电信", net_type="宽带",
    )  # fmt: skip
    found = place_to_wire(place, IP)
    assert found is not None
    assert found.city is not None
    assert found.network is not None
    assert (found.city.cn_province, found.city.cn_city) == ("山东省", "济南市")
    assert (found.network.isp, found.network.net_type) == ("电信", "宽带")


@pytest.mark.parametrize("wanted", [False, True])
async def test_names_are_shown_only_when_the_user_wants_them_looked_up(
    served: Served,
    wanted: bool,  # noqa: FBT001 - a table
) -> None:
    names = served.core.lookups.names
    names.name = lambda _ip: "host.example.org"  # type: ignore[method-assign, assignment]
    if wanted:
        await served.core.settings.change("config.yml", {("lookup", "dns-reverse-lookup"): True})
    await served.show(UBUNTU, peer("203.0.113.77", client_name="hp/torrent 1.0"), peer())
    (entry,) = fine(await served.admin.get("/api/bans"))["results"]
    live = fine(await served.admin.get(f"/api/downloaders/{NAS}/torrent/{UBUNTU.id}/peers"))
    assert entry["banMetadata"]["reverseLookup"] == ("host.example.org" if wanted else "N/A")
    assert {row["ptrRecord"] for row in live} == {"host.example.org" if wanted else None}
