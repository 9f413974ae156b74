"""Attacks on a server, a program of its own:  attacks.py NAME OPTIONS (JSON)

It says that it is ready, begins when a line comes, ends when another does or when it is over by itself, and writes what it has seen as
a line (JSON).
"""

from __future__ import annotations

import itertools
import json
import os
import select
import socket
import ssl
import struct
import sys
import time

import wire

RESET = struct.pack("ii", 1, 0)


class Orders:
    """What the test says, on the input."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._poll.register(0, select.POLLIN)

    def wait(self) -> None:
        """For the next line."""
        os.read(0, 1)

    def have_come(self) -> bool:
        return bool(self._poll.poll(0))


ORDERS = Orders()


def say(**fact: object) -> None:
    print(json.dumps(fact), flush=True)


# Many that are slow


class Slow:
    """A connection that takes its time."""

    def __init__(self, connection: socket.socket, script: bytes) -> None:
        self.socket = connection
        self.script = script
        self.place = 0
        self.began = time.monotonic()
        self.received = bytearray()


def client_hello() -> bytes:
    outgoing = ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def crowd(port: int, count: int, kind: str, interval: float = 1.0) -> None:
    """Connections that send a byte at a time, or nothing, until the server closes them."""
    if kind == "nothing":
        scripts = [(b"", b"")]
    elif kind == "handshake":
        scripts = [(b"", wire.handshake_request())]
    elif kind == "frame":
        # A message of the longest frame that any server here takes.
        scripts = [(b"", wire.frame(wire.TEXT, announced=32_768) + b"x" * 32_768)]
    elif kind == "message":
        # The same, but its time begins at once: a header that is not whole is no message yet.
        scripts = [(wire.frame(wire.TEXT, announced=32_768), b"x" * 32_768)]
    elif kind == "client hello":
        # All one byte at a time; half of it and then nothing; the record's header and then a byte at a time.
        hello = client_hello()
        scripts = [(b"", hello), (hello[:len(hello) // 2], b""), (hello[:5], hello[5:])]
    else:
        raise ValueError(kind)
    is_open = kind in ("frame", "message")
    poll = select.epoll()
    poll.register(0, select.EPOLLIN)
    open_ones: dict[int, Slow] = {}
    for number in range(count):
        at_once, script = scripts[number % len(scripts)]
        if is_open:
            connection, _ = wire.open_web_socket(port, number)
        else:
            connection = wire.new_socket(number)
            # The answer to SYN comes from the kernel: it does not wait for the server.
            connection.settimeout(30)
            connection.connect(("127.0.0.1", port))
        connection.setblocking(False)
        if at_once:
            connection.send(at_once)
        open_ones[connection.fileno()] = Slow(connection, script)
        poll.register(connection, select.EPOLLIN)
    slow = list(open_ones.values()) if scripts != [(b"", b"")] else []
    opened = time.monotonic() - next(iter(open_ones.values())).began
    lives, codes, sent = [], [], 0
    turns = itertools.count()
    start, turn = time.monotonic(), next(turns)
    while open_ones:
        # Each has its turn once in an interval, and they follow one another evenly.
        due = start + turn * interval / count
        now = time.monotonic()
        if slow and now >= due:
            one = slow[turn % count]
            if one.place < len(one.script) and one.socket.fileno() >= 0:
                try:
                    sent += one.socket.send(one.script[one.place:one.place + 1])
                    one.place += 1
                except OSError:
                    pass  # It is closed, as is seen below.
            turn = next(turns)
            if turn % 16:
                continue
            now, due = time.monotonic(), start + turn * interval / count
        for descriptor, _ in poll.poll(max(0, due - now) if slow else 1):
            if descriptor == 0:
                os.read(0, 1)
                for one in open_ones.values():
                    one.socket.close()
                return say(opened=opened, left=len(open_ones), lives=extent(lives), codes=codes, sent=sent)
            one = open_ones[descriptor]
            try:
                data = one.socket.recv(65_536)
            except ConnectionError:
                data = b""
            one.received += data
            frames = wire.take_frames(one.received) if is_open else []
            closes = [int.from_bytes(payload[:2]) for opcode, payload in frames if opcode == wire.CLOSE]
            codes += closes
            if not data or closes:
                lives.append(time.monotonic() - one.began)
                one.socket.close()
                del open_ones[descriptor]
    say(opened=opened, left=0, lives=extent(lives), codes=codes, sent=sent)


def extent(values: list[float]) -> list[float]:
    return [min(values), max(values)] if values else []


# One that never reads


def never_read(port: int, count: int) -> None:
    """Members of a room that read nothing. When the order comes, half of them read what there is, to the end."""
    members = [wire.open_web_socket(port, number, receive_buffer=4096) for number in range(count)]
    ORDERS.wait()
    say(codes=[read_close_code(*member) for member in members[:count // 2]])
    # The others hold on, and read nothing, until they are told to go.
    ORDERS.wait()
    say()


def read_close_code(connection: socket.socket, received: bytearray) -> int:
    """1006 if the connection ends without a close frame, 0 if it does not end."""
    connection.settimeout(10)
    try:
        while data := connection.recv(65_536):
            received += data
            for opcode, payload in wire.take_frames(received):
                if opcode == wire.CLOSE:
                    connection.close()
                    return int.from_bytes(payload[:2])
    except TimeoutError:
        return 0
    except ConnectionError:
        pass
    return 1006


# Floods


def ping_flood(port: int, count: int, reads: bool) -> None:
    """Peers that send pings as fast as they can. One that is cut, or that nothing is taken from any more, comes again."""
    # Empty ones: the most frames, and so the most work, a byte.
    pings = wire.frame(wire.PING) * 10_000
    patience = 0.05
    sent = answers = cut = stuck = 0

    def new_peer() -> socket.socket:
        peer, _ = wire.open_web_socket(port, cut + stuck)
        peer.setblocking(False)
        progress[peer] = time.monotonic()
        return peer

    progress: dict[socket.socket, float] = {}
    for _ in range(count):
        new_peer()
    while not ORDERS.have_come():
        peers = list(progress)
        readable, writable, _ = select.select(peers if reads else [], peers, [], patience)
        for peer in peers:
            try:
                if peer in readable:
                    data = peer.recv(262_144)
                    answers += len(data)
                    if not data:
                        raise ConnectionResetError
                if peer in writable:
                    sent += peer.send(pings)
                    progress[peer] = time.monotonic()
            except BlockingIOError:
                pass
            except ConnectionError:
                cut += 1
                progress[peer] = 0
            is_stuck = time.monotonic() - progress[peer] > patience
            if is_stuck:
                stuck += progress[peer] > 0
                del progress[peer]
                peer.close()
                new_peer()
    for peer in progress:
        peer.close()
    # A frame that was sent in part is counted in part.
    say(pings=sent // len(wire.frame(wire.PING)), answers=answers // 2, cut=cut, stuck=stuck)


def reconnect(port: int, manner: str) -> None:
    """Connects and goes in a tight loop."""
    rounds = 0
    while not ORDERS.have_come():
        if manner == "silent":
            connection = wire.new_socket(rounds)
            connection.connect(("127.0.0.1", port))
        else:
            connection, _ = wire.open_web_socket(port, rounds)
        if manner == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.close()
        rounds += 1
    say(rounds=rounds)


ATTACKS = {attack.__name__: attack for attack in (crowd, never_read, ping_flood, reconnect)}

if __name__ == "__main__":
    say(ready=True)
    ORDERS.wait()
    ATTACKS[sys.argv[1]](**json.loads(sys.argv[2]))
