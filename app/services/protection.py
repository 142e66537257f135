"""Keeps the user's own addresses from being judged or banned, whatever the profile says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from app.domain.address import IPAddress, Prefix
from app.domain.protection import (
    Interface,
    Kind,
    Protected,
    ProtectedNetworks,
    holds,
    of_interface,
    own_network,
)
from app.domain.reason import Text
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Verdict
from app.services.events import DownloadersChanged, EventBus, RulesChanged, Swept

log = logging.getLogger(__name__)

PROTECTION: Final = "protection"

_LOOK_SECONDS: Final = 60.0

ReadInterfaces: TypeAlias = Callable[[], Sequence[Interface]]
"""The addresses of this computer's interfaces; blocks, and raises OSError."""


class Protection:
    """Knows the networks that are never banned; says so, with RulesChanged, when others are."""

    def __init__(self, read_interfaces: ReadInterfaces, bus: EventBus) -> None:
        self._read, self._bus = read_interfaces, bus
        self._interfaces: tuple[Interface, ...] = ()
        self._external: dict[str, tuple[IPAddress, ...]] = {}
        self._complaint = ""
        self._index()
        bus.subscribe(Swept, self._follow)
        bus.subscribe(DownloadersChanged, self._forget)

    async def run(self) -> None:
        """Look at the interfaces every minute."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Read the addresses of this computer; call once before anything is judged. What cannot be read stays."""
        try:
            found = tuple(await asyncio.to_thread(self._read))
        except OSError as error:
            if str(error) != self._complaint:
                self._complaint = str(error)
                log.warning("the addresses of this computer cannot be read: %s", error)
            return
        self._complaint = ""
        if found != self._interfaces:
            self._interfaces = found
            self._renew()

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The first line of each trace."""
        found = [self._pass] * len(batch)
        for at in batch.inside(self.networks.ranges):
            found[at] = self.judge(batch.sightings[at])
        return found

    def judge(self, sighting: Sighting) -> Verdict:
        """The line of the trace: SKIP for what is protected. Alike ones are one object."""
        address = sighting.peer.address
        found = self.networks.find(address.ip)
        if found is None and address.raw is not address.effective:
            found = self.networks.find(address.raw.ip)
        return self._pass if found is None else self._said[found]

    def find(self, address: IPAddress) -> Protected | None:
        """Why one address is protected; None when it is not."""
        return self.networks.find(address)

    def protects(self, prefix: Prefix) -> Text | None:
        """Why `prefix` must not be banned: it is protected, or a part of it is; None when it may be."""
        found = self.networks.overlapping(prefix)
        if found is None or holds(found, prefix):
            return None if found is None else found.text
        network = found.text.params["network"]
        return Text("protected-part", {"network": network, "why": found.text})

    def prefixes(self) -> tuple[Prefix, ...]:
        """All protected blocks, none inside another."""
        return self.networks.blocks

    def _follow(self, event: Swept) -> None:
        external = event.snapshot.external
        # A downloader that lost its connection knows none for a while; its address seldom changes by that.
        if external and external != self._external.get(event.downloader):
            self._external[event.downloader] = external
            self._renew()

    def _forget(self, event: DownloadersChanged) -> None:
        gone = [self._external.pop(downloader, None) for downloader in event.gone]
        if any(gone):
            self._renew()

    def _renew(self) -> None:
        before = self.networks.entries
        self._index()
        if self.networks.entries != before:
            self._bus.publish(RulesChanged())

    def _index(self) -> None:
        found = [entry for each in self._interfaces for entry in of_interface(each)]
        found += [
            Protected(prefix=own_network(ip), kind=Kind.WAN, name=downloader)
            for downloader, addresses in self._external.items()
            for ip in addresses
        ]
        self.networks = ProtectedNetworks(found)
        allows = Text("allows-protected", {"count": len(self.networks.entries)})
        self._pass = Verdict(
            rule=PROTECTION, reason=Text("pass"), saw=Text("saw-address"), allows=allows
        )
        self._said = {entry: _skip(entry, allows) for entry in self.networks.entries}


def _skip(entry: Protected, allows: Text) -> Verdict:
    network = entry.text.params["network"]
    return Verdict(
        rule=PROTECTION,
        action=Action.SKIP,
        reason=entry.text,
        saw=Text("saw-address"),
        allows=allows,
        data={"type": "protected", "kind": str(entry.kind), "network": network},
    )
