"""Sentences of what is never banned, exceptions, overrides and the circuit breaker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.locale import N_

SENTENCES: Final[Mapping[str, str]] = {
    # names of rules inside other sentences; the same as texts.RULE_TITLES
    "title-ip-address-blocker": N_("Address list"),
    "title-peer-id-blacklist": N_("Peer ID"),
    "title-client-name-blacklist": N_("Client name"),
    "title-expression-engine": N_("Scripts"),
    "title-progress-cheat-blocker": N_("Progress"),
    "title-multi-dialing-blocker": N_("Many addresses"),
    "title-auto-range-ban": N_("Neighbours"),
    "title-btn": N_("BTN network"),
    "title-ip-address-blocker-rules": N_("Subscribed addresses"),
    "title-peer-name-blocker-rules": N_("Subscribed names"),
    "title-idle-connection-dos-protection": N_("Idle connections"),
    "title-anti-vampire": N_("Known vampires"),
    "title-ptr-blacklist": N_("Reverse name"),
    "list-more": N_("{first}, {next}"),
    "list-empty": N_("none"),
    # exceptions
    "spared-note": N_("Exception: {what} (“{note}”)"),
    "silenced": N_("Exception: {what}. These rules do not count here: {rules}"),
    "excepted": N_("{why} (without effect here: an exception)"),
    "everybody": N_("everybody"),
    "saw-exception": N_("an exception fits"),
    # what is never banned
    "allows-protected": N_("{count} networks of your own"),
    "protected-loopback": N_("This is your own computer."),
    "protected-lan": N_("This is in your local network ({network})."),
    "protected-link-local": N_("This is on your own cable or Wi-Fi ({network})."),
    "protected-cgnat": N_("This is inside your provider's network or your VPN ({network})."),
    "protected-multicast": N_("This address stands for a group of computers ({network})."),
    "protected-unspecified": N_("This is no address of a computer ({network})."),
    "protected-own": N_("This is an address of your own computer ({name})."),
    "protected-own-network": N_("This is in your own network ({network} at {name})."),
    "protected-vpn": N_("This is in your VPN ({network} at {name})."),
    "protected-wan": N_("This is your own address on the Internet."),
    "protected-part": N_("{network} lies inside it. {why}"),
    "ban-protected": N_("{address} is not banned. {why}"),
    "protected-lifted": N_("Lifted the ban of {address}: {why}"),
    # many peers behind one address of ours
    "nat-misconfigured": N_(
        "{peers} peers of {downloader} all seem to come from {address}, which is an address of"
        " your own network. Your router or Docker hides their real addresses, so PeerWarden"
        " cannot tell them apart and does not judge them. Let the downloader see who connects:"
        " with Docker, use host networking; on a router, forward the port without rewriting the"
        " sender's address."
    ),
    # the circuit breaker
    "breaker-tripped": N_(
        "PeerWarden has stopped banning by behaviour and asks you. Within {window_ms}, {rules}"
        " wanted to ban {count} of {peers} peers. If that is right, let it go on; if not, let these"
        " rules only watch. For example {example}"
    ),
    "breaker-example": N_("{address}: {why}"),
    "breaker-closed": N_("Nothing is held back, so there is nothing to answer."),
    "breaker-nothing-to-undo": N_("None of these bans is left to be undone."),
    "override-applied": N_("Other settings hold for this torrent: {names}"),
    "override-saw": N_("its torrent"),
}
