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
    "dial-saw-alone": N_("no other address of its subnet"),
    "dial-saw": N_("{count} addresses of its subnet"),
    "dial-saw-others": N_("{count} addresses of its subnet: it and {others}"),
    "dial-saw-among": N_("{count} addresses of its subnet, among them {others}"),
    "dial-allows": N_("{limit} addresses of one subnet (/{bits}) within {lifespan_ms}"),
    # idle connections
    "idle-banned": N_("Connected for {idle_ms} without doing anything; {limit_ms} are allowed"),
    "idle-timeout": N_("idle for too long"),
    "idle-not-seeding": N_("Passed: only torrents that you seed are looked at"),
    "idle-interested": N_("Passed: one of you wants something from the other"),
    "idle-interest-unknown": N_(
        "Passed: your downloader does not say whether this peer wants anything"
    ),
    "idle-saw": N_("idle for {idle_ms}"),
    "idle-saw-active": N_("data on its way"),
    "idle-saw-not-seeding": N_("a torrent that you still download"),
    "idle-saw-interested": N_("one that wants something or has something for you"),
    "idle-saw-interest-unknown": N_("no word on what it wants"),
    "idle-allows": N_("{limit_ms} at {rate_bytes}/s or less without progress"),
    # clients known for taking only
    "vampire-banned": N_("“{name}” is Xunlei, which takes and does not give"),
    "vampire-banned-seeding": N_("“{name}” is Xunlei, which never gives back to those who seed"),
    "vampire-spared": N_("Passed: Xunlei 0.0.1.9 gives while you download"),
    "vampire-preset-off": N_("Passed: no preset is switched on"),
    "vampire-xunlei": N_("Xunlei"),
    "vampire-saw": N_("name “{name}”, peer ID “{id}”"),
    "vampire-saw-nothing": N_("not looked at"),
    "vampire-allows": N_("no Xunlei except 0.0.1.9 while you download"),
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
    # reported progress against what was sent
    "progress-saw": N_("reports {reported_share}, got {sent_share} from us"),
    "progress-saw-bytes": N_("got {sent_bytes} from us"),
    "progress-allows": N_("up to {allowed_share} more than it reports"),
    "progress-allows-bytes": N_("{allowed_bytes} from us"),
    "progress-allows-rewind": N_("a fall by {allowed_share}"),
    "progress-allows-falls": N_("{allowed} falls of its progress"),
    "progress-allows-fast": N_("{allowed_share} before the quick check"),
    "progress-size-unknown": N_("Passed: the size of the torrent is not known yet"),
    "progress-nothing-sent": N_("Passed: nothing was sent to it"),
    "progress-waiting": N_(
        "Passed for now: reports {reported_share} but got {sent_share} from us; it has a moment to"
        " report the rest"
    ),
    "progress-fast": N_(
        "Disconnected for {duration_ms} after {sent_share} were sent to its address (checked at"
        " {allowed_share}): what it reports when it comes back will tell"
    ),
    "progress-excessive": N_(
        "Got {sent_bytes} from us of a torrent of {size_bytes}; {allowed_bytes} are allowed"
    ),
    "progress-excessive-held": N_(
        "Got {sent_bytes} from us, who have {held_bytes} of this torrent; {allowed_bytes} are"
        " allowed"
    ),
    "progress-difference": N_(
        "Reports {reported_share} but got {sent_share} from us, for more than {waited_ms};"
        " {allowed_share} more than reported is allowed"
    ),
    "progress-rewound": N_(
        "Reports {reported_share} after {last_share} and got {sent_share} from us; a fall by"
        " {allowed_share} is allowed"
    ),
    "progress-fallen": N_(
        "Its progress fell by more than {allowed_share} too often: {count} times; {allowed} are"
        " allowed"
    ),
    "progress-title-fast": N_("quick check"),
    "progress-title-excessive": N_("took too much"),
    "progress-title-difference": N_("reports too little"),
    "progress-title-rewind": N_("progress went back"),
}
