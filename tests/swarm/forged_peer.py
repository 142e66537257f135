"""A forged peer: any address, peer id, client name and progress report.

It takes real blocks at a paced rate and tells what it saw, so a test knows when a ban took effect
and how many bytes were given away until then.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.swarm import bencode, wire
from tests.swarm.events import Event, Seen
from tests.swarm.pieces import Bitfield, Wishes
from tests.swarm.scenario import PeerPlan, Report
from tests.swarm.wire import BLOCK, Kind

PATIENCE = 10.0
"""Seconds for a connection, and again for the answer to a handshake."""
KEEP_ALIVE_EVERY = 60.0
REWIND_PAUSE = 0.3
_BIND_ADDRESS_NO_PORT = (
    24  # Linux' IP_BIND_ADDRESS_NO_PORT: thousands of peers may share a port range
)


@dataclass(slots=True)
class _Line:
    """One connection that has its handshake."""

    writer: asyncio.StreamWriter
    choked: bool = True
    waiting: int = 0
    """Blocks asked for and not yet given."""
    rewinding: bool = False
    """Whether we hung up ourselves."""

    def send(self, kind: Kind, body: bytes = b"") -> None:
        self.writer.write(wire.message(kind, body))


class ForgedPeer:
    """One peer of a scenario; `tell` hears what it sees."""

    def __init__(self, plan: PeerPlan, tell: Callable[[Event], None]) -> None:
        self.plan = plan
        self.seen: Seen | None = None
        self.received = 0
        """Payload bytes over all connections."""
        self.counts = dict.fromkeys(Seen, 0)
        self._tell = tell
        self._does = plan.behaviour
        self._peer_id = (self._does.peer_id.encode("latin-1") + os.urandom(20))[:20]
        self._claim = Bitfield(plan.torrent.pieces)
        self._wishes = Wishes(plan.torrent, seed=plan.ip)

    async def run(self, end: float) -> None:
        """Live until `end`, a time of the running loop."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(end):
                await asyncio.sleep(self._does.start)
                async with asyncio.timeout_at(min(end, loop.time() + (self._does.lifetime or end))):
                    await self._live()
        self._say(Seen.DONE)

    def last_words(self) -> None:
        """Tell the sum of it all; call it once, when the swarm ends."""
        self._say(Seen.FINAL)

    async def _live(self) -> None:
        self._claim.claim(self._does.progress)
        attempts = self._does.retries + 1
        while attempts > 0:
            seen, why = await self._connection()
            self._say(seen, why)
            if seen is Seen.REWIND:
                await asyncio.sleep(REWIND_PAUSE)
                continue
            attempts -= 1
            await asyncio.sleep(self._does.retry_delay)

    async def _connection(self) -> tuple[Seen, str]:
        """Be connected until somebody hangs up; return how it ended."""
        try:
            reader, writer = await self._dial()
        except OSError as error:  # a timeout is one, too
            return Seen.REFUSED, type(error).__name__
        try:
            try:
                async with asyncio.timeout(PATIENCE):
                    abilities = await self._greet(reader, writer)
            except (OSError, asyncio.IncompleteReadError) as error:
                return Seen.REFUSED, f"handshake {type(error).__name__}"
            line = _Line(writer)
            self._introduce(line, abilities)
            async with asyncio.TaskGroup() as tasks:
                acts = [tasks.create_task(self._report(line))]
                if self._does.rate:
                    acts.append(tasks.create_task(self._ask(line)))
                why = await self._listen(reader, line)
                for act in acts:
                    act.cancel()
            return (Seen.REWIND, "") if line.rewinding else (Seen.DROPPED, why)
        finally:
            writer.close()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        plan, port = self.plan, self._does.src_port
        family = socket.AF_INET6 if ":" in plan.ip else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
            if family == socket.AF_INET:
                sock.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
            if port:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((plan.ip, port))
            async with asyncio.timeout(PATIENCE):
                await asyncio.get_running_loop().sock_connect(sock, (plan.host, plan.port))
            return await asyncio.open_connection(sock=sock, limit=1 << 18)
        except BaseException:
            sock.close()
            raise

    async def _greet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> wire.Abilities:
        extended = self._does.client is not None
        info_hash = self.plan.torrent.info_hash
        writer.write(
            wire.handshake(info_hash, self._peer_id, extended=extended, dht=self._does.dht_bit)
        )
        return wire.abilities(await reader.readexactly(wire.HANDSHAKE_SIZE))

    def _introduce(self, line: _Line, abilities: wire.Abilities) -> None:
        port = line.writer.get_extra_info("sockname")[1]
        if self._does.client is not None and abilities.extended:
            # `p` must differ between peers of one address: libtorrent drops the second connection
            # to a known pair of address and `p` as a duplicate, also where it allows several
            # connections for each address.
            names = {"m": {"ut_metadata": 2}, "v": self._does.client, "reqq": 250, "p": port}
            line.send(Kind.EXTENDED, b"\0" + bencode.encode(names))
        count = self._claim.count
        if abilities.fast and count == 0:
            line.send(Kind.HAVE_NONE)
        elif abilities.fast and count == self._claim.pieces:
            line.send(Kind.HAVE_ALL)
        elif count:
            line.send(Kind.BITFIELD, bytes(self._claim))
        line.send(Kind.INTERESTED)
        self._say(Seen.CONNECTED, port=port)

    async def _listen(self, reader: asyncio.StreamReader, line: _Line) -> str:
        """Take what comes until the connection ends; return what ended it."""
        try:
            while True:
                kind, body = await wire.read_message(reader)
                if kind == Kind.PIECE:
                    self._take(line, piece=int.from_bytes(body[:4]), length=len(body) - 8)
                elif kind == Kind.UNCHOKE:
                    line.choked, line.waiting = False, 0
                elif kind == Kind.CHOKE:
                    line.choked = True
                elif kind == Kind.REJECT:
                    line.waiting = max(0, line.waiting - 1)
        except (OSError, asyncio.IncompleteReadError) as error:
            return type(error).__name__

    def _take(self, line: _Line, *, piece: int, length: int) -> None:
        self.received += length
        line.waiting = max(0, line.waiting - 1)
        if self._wishes.received(piece, length) and self._is_honest:
            self._have(line, piece)

    @property
    def _is_honest(self) -> bool:
        return self._does.report in {Report.HONEST, Report.REWIND}

    def _have(self, line: _Line, piece: int) -> None:
        if piece not in self._claim:
            self._claim.add(piece)
            line.send(Kind.HAVE, wire.numbers(piece))

    async def _ask(self, line: _Line) -> None:
        """Ask for blocks at the wanted pace."""
        loop, rate, most = asyncio.get_running_loop(), self._does.rate, self._does.pipeline
        credit, last = float(BLOCK), loop.time()
        while True:
            await asyncio.sleep(min(1.0, max(0.02, (BLOCK - credit) / rate)))
            now = loop.time()
            credit, last = min(credit + (now - last) * rate, most * BLOCK + rate), now
            while credit >= BLOCK and not line.choked and line.waiting < most:
                block = self._wishes.next_block(self._claim if self._is_honest else None)
                line.send(Kind.REQUEST, wire.numbers(*block))
                line.waiting += 1
                credit -= block[2]

    async def _report(self, line: _Line) -> None:
        """Keep the connection alive, and make the moves of a cheating progress report."""
        loop = asyncio.get_running_loop()
        begin = last = loop.time()
        reached, received = self._does.progress, self.received
        while True:
            await asyncio.sleep(1)
            now = loop.time()
            if self.received > received:
                received = self.received
                self._say(Seen.GIVEN)
            if now - last > KEEP_ALIVE_EVERY:
                line.writer.write(wire.KEEP_ALIVE)
                last = now
            if self._does.report is Report.BACKWARDS:
                reached = self._saw_tooth(line, reached, now - begin)
            elif self._does.report is Report.REWIND and now - begin > self._does.period:
                self._claim.claim(0)
                line.rewinding = True
                line.writer.close()
                return

    def _saw_tooth(self, line: _Line, reached: float, age: float) -> float:
        """Claim what the saw tooth has after `age` seconds, where `reached` was claimed before."""
        does = self._does
        share = does.progress + does.swing * ((age % does.period) / does.period)
        if share < reached:
            self._claim.claim(share)
            line.send(Kind.BITFIELD, bytes(self._claim))
            self._say(Seen.WENT_BACK)
        else:
            for piece in range(int(self._claim.pieces * reached), int(self._claim.pieces * share)):
                self._have(line, piece)
        return share

    def _say(self, seen: Seen, why: str = "", port: int = 0) -> None:
        self.seen = seen
        self.counts[seen] += 1
        self._tell(
            Event(
                at=time.time(),
                number=self.plan.number,
                group=self.plan.group,
                ip=self.plan.ip,
                seen=seen,
                received=self.received,
                claimed=self._claim.share,
                why=why,
                port=port,
            ),
        )
