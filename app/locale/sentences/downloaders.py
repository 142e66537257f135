"""Sentences about downloaders: how reaching one fails, what the user can set there, what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.locale import N_

SENTENCES: Final[Mapping[str, str]] = {
    "downloader-unreachable": N_("Does not answer: {detail}"),
    "downloader-bad-answer": N_("Answers, but not as expected: {detail}"),
    "no-answer-in-time": N_("no answer in time"),
    "no-answer-within": N_("no answer within {seconds} s"),
    "sweep-crashed": N_("A bug in PeerWarden stopped the sweep ({kind}). The log says more."),
    "no-listener": N_("nothing listens at {address}"),
    "no-such-host": N_("no computer is called {host}"),
    "no-tls": N_("{address} does not speak HTTPS; enter its address with http://"),
    "tls-failed": N_("HTTPS with {address} fails ({reason})"),
    "https-expected": N_("It speaks HTTPS. Enter {address} as its address."),
    "address-impossible": N_("No computer can have this address. Enter another one."),
    "certificate-untrusted": N_("its certificate is not trusted: {reason}"),
    "certificate-unknown": N_(
        "Its certificate (for {subject}, valid until {expires}) is not trusted: {reason}. Trust it"
        " if the SHA-256 fingerprint that you find there is {fingerprint}."
    ),
    "certificate-changed": N_(
        "It shows another certificate (for {subject}, valid until {expires}) than the one that you"
        " trust. Trust it only if it was renewed there: its SHA-256 fingerprint is {fingerprint},"
        " before it was {trusted}."
    ),
    "certificate-self-signed": N_("it signed itself"),
    "certificate-signer-unknown": N_("who signed it is not known here"),
    "certificate-expired": N_("it has expired"),
    "certificate-not-yet": N_("it is not valid yet"),
    "certificate-other-name": N_("it is for another host name"),
    "proxy-failed": N_("there is no way through the proxy {proxy}: {reason}"),
    "proxy-asks": N_("it asks for a user name and password, which is not supported"),
    "proxy-status": N_("it answers with status {status}"),
    "proxy-no-socks": N_("it does not answer as a SOCKS5 proxy does"),
    "proxy-forbids": N_("its rules forbid it"),
    "proxy-no-way": N_("it does not reach {address}"),
    "connection-failed": N_("no connection ({reason})"),
    "answer-broke-off": N_("the connection broke off"),
    "answer-not-http": N_("it does not speak HTTP"),
    "answer-too-large": N_("the answer is larger than {limit_bytes}"),
    "answer-empty": N_("an empty answer where JSON was expected"),
    "answer-html": N_("a web page where JSON was expected"),
    "answer-not-json": N_("something that is no JSON"),
    "answer-unexpected": N_("JSON of another shape ({reason})"),
    "answer-status": N_("status {status} for {path}"),
    "answer-problem": N_("status {status} for {path}: {message}"),
    "answer-refused": N_("it refuses {path}: {message}"),
    "answer-no-version": N_("no version number"),
    "answer-not-qbittorrent": N_("this is no qBittorrent WebUI"),
    "bans-not-taken": N_("{count} entries of the ban list were not taken, such as {example}"),
    "trackers-not-taken": N_("the trackers are not those that were set"),
    "bans-not-lifted": N_("{count} entries could not be taken off its ban list, such as {example}"),
    "downloader-redirects": N_("It redirects to another address. Enter {address} instead."),
    "redirected-away": N_(
        "It redirects to {address}, as another program or a log-in page before it does."
        " Enter an address that leads to it directly."
    ),
    "downloader-denied": N_(
        "Wrong user name or password. Not tried again until you change it or ask for it."
    ),
    "downloader-key-denied": N_(
        "The API key is refused. Not tried again until you change it or ask for it."
    ),
    "downloader-login-missing": N_("It asks for a user name and password. Enter them."),
    "downloader-locked-out": N_(
        "It has locked this computer out after wrong log-ins. Wait for an hour or restart it,"
        " then sweep again."
    ),
    "downloader-proxy-denied": N_(
        "The reverse proxy in front of it refuses its user name or password."
    ),
    "downloader-session-refused": N_("It logs in and then refuses every request."),
    "downloader-host-refused": N_(
        "It refuses the address by which it is asked. In its WebUI settings, allow this host"
        " name or switch host header validation off."
    ),
    "downloader-too-old": N_("Version {version} is too old; {minimum} or later is needed."),
    "shadow-ban-off": N_(
        "Shadow bans are switched off there. Switch them on in the preferences of qBittorrent"
        " Enhanced and restart it, or do without them here."
    ),
    "shadow-ban-unknown": N_(
        "Version {version} knows no shadow bans. Install qBittorrent Enhanced 4.6.5.10 or later, or"
        " do without them here."
    ),
    "biglybt-no-plugin": N_(
        "No adapter plugin answers at this address. Install the PeerBanHelper adapter plugin in"
        " BiglyBT or Vuze and enter its address, with port 7759 unless you changed it."
    ),
    "biglybt-plugin-too-old": N_(
        "Version {version} of its adapter plugin is too old. Update the plugin to {minimum} or later."
    ),
    "biglybt-token-denied": N_(
        "It refuses the token. Enter the one that the plugin's settings show, and save them there"
        " once, or it changes with each restart."
    ),
    "bitcomet-no-remote-access": N_(
        "This is no BitComet with remote access. Switch remote access on in the options of"
        " BitComet and enter its address."
    ),
    "bitcomet-no-filter": N_(
        "Its IP filter could not be switched on. In the options of BitComet, switch the IP filter"
        " on in blacklist mode, and set bittorrent.multi_peers_same_ip to no."
    ),
    "bitcomet-replaces-filter": N_(
        "This version does not tell what stands in its IP filter, so that our list replaces it."
        " Add addresses that you banned there yourself to PeerWarden."
    ),
    "answer-not-xml-rpc": N_("something that is no XML-RPC"),
    "answer-not-scgi": N_("it does not speak SCGI"),
    "answer-not-rtorrent": N_("this is no rTorrent"),
    "call-refused": N_("it refuses ({reason})"),
    "no-socket": N_("there is no socket {path}"),
    "socket-forbidden": N_(
        "PeerWarden may not open its socket {path}. Let PeerWarden's user read and write it."
    ),
    "rtorrent-not-at": N_(
        "The web server has no rTorrent at this address (status {status}). Enter the address that"
        " leads to it, which often ends in /RPC2."
    ),
    "rtorrent-behind": N_("the web server gets no answer from rTorrent (status {status})"),
    # Deluge
    "deluge-password-wrong": N_(
        "Wrong password of deluge-web. Not tried again until you change it or ask for it."
    ),
    "deluge-no-daemon": N_("deluge-web knows no Deluge daemon. Add one in its connection manager."),
    "deluge-daemon-offline": N_("Its Deluge daemon at {address} is not running."),
    "deluge-daemon-lost": N_("deluge-web has lost its Deluge daemon"),
    "deluge-daemon-refuses": N_(
        "Its Deluge daemon refuses deluge-web. Correct the user name and password of the daemon in"
        " the connection manager of deluge-web."
    ),
    "deluge-method-missing": N_(
        "deluge-web does not know {method}; a plugin may have been disabled."
    ),
    "deluge-call-failed": N_("{method} failed ({reason})"),
    "deluge-port-refused": N_("it was told to listen at port {port} and still listens at {found}"),
    "deluge-plugin-refused": N_(
        "Deluge does not load PeerWarden’s plugin. See the log, or do without the plugin here."
    ),
    "deluge-no-plugin": N_(
        "Deluge has no plugin to ban with. Allow PeerWarden’s plugin here, or install Deluge’s own"
        " Blocklist plugin."
    ),
    "deluge-blocklist-taken": N_(
        "Deluge’s Blocklist plugin uses a list of yours. Allow PeerWarden’s plugin here, or that"
        " your list is replaced."
    ),
    "deluge-blocklist-unserved": N_(
        "Deluge has no address to fetch the ban list from. Switch PeerWarden’s server on, or allow"
        " its plugin here."
    ),
    "deluge-blocklist-unfetched": N_(
        "Deluge does not fetch the ban list from {address}. Set the address under which it reaches"
        " PeerWarden, or allow PeerWarden’s plugin here."
    ),
    "deluge-blocklist-misread": N_("of {sent} entries of the ban list it has read {read}"),
    "deluge-blocklist-only": N_(
        "Only IPv4 addresses can be banned, and bytes are estimates. Allow PeerWarden’s plugin here"
        " to ban IPv6, too, and to see peer IDs and exact bytes."
    ),
    "deluge-adapter-only": N_(
        "Only single addresses can be banned. Allow PeerWarden’s plugin here to ban blocks, too."
    ),
    "deluge-adapter-with-blocklist": N_(
        "A ban that ends opens that address in Deluge’s Blocklist plugin, too. Allow PeerWarden’s"
        " plugin here to keep both apart."
    ),
    # what to do when the connection test fails
    "failed-with-advice": N_("{what}. {advice}"),
    "no-answer-check": N_(
        "Check that the computer is on, that the address is right, and that no firewall stands"
        " between."
    ),
    "other-program": N_(
        "Another program seems to listen there; an address of {kind} looks like {example}."
    ),
    "switch-on-qbittorrent": N_(
        "Start qBittorrent and switch its WebUI on, in its preferences under WebUI; its port stands"
        " there, too."
    ),
    "switch-on-transmission": N_(
        "Start Transmission and allow remote access: Edit, Preferences, Remote; for the daemon,"
        " “rpc-enabled” in settings.json."
    ),
    "switch-on-deluge": N_(
        "Start deluge-web, or switch the plugin WebUI on in Deluge; enter the address of the web"
        " page, usually with port 8112, not that of the daemon."
    ),
    "switch-on-rtorrent": N_(
        "Start rTorrent with “network.scgi.open_port” or “network.scgi.open_local” in .rtorrent.rc."
    ),
    "switch-on-biglybt": N_(
        "Start BiglyBT with the plugin PBH-Adapter-BiglyBT; port and token stand in its options."
    ),
    "switch-on-bitcomet": N_(
        "Start BitComet and switch remote access on: Tools, Options, Remote Access."
    ),
    "switch-on-aria2next": N_("Start Aria2Next or Motrix Next with RPC switched on."),
    "switch-on-aria2": N_("Start aria2 with --enable-rpc."),
    # what the connection test says when it works
    "connected-to": N_("Connected to {product} {version}."),
    "lacks-bans": N_("It cannot ban anybody and is watched only."),
    "lacks-ipv6": N_("It bans IPv4 addresses only."),
    "lacks-ipv4": N_("It bans IPv6 addresses only."),
    "lacks-prefixes": N_("It bans single addresses, not whole blocks."),
    "lacks-unbans": N_("It lifts bans only when it restarts."),
    "lacks-lasting": N_("It forgets bans when it restarts; they are sent again then."),
    "lacks-counters": N_("It does not count the bytes of each peer; they are estimated."),
    "lacks-peer-ids": N_("It does not tell peer IDs."),
    "lacks-client-names": N_("It does not tell the names of clients."),
    "lacks-progress": N_("It does not tell the progress of peers."),
    "lacks-flags": N_("It does not tell the flags of peers."),
    "lacks-privacy": N_("It does not tell which torrents are private."),
    "lacks-totals": N_("It does not count its traffic over its whole life."),
    "lacks-upload-limit": N_("Its upload cannot be limited from here."),
    "lacks-trackers": N_("Its trackers cannot be replaced from here."),
    "lacks-listen-port": N_("Its port for peers cannot be changed from here."),
    "lacks-labels": N_("It knows no categories or tags."),
    # Transmission
    "answer-not-transmission": N_("this is no Transmission RPC"),
    "transmission-refused": N_("{call} failed there: {reason}"),
    "transmission-elsewhere": N_(
        "Its RPC is not where it is looked for. Set the RPC path to that of Transmission’s settings"
        " (“rpc-url”), usually {path}."
    ),
    "transmission-locked-out": N_(
        "It lets nobody in after too many wrong log-ins. Restart Transmission, then sweep again."
    ),
    "transmission-not-let-in": N_(
        "It does not let this computer in. Add this computer’s address to “rpc-whitelist” in"
        " Transmission’s settings, or switch “rpc-whitelist-enabled” off."
    ),
    "transmission-host-refused": N_(
        "It refuses the host name by which it is asked. Enter its IP address instead, or add the"
        " name to “rpc-host-whitelist” in Transmission’s settings."
    ),
    "transmission-kicks": N_(
        "Transmission {version} drops a banned peer only together with all peers of its torrent,"
        " which come back within seconds; 4.1 drops it alone."
    ),
    "transmission-kicks-ipv4": N_(
        "Transmission {version} bans IPv4 addresses only, and drops a banned peer only together"
        " with all peers of its torrent, which come back within seconds; 4.1 does better."
    ),
    "torrent-gone": N_("it has no such torrent any more"),
    "blocklist-unknown": N_("There is no such list."),
    "blocklist-in-the-way": N_(
        "It uses a blocklist of your own from {host}, and there is room for one only. Allow"
        " PeerWarden to replace it, or remove it in Transmission."
    ),
    "blocklist-not-served": N_(
        "It fetches the ban list from PeerWarden’s own server, which is not running. Start"
        " PeerWarden anew with a free port for it."
    ),
    "blocklist-not-fetched": N_(
        "It cannot fetch the ban list from {address}. If Transmission runs in a container or on"
        " another computer, let PeerWarden’s server listen where it can be reached (server.address) and enter the"
        " address by which it is reached from there (server.prefix)."
    ),
    "blocklist-out-of-reach": N_(
        "It runs on another computer and cannot fetch the ban list from {address}. Let PeerWarden’s"
        " server listen in your network (server.address) and enter the address by which it is"
        " reached there (server.prefix)."
    ),
    "blocklist-incomplete": N_("it kept {kept} of {count} entries of the ban list"),
    "answer-not-aria2": N_("this is no aria2"),
    "aria2-denied": N_("Wrong RPC secret. Not tried again until you change it or ask for it."),
    "aria2-secret-missing": N_("It asks for its RPC secret. Enter it as the token."),
    "aria2-not-at": N_(
        "No aria2 at this address (status {status}). Enter the address of its RPC, which often ends"
        " in /jsonrpc."
    ),
    "aria2-behind": N_("the web server gets no answer from aria2 (status {status})"),
    "aria2-cannot-ban": N_(
        "aria2 itself cannot ban, so it is only watched. Export the bans to your firewall, or use"
        " Aria2Next."
    ),
    "aria2-is-next": N_(
        "This is Aria2Next, which can ban. Choose the kind Aria2Next; as aria2 it is only watched."
    ),
    "aria2-is-plain": N_(
        "This is aria2 {version}, not Aria2Next, and cannot ban. Choose the kind aria2 to watch it,"
        " or run Aria2Next."
    ),
    "aria2-replaces-blocklist": N_(
        "It keeps one blocklist and does not show it, so that our list replaces yours. Add"
        " addresses that you blocked there yourself to PeerWarden."
    ),
    "downloader-cannot": N_("This downloader cannot do that."),
    # banned peers that stay
    "still-there-one": N_(
        "{downloader} does not drop {address}, though it is on its ban list."
        " Restart {downloader}; if that does not help, block the address in your firewall."
    ),
    "still-there-many": N_(
        "{downloader} does not drop {count} banned peers, such as {address}."
        " Restart {downloader}; if that does not help, block them in your firewall."
    ),
    # how often one is asked
    "rhythm-open": N_("Failed {count} times in a row; asked once a minute until it answers"),
    "rhythm-slowed": N_("Asked every {period_ms} until it is faster"),
    # what rules miss there
    "no-peer-id-from": N_("No peer ID from {source}"),
    "no-client-name-from": N_("No client name from {source}"),
    "no-identity-from": N_("Neither peer ID nor client name from {source}"),
    "no-progress-from": N_("No progress of peers from {source}"),
    "no-flags-from": N_("No flags of peers from {source}"),
    "bytes-estimated-from": N_(
        "{source} does not count the bytes of each peer; they are estimated from its rates"
    ),
}
