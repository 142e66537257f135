"""What the server says it is."""

import re

import msgspec

from app.api.routes.metadata import Manifest
from app.domain.verdict import Mode
from tests.api.conftest import Served, fine

MANIFEST = "/api/metadata/manifest"


async def test_the_manifest_has_every_field_and_needs_no_token(served: Served) -> None:
    data = fine(await served.anyone.get(MANIFEST))
    msgspec.convert(data, Manifest)
    assert list(data) == ["version", "modules", "installationId", "analytics"]
    assert {
        "version",
        "os",
        "branch",
        "commit",
        "abbrev",
        "compileTime",
        "compileHost",
        "compileUser",
        "compileEmail",
    } <= set(data["version"])
    assert data["installationId"] == served.core.settings.config.installation_id
    assert data["analytics"] is False


async def test_clients_of_pbh_find_the_version_new_enough(served: Served) -> None:
    version = fine(await served.anyone.get(MANIFEST))["version"]
    semantic = re.fullmatch(r"(\d+)\.\d+\.\d+\+[0-9A-Za-z.-]+", version["version"])
    assert semantic
    assert int(semantic[1]) >= 4
    assert (version["program"], version["programVersion"]) == ("PeerWarden", "0")


async def test_modules_are_the_rules_that_are_on(served: Served) -> None:
    async def listed() -> set[str]:
        modules = fine(await served.anyone.get(MANIFEST))["modules"]
        return {module["configName"] for module in modules}

    assert "peer-id-blacklist" in await listed()
    await served.core.rules.set_mode("peer-id-blacklist", Mode.SHADOW)
    assert "peer-id-blacklist" in await listed()
    await served.core.rules.set_mode("peer-id-blacklist", Mode.OFF)
    assert "peer-id-blacklist" not in await listed()
