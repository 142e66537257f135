"""The machine and the program as they are now (reference/webapi.md 3.4)."""

from __future__ import annotations

import mmap
import os
import platform
import sys
from typing import Any, Final

import msgspec
import psutil
from aiohttp import hdrs

from app.api.access import Role
from app.api.answer import Answer
from app.api.call import Call
from app.api.client import client_address, is_behind_proxy
from app.api.router import Route
from app.api.routes.metadata import UNKNOWN, pbh_version

_OS_NAMES: Final = {"Darwin": "Mac OS X", "SunOS": "Solaris"}
_ARCHITECTURES: Final = {"x86_64": "amd64", "arm64": "aarch64"}


class HeapUse(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes; `max` is -1 without a limit, `free` is `max - used`."""

    init: int
    max: int
    used: int
    free: int
    committed: int


class JvmMemory(msgspec.Struct, frozen=True, kw_only=True):
    """All of ours is heap, as the machine's memory is its limit."""

    heap: HeapUse
    non_heap: HeapUse


class Jvm(msgspec.Struct, frozen=True, kw_only=True):
    """The Python runtime, where PBH has a Java one."""

    version: str
    vendor: str
    runtime: str
    bitness: int
    memory: JvmMemory
    startup_arguments: list[str]


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of the machine."""

    total: int
    free: int
    page_size: int


class InternetAccess(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Not tested: nothing is sent to anybody unasked."""

    access_to_china_network: bool | None = None
    access_to_global_network: bool | None = None


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """How the request came, and what is known of the way out."""

    internet_access: InternetAccess
    use_proxy: bool
    reverse_proxy: bool
    client_ip: str
    nat_type: str


class System(msgspec.Struct, frozen=True, kw_only=True):
    """The machine; `load` is the mean over a minute, negative when unknown."""

    os: str
    version: str
    architecture: str
    cores: int
    load: float
    network: Network
    memory: Memory


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """PeerWarden in PBH's words; times in seconds."""

    version: str
    commit_id: str
    compile_time: int
    release: str
    uptime: int
    data_dir: str
    database_type: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings page shows at its foot."""

    jvm: Jvm
    system: System
    peerbanhelper: Program


async def status(call: Call) -> Answer:
    """Read the figures of the moment."""
    memory = psutil.virtual_memory()
    return Answer(
        data=Status(
            jvm=_runtime(memory.total), system=_system(call, memory), peerbanhelper=_program(call)
        )
    )


def _runtime(total: int) -> Jvm:
    process = psutil.Process().memory_info()
    heap = HeapUse(
        init=0, max=total, used=process.rss, free=total - process.rss, committed=process.rss
    )
    return Jvm(
        version=platform.python_version(),
        vendor="Python Software Foundation",
        runtime=platform.python_implementation(),
        bitness=64 if sys.maxsize > 2**32 else 32,
        memory=JvmMemory(heap=heap, non_heap=HeapUse(init=0, max=-1, used=0, free=-1, committed=0)),
        startup_arguments=[],  # they may hold the token
    )


def _system(call: Call, memory: Any) -> System:  # noqa: ANN401 - psutil's tuples differ by platform
    name, machine = platform.system(), platform.machine().lower()
    return System(
        os=_OS_NAMES.get(name, name) or UNKNOWN,
        version=platform.release() or "N/A",
        architecture=_ARCHITECTURES.get(machine, machine),
        cores=os.cpu_count() or 1,
        load=_load(),
        network=Network(
            internet_access=InternetAccess(),
            use_proxy=False,
            reverse_proxy=is_behind_proxy(call.request),
            client_ip=str(client_address(call.request)),
            nat_type="Unknown",
        ),
        memory=Memory(total=memory.total, free=memory.available, page_size=mmap.PAGESIZE),
    )


def _program(call: Call) -> Program:
    core = call.core
    return Program(
        version=pbh_version(core.version),
        commit_id=UNKNOWN,
        compile_time=0,
        release="peerwarden",
        uptime=max(0, core.clock() - core.statistics.started) // 1000,
        data_dir=os.path.abspath(core.data_dir),  # noqa: PTH100 - Path.resolve asks the disk
        database_type="SQLITE",
    )


def _load() -> float:
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):  # Windows has none
        return -1.0


ROUTES: Final = (
    Route(
        method=hdrs.METH_GET,
        path="/api/general/status",
        role=Role.READ,
        handler=status,
        answers=Status,
    ),
)
