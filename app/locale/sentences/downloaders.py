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
    "proxy-failed": N_("the proxy {proxy} does not help: {reason}"),
    "proxy-asks": N_("it asks for a user name and password, which is not supported"),
    "proxy-status": N_("it answers with status {status}"),
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
    "downloader-redirects": N_("it redirects to {address}; enter that address"),
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
