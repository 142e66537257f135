"""config.yml and profile.yml on disk."""

import difflib
import os
import shutil
import stat
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.adapters import config_files
from app.adapters.config_files import CONFIG, PROFILE, ConfigFiles, read_profile_file
from app.domain.verdict import Mode
from app.settings.change import REMOVE, Changes
from app.settings.config import Config, Theme
from app.settings.downloader import DownloaderSettings, downloader_changes
from app.settings.downloader_kind import ARIA2_NEXT, DELUGE
from app.settings.errors import (
    InvalidSetting,
    SettingsError,
    UnreadableSettings,
    UnwritableSettings,
)
from app.settings.profile import Profile
from app.settings.secret import Secret

PBH: Final = Path(__file__).parent / "pbh"
QB: Final = DownloaderSettings(
    id="0a1b2c3d-0000-4000-8000-000000000001",
    name="it's mine: #1",
    endpoint="http://127.0.0.1:8080",
    username="admin",
    password=Secret("007"),
)
SHADOW: Final[Changes] = {("module", "peer-id-blacklist", "mode"): Mode.SHADOW}

STARTS = "STARTS_WITH"
CONTAINS = "CONTAINS"
EQUALS = "EQUALS"
PEER_IDS: Final = (
    *((STARTS, text) for text in ("-hp", "-xm", "-dt")),
    (CONTAINS, "-rn0.0.0"),
    *((STARTS, f"-{two}") for two in ["sd", "xf", "qd", "bn", "dl", "ts", "fg", "tt", "nx"]),
    (CONTAINS, "cacao"),
    (EQUALS, "Unknown"),
    (EQUALS, "未知"),
)
CLIENT_NAMES: Final = (
    *((STARTS, text) for text in ("hp/torrent", "hp ", "dt/torrent", "dt ", "xm/torrent", "xm ")),
    (STARTS, "taipei-torrent"),
    *((CONTAINS, text) for text in ("rain 0.0.0", "gopeed dev")),
    (STARTS, "xfplay"),
    *((CONTAINS, text) for text in ("StellarPlayer", "SP ")),
    *((CONTAINS, text) for text in ("flashget", "tudou", "torrentstorm", "qqdownload")),
    (STARTS, "qbittorrent/3.3.15"),
    (STARTS, "github.com/thank423/trafficconsume"),
    (STARTS, "\u07ad__"),
    (STARTS, "Unknown ["),
    (STARTS, "Gopeed bt-exp"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "peerwarden"


@pytest.fixture
def files(folder: Path) -> ConfigFiles:
    return ConfigFiles(folder)


@pytest.fixture
def pbh(folder: Path) -> ConfigFiles:
    """The files of somebody who comes from PBH."""
    folder.mkdir()
    shutil.copy(PBH / CONFIG, folder)
    shutil.copy(PBH / PROFILE, folder)
    return ConfigFiles(folder)


def put(folder: Path, file: str, content: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / file
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def difference(old: str, new: str) -> list[str]:
    """The lines that differ, as `diff` marks them."""
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    return [line for line in lines if line[0] in "+-"]


# Fresh files


def test_missing_files_are_made_with_the_defaults(files: ConfigFiles, folder: Path) -> None:
    config, profile = files.load()

    assert config.server.address == "127.0.0.1"
    assert (config.persist, config.desktop, config.ip_remapping) == (
        Config().persist,
        Config().desktop,
        Config().ip_remapping,
    )
    assert config.downloaders == ()
    assert profile.peer_id_blacklist.mode is Mode.ENFORCE
    assert profile.ignore_peers_from_addresses == Profile().ignore_peers_from_addresses
    assert sorted(path.name for path in folder.iterdir()) == [CONFIG, PROFILE]


def test_each_fresh_config_has_a_token_and_an_id_of_its_own(tmp_path: Path) -> None:
    one, _ = ConfigFiles(tmp_path / "one").load()
    two, _ = ConfigFiles(tmp_path / "two").load()

    assert len(one.server.token.reveal()) >= 32
    assert one.server.token != two.server.token
    assert one.installation_id != two.installation_id
    assert ConfigFiles(tmp_path / "one").load()[0] == one


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_fresh_files_are_private(files: ConfigFiles, folder: Path) -> None:
    files.load()

    assert [stat.S_IMODE((folder / file).stat().st_mode) for file in (CONFIG, PROFILE)] == [
        0o600
    ] * 2


def test_the_default_rule_lists_are_those_of_pbh_in_order(files: ConfigFiles) -> None:
    _, profile = files.load()

    def as_json(rules: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
        return tuple(f'{{"method":"{method}","content":"{content}"}}' for method, content in rules)

    assert profile.peer_id_blacklist.banned_peer_id == as_json(PEER_IDS)
    assert profile.client_name_blacklist.banned_client_name == as_json(CLIENT_NAMES)


def test_the_default_files_say_what_the_program_would_assume(files: ConfigFiles) -> None:
    config, profile = files.load()
    rules = (profile.peer_id_blacklist, profile.client_name_blacklist, profile.ip_address_blocker)

    assert config.banlist_remapping == Config().banlist_remapping
    assert config.server.prefix == Config().server.prefix
    assert (profile.check_interval, profile.ban_duration) == (5_000, 1_209_600_000)
    assert [rule.ban_duration for rule in rules] == [259_200_000] * 3
    assert profile.rules == Profile().rules


# Files of PBH


def test_the_files_of_pbh_work_as_they_are(pbh: ConfigFiles, folder: Path) -> None:
    config, profile = pbh.load()

    assert config.server.address == "0.0.0.0"
    assert config.installation_id == "0d9b6a55-0c0a-4d7e-8f66-1a5a2d5f3b21"
    downloader, deluge = config.downloaders
    assert (downloader.name, downloader.endpoint) == ("NAS 的 qB", "http://192.168.1.20:8080")
    assert downloader.password == Secret("007")
    assert downloader.increment_ban
    assert (deluge.id, deluge.type, deluge.name) == ("old.deluge", DELUGE, "cellar")
    assert profile.client_name_blacklist.mode is Mode.OFF
    assert profile.client_name_blacklist.ban_duration is None
    assert len(profile.peer_id_blacklist.banned_peer_id) == 3
    for file in (CONFIG, PROFILE):
        assert (folder / file).read_bytes() == (PBH / file).read_bytes()


def test_an_older_profile_of_pbh_works_too(folder: Path, files: ConfigFiles) -> None:
    put(folder, PROFILE, (PBH / "profile_old.yml").read_bytes())
    _, profile = files.load()

    assert profile.peer_id_blacklist.mode is Mode.ENFORCE
    assert profile.peer_id_blacklist.ban_duration is None
    assert profile.client_name_blacklist.mode is Mode.OFF
    assert profile.ip_address_blocker.ips == ()


@pytest.mark.parametrize(
    ("file", "changes", "lines"),
    [
        (CONFIG, {("server", "http"): 9899}, ["-   http: 9898", "+   http: 9899"]),
        (
            CONFIG,
            {("server", "token"): Secret("t")},
            [
                '-   token: "3f0e6a2c-1b1d-4a57-9c39-5f2b3c1d7e11"  # keep it secret',
                "+   token: t  # keep it secret",
            ],
        ),
        (
            CONFIG,
            {("desktop", "theme"): Theme.DARK},
            ["+ desktop:", "+   theme: dark"],
        ),
        (
            CONFIG,
            {("client", "8b1f2f7e-9d2e-4f3b-a6a1-5b8a1f0f7c55", "paused"): True},
            ["-     paused: false", "+     paused: true"],
        ),
        (
            CONFIG,
            {("client", "8b1f2f7e-9d2e-4f3b-a6a1-5b8a1f0f7c55", "sweep-deadline"): 30_000},
            ["+     sweep-deadline: 30000"],
        ),
        (PROFILE, SHADOW, ["+     mode: shadow"]),
        (
            PROFILE,
            {("module", "client-name-blacklist", "mode"): Mode.ENFORCE},
            ["-     enabled: false", "+     enabled: true"],
        ),
        (
            PROFILE,
            {("module", "ip-address-blocker", "ips"): ["203.0.113.0/24", "::1"]},
            ["-       - 0.0.0.0", "+       - 203.0.113.0/24", "+       - '::1'"],
        ),
        (
            PROFILE,
            {("module", "ip-address-blocker", "ports"): []},
            ["-     ports:", "+     ports: []", "-       - 0"],
        ),
        (
            PROFILE,
            {
                ("module", "peer-id-blacklist", "banned-peer-id"): [
                    '{"method":"STARTS_WITH","content":"-hp"}',
                    '{"method":"EQUALS","content":"未知"}',
                    '{"method":"CONTAINS","content":"new"}',
                ]
            },
            [
                '-       - \'{"method":"CONTAINS","content":"cacao"}\' # hot',
                '+       - \'{"method":"CONTAINS","content":"new"}\'',
            ],
        ),
    ],
)
def test_a_change_touches_only_its_own_lines_in_a_file_of_pbh(
    pbh: ConfigFiles, folder: Path, file: str, changes: dict[tuple[str, ...], Any], lines: list[str]
) -> None:
    pbh.change(file, changes)

    old, new = (PBH / file).read_text(encoding="utf-8"), (folder / file).read_text(encoding="utf-8")
    assert difference(old, new) == lines


# Changes


def test_a_downloader_is_added_edited_and_removed(files: ConfigFiles, folder: Path) -> None:
    files.load()
    before = (folder / CONFIG).read_text()

    assert files.change(CONFIG, downloader_changes(QB))[0].downloaders == (QB,)
    config, _ = files.change(CONFIG, {("client", QB.id, "paused"): True, ("client", QB.id, "x"): 1})
    assert config.downloaders[0].paused
    assert ConfigFiles(folder).load()[0] == config
    assert files.change(CONFIG, {("client", QB.id): REMOVE})[0].downloaders == ()

    assert (folder / CONFIG).read_text() == before


def test_an_edit_keeps_what_we_do_not_know_of_a_downloader(pbh: ConfigFiles, folder: Path) -> None:
    known = pbh.load()[0].downloaders[0]

    pbh.change(CONFIG, downloader_changes(known))

    text = (folder / CONFIG).read_text(encoding="utf-8")
    assert "    http-version: HTTP_1_1\n" in text
    assert "    password: 007\n" in text


def test_every_kind_that_pbh_writes_is_read_and_written_back_in_its_words(
    files: ConfigFiles, folder: Path
) -> None:
    given = (PBH / "clients.yml").read_text(encoding="utf-8")
    put(folder, CONFIG, given)
    config, _ = files.load()

    assert [found.kind.name for found in config.downloaders] == [
        "qBittorrent",
        "qBittorrentEE",
        "Transmission",
        "Deluge",
        "BiglyBT",
        "BitComet",
        "Aria2Next",
    ]
    assert not config.unsupported
    for found in config.downloaders:
        files.change(CONFIG, downloader_changes(found))

    written = (folder / CONFIG).read_text(encoding="utf-8")
    lines = difference(given, written)
    assert not [line for line in lines if line.startswith("-")]
    assert {line[1:].strip().partition(":")[0] for line in lines} == {
        "allow-plugin",
        "proxy",
        "replace-blocklist",
        "sweep-deadline",
        "trusted-certificate",
    }
    assert ConfigFiles(folder).load()[0].downloaders == config.downloaders


def test_a_downloader_of_another_kind_leaves_no_secret_of_the_old_one_behind(
    files: ConfigFiles, folder: Path
) -> None:
    put(folder, CONFIG, (PBH / "clients.yml").read_text(encoding="utf-8"))
    old = files.load()[0].downloaders[1]
    new = replace(old, type=ARIA2_NEXT, token=Secret("t"))

    config, _ = files.change(CONFIG, downloader_changes(new, old))

    assert config.downloaders[1].kind.name == "Aria2Next"
    text = (folder / CONFIG).read_text(encoding="utf-8")
    assert "qbt_5Pz3" not in text
    assert "'007'" not in text
    assert "use-shadow-ban: true" not in text


def test_what_was_edited_by_hand_meanwhile_is_kept_and_counts(
    files: ConfigFiles, folder: Path
) -> None:
    files.load()
    by_hand = (
        (folder / PROFILE).read_text().replace("check-interval: 5000", "check-interval: 700 # me")
    )
    put(folder, PROFILE, by_hand)

    _, profile = files.change(PROFILE, SHADOW)

    assert profile.check_interval == 700
    assert "check-interval: 700 # me\n" in (folder / PROFILE).read_text()


def test_modes_are_written_in_step_with_the_switch_of_pbh(files: ConfigFiles, folder: Path) -> None:
    def modes(mode: Mode) -> tuple[Mode, bool, bool]:
        _, profile = files.change(PROFILE, {("module", "peer-id-blacklist", "mode"): mode})
        section = (
            (folder / PROFILE).read_text().split("peer-id-blacklist:")[1].split("banned-peer-id")[0]
        )
        return profile.peer_id_blacklist.mode, "enabled: true" in section, "mode: shadow" in section

    files.load()
    assert modes(Mode.SHADOW) == (Mode.SHADOW, True, True)
    assert modes(Mode.OFF) == (Mode.OFF, False, False)
    assert modes(Mode.ENFORCE) == (Mode.ENFORCE, True, False)


def test_a_change_that_would_be_invalid_writes_nothing(files: ConfigFiles, folder: Path) -> None:
    files.load()
    before = (folder / CONFIG).read_bytes()

    with pytest.raises(InvalidSetting) as caught:
        files.change(CONFIG, {("language",): "zh_cn", ("server", "http"): 70_000})

    assert (caught.value.key, caught.value.value) == ("server.http", "70000")
    assert caught.value.line == before.decode().splitlines().index("  http: 9898") + 1
    assert (folder / CONFIG).read_bytes() == before


def test_a_change_to_what_stands_there_already_does_not_write(
    files: ConfigFiles, folder: Path
) -> None:
    files.load()
    before = (folder / CONFIG).stat()

    files.change(CONFIG, {("server", "http"): 9898})

    assert (folder / CONFIG).stat().st_mtime_ns == before.st_mtime_ns
    assert (folder / CONFIG).stat().st_ino == before.st_ino


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_byte_order_mark_and_windows_line_ends_survive(
    files: ConfigFiles, folder: Path, mark: bytes
) -> None:
    path = put(folder, CONFIG, mark + b"# c\r\nserver:\r\n  http: 1 # d\r\n# e")

    files.change(CONFIG, {("server", "http"): 2, ("server", "token"): "t", ("language",): "en_us"})

    assert path.read_bytes() == (
        mark + b"# c\r\nserver:\r\n  http: 2 # d\r\n  token: t\r\nlanguage: en_us\r\n# e"
    )


def test_a_file_with_anchors_is_written_too(files: ConfigFiles, folder: Path) -> None:
    path = put(folder, CONFIG, "# c\nserver:\n  token: &t x  # d\n  http: 1\nmine: *t\n")

    config, _ = files.change(CONFIG, {("server", "token"): "y"})

    assert config.server.token == Secret("y")
    text = path.read_text()
    assert "# c" in text
    assert "# d" in text


def test_many_threads_lose_no_change(files: ConfigFiles) -> None:
    files.load()

    def change(number: int) -> None:
        files.change(CONFIG, {("client", f"d{number}", "type"): "utorrent"})

    threads = [threading.Thread(target=change, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(d.id for d in files.load()[0].unsupported) == [f"d{n}" for n in range(8)]


# Bad files


def test_broken_yaml_is_told_with_its_place_and_left_alone(
    files: ConfigFiles, folder: Path
) -> None:
    path = put(folder, CONFIG, "server:\n  http: 9898\n address: x\n")

    with pytest.raises(UnreadableSettings) as caught:
        files.load()

    assert (caught.value.file, caught.value.line, caught.value.column) == (str(path), 3, 2)
    assert path.read_text() == "server:\n  http: 9898\n address: x\n"


def test_all_problems_of_both_files_come_at_once_with_their_lines(
    files: ConfigFiles, folder: Path
) -> None:
    put(folder, CONFIG, "server:\n  http: no\n\n  token: [a]\nserver:\n  http: 99999\n")
    put(
        folder,
        PROFILE,
        "check-interval: 1\nmodule:\n  ip-address-blocker:\n    ips: [x, 1.1.1.1, y]\n",
    )

    with pytest.raises(InvalidSetting) as caught:
        files.load()

    found = [(Path(p.file).name, p.line, p.key) for p in caught.value.problems]
    assert found == [
        (CONFIG, 5, "server"),
        (CONFIG, 6, "server.http"),
        (PROFILE, 1, "check-interval"),
        (PROFILE, 4, "module.ip-address-blocker.ips[0]"),
        (PROFILE, 4, "module.ip-address-blocker.ips[2]"),
    ]
    assert "server stands there twice, first in line 1" in str(caught.value)


def test_no_error_shows_a_secret(files: ConfigFiles, folder: Path) -> None:
    entry = "type: qbittorrent, endpoint: 'http://u:hunter2@h', password: [hunter2], api-key: {hunter2: 1}"
    put(folder, CONFIG, f"server:\n  token: [hunter2]\nclient:\n  a: {{{entry}}}\n")

    with pytest.raises(InvalidSetting) as caught:
        files.load()

    assert len(caught.value.problems) == 4
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="a folder in its place")
def test_a_file_that_cannot_be_read_is_named(files: ConfigFiles, folder: Path) -> None:
    (folder / CONFIG).mkdir(parents=True)

    with pytest.raises(UnreadableSettings, match=r"config\.yml cannot be read: Is a directory"):
        files.load()


def test_a_full_disk_is_told_and_loses_nothing(
    files: ConfigFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.load()
    before = (folder / CONFIG).read_bytes()

    def fail(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(config_files, "replace_file", fail)
    with pytest.raises(UnwritableSettings, match=r"config\.yml cannot be written: No space left"):
        files.change(CONFIG, {("language",): "en_us"})

    assert (folder / CONFIG).read_bytes() == before


def test_a_profile_anywhere_can_be_read_alone(tmp_path: Path) -> None:
    assert read_profile_file(PBH / PROFILE).check_interval == 5_000
    with pytest.raises(InvalidSetting, match=r"mine\.yml, line 1: check-interval is “x”"):
        read_profile_file(put(tmp_path, "mine.yml", "check-interval: x\n"))
    with pytest.raises(UnreadableSettings):
        read_profile_file(tmp_path / "missing.yml")


# Properties

quick = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
known_keys = [
    *("server", "http", "address", "token", "client", "type", "qbittorrent", "endpoint", "desktop"),
    *("module", "peer-id-blacklist", "enabled", "mode", "banned-peer-id", "ips", "ports", "rules"),
]
yaml_like = st.lists(
    st.sampled_from(
        [*known_keys, ":", ": ", "\n", "\n  ", "\n    ", "- ", "[", "]", "{", "}", "&a ", "*a"]
    )
    | st.text(max_size=4),
    max_size=40,
).map("".join)


@quick
@given(text=st.text() | yaml_like)
def test_loading_arbitrary_text_raises_only_our_error(
    files: ConfigFiles, folder: Path, text: str
) -> None:
    for file in (CONFIG, PROFILE):
        put(folder, file, text.encode(errors="surrogatepass"))
    try:
        files.load()
    except SettingsError as error:
        assert str(error)  # noqa: PT017 - either way is fine


changes_of_config = st.fixed_dictionaries(
    {},
    optional={
        ("server", "http"): st.integers(0, 65535),
        ("server", "token"): st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])),
        ("desktop", "theme"): st.sampled_from(Theme),
        ("persist", "banlist"): st.booleans(),
        ("client", "a.b", "name"): st.just("x y"),
        ("unknown", "key"): st.text(),
        ("unknown", "list"): st.lists(st.text(max_size=5), max_size=3),
        ("client",): st.just(REMOVE),
    },
)


@quick
@given(changes=changes_of_config, start=st.sampled_from(["", "pbh", "server: {http: 1}\n# end"]))
def test_what_was_written_is_what_is_loaded(
    files: ConfigFiles, folder: Path, changes: dict[tuple[str, ...], Any], start: str
) -> None:
    text = (PBH / CONFIG).read_text(encoding="utf-8") if start == "pbh" else start
    put(folder, CONFIG, text)
    put(folder, PROFILE, "")
    if ("client", "a.b", "name") in changes:
        changes = {**changes, ("client", "a.b", "type"): "utorrent"}
        changes.pop(("client",), None)

    changed = files.change(CONFIG, changes)

    assert ConfigFiles(folder).load() == changed
    config = changed[0]
    known = {
        ("server", "http"): config.server.http,
        ("server", "token"): config.server.token.reveal(),
        ("desktop", "theme"): config.desktop.theme,
        ("persist", "banlist"): config.persist.banlist,
        ("client", "a.b", "name"): next((d.name for d in config.unsupported if d.id == "a.b"), ""),
    }
    assert {path: known[path] for path in known if path in changes} == {
        path: changes[path] for path in known if path in changes
    }
    comments = [
        line.partition("#")[2] for line in text.splitlines() if line.lstrip().startswith("#")
    ]
    written = (folder / CONFIG).read_text(encoding="utf-8")
    if ("client",) not in changes:
        assert all(comment in written for comment in comments)
