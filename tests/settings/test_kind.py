"""What each kind of setting takes and refuses."""

import pytest
from hypothesis import given

from app.domain.verdict import Mode
from app.settings.errors import InvalidSetting
from app.settings.kind import (
    FOR_EVER,
    Choice,
    Days,
    Fingerprint,
    Flag,
    Host,
    Kind,
    Language,
    Line,
    Milliseconds,
    Plain,
    ProxyUrl,
    RuleDuration,
    SecretLine,
    Url,
    UrlPath,
    Whole,
)
from tests.settings.anything import anything, refusal

DIGEST = "0123456789abcdef" * 4
ANY = Url("x", schemes=("http", "https", "scgi"))
ALL: tuple[Kind[object], ...] = (
    Choice(Mode),
    Days(),
    Fingerprint(),
    Flag(),
    Host(),
    Language(),
    Line(),
    Milliseconds(1),
    ProxyUrl(),
    RuleDuration(),
    SecretLine(),
    Url("http://127.0.0.1:8080"),
    ANY,
    UrlPath(),
    Whole(0, 10),
)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Flag(), True, True),
        (Flag(), Plain("Yes"), True),
        (Flag(), "off", False),
        (Whole(0, 65535), 9898, 9898),
        (Whole(0, 65535), Plain("9898"), 9898),
        (Whole(0, 65535), "1_000", 1000),
        (Whole(0, 65535), 80.0, 80),
        (Milliseconds(100), Plain("5000"), 5000),
        (Milliseconds(1), 2**63 - 1, FOR_EVER),
        (RuleDuration(), Plain("default"), None),
        (RuleDuration(), 0, None),
        (RuleDuration(), -5, None),
        (RuleDuration(), Plain("15000"), 15000),
        (RuleDuration(), None, None),
        (Days(), -1, 0),
        (Days(), Plain("180"), 180),
        (Choice(Mode), Plain("Shadow"), Mode.SHADOW),
        (Choice(Mode), Mode.OFF, Mode.OFF),
        (Line(), Plain("007"), "007"),
        (Line(), "NAS\u3000qB", "NAS\u3000qB"),
        (Language(), "zh_CN", "zh_cn"),
        (Language(), "default", "default"),
        (Url("x"), "http://127.0.0.1:8080//", "http://127.0.0.1:8080"),
        (Url("x"), "https://[2001:db8::1]:443/qb/", "https://[2001:db8::1]:443/qb"),
        (ANY, "scgi://127.0.0.1:5000/", "scgi://127.0.0.1:5000"),
        (ANY, "scgi://[::1]:5000", "scgi://[::1]:5000"),
        (ANY, "scgi:///run/rtorrent.sock", "scgi:///run/rtorrent.sock"),
        (UrlPath(), None, ""),
        (UrlPath(), " /transmission/rpc ", "/transmission/rpc"),
        (ProxyUrl(), None, ""),
        (ProxyUrl(), "http://proxy.lan:3128/", "http://proxy.lan:3128"),
        (ProxyUrl(), "socks5://[fd00::1]:1080", "socks5://[fd00::1]:1080"),
        (Fingerprint(), None, ""),
        (Fingerprint(), Plain(DIGEST.upper()), DIGEST),
        (Fingerprint(), ":".join([DIGEST[:32], DIGEST[32:]]) + "\n", DIGEST),
        (Fingerprint(), "sha256 Fingerprint=" + DIGEST, DIGEST),
        (Fingerprint(), "SHA-256: " + DIGEST, DIGEST),
        (Host(), "0.0.0.0", "0.0.0.0"),
        (Host(), "[::1]", "::1"),
        (Host(), "localhost", "localhost"),
    ],
)
def test_what_files_and_requests_hold_is_understood(
    kind: Kind[object], raw: object, value: object
) -> None:
    assert kind.read(raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Flag(), 1),
        (Flag(), "maybe"),
        (Whole(0, 65535), 65536),
        (Whole(0, 65535), -1),
        (Whole(0, 65535), True),
        (Whole(0, 65535), "80a"),
        (Whole(0, 65535), "٣"),
        (Whole(0, 65535), 1.5),
        (Milliseconds(100), 99),
        (RuleDuration(), "soon"),
        (Choice(Mode), "on"),
        (Line(), "two\nlines"),
        (Line(empty=False), " "),
        (Line(), ["a"]),
        (Language(), "klingon"),
        (Url("x"), "127.0.0.1:8080"),
        (Url("x"), "ftp://host"),
        (Url("x"), "http://"),
        (Url("x"), "http://host:99999"),
        (Url("x"), "http://a b"),
        (Url("x"), "scgi://127.0.0.1:5000"),
        (ANY, "scgi://127.0.0.1"),
        (ANY, "scgi://"),
        (ANY, "scgi:run/rtorrent.sock"),
        (ANY, "ftp://host"),
        (UrlPath(), "transmission/rpc"),
        (UrlPath(), "/a b"),
        (UrlPath(), ["/json"]),
        (ProxyUrl(), "proxy:3128"),
        (ProxyUrl(), "http://proxy"),
        (ProxyUrl(), "https://proxy:3128"),
        (ProxyUrl(), "socks4://proxy:1080"),
        (ProxyUrl(), "http://proxy:0"),
        (ProxyUrl(), "http://proxy:99999"),
        (ProxyUrl(), "http://proxy:3128/path"),
        (ProxyUrl(), "http://proxy:3128?a=b"),
        (ProxyUrl(), 3128),
        (ProxyUrl(), ["http://proxy:3128"]),
        (Fingerprint(), [DIGEST]),
        (Fingerprint(), DIGEST[1:]),
        (Fingerprint(), DIGEST + "0"),
        (Fingerprint(), "x" * 64),
        (Host(), "256.1.1.1"),
        (Host(), "a b"),
        (Host(), ""),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(kind: Kind[object], raw: object) -> None:
    with pytest.raises(InvalidSetting) as caught:
        kind.read(raw)

    assert caught.value.problems[0].allowed.id.startswith("allowed-")
    assert caught.value.allowed


@pytest.mark.parametrize("kind", [Url("x"), ProxyUrl()])
def test_a_password_in_a_url_is_refused_without_being_shown(kind: Kind[object]) -> None:
    with pytest.raises(InvalidSetting) as caught:
        kind.read("http://admin:hunter2@host:8080")

    assert "hunter2" not in str(caught.value)


@given(anything)
def test_nothing_but_invalid_setting_comes_out_and_values_pass_again(raw: object) -> None:
    for kind in ALL:
        error = refusal(kind, raw)
        assert error is None or str(error)


@given(anything)
def test_no_error_shows_what_should_have_been_a_secret(raw: object) -> None:
    error = refusal(SecretLine(), raw)

    assert error is None or error.value == "…"
