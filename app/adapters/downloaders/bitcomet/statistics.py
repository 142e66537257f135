"""Reads BitComet's figures about itself."""

from __future__ import annotations

from app.adapters.downloaders.bitcomet.wire import StatisticsAnswer, StatisticWire
from app.adapters.downloaders.number import LARGEST


def read_totals(answer: StatisticsAnswer, tokens: tuple[str, str]) -> tuple[int | None, int | None]:
    """What stands there for both of `tokens`; None where nothing does, or no number."""
    told = {each.token: each for each in answer.value_list or ()}
    sent, received = tokens
    return _number(told.get(sent)), _number(told.get(received))


def _number(told: StatisticWire | None) -> int | None:
    try:
        value = None if told is None or told.value is None else int(told.value)
    except ValueError:
        return None
    return value if value is not None and 0 <= value <= LARGEST else None  # texts are not bounded
