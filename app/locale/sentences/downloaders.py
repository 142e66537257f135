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
    "no-tls": N_("{address} does not speak HTTPS"),
    "certificate-untrusted": N_("its certificate is not trusted"),
    "connection-failed": N_("no connection ({reason})"),
    "answer-broke-off": N_("the connection broke off"),
    "answer-not-http": N_("it does not speak HTTP"),
    "answer-too-large": N_("the answer is larger than {limit_bytes}"),
    "answer-empty": N_("an empty answer where JSON was expected"),
    "answer-html": N_("a web page where JSON was expected"),
    "answer-not-json": N_("something that is no JSON"),
    "answer-unexpected": N_("JSON of another shape ({reason})"),
    "answer-status": N_("status {status} for {path}"),
    "answer-no-version": N_("no version number"),
    "answer-not-qbittorrent": N_("this is no qBittorrent WebUI"),
    "bans-not-taken": N_("{count} entries of the ban list were not taken, such as {example}"),
    "trackers-not-taken": N_("the trackers are not those that were set"),
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
    "downloader-cannot": N_("This downloader cannot do that."),
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
