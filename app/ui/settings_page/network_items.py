"""What is asked and fetched from the network, and where the server listens, for the Settings page."""

from __future__ import annotations

from typing import Final

from app.locale import N_
from app.settings.config import ProxyKind
from app.settings.kind import MAX_PORT, Flag, Host, Line, SecretLine, Url, Whole
from app.settings.list_kind import Lines
from app.ui.settings_page.item import CONFIG, Item, Section

LOOKUP: Final = Section(
    key="lookup",
    name=N_("Places and names"),
    icon="globe",
    items=(
        Item(
            file=CONFIG,
            path=("ip-database", "auto-update"),
            name=N_("Download the databases of places, and again when they are old"),
            kind=Flag(),
            value=lambda s: s.config.ip_database.auto_update,
        ),
        Item(
            file=CONFIG,
            path=("ip-database", "database-city"),
            name=N_("Database of cities"),
            kind=Line(),
            value=lambda s: s.config.ip_database.database_city,
            hint=N_("Name of its file; empty for none."),
        ),
        Item(
            file=CONFIG,
            path=("ip-database", "database-asn"),
            name=N_("Database of networks"),
            kind=Line(),
            value=lambda s: s.config.ip_database.database_asn,
            hint=N_("It knows the network operator (ASN) of an address; empty for none."),
        ),
        Item(
            file=CONFIG,
            path=("ip-database", "database-geocn"),
            name=N_("Database of China"),
            kind=Line(),
            value=lambda s: s.config.ip_database.database_geocn,
            hint=N_("It knows provinces and kinds of connection; empty for none."),
        ),
        Item(
            file=CONFIG,
            path=("ip-database", "account-id"),
            name=N_("MaxMind account"),
            kind=Line(),
            value=lambda s: s.config.ip_database.account_id,
            hint=N_("Shown to the download sites with its key; they work without."),
        ),
        Item(
            file=CONFIG,
            path=("ip-database", "license-key"),
            name=N_("MaxMind license key"),
            kind=SecretLine(),
            value=lambda s: s.config.ip_database.license_key,
        ),
        Item(
            file=CONFIG,
            path=("lookup", "dns-reverse-lookup"),
            name=N_("Look up the names of banned addresses"),
            kind=Flag(),
            value=lambda s: s.config.lookup.dns_reverse_lookup,
            hint=N_("The name servers then learn which addresses you ban."),
        ),
        Item(
            file=CONFIG,
            path=("resolvers", "use-system"),
            name=N_("Ask the name servers of this computer"),
            kind=Flag(),
            value=lambda s: s.config.resolvers.use_system,
        ),
        Item(
            file=CONFIG,
            path=("resolvers", "servers"),
            name=N_("Other name servers"),
            kind=Lines(),
            value=lambda s: s.config.resolvers.servers,
            hint=N_("Addresses, one a line, with a port where it is not 53."),
        ),
    ),
)
NETWORK: Final = Section(
    key="network",
    name=N_("Proxy"),
    icon="share-2",
    items=(
        Item(
            file=CONFIG,
            path=("proxy", "setting"),
            name=N_("Lists and databases are fetched"),
            kind=Whole(0, 2),
            value=lambda s: s.config.proxy.code,
            hint=N_("Each downloader has a proxy setting of its own."),
            choices=(
                (int(ProxyKind.NONE), N_("directly")),
                (int(ProxyKind.HTTP), N_("through an HTTP proxy")),
                (int(ProxyKind.SOCKS), N_("through a SOCKS proxy")),
            ),
        ),
        Item(
            file=CONFIG,
            path=("proxy", "host"),
            name=N_("Its address"),
            kind=Host(),
            value=lambda s: s.config.proxy.host,
        ),
        Item(
            file=CONFIG,
            path=("proxy", "port"),
            name=N_("Its port"),
            kind=Whole(1, MAX_PORT),
            value=lambda s: s.config.proxy.port,
        ),
        Item(
            file=CONFIG,
            path=("proxy", "non-proxy-hosts"),
            name=N_("Fetched directly from"),
            kind=Line(),
            value=lambda s: s.config.proxy.non_proxy_hosts,
            hint=N_("Host names with * and ?, separated by |."),
        ),
    ),
)
SERVER: Final = Section(
    key="server",
    name=N_("Server"),
    icon="server",
    items=(
        Item(
            file=CONFIG,
            path=("server", "http"),
            name=N_("Port"),
            kind=Whole(0, MAX_PORT),
            value=lambda s: s.config.server.http,
            hint=N_("0 takes a free one."),
            restart=True,
        ),
        Item(
            file=CONFIG,
            path=("server", "address"),
            name=N_("Listens at"),
            kind=Host(),
            value=lambda s: s.config.server.address,
            hint=N_("127.0.0.1 is this computer only; 0.0.0.0 is every network it is in."),
            restart=True,
        ),
        Item(
            file=CONFIG,
            path=("server", "prefix"),
            name=N_("Downloaders reach it at"),
            kind=Url("http://127.0.0.1:9898"),
            value=lambda s: s.config.server.prefix,
        ),
    ),
)
