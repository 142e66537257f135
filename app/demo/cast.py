"""Who plays in the simulated swarm: honest clients, dishonest ones, and what is being shared."""

from __future__ import annotations

from typing import Final, NamedTuple

KIB: Final = 1024
MIB: Final = 1024**2
GIB: Final = 1024**3


class Client(NamedTuple):
    """What a peer calls itself: the eight characters qBittorrent shows of its id, and its name."""

    peer_id: str
    name: str


HONEST: Final = (
    Client("-qB5140-", "qBittorrent/5.1.4"),
    Client("-qB5300-", "qBittorrent/5.3.0"),
    Client("-qB4670-", "qBittorrent/4.6.7"),
    Client("-qB4520-", "qBittorrent/4.5.2"),
    Client("-TR4060-", "Transmission 4.0.6"),
    Client("-TR4130-", "Transmission 4.1.3"),
    Client("-TR3000-", "Transmission 3.00"),
    Client("-DE211s-", "Deluge/2.1.1 libtorrent/2.0.8.0"),
    Client("-DE220s-", "Deluge/2.2.0 libtorrent/2.0.11.0"),
    Client("-UT360W-", "µTorrent 3.6.0"),
    Client("-UT2210-", "µTorrent 2.2.1"),
    Client("-BI3900-", "BiglyBT 3.9.0.0"),
    Client("-AZ5770-", "Azureus 5.7.7.0"),
    Client("-lt0F54-", "rTorrent 0.15.4"),
    Client("-LT20B0-", "libtorrent/2.0.11.0"),
    Client("-KT2580-", "KTorrent/25.8.0"),
    Client("TIX0336-", "Tixati 3.36"),
    Client("A2-1-37-", "aria2/1.37.0"),
    Client("-BC0214-", "BitComet 2.14"),
    Client("-WW0205-", "WebTorrent 2.5.1"),
    Client("-BT7B0W-", "BitTorrent 7.11.0"),
    Client("-MG36E0-", "MediaGet2 3.1"),
)

# One or two for each entry of the default rule lists (reference/rules.md 5.3): some betray
# themselves by both, some by the id alone, some by the name alone.
BANNED: Final = (
    Client("-HP0001-", "hp/torrent 1.0.3"),
    Client("-DT0130-", "dt/torrent 1.3.0"),
    Client("-XM0012-", "qBittorrent/4.4.5"),
    Client("-XF9990-", "Xfplay 9.9.9.2"),
    Client("-UT3530-", "taipei-torrent dev"),
    Client("Unknown", ""),
    Client("-SD0100-", "Transmission 2.94"),
    Client("-qB3315-", "qBittorrent/3.3.15"),
    Client("-GO0001-", "Gopeed dev"),
    Client("-GO0170-", "Gopeed bt-exp"),
    Client("-RN0.0.0", "Rain 0.0.0"),
    Client("-SP3601-", "StellarPlayer 20240117"),
    Client("-QD0700-", "QQDownload 0.7"),
    Client("-FG0180-", "FlashGet 1.8"),
    Client("-TS0400-", "TorrentStorm 0.4"),
    Client("-BN0001-", "libtorrent/1.2.19.0"),
    Client("-DL3703-", "Deluge 1.3.15"),
    Client("-TT0100-", "Tudou 1.0"),
    Client("-NX0001-", "µTorrent 3.5.5"),
    Client("cacao_to", "cacao 0.1"),
    Client("-GT0003-", "github.com/thank423/trafficConsume"),
    Client("-UM0001-", "\u07ad__\x04\x0e"),
    Client("-FD6910-", "Unknown [FD6910]"),
    Client("-HP0002-", "HP 1.0"),
)


class Title(NamedTuple):
    """A torrent's name and size in bytes."""

    name: str
    size: int


TITLES: Final = (
    Title("ubuntu-26.04.1-desktop-amd64.iso", 6 * GIB + 214 * MIB),
    Title("debian-13.2.0-amd64-DVD-1.iso", 3 * GIB + 731 * MIB),
    Title("archlinux-2026.11.01-x86_64.iso", GIB + 402 * MIB),
    Title("wikipedia_en_all_maxi_2026-10.zim", 119 * GIB + 77 * MIB),
    Title("Fedora-Workstation-Live-43-x86_64", 2 * GIB + 611 * MIB),
    Title("Sintel (2010) 4K", 5 * GIB + 118 * MIB),
    Title("linuxmint-22.3-cinnamon-64bit.iso", 2 * GIB + 902 * MIB),
    Title("LibreOffice_26.2.1_Linux_x86-64_deb.tar.gz", 246 * MIB),
    Title("blender-open-movies-collection", 38 * GIB + 340 * MIB),
    Title("openSUSE-Tumbleweed-DVD-x86_64-Snapshot20261112-Media.iso", 4 * GIB + 489 * MIB),
    Title("kali-linux-2026.3-installer-amd64.iso", 4 * GIB + 12 * MIB),
    Title("FreeBSD-15.0-RELEASE-amd64-dvd1.iso", 4 * GIB + 707 * MIB),
    Title("Tears of Steel (2012) 1080p", 571 * MIB),
    Title("planet-261102.osm.pbf", 86 * GIB + 505 * MIB),
    Title("raspios-trixie-arm64-full.img.xz", 3 * GIB + 51 * MIB),
    Title("Cosmos Laundromat (2015) 2K", GIB + 733 * MIB),
    Title("manjaro-kde-26.0-minimal.iso", 3 * GIB + 640 * MIB),
    Title("stackoverflow.com-Posts.7z", 21 * GIB + 18 * MIB),
    Title("tails-amd64-7.2-img", GIB + 553 * MIB),
    Title("NixOS-26.05-graphical-x86_64.iso", 2 * GIB + 475 * MIB),
    Title("gutenberg_mul_all_2026-08.zim", 75 * GIB + 3 * MIB),
    Title("Big Buck Bunny (2008) 4K 60fps", 642 * MIB),
    Title("proxmox-ve_9.1-1.iso", GIB + 611 * MIB),
    Title("rocky-10.1-x86_64-dvd1.iso", 7 * GIB + 930 * MIB),
)
