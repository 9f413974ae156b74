"""A TCP connection to the server that can break every rule, which a proper WebSocket client does not let one do."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import socket
import struct
from collections.abc import AsyncIterator

from harness import TIMEOUT, Failure, Server, require_equal

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10

# What ends a connection without a close frame.
ENDED = (asyncio.IncompleteReadError, ConnectionError)
ABNORMAL = 1006


def frame(
    opcode: int, payload: bytes = b"", *, final: bool = True, reserved: int = 0, masked: bool = True, announced: int | None = None,
) -> bytes:
    """A frame (RFC 6455 section 5.2). `announced` is the length that its header claims."""
    length = len(payload) if announced is None else announced
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    mask_bit = 0x80 if masked else 0
    if length < 126:
        head += bytes([mask_bit | length])
    elif length < 65_536:
        head += struct.pack("!BH", mask_bit | 126, length)
    else:
        head += struct.pack("!BQ", mask_bit | 127, length)
    if not masked:
        return head + payload
    key = os.urandom(4)
    stream = (key * (len(payload) // 4 + 1))[: len(payload)]
    return head + key + (int.from_bytes(payload) ^ int.from_bytes(stream)).to_bytes(len(payload))


def handshake_request(path: str = "/ws", **fields: str | None) -> bytes:
    """A proper opening handshake; a field of None is left out."""
    lines = {
        "Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
    }
    lines.update({name.replace("_", "-"): value for name, value in fields.items()})
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
    return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()


class RawSocket:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Does not fail if the server has cut the connection; reading tells what it said before."""
        with contextlib.suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def read_response(self) -> tuple[int, dict[str, str]]:
        """Status and fields, the names in lower case. Status 0 if the connection ended instead."""
        try:
            async with asyncio.timeout(TIMEOUT):
                head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except TimeoutError:
            raise Failure(f"no response came within {TIMEOUT:.0f} s") from None
        except ENDED:
            return 0, {}
        first, *lines = head.split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return int(first.split(" ")[1]), fields

    async def read_frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame."""
        first, second = await self.reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 0x0F, await self.reader.readexactly(length)

    async def read_until(self, opcode: int, payload: bytes | None = None) -> bytes:
        """The payload of the next frame of that kind, or of the one with that payload."""
        try:
            return await self._read_until(opcode, payload)
        except ENDED as error:
            raise Failure(f"the connection ended before a frame with opcode {opcode} came: {error!r}") from None

    async def _read_until(self, opcode: int, payload: bytes | None) -> bytes:
        try:
            async with asyncio.timeout(TIMEOUT):
                while True:
                    read_opcode, read_payload = await self.read_frame()
                    if read_opcode == opcode and payload in (None, read_payload):
                        return read_payload
        except TimeoutError:
            raise Failure(f"no frame with opcode {opcode} came within {TIMEOUT:.0f} s") from None

    async def read_close_code(self) -> int:
        """The code of the server's close frame, 1006 if the connection ended without one."""
        try:
            payload = await self._read_until(CLOSE, None)
        except ENDED:
            return ABNORMAL
        return int.from_bytes(payload[:2])

    async def read_end(self, timeout: float = TIMEOUT) -> None:
        """Reads to the end of the connection."""
        try:
            async with asyncio.timeout(timeout):
                while await self.reader.read(65_536):
                    pass
        except ConnectionError:
            pass
        except TimeoutError:
            raise Failure(f"the connection was not ended within {timeout:.0f} s") from None


@contextlib.asynccontextmanager
async def raw_socket(server: Server, receive_buffer: int | None = None) -> AsyncIterator[RawSocket]:
    """A connection that has said nothing yet. A small receive buffer makes a client that does not read noticed early."""
    connection = socket.socket()
    connection.setblocking(False)
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", server.port))
    # A stream reads ahead until it holds twice its limit.
    reader, writer = await asyncio.open_connection(sock=connection, limit=receive_buffer or 65_536)
    try:
        yield RawSocket(reader, writer)
    finally:
        writer.transport.abort()


@contextlib.asynccontextmanager
async def raw_chat_socket(server: Server, token: str, receive_buffer: int | None = None) -> AsyncIterator[RawSocket]:
    """A chat connection whose handshake is done."""
    async with raw_socket(server, receive_buffer) as connection:
        await connection.send(handshake_request(Authorization=f"Bearer {token}"))
        status, _ = await connection.read_response()
        require_equal(status, 101, "the status of the handshake")
        yield connection
