#!/usr/bin/env python3
"""Peers that abuse the transport, and whether their neighbours notice.

    abuse_test.py BIN_FOLDER [PART OF A TEST'S NAME]

BIN_FOLDER has BroadcastServer and EchoServer. Each test has a server of its own, with neighbours that exchange messages at a fixed rate
the whole time, without an attack and under it in turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import pathlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from abuse.programs import Figures, Load, Neighbours, Server, ready_attack, running_neighbours, running_server, watched_memory
from harness import Checks, allow_many_connections, require, require_equal

MEBIBYTE = 2**20
KIBIBYTE = 2**10

# How much a figure may move.
PART = 0.1
# And what a time may move besides, in milliseconds. Here a message takes a tenth or a fifth of one, and Linux longer than a tenth of that
# to put a process on a processor; over a network it takes ten or a hundred, and this is a tenth or less.
MEDIAN_ALLOWANCE = 0.5
# One delivery of twenty is later than this one. What makes it late is mostly something else that had the processor for a while.
P95_ALLOWANCE = 5.0
# A debug build takes five to twenty times as long for everything. So an attack weighs as much more in it, and its times tell only of what
# is wrong by orders of magnitude; the messages and the memory are held to the same as ever.
DEBUG_SLOWNESS = 20
# The median of so many rounds decides; if it says no, it gets so many more before that is believed.
ROUNDS = 3
MORE_ROUNDS = 3
BASELINE, ATTACK = 1.5, 2.0  # seconds
# Seconds. Where neighbours are late themselves by more, the machine has stood still, and so much may be measured again.
MAXIMUM_LAG = 0.15
REPETITIONS = 4

# The configuration that the servers have, which is the default one.
HANDSHAKE_TIMEOUT = 10.0
MESSAGE_TIMEOUT = 60.0
CLOSE_TIMEOUT = 5.0
MAXIMUM_OUTBOUND_BYTES = MEBIBYTE
# Seconds that a busy machine may add to a time that the server keeps.
TOLERANCE = 3.0

# What the server may need for everything that is no connection: buffers that it keeps, what the allocator holds back.
MEMORY_SLACK = 4 * MEBIBYTE
# A connection in its handshake, its channel most of all.
HALF_OPEN_BYTES = 4 * KIBIBYTE
# The same with half a request, in a buffer that has grown with it.
HANDSHAKE_BYTES = 8 * KIBIBYTE
# One that is open, with a frame under way that has brought less than a hundred bytes.
OPEN_BYTES = 16 * KIBIBYTE
# One in its TLS handshake: BoringSSL's state and buffers are most of it.
TLS_HANDSHAKE_BYTES = 48 * KIBIBYTE


@dataclasses.dataclass
class Rounds:
    """What the rounds of one attack have brought."""

    is_debug: bool
    before: list[Figures] = dataclasses.field(default_factory=list)
    during: list[Figures] = dataclasses.field(default_factory=list)
    seen: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    # Bytes of the server's memory: without an attack, at the worst moment of each round, and after it.
    memory: int = 0
    peaks: list[int] = dataclasses.field(default_factory=list)
    memory_after: list[int] = dataclasses.field(default_factory=list)
    # Parts of a processor.
    busy: list[float] = dataclasses.field(default_factory=list)

    @staticmethod
    def median(figures: list[Figures], name: str) -> float:
        return statistics.median(getattr(one, name) for one in figures)

    @staticmethod
    def in_time(figures: list[Figures]) -> float:
        return sum(one.in_time for one in figures) / sum(one.expected for one in figures)

    def complaint(self) -> str | None:
        """What is wrong with the neighbours' figures."""
        slowness = DEBUG_SLOWNESS if self.is_debug else 1
        for one in self.before + self.during:
            if one.delivered < one.expected:
                return f"neighbours got only {one.delivered} of {one.expected} messages"
        if self.in_time(self.during) < self.in_time(self.before) * (1 - PART):
            return f"in time were {self.in_time(self.before):.1%} of the messages, under attack {self.in_time(self.during):.1%}"
        for name, allowance in (("median", MEDIAN_ALLOWANCE), ("p95", P95_ALLOWANCE)):
            before, during = self.median(self.before, name), self.median(self.during, name)
            if during > before * (1 + PART) + allowance * slowness:
                return f"the neighbours' {name} went from {before:.2f} to {during:.2f} ms"
        return None

    def __str__(self) -> str:
        messages, expected = (sum(getattr(one, name) for one in self.during) for name in ("delivered", "expected"))
        in_time = self.in_time(self.during)
        times = ", ".join(
            f"{name} {self.median(self.before, name):.2f} → {self.median(self.during, name):.2f} ms" for name in ("median", "p95", "worst"))
        busy = statistics.median(self.busy)
        worst = max(self.during, key=lambda one: one.worst)
        times += f" (at {worst.worst_at:.1f} s)"
        memory = f"memory {self.memory / MEBIBYTE:.1f} → {max(self.peaks) / MEBIBYTE:.1f} MiB"
        return f"{messages} of {expected} delivered, {in_time:.1%} in time, {times}, server {busy:.0%} busy, {memory}"


@dataclasses.dataclass
class Site:
    """A server and its neighbours."""

    server: Server
    neighbours: Neighbours
    # Sockets that the server has without an attack.
    sockets: int
    is_debug: bool
    # Measurements that may be made again.
    repetitions: int = REPETITIONS

    async def rounds(self, attack: Attack, least: int = ROUNDS, more: int = MORE_ROUNDS) -> Rounds:
        """Rounds of one measurement without an attack and one under it."""
        # What is made once, when it is first of use, is no attack's.
        await self.neighbours.measure(0.5)
        rounds = Rounds(self.is_debug, memory=self.server.memory())
        while len(rounds.during) < least or (len(rounds.during) < least + more and rounds.complaint()):
            rounds.before.append(await self._baseline())
            async with contextlib.AsyncExitStack() as stack:
                loads = [
                    await stack.enter_async_context(ready_attack(self.server, attack.name, **attack.options))
                    for _ in range(attack.processes)]
                async with watched_memory(self.server) as peak:
                    busy = self.server.busy()
                    for load in loads:
                        load.order()
                    figures = await self.neighbours.measure(attack.seconds)
                    rounds.busy.append((self.server.busy() - busy) / attack.seconds)
                    for load in loads:
                        if attack.is_told_to_end:
                            load.order()
                        rounds.seen.append(await load.answer())
                    if attack.then:
                        await attack.then(loads)
                    rounds.peaks.append(peak.bytes)
            if self._may_repeat(figures):
                del rounds.before[-1], rounds.busy[-1]
            else:
                rounds.during.append(figures)
            await self.server.until_sockets(self.sockets, within=TOLERANCE)
            rounds.memory_after.append(self.server.memory())
        rounds.before.append(await self._baseline())
        return rounds

    async def _baseline(self) -> Figures:
        while self._may_repeat(figures := await self.neighbours.measure(BASELINE)):
            pass
        return figures

    def _may_repeat(self, figures: Figures) -> bool:
        if figures.lag < MAXIMUM_LAG or self.repetitions == 0:
            return False
        self.repetitions -= 1
        return True


@dataclasses.dataclass
class Attack:
    name: str
    options: dict[str, Any]
    seconds: float = ATTACK
    processes: int = 1
    # Whether it goes on until it is told to end.
    is_told_to_end: bool = True
    then: Callable[[list[Load]], Awaitable[None]] | None = None


def judge(rounds: Rounds, memory_allowance: int, remark: str) -> str:
    """Fails if the neighbours have noticed something, or the server has grown too much."""
    figures = f"{rounds} of {(rounds.memory + memory_allowance) / MEBIBYTE:.1f} allowed, {remark}"
    complaint = rounds.complaint()
    require(complaint is None, f"{complaint} ({figures})")
    require(max(rounds.peaks) <= rounds.memory + memory_allowance, f"the server has grown too much ({figures})")
    return figures


def require_ends(rounds: Rounds, count: int, timeout: float) -> str:
    """All were closed by the server, and when that is due."""
    for seen in rounds.seen:
        require_equal(seen["left"], 0, f"how many of {count} connections were left open")
        first, last = seen["lives"]
        require(first > timeout - 1, f"one was closed after {first:.1f} s already")
        require(last < timeout + TOLERANCE, f"one was closed after {last:.1f} s only")
    first, last = (choice(seen["lives"][index] for seen in rounds.seen) for index, choice in ((0, min), (1, max)))
    return f"closed after {first:.1f} to {last:.1f} s"


class AbuseTest:
    def __init__(self, checks: Checks, bin_folder: pathlib.Path, folder: pathlib.Path) -> None:
        self.checks = checks
        self.bin = bin_folder
        self.folder = folder
        # SwiftPM names the folder after the configuration.
        self.is_debug = bin_folder.name == "debug"

    async def run(self, wanted: str) -> None:
        # This one takes a minute in which hardly anything happens: the others' minute.
        slow_message = "a message that takes over a minute ends in 1008"
        slow_messages = asyncio.create_task(self.slow_messages()) if wanted in slow_message else None
        for name, check in (
            ("1,000 handshakes of a byte a second", self.slow_handshakes),
            ("500 messages of four bytes a second", self.slow_frames),
            ("500 TLS handshakes that do not go on", self.slow_tls),
            ("5,000 half-open connections", self.half_open),
            ("members that never read", self.never_read),
            ("a ping flood that reads no pong", self.ping_flood(reads=False)),
            ("a ping flood that reads", self.ping_flood(reads=True)),
            ("connect, handshake and close in a tight loop", self.reconnect("close")),
            ("connect, handshake and reset in a tight loop", self.reconnect("reset")),
            ("connect and close in a tight loop", self.reconnect("silent")),
        ):
            if wanted in name:
                await self.checks.run(name, check)
        if slow_messages:
            await self.checks.run(slow_message, lambda: slow_messages)

    @contextlib.asynccontextmanager
    async def room(self, **options: Any) -> AsyncIterator[Site]:
        """Where everybody gets what anybody sends."""
        async with self._site("BroadcastServer", [], is_room=True, **options) as site:
            yield site

    @contextlib.asynccontextmanager
    async def echo(self, tls: bool) -> AsyncIterator[Site]:
        files = [str(self.folder / name) for name in ("certificate.pem", "key.pem")]
        options = ["--tls-certificate", files[0], "--tls-key", files[1]] if tls else []
        async with self._site("EchoServer", options, is_room=False, tls=tls) as site:
            yield site

    @contextlib.asynccontextmanager
    async def _site(self, program: str, server_options: list[str], **options: Any) -> AsyncIterator[Site]:
        async with running_server(self.bin / program, self.folder / "server.log", *server_options) as server:
            async with running_neighbours(server, members=8, **options) as neighbours:
                yield Site(server, neighbours, server.sockets(), self.is_debug)

    # Slow ones

    async def slow_handshakes(self) -> str:
        count = 1000
        attack = Attack("crowd", {"count": count, "kind": "handshake"}, HANDSHAKE_TIMEOUT + 1, is_told_to_end=False)
        async with self.room() as site:
            rounds = await site.rounds(attack, least=1, more=2)
            return judge(rounds, count * HANDSHAKE_BYTES + MEMORY_SLACK, require_ends(rounds, count, HANDSHAKE_TIMEOUT))

    async def slow_frames(self) -> str:
        """Not in a room: 500 more members are more work for a server, whether or not they send."""
        count = 500
        async with self.echo(tls=False) as site:
            rounds = await site.rounds(Attack("crowd", {"count": count, "kind": "frame", "interval": 0.25}))
            sent = sum(seen["sent"] for seen in rounds.seen) / len(rounds.seen) / ATTACK
            return judge(rounds, count * OPEN_BYTES + MEMORY_SLACK, f"{sent:,.0f} bytes a second")

    async def slow_messages(self) -> str:
        count = 20
        async with running_server(self.bin / "EchoServer", self.folder / "slow-messages.log") as server:
            sockets = server.sockets()
            async with ready_attack(server, "crowd", count=count, kind="message", interval=5) as load:
                load.order()
                seen = await load.answer(MESSAGE_TIMEOUT + 2 * TOLERANCE)
            require_equal(seen["codes"], [1008] * count, "the close codes")
            first, last = seen["lives"]
            require(first > MESSAGE_TIMEOUT - 1, f"one was closed after {first:.1f} s already")
            require(last < MESSAGE_TIMEOUT + TOLERANCE, f"one was closed after {last:.1f} s only")
            await server.until_sockets(sockets, within=CLOSE_TIMEOUT + TOLERANCE)
            return f"after {first:.1f} to {last:.1f} s"

    async def slow_tls(self) -> str:
        count = 500
        attack = Attack("crowd", {"count": count, "kind": "client hello"}, HANDSHAKE_TIMEOUT + 1, is_told_to_end=False)
        async with self.echo(tls=True) as site:
            rounds = await site.rounds(attack, least=1, more=2)
            return judge(rounds, count * TLS_HANDSHAKE_BYTES + MEMORY_SLACK, require_ends(rounds, count, HANDSHAKE_TIMEOUT))

    async def half_open(self) -> str:
        count = 5000
        attack = Attack("crowd", {"count": count, "kind": "nothing"}, HANDSHAKE_TIMEOUT + 1, is_told_to_end=False)
        async with self.room() as site:
            rounds = await site.rounds(attack, least=2, more=1)
            # An allocator need not give back what it holds, but what was free is used again.
            first, last = rounds.peaks[0], rounds.peaks[-1]
            require(last < first + MEMORY_SLACK, f"the same again took {(last - first) / MEBIBYTE:.1f} MiB more ({rounds})")
            remark = f"{rounds.memory_after[0] / MEBIBYTE:.1f} MiB after it and {last / MEBIBYTE:.1f} when it came again"
            return judge(rounds, count * HALF_OPEN_BYTES + MEMORY_SLACK, f"{remark}, {require_ends(rounds, count, HANDSHAKE_TIMEOUT)}")

    # One that never reads

    async def never_read(self) -> str:
        count = 4
        message_bytes = 32_000
        async with self.room(message_bytes=message_bytes) as site:

            async def then(loads: list[Load]) -> None:
                # Those who hold on are gone for the server nevertheless, once they had their time to answer.
                await site.server.until_sockets(site.sockets, within=CLOSE_TIMEOUT + TOLERANCE)
                for load in loads:
                    load.order()

            # Until it is well over what the peers' buffers and the server's hold.
            attack = Attack("never_read", {"count": count}, seconds=4, then=then)
            rounds = await site.rounds(attack, least=2)
            codes = [code for seen in rounds.seen for code in seen["codes"]]
            require(set(codes) <= {4008, 1006}, f"the close codes are {codes}")
            remark = f"{codes.count(4008)} of {len(codes)} who read at last got 4008"
            return judge(rounds, count * (MAXIMUM_OUTBOUND_BYTES + 2 * message_bytes) + MEMORY_SLACK, remark)

    # Floods

    def ping_flood(self, reads: bool) -> Callable[[], Awaitable[str]]:
        async def check() -> str:
            count = 2
            async with self.room() as site:
                rounds = await site.rounds(Attack("ping_flood", {"count": count, "reads": reads}))
                pings, answers, cut, stuck = (sum(seen[name] for seen in rounds.seen) for name in ("pings", "answers", "cut", "stuck"))
                # Sent is what the kernel took; much of it is never read.
                remark = f"{pings / len(rounds.seen) / ATTACK:,.0f} pings a second sent, {answers:,} pongs read, {cut + stuck:,} times cut off"
                require(cut + stuck > 0, f"nothing was done about the flood ({remark})")
                return judge(rounds, count * 2 * MAXIMUM_OUTBOUND_BYTES + MEMORY_SLACK, remark)

        return check

    def reconnect(self, manner: str) -> Callable[[], Awaitable[str]]:
        async def check() -> str:
            processes = 2
            async with self.room() as site:
                rounds = await site.rounds(Attack("reconnect", {"manner": manner}, processes=processes))
                times = sum(seen["rounds"] for seen in rounds.seen)
                # The first round may make what is kept; a leak goes on.
                leak = (rounds.memory_after[-1] - rounds.memory_after[0]) / MEBIBYTE
                remark = f"{times / len(rounds.seen) * processes / ATTACK:,.0f} a second, {leak:+.2f} MiB after the first round"
                figures = judge(rounds, 2 * MEMORY_SLACK, remark)
                require(leak < 1, f"memory goes on to grow ({figures})")
                return figures

        return check


def make_certificate(folder: pathlib.Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"], check=True, capture_output=True)


async def main() -> int:
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    allow_many_connections()
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="chat-abuse-") as folder:
        make_certificate(pathlib.Path(folder))
        test = AbuseTest(checks, pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder))
        await test.run(wanted=sys.argv[2] if len(sys.argv) == 3 else "")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
