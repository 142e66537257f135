"""libtorrent's IP filter in a few lines, and our plugin's own code to use it."""

from __future__ import annotations

import importlib
import sys
from ipaddress import ip_address
from types import ModuleType
from typing import Any, Final

from app.domain.address import IPAddress
from app.resource import resource

_PACKAGE: Final = "deluge_plugin_of_ours"


class FakeFilter:
    """Later rules win; flag 1 is blocked."""

    def __init__(self, rules: tuple[tuple[IPAddress, IPAddress, int], ...] = ()) -> None:
        self.rules = list(rules)

    def add_rule(self, first: str, last: str, flag: int) -> None:
        start, end = ip_address(first), ip_address(last)
        assert start.version == end.version
        assert int(start) <= int(end)
        self.rules.append((start, end, flag))

    def access(self, text: str) -> int:
        ip = ip_address(text)
        for first, last, flag in reversed(self.rules):
            if first.version == ip.version and int(first) <= int(ip) <= int(last):
                return flag
        return 0

    def export_filter(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Spans of equal flags, which it does not tell."""
        return self._spans(4), self._spans(6)

    def copy(self) -> FakeFilter:
        return FakeFilter(tuple(self.rules))

    def _spans(self, version: int) -> list[tuple[str, str]]:
        kind = type(ip_address("::" if version == 6 else "0.0.0.0"))
        end = 2 ** (32 if version == 4 else 128)
        rules = [(int(f), int(t)) for f, t, _ in self.rules if f.version == version]
        edges = sorted(
            {0, *(first for first, _ in rules), *(last + 1 for _, last in rules)} - {end}
        )
        flags = [self.access(str(kind(edge))) for edge in edges]
        starts = [edge for i, edge in enumerate(edges) if i == 0 or flags[i] != flags[i - 1]]
        ends = [*(start - 1 for start in starts[1:]), end - 1]
        return [(str(kind(a)), str(kind(b))) for a, b in zip(starts, ends, strict=True)]


class FakeLibtorrent:
    """The session of a daemon, as far as the filter goes."""

    def __init__(self) -> None:
        self.filter = FakeFilter()

    def get_ip_filter(self) -> FakeFilter:
        return self.filter.copy()

    def set_ip_filter(self, rules: FakeFilter) -> None:
        self.filter = rules.copy()

    def allows(self, ip: IPAddress) -> bool:
        return self.filter.access(str(ip)) == 0


def plugin_module(name: str) -> Any:  # noqa: ANN401 - it has no types
    """A module of the plugin that needs nothing of Deluge."""
    if _PACKAGE not in sys.modules:
        package = ModuleType(_PACKAGE)
        package.__path__ = [str(resource("deluge-plugin"))]
        sys.modules[_PACKAGE] = package
    # No compiled code beside what is shipped.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        return importlib.import_module(f"{_PACKAGE}.{name}")
    finally:
        sys.dont_write_bytecode = before
