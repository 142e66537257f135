"""What config.yml says."""

import pytest

from app.settings.config import Config, Server, Theme, read_config
from app.settings.errors import InvalidSetting
from app.settings.secret import Secret

QB = {"type": "qbittorrent", "endpoint": "http://h"}


def test_an_empty_file_means_the_defaults() -> None:
    assert read_config(None) == read_config({}) == Config()
    assert Config().server.address == "127.0.0.1"


def test_keys_of_pbh_and_of_ours_are_read() -> None:
    config = read_config(
        {
            "language": "zh_tw",
            "server": {"http": 0, "address": "0.0.0.0", "prefix": "http://nas:1/", "token": "t"},
            "persist": {"ban-logs-keep-days": -1, "banlist": False},
            "banlist-remapping": {"ipv4": {"enabled": True, "remap-range": 24}},
            "ip-remapping": {"teredo": True, "nat64": False},
            "desktop": {"theme": "dark", "close-to-tray": False, "notify-bans": False},
        }
    )

    assert config.language == "zh_tw"
    assert config.server == Server(
        http=0, address="0.0.0.0", prefix="http://nas:1", token=Secret("t")
    )
    assert (config.persist.ban_logs_keep_days, config.persist.banlist) == (0, False)
    assert config.banlist_remapping.ipv4.enabled
    assert config.banlist_remapping.ipv4.remap_range == 24
    assert config.banlist_remapping.ipv6.remap_range == 52
    assert (config.ip_remapping.teredo, config.ip_remapping.nat64) == (True, False)
    assert config.desktop.theme is Theme.DARK


def test_downloaders_keep_the_order_of_the_file_and_unknown_kinds_stand_apart() -> None:
    config = read_config(
        {"client": {"b": QB, "a": {**QB, "name": "second"}, "c": {"type": "utorrent"}}}
    )

    assert [downloader.id for downloader in config.downloaders] == ["b", "a"]
    assert [downloader.id for downloader in config.unsupported] == ["c"]


def test_two_downloaders_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidSetting, match=r"client\.b\.name is “NAS”") as caught:
        read_config({"client": {"a": {**QB, "name": "NAS"}, "b": {"type": "x", "name": "NAS"}}})

    assert caught.value.problems[0].path == ("client", "b", "name")


def test_all_problems_come_at_once() -> None:
    with pytest.raises(InvalidSetting) as caught:
        read_config(
            {"language": "xx", "server": {"http": "x"}, "client": {"a": {}}, "desktop": "dark"}
        )

    assert [problem.key for problem in caught.value.problems] == [
        "client.a.type",
        "language",
        "server.http",
        "desktop",
    ]


def test_a_wrong_token_is_not_shown() -> None:
    with pytest.raises(InvalidSetting) as caught:
        read_config({"server": {"token": ["hunter2"]}})

    assert caught.value.value == "…"
    assert "hunter2" not in str(caught.value)
