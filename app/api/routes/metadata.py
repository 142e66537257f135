"""What the server is and which modules are on (reference/webapi.md 3.2)."""

from __future__ import annotations

import platform
from typing import Final

import msgspec
from aiohttp import hdrs

from app.api.access import Role
from app.api.answer import Answer
from app.api.call import Call
from app.api.modules import Module, modules
from app.api.router import Route
from app.domain.verdict import Mode

_PBH: Final = "9.5.0"
"""The version of PBH whose API this is."""
UNKNOWN: Final = "unknown"


class Version(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """PBH's build facts; `program` and `programVersion` are ours."""

    version: str
    os: str
    branch: str = UNKNOWN
    commit: str = UNKNOWN
    abbrev: str = UNKNOWN
    compile_time: str = UNKNOWN
    compile_host: str | None = None
    compile_user: str | None = None
    compile_email: str | None = None
    program: str = "PeerWarden"
    program_version: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The first thing that a client asks for."""

    version: Version
    modules: list[Module]
    installation_id: str
    analytics: bool = False


def pbh_version(program_version: str) -> str:
    """A semantic version that PBH's clients accept (they want 4.0.0 and later), with ours as build metadata."""
    return f"{_PBH}+peerwarden.{program_version}"


async def manifest(call: Call) -> Answer:
    """Say who we are; needs no token."""
    core = call.core
    enabled = [rule.name for rule in core.rules.states() if rule.mode is not Mode.OFF]
    version = Version(
        version=pbh_version(core.version),
        os=f"{platform.system()} {platform.release()}",
        program_version=core.version,
    )
    return Answer(
        data=Manifest(
            version=version,
            modules=modules(enabled),
            installation_id=core.settings.config.installation_id or "not-initialized",
        )
    )


ROUTES: Final = (
    Route(
        method=hdrs.METH_GET,
        path="/api/metadata/manifest",
        role=Role.ANON,
        handler=manifest,
        answers=Manifest,
    ),
)
