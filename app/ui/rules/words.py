"""What the settings of each rule are called, and a sentence about them; message ids are marked with N_()."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.locale import N_
from app.settings.modules import ProtectMode
from app.ui.settings_page.item import Shape


@dataclass(frozen=True, slots=True)
class Wording:
    """How one setting is shown."""

    name: str
    hint: str = ""
    unit: str = ""
    shape: Shape = Shape.PLAIN
    choices: Sequence[tuple[object, str]] = ()


ABOUT: Final[Mapping[str, str]] = {
    "ip-address-blocker": N_(
        "Bans addresses, networks, ports and places that you list yourself. Places need the"
        " databases of the settings."
    ),
    "peer-id-blacklist": N_(
        "Compares the peer ID that a client makes from its own name and version."
    ),
    "client-name-blacklist": N_("Compares the client name that the downloader shows."),
    "anti-vampire": N_("Bans clients that are known to take and never give."),
    "ip-address-blocker-rules": N_(
        "Bans addresses on lists that others keep, fetched again and again."
    ),
    "peer-name-blocker-rules": N_("Bans client names on lists that others keep."),
    "ptr-blacklist": N_("Compares the name that the network of a peer gives to its address."),
    "btn": N_("Bans whom the BTN network names, once you have joined it."),
    "progress-cheat-blocker": N_(
        "Compares what was sent to a peer with the progress that it reports."
    ),
    "multi-dialing-blocker": N_(
        "Bans one user who takes the same torrent from many addresses of one network."
    ),
    "auto-range-ban": N_("Bans peers whose address lies beside one that was banned."),
    "idle-connection-dos-protection": N_(
        "Bans peers that hold a connection and neither give nor take."
    ),
    "expression-engine": N_("Runs your own scripts over each peer."),
}
"""What each rule looks at, in one sentence."""

BRIEFLY: Final[Mapping[str, str]] = {
    "anti-vampire": N_("known clients that only take"),
    "btn": N_("whom the network names"),
    "progress-cheat-blocker": N_("reports against what was sent"),
    "multi-dialing-blocker": N_("one user, many addresses"),
    "auto-range-ban": N_("beside banned addresses"),
    "idle-connection-dos-protection": N_("neither give nor take"),
}
"""The same in a few words, for rules that hold no entries to count."""

_SUBSCRIBED: Final = {
    "check_interval": Wording(
        N_("Look for new versions every"),
        N_("Lists that did not change are not fetched anew."),
    ),
    "max_size": Wording(N_("Largest list"), N_("A larger one is not applied."), shape=Shape.BYTES),
    "max_peer_share": Wording(
        N_("Most peers that a list may fit"),
        N_(
            "Of those that you see now, when there are twenty; a list that fits more is not applied."
        ),
        shape=Shape.SHARE,
    ),
}

WORDINGS: Final[Mapping[str, Mapping[str, Wording]]] = {
    "ip-address-blocker": {
        "net_type": Wording(
            N_("Kinds of connection"),
            N_("Known for addresses in China only."),
            choices=(
                ("wideband", N_("home")),
                ("baseStation", N_("mobile")),
                ("governmentAndEnterpriseLine", N_("authorities and companies")),
                ("businessPlatform", N_("business services")),
                ("backboneNetwork", N_("backbone")),
                ("ipPrivateNetwork", N_("private networks")),
                ("internetCafe", N_("internet cafés")),
                ("iot", N_("Internet of things")),
                ("dataCenter", N_("data centres")),
            ),
        ),
    },
    "anti-vampire": {
        "xunlei": Wording(
            N_("Xunlei (Thunder)"),
            N_("Except version 0.0.1.9 on torrents that you still download, which gives."),
        ),
    },
    "ip-address-blocker-rules": {
        **_SUBSCRIBED,
        "max_address_share": Wording(
            N_("Most addresses that a list may cover"),
            N_("Of all public ones; a list that covers more is not applied."),
            shape=Shape.SHARE,
        ),
    },
    "peer-name-blocker-rules": _SUBSCRIBED,
    "btn": {
        "allow_script_execute": Wording(
            N_("Run scripts that BTN sends"),
            N_("They run apart from the program, with the same limits as your own."),
        ),
    },
    "progress-cheat-blocker": {
        "minimum_size": Wording(
            N_("Smallest torrent"),
            N_("Of smaller ones only what exceeds the whole torrent counts."),
            shape=Shape.BYTES,
        ),
        "maximum_difference": Wording(
            N_("Largest difference"),
            N_("How much more of the torrent a peer may have received than it reports."),
            shape=Shape.SHARE,
        ),
        "rewind_maximum_difference": Wording(
            N_("Largest step back"),
            N_("How far the progress of a peer may fall; 0 switches this off."),
            shape=Shape.SHARE,
        ),
        "rewinds_allowed": Wording(
            N_("Steps back allowed"),
            N_("Larger ones than that, whatever was sent; -1 allows any number."),
        ),
        "block_excessive_clients": Wording(
            N_("Ban peers that take more than the torrent holds"),
        ),
        "excessive_threshold": Wording(
            N_("Too much is more than"),
            N_("Times the torrent, or what you have of it."),
            unit=N_("times"),
        ),
        "ipv4_prefix_length": Wording(
            N_("One user, IPv4"),
            N_("Addresses that share so many bits are counted together; 32 is each by itself."),
            unit=N_("bits"),
        ),
        "ipv6_prefix_length": Wording(
            N_("One user, IPv6"),
            N_("A home usually has 56 or 64 bits to itself."),
            unit=N_("bits"),
        ),
        "enable_persist": Wording(N_("Remember peers after a restart")),
        "persist_duration": Wording(N_("Forget peers after"), N_("When they were not seen again.")),
        "max_wait_duration": Wording(
            N_("Wait before a ban"), N_("Reports of progress may come late.")
        ),
        "fast_pcb_test_percentage": Wording(
            N_("Quick check after"),
            N_(
                "A peer that took so much of the torrent is disconnected once, so that it reports"
                " its progress anew; 0 switches this off."
            ),
            shape=Shape.SHARE,
        ),
        "fast_pcb_test_block_duration": Wording(N_("Disconnect for")),
        "fast_pcb_test_spares_consistent": Wording(
            N_("No quick check for peers that report what they received"),
        ),
    },
    "auto-range-ban": {
        "ipv4": Wording(
            N_("Beside, IPv4"),
            N_("Addresses that share so many bits; 30 is four addresses."),
            unit=N_("bits"),
        ),
        "ipv6": Wording(
            N_("Beside, IPv6"),
            N_("Addresses that share so many bits."),
            unit=N_("bits"),
        ),
    },
    "multi-dialing-blocker": {
        "subnet_mask_length": Wording(
            N_("One network, IPv4"),
            N_("Addresses that share so many bits; 24 is 256 addresses."),
            unit=N_("bits"),
        ),
        "subnet_mask_v6_length": Wording(
            N_("One network, IPv6"),
            N_("Addresses that share so many bits."),
            unit=N_("bits"),
        ),
        "tolerate_num_ipv4": Wording(
            N_("Addresses allowed, IPv4"),
            N_("So many addresses of one network on one torrent; more are banned."),
            unit=N_("addresses"),
        ),
        "tolerate_num_ipv6": Wording(
            N_("Addresses allowed, IPv6"),
            N_("Ordinary homes use several IPv6 addresses at a time."),
            unit=N_("addresses"),
        ),
        "cache_lifespan": Wording(
            N_("An address counts for"), N_("After it was seen last."), shape=Shape.SECONDS
        ),
        "keep_hunting": Wording(
            N_("Ban the whole network for longer, once it was found out"),
        ),
        "keep_hunting_time": Wording(N_("For"), shape=Shape.SECONDS),
    },
    "idle-connection-dos-protection": {
        "max_allowed_idle_time": Wording(N_("Longest idle time")),
        "idle_speed_threshold": Wording(
            N_("Slower is idle"),
            N_("In each second; a faster peer is not idle."),
            shape=Shape.BYTES,
        ),
        "min_status_change_percentage": Wording(
            N_("Progress that counts"),
            N_("In percentage points; a peer that gains so much is not idle."),
            unit=N_("points"),
        ),
        "reset_on_status_change": Wording(N_("Progress starts the idle time anew")),
        "protect_mode": Wording(
            N_("Looks at"),
            choices=(
                (
                    int(ProtectMode.UNWANTED),
                    N_("torrents that seed, and peers that nobody wants anything of"),
                ),
                (int(ProtectMode.SEEDING), N_("torrents that seed")),
                (int(ProtectMode.ALL), N_("all torrents")),
            ),
        ),
    },
    "expression-engine": {
        "time_limit": Wording(
            N_("Time for one script"),
            N_("For all peers of one sweep; a script that takes longer is stopped."),
            unit=N_("ms"),
        ),
        "memory_limit": Wording(
            N_("Memory for one script"),
            N_("A script that takes more is stopped."),
            shape=Shape.BYTES,
        ),
    },
}
"""By the key of a rule, the names of the fields of its area; lists have words of their own (`lists`)."""
