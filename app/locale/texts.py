"""Puts `Text` values into words: every message id that core and adapters use, with its English sentence."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any, Final

from typing_extensions import override

from app.domain.reason import Param, Text
from app.locale import N_, _
from app.locale.measures import measured
from app.locale.sentences import (
    addresses,
    behaviour,
    downloaders,
    network,
    places,
    protection,
    records,
    scripts,
    subscriptions,
)

SENTENCES: Final[Mapping[str, str]] = {
    **addresses.SENTENCES,
    **behaviour.SENTENCES,
    **downloaders.SENTENCES,
    **network.SENTENCES,
    **places.SENTENCES,
    **protection.SENTENCES,
    **records.SENTENCES,
    **scripts.SENTENCES,
    **subscriptions.SENTENCES,
    # verdicts: what was seen; then what is allowed
    "pass": N_("Passed"),
    "handshaking": N_("Not yet known: the handshake runs"),
    "rule-off": N_("Switched off"),
    "rule-unasked": N_("Not asked: the peer is spared"),
    "spared": N_("Exception: {what}"),
    "peer-id-banned": N_("Peer ID “{name}”; banned: {rule}"),
    "client-name-banned": N_("Calls itself “{name}”; banned: {rule}"),
    "port-banned": N_("Uses port {port}, which is on your list"),
    "address-banned": N_("{address} is on your list as {entry}"),
    "manual-banned": N_("Banned by you"),
    "manual-banned-note": N_("Banned by you: “{note}”"),
    # what a rule saw and what it allows
    "saw-text": "{text}",
    "saw-address": N_("its address"),
    "saw-not-yet-known": N_("not yet known"),
    "saw-no-exception": N_("none matches"),
    "allows-patterns": N_("{count} patterns"),
    "allows-entries": N_("{count} entries"),
    "allows-exceptions": N_("{count} exceptions"),
    # which entry of a rule matched
    "rule-starts-with": N_("starts with “{content}”"),
    "rule-ends-with": N_("ends with “{content}”"),
    "rule-contains": N_("contains “{content}”"),
    "rule-equals": N_("is “{content}”"),
    "rule-length": N_("length {content}"),
    "rule-regex": N_("matches “{content}”"),
    "rule-constant": N_("always ({content})"),
    "rule-port": N_("port {port}"),
    "rule-address": N_("address {address}"),
    "rule-manual": N_("by hand"),
    # string rules that cannot be read
    "rule-invalid": N_("Rule {position} cannot be read: {why}. It says: {rule}"),
    "rule-no-json": N_("it is no JSON"),
    "rule-is-array": N_("it is a list; an object was expected"),
    "rule-too-deep": N_("its “if” is nested deeper than {limit} levels"),
    "rule-bad-method": N_("method “{given}” is none of {allowed}"),
    "rule-bad-outcome": N_("“{key}” is “{given}”; TRUE, FALSE or DEFAULT is allowed"),
    "rule-missing": N_("“{key}” is missing or of the wrong type"),
    "rule-bad-regex": N_("the pattern is no regular expression ({why})"),
    "pattern-given-up": N_(
        "A pattern took too long on several names and matches nothing any more: {pattern}"
        " (rule “{rule}”)"
    ),
    "rule-unknown": N_("There is no rule “{name}”."),
    # commands
    "ban-spared": N_("{address} is not banned: the exception {exception} covers it."),
    "ban-holds-spared": N_("{address} is not banned: the exception {exception} lies inside it."),
    "ban-unknown": N_("{address} is not on the ban list."),
    "exception-unknown": N_("There is no such exception."),
    "downloader-unknown": N_("There is no downloader with the id {id}."),
    "downloader-id-taken": N_("A downloader with the id {id} exists already."),
    "downloader-name-taken": N_("Another downloader is called “{name}” already."),
    # downloaders and storage
    "storage-failed": N_("The database refused: {detail}"),
    "storage-newer": N_(
        "The database {path} was written by a newer PeerWarden. Install that version again."
    ),
    "storage-damaged": N_("it is damaged ({detail})"),
    "storage-foreign": N_("it is no database of PeerWarden"),
    "storage-recovered": N_(
        "The database could not be used: {reason}. It was moved to {path}, and a new one made."
    ),
    "already-running": N_("PeerWarden runs already in {path} (process {pid})."),
    "data-dir-unusable": N_("The data directory {path} cannot be used: {reason}"),
    # the command line
    "export-format-unknown": N_("There is no format “{format}”. Allowed: {allowed}"),
    "export-not-written": N_("{path} cannot be written: {reason}"),
    "check-line-bad": N_("Line {line} of the input: {why}"),
    "file-unreadable": N_("{path} cannot be read: {reason}"),
    "simulate-goes-back": N_("“at” goes back in time ({at})"),
    "simulate-summary": N_("Snapshots: {snapshots}. Peers: {peers}. Bans:"),
    # JSON and the REST server
    "json-unreadable": N_("This JSON cannot be read: {why}"),
    "wire-no-address": N_("{where} is missing"),
    "wire-bad-address": N_("{where} is no address: {given}"),
    "body-missing": N_("The request has no body."),
    "body-broken": N_("The body cannot be read: {why}"),
    "body-too-large": N_("The body is larger than {limit} bytes."),
    "body-too-slow": N_("The body did not come in time."),
    "body-not-text": N_("The body cannot be read as {charset}."),
    "number-bad": N_("{name} is no whole number: {given}"),
    "addresses-bad": N_("These are no addresses and no networks: {given}"),
    "downloader-kind-unsupported": N_("Downloaders of the kind “{kind}” are not supported yet."),
    "downloader-id-bad": N_("A downloader's id is a text in one line of 1 to {limit} characters."),
    "port-in-use": N_(
        "Port {port} of {host} is taken by another program. Choose another with server.http in"
        " config.yml or --api-port."
    ),
    "cannot-listen": N_("The REST server cannot listen on {host}, port {port}: {reason}"),
    # settings files
    "settings-two": "{first}\n{second}",
    "settings-more": N_("and {count} more"),
    "settings-in-line": N_("{file}, line {line}: {what}"),
    "settings-in-file": N_("{file}: {what}"),
    "settings-value": N_("{key} is “{value}”. Allowed: {allowed}"),
    "settings-missing": N_("{key} is missing. Allowed: {allowed}"),
    "settings-shape": N_("The file does not hold settings. Allowed: {allowed}"),
    "settings-repeated": N_("{key} stands there twice, first in line {first}. Allowed: once"),
    "settings-syntax": N_("{file}, line {line}, column {column}: not valid YAML: {reason}"),
    "settings-unreadable": N_("{file} cannot be read: {reason}"),
    "settings-unwritable": N_("{file} cannot be written: {reason}"),
    "settings-too-clever": N_("its anchors and aliases must be changed by hand"),
    "settings-too-deep": N_("nested too deeply"),
    "settings-too-large": N_("too large"),
    "settings-in-itself": N_("a part of it contains itself"),
    "settings-not-utf8": N_("a byte that is not UTF-8"),
    "allowed-flag": N_("true or false"),
    "allowed-whole": N_("a whole number from {low} to {high}"),
    "allowed-number": N_("a number from {low} to {high}"),
    "allowed-milliseconds": N_("milliseconds, a whole number of at least {low}"),
    "allowed-ban-duration": N_("milliseconds, or “default” for the global length"),
    "allowed-choice": N_("one of {choices}"),
    "allowed-line": N_("a text in one line"),
    "allowed-full-line": N_("a text in one line, not empty"),
    "allowed-url": N_("an address like {example}, without user name and password"),
    "allowed-url-path": N_("a path that begins with /"),
    "allowed-proxy": N_(
        "an address like http://proxy:3128 or socks5://proxy:1080, without user name and password"
    ),
    "allowed-fingerprint": N_("the SHA-256 fingerprint of a certificate, 64 hex digits"),
    "allowed-host": N_("an IP address or a host name"),
    "allowed-prefix": N_("an IP address or a network like 10.0.0.0/8"),
    "allowed-list": N_("a list"),
    "allowed-section": N_("keys with values"),
    "allowed-rule": N_("a rule in JSON like {example} (here {why})"),
    "allowed-subscription-id": N_("an id of at most 128 characters without “.”, “/” and “\\”"),
    "allowed-own-name": N_("a name that no other downloader has"),
}


class _Sayer(string.Formatter):
    @override
    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs.get(str(key), "?")


_sayer: Final = _Sayer()


def say(text: Text) -> str:
    """`text` in the language in force. An id that nobody registered shows as itself, with its parameters."""
    sentence = SENTENCES.get(text.id)
    if sentence is None:
        return " ".join([text.id, *(_show(value) for value in text.params.values())])
    return _sayer.vformat(_(sentence), (), {key: _show(v, key) for key, v in text.params.items()})


def _show(value: Param, name: str = "") -> str:
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, int | float) and (words := measured(name, value)) is not None:
        return words
    return f"{value:g}" if isinstance(value, float) else str(value)


RULE_TITLES: Final[Mapping[str, str]] = {
    "exception": N_("Exceptions"),
    "manual": N_("By hand"),
    "ip-address-blocker": N_("Address list"),
    "peer-id-blacklist": N_("Peer ID"),
    "client-name-blacklist": N_("Client name"),
    "protection": N_("Your own addresses"),
    "override": N_("Overrides"),
    "estimates": N_("Estimated bytes"),
    "expression-engine": N_("Scripts"),
    "progress-cheat-blocker": N_("Progress"),
    "multi-dialing-blocker": N_("Many addresses"),
    "auto-range-ban": N_("Neighbours"),
    "btn": N_("BTN network"),
    "ip-address-blocker-rules": N_("Subscribed addresses"),
    "peer-name-blocker-rules": N_("Subscribed names"),
    "idle-connection-dos-protection": N_("Idle connections"),
    "anti-vampire": N_("Known vampires"),
    "ptr-blacklist": N_("Reverse name"),
}


def rule_title(name: str) -> str:
    """A rule's name for people, given its key."""
    return _(RULE_TITLES[name]) if name in RULE_TITLES else name
