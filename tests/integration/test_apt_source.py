"""Reading apt's own sources, both forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.apt_source import NoSource, debian_source, sources

LINES = """
# deb http://old.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by={keyring}] https://tools.example/apt bookworm stable
deb http://mirror.example/debian bookworm-updates main
deb [ signed-by={keyring} ] http://mirror.example/debian bookworm main contrib # ours
deb mirror+file:/etc/apt/mirrors.list bookworm main
"""
STANZAS = """# comment
Types: deb deb-src
URIs: http://one.example/debian
 http://two.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: {keyring}

Types: deb
Enabled: no
URIs: http://three.example/debian
Suites: bookworm
Components: main
"""


@pytest.fixture
def apt(tmp_path: Path) -> Path:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "keys.gpg").write_bytes(b"")
    return tmp_path


def test_the_archive_of_the_running_release_is_found_among_lines(apt: Path) -> None:
    (apt / "sources.list").write_text(LINES.format(keyring=apt / "keys.gpg"))
    found = debian_source(apt, "bookworm")
    assert found.uri == "http://mirror.example/debian"
    assert found.suites == ("bookworm",)
    assert found.components == ("main", "contrib")
    assert found.keyring == apt / "keys.gpg"


def test_stanzas_are_read_with_all_their_addresses_unless_switched_off(apt: Path) -> None:
    text = STANZAS.format(keyring=apt / "keys.gpg")
    (apt / "sources.list.d" / "debian.sources").write_text(text)
    assert [source.uri for source in sources(apt)] == [
        "http://one.example/debian",
        "http://two.example/debian",
    ]
    assert debian_source(apt, "bookworm").keyring == apt / "keys.gpg"


def test_without_such_an_archive_it_says_so(apt: Path) -> None:
    (apt / "sources.list").write_text("deb http://mirror.example/other jammy main\n")
    with pytest.raises(NoSource, match="bookworm"):
        debian_source(apt, "bookworm")
