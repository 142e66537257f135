"""Puts `Text` values into words: every message id that core and adapters use, with its English sentence."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any, Final

from typing_extensions import override

from app.domain.reason import Param, Text
from app.locale import N_, _

SENTENCES: Final[Mapping[str, str]] = {
    # verdicts: what was seen; then what is allowed
    "pass": N_("Passed"),
    "handshaking": N_("Not yet known: the handshake runs"),
    "rule-off": N_("Switched off"),
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
    "rule-unknown": N_("There is no rule “{name}”."),
    # commands
    "ban-spared": N_("{address} is not banned: the exception {exception} covers it."),
    "ban-unknown": N_("{address} is not on the ban list."),
    "exception-unknown": N_("There is no such exception."),
    "downloader-unknown": N_("There is no downloader with the id {id}."),
    "downloader-id-taken": N_("A downloader with the id {id} exists already."),
    "downloader-name-taken": N_("Another downloader is called “{name}” already."),
    # downloaders and storage
    "downloader-unreachable": N_("Does not answer: {detail}"),
    "downloader-bad-answer": N_("Answers, but not as expected: {detail}"),
    "storage-failed": N_("The database refused: {detail}"),
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
    return _sayer.vformat(_(sentence), (), {key: _show(v) for key, v in text.params.items()})


def _show(value: Param) -> str:
    if isinstance(value, Text):
        return say(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


RULE_TITLES: Final[Mapping[str, str]] = {
    "exception": N_("Exceptions"),
    "manual": N_("By hand"),
    "ip-address-blocker": N_("Address list"),
    "peer-id-blacklist": N_("Peer ID"),
    "client-name-blacklist": N_("Client name"),
}


def rule_title(name: str) -> str:
    """A rule's name for people, given its key."""
    return _(RULE_TITLES[name]) if name in RULE_TITLES else name
