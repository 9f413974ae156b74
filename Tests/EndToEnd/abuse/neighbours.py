"""Well-behaved clients that exchange messages at a fixed rate, a program of its own:  neighbours.py OPTIONS (JSON)

A line on its input that says how many seconds to measure for is answered by a line of figures (JSON). Between measurements it goes on
reading, so that it answers pings.
"""

from __future__ import annotations

import dataclasses
import json
import os
import select
import socket
import ssl
import struct
import sys
import time

import wire

# Seconds that a message may take before it counts as lost.
LATEST = 5.0
SO_TIMESTAMPNS = 35  # which Python has no name for
TIMESTAMP = struct.Struct("qq")


@dataclasses.dataclass(frozen=True)
class Options:
    port: int
    # Whether everybody gets every message, or its sender alone.
    is_room: bool
    tls: bool = False
    members: int = 8
    # Messages a second, of all together.
    rate: int = 100
    message_bytes: int = 64


class Member:
    """One connection."""

    def __init__(self, options: Options) -> None:
        self.socket = socket.create_connection(("127.0.0.1", options.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The kernel notes when a message arrives. So it does not count how long this process then waits for its turn on a processor
        # that the attackers share with it.
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.received = bytearray()
        self.unsent = bytearray()
        self.is_open = True
        self._tls: ssl.SSLObject | None = None
        if options.tls:
            self._start_tls()
        self.send(wire.handshake_request())
        while b"\r\n\r\n" not in self.received:
            if self.receive() is None:
                raise ConnectionError("a neighbour was not let in")
        wire.check_answer(self.received)
        self.socket.setblocking(False)

    def _start_tls(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out)
        while True:
            try:
                self._tls.do_handshake()
                self._flush_tls()
                return
            except ssl.SSLWantReadError:
                self._flush_tls()
                self._in.write(self.socket.recv(65_536))

    def _flush_tls(self) -> None:
        self.unsent += self._out.read()
        self.flush()

    def send(self, data: bytes) -> None:
        if self._tls:
            self._tls.write(data)
            return self._flush_tls()
        self.unsent += data
        self.flush()

    def flush(self) -> None:
        try:
            while self.unsent:
                del self.unsent[:self.socket.send(self.unsent)]
        except BlockingIOError:
            pass
        except ConnectionError:
            self.is_open = False

    def receive(self) -> int | None:
        """Reads what there is into `received`.

        Returns when it arrived, in nanoseconds; None if the connection has ended."""
        try:
            data, ancillary, _, _ = self.socket.recvmsg(262_144, 64)
        except BlockingIOError:
            return time.time_ns()
        except ConnectionError:
            data, ancillary = b"", []
        if not data:
            self.is_open = False
            return None
        if self._tls:
            self._in.write(data)
            try:
                while part := self._tls.read(262_144):
                    self.received += part
            except ssl.SSLWantReadError:
                pass
        else:
            self.received += data
        for _, kind, value in ancillary:
            if kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = TIMESTAMP.unpack(value[:16])
                return seconds * 1_000_000_000 + nanoseconds
        return time.time_ns()


class Neighbours:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.members = [Member(options) for _ in range(options.members)]
        self.next_number = 0
        self.first_number = 0
        self.sent_at: list[int] = []
        self.latencies: list[int] = []
        self.end = 0
        self.in_time = 0
        self.worst = 0
        self.worst_at = 0

    def run(self) -> None:
        print(json.dumps({"members": len(self.members)}), flush=True)
        commands = b""
        while True:
            if self._turn(None, [0]):
                data = os.read(0, 4096)
                if not data:
                    return
                commands += data
                while b"\n" in commands:
                    command, _, commands = commands.partition(b"\n")
                    print(json.dumps(self._measure(float(command))), flush=True)

    def _turn(self, timeout: float | None, others: list[int]) -> bool:
        """Waits for input and deals with it. Returns whether there is any of the others."""
        reading = [member for member in self.members if member.is_open]
        writing = [member.socket for member in reading if member.unsent]
        by_socket = {member.socket: member for member in reading}
        # `select`, since `epoll` as Python has it waits for whole milliseconds.
        readable, writable, _ = select.select([*by_socket, *others], writing, [], timeout)
        for one in readable:
            if member := by_socket.get(one):
                self._read(member)
        for one in writable:
            by_socket[one].flush()
        return any(one in readable for one in others)

    def _read(self, member: Member) -> None:
        arrived = member.receive()
        if arrived is None:
            return
        for opcode, payload in wire.take_frames(member.received):
            if opcode == wire.TEXT:
                index = int(payload[:12]) - self.first_number
                if index >= 0:
                    self.latencies.append(arrived - self.sent_at[index])
                    if self.latencies[-1] > self.worst:
                        self.worst, self.worst_at = self.latencies[-1], self.sent_at[index] - self.sent_at[0]
                    self.in_time += arrived <= self.end
            elif opcode == wire.PING:
                member.send(wire.frame(wire.PONG, payload))

    def _measure(self, seconds: float) -> dict[str, float]:
        options = self.options
        count = round(options.rate * seconds)
        expected = count * (len(self.members) if options.is_room else 1)
        self.first_number, self.sent_at, self.latencies = self.next_number, [], []
        padding = b"x" * (options.message_bytes - 12)
        start = time.monotonic()
        self.end, self.in_time = time.time_ns() + round(seconds * 1e9), 0
        self.worst = self.worst_at = 0
        latest = start + seconds + LATEST
        lag = 0.0
        while len(self.sent_at) < count or len(self.latencies) < expected:
            now = time.monotonic()
            if now >= latest and len(self.sent_at) == count:
                break
            # At fixed times, whether or not the server keeps up: one that stalls is charged for the messages that wait.
            due = start + len(self.sent_at) / options.rate
            if len(self.sent_at) < count and now >= due:
                sender = self.members[self.next_number % len(self.members)]
                message = wire.frame(wire.TEXT, b"%012d" % self.next_number + padding)
                self.sent_at.append(time.time_ns())
                self.next_number += 1
                lag = max(lag, now - due)
                latest = max(latest, now + LATEST)
                sender.send(message)
            else:
                self._turn((due if len(self.sent_at) < count else latest) - now, [])
        latencies = sorted(self.latencies)
        return {
            "expected": expected,
            "delivered": len(latencies),
            # The last message goes one interval before the end.
            "in_time": self.in_time,
            "median": latencies[len(latencies) // 2] / 1e6 if latencies else LATEST * 1e3,
            "p95": latencies[len(latencies) * 95 // 100] / 1e6 if latencies else LATEST * 1e3,
            "worst": latencies[-1] / 1e6 if latencies else LATEST * 1e3,
            "worst_at": self.worst_at / 1e9,
            "lag": lag,
            "open": sum(member.is_open for member in self.members),
        }


if __name__ == "__main__":
    Neighbours(Options(**json.loads(sys.argv[1]))).run()
