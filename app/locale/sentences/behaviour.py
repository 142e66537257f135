"""Sentences of rules about what peers do over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.locale import N_

SENTENCES: Final[Mapping[str, str]] = {
    # neighbours of banned addresses
    "range-banned": N_("{address} lies beside {banned}, which is banned; both are in {block}"),
    "range-covered": N_("Passed: it is banned already"),
    "range-saw": N_("{banned} beside it is banned"),
    "range-saw-none": N_("no banned neighbour"),
    "range-saw-covered": N_("its own address on the ban list"),
    "range-allows": N_("no banned address in the same block ({block})"),
    "range-block": "{block}",
    # many addresses of one subnet
    "dial-banned": N_(
        "{count} addresses of {subnet} came to this torrent within {lifespan_ms}; {limit} are allowed"
    ),
    "dial-hunted": N_(
        "Too many addresses of {subnet} came to this torrent within the last {hunting_ms};"
        " all of them stay banned"
    ),
    "dial-detected": N_("too many addresses"),
    "dial-hunting": N_("found out before"),
    "dial-saw": N_("{count} addresses of its subnet"),
    "dial-saw-others": N_("{count} addresses of its subnet: it and {others}"),
    "dial-saw-among": N_("{count} addresses of its subnet, among them {others}"),
    "dial-allows": N_("{limit} addresses of one subnet (/{bits}) within {lifespan_ms}"),
    # idle connections
    "idle-banned": N_("Connected for {idle_ms} without doing anything; {limit_ms} are allowed"),
    "idle-timeout": N_("idle for too long"),
    "idle-not-seeding": N_("Passed: only torrents that you seed are looked at"),
    "idle-interested": N_("Passed: you or it want something from the other"),
    "idle-interest-unknown": N_("Passed: your downloader does not say whether it wants anything"),
    "idle-saw": N_("idle for {idle_ms}"),
    "idle-saw-active": N_("data on its way"),
    "idle-saw-not-seeding": N_("a torrent that you still download"),
    "idle-saw-interested": N_("one that wants something or has something for you"),
    "idle-saw-interest-unknown": N_("no word on what it wants"),
    "idle-allows": N_("{limit_ms} at {rate_bytes}/s or less without progress"),
    # clients known for taking only
    "vampire-banned": N_("“{name}” is Xunlei, which takes and does not give"),
    "vampire-banned-seeding": N_("“{name}” is Xunlei, which never gives back to who seeds"),
    "vampire-spared": N_("Passed: Xunlei 0.0.1.9 gives while you download"),
    "vampire-preset-off": N_("Passed: no preset is switched on"),
    "vampire-xunlei": N_("Xunlei"),
    "vampire-saw": N_("name “{name}”, peer ID “{id}”"),
    "vampire-saw-nothing": N_("not looked at"),
    "vampire-allows": N_("no Xunlei, but 0.0.1.9 while you download"),
    # names by reverse DNS
    "reverse-banned": N_("Its address is called “{name}”; banned: {rule}"),
    "reverse-pending": N_("Not yet known: the name of its address is being looked up"),
    "reverse-saw-none": N_("an address without a name"),
    "reverse-server-url": N_(
        "The name server {server} is not used: DNS over HTTPS is not supported. Enter an IP"
        " address under resolvers.servers in config.yml."
    ),
    "reverse-server-bad": N_(
        "The name server “{server}” is not used: it is no IP address, with or without a port."
    ),
}
