"""Who asks: the client's address behind proxies, and whether a browser was tricked into asking."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from app.domain.address import InvalidAddress, IPAddress, parse_ip, parse_prefix

_PROXY_HEADERS: Final = ("X-Real-IP", "X-Forwarded-For", "Proxy-Client-IP", "WL-Proxy-Client-IP")
_CLIENT_HEADERS: Final = ("CF-Connecting-IP", *_PROXY_HEADERS)
_LOCAL: Final = tuple(
    parse_prefix(text)
    for text in (
        "0.0.0.0",  # noqa: S104 - an address to compare with
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "::/127",
        "fe80::/10",
        "fec0::/10",
        "fc00::/7",
    )
)
# The same few addresses come with every request, and reading one takes longer than finding a route.
_REMEMBERED: Final = 256
_SAFE_METHODS: Final = (hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS)


def direct_address(request: web.BaseRequest) -> IPAddress:
    """The other end of the connection."""
    return _remote(request.remote or "127.0.0.1")


def client_address(request: web.BaseRequest) -> IPAddress:
    """The client, as a proxy on a local address tells; of a chain the last that is not local itself.

    What stands before that may have been forged by the client (reference/webapi.md 1.12).
    """
    direct = direct_address(request)
    if not is_local(direct):
        return direct
    for header in _CLIENT_HEADERS:
        given = request.headers.get(header, "").strip()
        if given and given.lower() != "unknown":
            chain = _addresses(given)
            outside = [address for address in chain if not is_local(address)]
            return (outside or chain or [direct])[-1]
    return direct


def is_behind_proxy(request: web.BaseRequest) -> bool:
    """Whether a reverse proxy passed the request on."""
    return any(header in request.headers for header in _PROXY_HEADERS)


@lru_cache(maxsize=_REMEMBERED)
def is_local(address: IPAddress) -> bool:
    """Loopback, private or link-local."""
    return any(address.version == block.version and address in block for block in _LOCAL)


@lru_cache(maxsize=_REMEMBERED)
def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens on `host`."""
    if host.lower() == "localhost":
        return True
    try:
        return parse_ip(host).is_loopback
    except InvalidAddress:
        return False


def names_us(request: web.BaseRequest, own_names: frozenset[str]) -> bool:
    """Whether `Host` is this machine or one of `own_names`.

    A page of a foreign site whose name was bent to 127.0.0.1 (DNS rebinding) sends its own name there.
    """
    host = request.headers.get(hdrs.HOST)
    if host is None:
        return True  # no browser leaves it out
    name = _name_of(host)
    return is_loopback(name) or name in own_names


def from_own_page(request: web.BaseRequest, prefix: str) -> bool:
    """Whether a request that changes something comes from no page at all or from our own.

    `prefix` is the address under which the server is reached from outside.
    """
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None or request.method in _SAFE_METHODS:
        return True
    there = _authority(origin)
    host = request.headers.get(hdrs.HOST, "").lower()
    return bool(there) and there in (host, _authority(prefix))


def takes_gzip(request: web.BaseRequest) -> bool:
    """Whether the client reads compressed answers."""
    for coding in request.headers.get(hdrs.ACCEPT_ENCODING, "").lower().split(","):
        name, _semicolon, weight = coding.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" or not weight
    return False


def host_names(*urls_or_names: str) -> frozenset[str]:
    """The host names in these, for `names_us`."""
    found = set()
    for text in urls_or_names:
        found.add(_name_of(_authority(text) if "://" in text else text))
    return frozenset(found - {""})


@lru_cache(maxsize=_REMEMBERED)
def _remote(text: str) -> IPAddress:
    try:
        return _unmapped(parse_ip(text))
    except InvalidAddress:
        return parse_ip("127.0.0.1")


def _authority(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _name_of(host: str) -> str:
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, colon, _port = host.rpartition(":")
    if colon and ":" not in name:
        host = name
    return host.rstrip(".")


def _addresses(chain: str) -> list[IPAddress]:
    found = []
    for part in chain.split(","):
        try:
            found.append(_unmapped(parse_ip(part)))
        except InvalidAddress:
            continue
    return found


def _unmapped(address: IPAddress) -> IPAddress:
    inner = address.ipv4_mapped if address.version == 6 else None  # noqa: PLR2004 - IP version
    return inner or address
