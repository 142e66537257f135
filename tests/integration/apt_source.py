"""Where this machine's own apt gets Debian from: the project names no mirror itself."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

APT = Path("/etc/apt")
DEBIAN_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
FETCHABLE = ("http://", "https://", "file:/")


class NoSource(Exception):
    """apt is not set up with an archive of this machine's own release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AptSource:
    """One archive that apt knows."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    keyring: Path | None = None
    """The file of keys that sign it, if the source names one."""


def debian_source(apt: Path = APT, codename: str | None = None) -> AptSource:
    """Return the main archive of the running release, `codename` if given; raises `NoSource`."""
    release = codename or platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    for source in sources(apt):
        if release in source.suites and "main" in source.components:
            return source
    raise NoSource(f"no source for {release or 'this release'} in {apt}")


def sources(apt: Path = APT) -> Iterator[AptSource]:
    """Yield the archives named below `apt` that debootstrap can fetch from, in apt's own order."""
    parts = sorted((apt / "sources.list.d").glob("*"))
    for path in (apt / "sources.list", *parts):
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found = (
            _stanzas(text)
            if path.suffix == ".sources"
            else _lines(text)
            if path.suffix == ".list"
            else ()
        )
        yield from (source for source in found if source.uri.startswith(FETCHABLE))


def _lines(text: str) -> Iterator[AptSource]:
    """Read the one-line form: `deb [option=value …] URI suite component…`."""
    for line in text.splitlines():
        words = shlex.split(line.replace("[", " [ ").replace("]", " ] "), comments=True)
        if words[:1] != ["deb"]:
            continue
        options: list[str] = []
        if words[1:2] == ["["] and "]" in words:
            end = words.index("]")
            options, words = words[2:end], ["deb", *words[end + 1 :]]
        if len(words) < 3:
            continue
        signed = next(
            (o.partition("=")[2] for o in options if o.lower().startswith("signed-by=")), ""
        )
        yield AptSource(
            uri=words[1], suites=(words[2],), components=tuple(words[3:]), keyring=_keyring(signed)
        )


def _stanzas(text: str) -> Iterator[AptSource]:
    """Read the deb822 form: paragraphs of `Field: value`.

    Lines that begin with a blank go on with the last field.
    """
    for paragraph in "\n".join(
        line.rstrip() for line in text.splitlines() if not line.startswith("#")
    ).split("\n\n"):
        fields: dict[str, str] = {}
        last = ""
        for line in paragraph.splitlines():
            if line[:1].isspace():
                fields[last] = f"{fields.get(last, '')} {line.strip()}"
            else:
                name, _, value = line.partition(":")
                last = name.strip().lower()
                fields[last] = value.strip()
        if (
            "deb" not in fields.get("types", "").split()
            or fields.get("enabled", "yes").lower() == "no"
        ):
            continue
        for uri in fields.get("uris", "").split():
            yield AptSource(
                uri=uri,
                suites=tuple(fields.get("suites", "").split()),
                components=tuple(fields.get("components", "").split()),
                keyring=_keyring(fields.get("signed-by", "")),
            )


def _keyring(value: str) -> Path | None:
    """Return the file that a Signed-By names.

    Keys written into the source itself are of no use to debootstrap.
    """
    path = Path(value) if value.startswith("/") else DEBIAN_KEYRING
    return path if path.is_file() else None
