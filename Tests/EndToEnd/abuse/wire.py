"""WebSocket as far as neighbours and attackers need it: no library, so that an attack can stop anywhere in the middle."""

from __future__ import annotations

import base64
import os
import socket
import struct

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10

# What the client's ports are counted by: one address has some 28,000 of them to one server.
SOURCES = [f"127.0.0.{last}" for last in range(2, 12)]


def frame(opcode: int, payload: bytes = b"", announced: int | None = None) -> bytes:
    """A client's frame, whole unless it announces more. Its masking key is 0, so that masking costs the client nothing."""
    length = len(payload) if announced is None else announced
    if length < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
    elif length < 65_536:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
    return head + bytes(4) + payload


def take_frames(buffer: bytearray) -> list[tuple[int, bytes]]:
    """Takes the whole frames, opcode and payload, from the start of what a server has sent."""
    frames, start = [], 0
    while len(buffer) - start >= 2:
        length, head = buffer[start + 1] & 0x7F, 2
        if length == 126:
            head = 4
        elif length == 127:
            head = 10
        if len(buffer) - start < head:
            break
        if head > 2:
            length = int.from_bytes(buffer[start + 2:start + head])
        end = start + head + length
        if len(buffer) < end:
            break
        frames.append((buffer[start] & 0x0F, bytes(buffer[start + head:end])))
        start = end
    del buffer[:start]
    return frames


def handshake_request() -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode()


def new_socket(source: int = 0, receive_buffer: int | None = None) -> socket.socket:
    """A socket that connects from one of `SOURCES`."""
    connection = socket.socket()
    # The port is chosen when the destination is known, so that one port serves several connections.
    connection.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT, which Python has no name for before 3.12
    connection.bind((SOURCES[source % len(SOURCES)], 0))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    return connection


def open_web_socket(port: int, source: int = 0, receive_buffer: int | None = None) -> tuple[socket.socket, bytearray]:
    """A blocking socket whose handshake is done, and what came behind the answer."""
    connection = new_socket(source, receive_buffer)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", port))
    connection.sendall(handshake_request())
    received = bytearray()
    while b"\r\n\r\n" not in received:
        data = connection.recv(4096)
        if not data:
            raise ConnectionError("the connection was closed instead of an answer to its handshake")
        received += data
    check_answer(received)
    return connection, received


def check_answer(received: bytearray) -> None:
    """Takes the answer to the handshake from the start of what has come."""
    if not received.startswith(b"HTTP/1.1 101 "):
        raise ConnectionError(f"the answer to the handshake is {bytes(received[:80])}")
    del received[:received.index(b"\r\n\r\n") + 4]
