"""Bans and their parts in every shape that the domain allows, for property tests."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from hypothesis import strategies as st

from app.domain.address import Endpoint, PeerAddress, parse_ip
from app.domain.ban import Ban, DownloaderRef, Source
from app.domain.flags import PeerFlags
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode, Verdict

numbers = st.integers(-(2**63) + 1, 2**63 - 1)
finite = st.floats(allow_nan=False, allow_infinity=False)
ip4 = st.integers(0, 2**32 - 1).map(IPv4Address)
ip6 = st.integers(0, 2**128 - 1).map(IPv6Address) | st.sampled_from(
    [parse_ip(text) for text in ("::", "::1", "::ffff:1.2.3.4", "64:ff9b::102:304", "2001::1")]
)
ips = ip4 | ip6
mapped = st.tuples(st.integers(0, 2**32 - 1), st.integers(96, 128)).map(
    lambda it: IPv6Network((0xFFFF << 32 | it[0], it[1]), strict=False)
)
prefixes = (
    st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)).map(
        lambda it: IPv4Network(it, strict=False)
    )
    | st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 128)).map(
        lambda it: IPv6Network(it, strict=False)
    )
    | mapped
)
endpoints = st.builds(Endpoint, ips, st.integers(0, 65535))
texts: st.SearchStrategy[Text] = st.recursive(
    st.builds(Text, st.text()) | st.just(Text("plain")),
    lambda inner: st.builds(
        Text,
        st.text(),
        st.dictionaries(st.text(), st.text() | numbers | finite | inner, max_size=3),
    ),
    max_leaves=4,
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | finite | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
verdicts = st.builds(
    Verdict,
    rule=st.text(),
    action=st.sampled_from(Action),
    mode=st.sampled_from(Mode),
    duration=numbers,
    title=st.none() | texts,
    reason=texts,
    saw=st.none() | texts,
    allows=st.none() | texts,
    margin=st.none() | st.floats(allow_nan=False),
    data=st.dictionaries(st.text(), json_values, max_size=3),
)
flags = st.integers(0, sum(flag.value for flag in PeerFlags)).map(PeerFlags)
addresses = st.builds(
    PeerAddress,
    raw=endpoints,
    effective=endpoints,
    nat_translated=st.booleans(),
    teredo_translated=st.booleans(),
) | endpoints.map(lambda endpoint: PeerAddress(raw=endpoint, effective=endpoint))
peers = st.builds(
    Peer,
    address=addresses,
    peer_id=st.none() | st.text(),
    client_name=st.none() | st.text(),
    progress=finite,
    uploaded=numbers,
    downloaded=numbers,
    upload_rate=numbers,
    download_rate=numbers,
    flags=st.none() | flags,
    handshaking=st.booleans(),
    country=st.text(max_size=2),
)
torrents = st.builds(
    Torrent,
    id=st.text(),
    hash=st.text(),
    name=st.text(),
    size=numbers,
    completed_size=numbers,
    progress=finite,
    upload_rate=numbers,
    download_rate=numbers,
    uploaded=numbers,
    private=st.booleans(),
    category=st.text(),
    tags=st.lists(st.text(), max_size=3).map(tuple),
    tracker=st.text(),
)
refs = st.builds(DownloaderRef, id=st.text(), name=st.text(), kind=st.text())


@st.composite
def bans(draw: st.DrawFn) -> Ban:
    """Any ban; its deciding verdict is often one of its trace, as in life."""
    trace = tuple(draw(st.lists(verdicts, max_size=3)))
    return Ban(
        prefix=draw(prefixes),
        since=draw(numbers),
        until=draw(numbers),
        verdict=draw(st.sampled_from(trace) | verdicts if trace else verdicts),
        trace=trace,
        source=draw(st.sampled_from(Source)),
        disconnect=draw(st.booleans()),
        raw=draw(st.none() | ips),
        downloader=draw(st.none() | refs),
        torrent=draw(st.none() | torrents),
        peer=draw(st.none() | peers),
    )
