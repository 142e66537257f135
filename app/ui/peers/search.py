"""What the filter box and the quick filters let through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.domain.address import InvalidAddress, Prefix, parse_block
from app.services.events import JudgedPeer
from app.ui.peers.address import address_text
from app.ui.peers.mark import Group, groups_of

_ADDRESS_SIGNS: Final = frozenset("0123456789abcdef.:")
_KEPT: Final = 16_384


def accepts(
    text: str, group: Group | None, name: Callable[[str], str]
) -> Callable[[JudgedPeer], bool] | None:
    """Whether a peer has every word of `text` somewhere and is in `group`; None when all pass.

    A word like `203.0.113.0/24` means the addresses in that block. `name` gives a downloader's name.
    """
    tests: list[Callable[[JudgedPeer], bool]] = []
    if group is not None:
        bit = group.value
        tests.append(lambda judged: bool(groups_of(judged) & bit))
    tests += [_word(word, name) for word in text.split()]
    if len(tests) < 2:  # noqa: PLR2004 - nothing to combine
        return tests[0] if tests else None
    return lambda judged: all(test(judged) for test in tests)


def _word(word: str, name: Callable[[str], str]) -> Callable[[JudgedPeer], bool]:
    block = _block(word)
    if block is not None:
        return lambda judged: (
            judged.peer.address.ip.version == block.version and judged.peer.address.ip in block
        )
    wanted = word.casefold()
    # Few names, many peers: each name is looked at once. An address is written out only for what may be part of one.
    answers: dict[str, bool] = {}
    may_be_address = _ADDRESS_SIGNS.issuperset(wanted)

    def has(text: str) -> bool:
        answer = answers.get(text)
        if answer is None:
            if len(answers) >= _KEPT:
                answers.clear()
            answer = answers[text] = wanted in text.casefold()
        return answer

    def test(judged: JudgedPeer) -> bool:
        peer, torrent = judged.peer, judged.torrent
        return (
            has(torrent.name)
            or has(peer.client_name or "")
            or has(peer.peer_id or "")
            or has(name(judged.key.downloader))
            or wanted in (peer.country, torrent.hash)
            or (may_be_address and wanted in address_text(peer.address.ip))
        )

    return test


def _block(word: str) -> Prefix | None:
    if "/" not in word:
        return None
    try:
        return parse_block(word)
    except InvalidAddress:
        return None
