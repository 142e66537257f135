"""The neighbours that rules and records look things up at, as one value: bootstrap makes it, tests make a quiet one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.reason import Text
from app.services.discovery import Scan
from app.services.fetching import Fetch
from app.services.place_files import PlaceFiles
from app.services.protection import ReadInterfaces
from app.services.reverse_names import ReverseResolver
from app.services.script_ports import ScriptEngine, ScriptFiles
from app.settings.config import Proxy, Resolvers


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Ports; whoever made them closes what must be closed, but for what a service's docstring says it closes."""

    read_interfaces: ReadInterfaces
    open_fetch: Callable[[Callable[[], Proxy]], Fetch]
    place_files: PlaceFiles
    place_sources: Sequence[str]
    """Addresses below which geographic databases are found; with none, nothing is downloaded."""
    open_resolver: Callable[[Resolvers], tuple[ReverseResolver | None, Sequence[Text]]]
    """None when there is no server to ask; and what is wrong with those that the settings name."""
    script_engine: ScriptEngine
    script_files: ScriptFiles
    scan: Scan
