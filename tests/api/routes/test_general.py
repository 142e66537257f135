"""The figures of machine and program."""

import msgspec

from app.api.routes.general import Status
from tests.api.conftest import Served, fine

STATUS = "/api/general/status"


async def test_every_field_is_there_with_its_type(served: Served) -> None:
    data = fine(await served.admin.get(STATUS))
    msgspec.convert(data, Status)
    assert set(data) == {"jvm", "system", "peerbanhelper"}
    heap = data["jvm"]["memory"]["heap"]
    assert heap["free"] == heap["max"] - heap["used"] > 0
    assert data["jvm"]["bitness"] in (32, 64)
    assert data["jvm"]["startup_arguments"] == []
    memory = data["system"]["memory"]
    assert 0 < memory["free"] <= memory["total"]
    network = data["system"]["network"]
    assert network["nat_type"] == "Unknown"
    assert network["internet_access"] == {
        "accessToChinaNetwork": None,
        "accessToGlobalNetwork": None,
    }
    program = data["peerbanhelper"]
    assert program["database_type"] == "SQLITE"
    assert program["data_dir"] == str(served.core.data_dir)
    assert len(program["commit_id"][:8]) > 0


async def test_the_uptime_is_in_seconds(served: Served) -> None:
    served.clock.now += 61_500
    assert fine(await served.admin.get(STATUS))["peerbanhelper"]["uptime"] == 61
