"""Our plugin is packed as Deluge loads it."""

from __future__ import annotations

import ast
import io
import zipfile

import pytest

from app.adapters.downloaders.deluge.egg import build_egg
from app.resource import resource

SOURCES = sorted(resource("deluge-plugin").glob("*.py"))


def test_it_says_who_it_is_and_where_its_code_is() -> None:
    egg = build_egg()
    with zipfile.ZipFile(io.BytesIO(egg.content)) as archive:
        names = set(archive.namelist())
        entry = archive.read("EGG-INFO/entry_points.txt").decode()
        about = archive.read("EGG-INFO/PKG-INFO").decode()
    package = f"deluge_peerwarden_{egg.version}"
    assert {f"{package}/{path.name}" for path in SOURCES} <= names
    assert entry == f"[deluge.plugin.core]\nPeerWarden = {package}:CorePlugin\n"
    assert f"\nVersion: {egg.version}\n" in about
    assert egg.file_name == f"PeerWarden-{egg.version}.egg"


def test_the_same_source_is_the_same_egg() -> None:
    first = build_egg()
    build_egg.cache_clear()
    assert build_egg() == first


def test_another_version_has_other_modules() -> None:
    with zipfile.ZipFile(io.BytesIO(build_egg(0).content)) as archive:
        assert "VERSION = 0\n" in archive.read("deluge_peerwarden_0/__init__.py").decode()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_it_is_understood_by_the_oldest_python_that_deluge_runs_on(path: str) -> None:
    with open(path, encoding="utf-8") as source:  # noqa: PTH123 - it is small
        ast.parse(source.read(), feature_version=(3, 6))
