"""The clients of a recorded session: what they are sent is kept as it came, and each step is written down when it has settled."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Sequence
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection, connect

from harness import JSON
from transcript import Symbols, Transcript

SUBPROTOCOL = "chat.v1"
Request = JSON | str | bytes | list[str]


class Client:
    """One connection. Frames are kept raw, in their order."""

    def __init__(self, name: str, subject: str, connection: ClientConnection) -> None:
        self.name = name
        self.subject = subject
        self.connection = connection
        self.frames: list[str | bytes] = []
        self.recorded = 0
        self.closed = False
        self.last: dict[str, int] = {}  # the sequence that each room is known to have reached
        self._changed = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for frame in self.connection:
                await self._change(frame)
        except websockets.ConnectionClosedError:
            pass
        finally:
            self.closed = True
            await self._change(None)

    async def _change(self, frame: str | bytes | None) -> None:
        async with self._changed:
            if frame is not None:
                self.frames.append(frame)
            self._changed.notify_all()

    async def send(self, request: Request) -> None:
        """An object, or a frame's text or bytes, or the fragments of a text."""
        if isinstance(request, dict):
            await self.connection.send(json.dumps(request, ensure_ascii=False))
        elif isinstance(request, list):
            await self.connection.send(iter(request))
        else:
            await self.connection.send(request)

    async def wait_for(self, count: int, deadline: float) -> bool:
        """Whether that many frames have come since the last step was written down."""
        try:
            async with asyncio.timeout_at(deadline), self._changed:
                await self._changed.wait_for(lambda: len(self.frames) - self.recorded >= count or self.closed)
        except TimeoutError:
            pass
        return len(self.frames) - self.recorded >= count

    async def wait_closed(self, timeout: float) -> str:
        """The close code as the transcript has it."""
        try:
            async with asyncio.timeout(timeout):
                await self.connection.wait_closed()
        except TimeoutError:
            return "not closed"
        return str(self.connection.close_code)

    async def close(self, code: int = 1000) -> None:
        await self.connection.close(code)
        await self._reader

    def events(self, since: int) -> list[JSON]:
        return [event for event in map(parsed, self.frames[since:]) if event is not None]


def parsed(frame: str | bytes) -> JSON | None:
    try:
        event = json.loads(frame)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


async def open_connection(url: str, token: str | None, place: str, tls: ssl.SSLContext | None, timeout: float) -> ClientConnection:
    """A connection with the token in one of its three places; the server chooses what it offers beyond."""
    options: dict[str, Any] = {}
    if token is not None and place == "header":
        options["additional_headers"] = {"Authorization": f"Bearer {token}"}
    elif token is not None and place == "protocol":
        options["subprotocols"] = [SUBPROTOCOL, f"bearer.{token}"]
    elif token is not None:
        url = f"{url}?token={token}"
    if url.startswith("wss:"):
        options["ssl"] = tls
    return await connect(url, proxy=None, open_timeout=timeout, ping_interval=None, max_size=4 * 2**20, **options)


class Recorder:
    """Carries steps out and writes them down. A step is over when every client has what the step says that it will get."""

    def __init__(self, suffix: str, timeout: float) -> None:
        self.symbols = Symbols(suffix)
        self.transcript = Transcript()
        self.clients: list[Client] = []
        self.timeout = timeout
        self.passed = 0
        self.failed = 0

    async def step(self, name: str, sends: Sequence[tuple[Client, Request]], expected: dict[Client, int]) -> None:
        """Sends all without waiting; then waits for so many frames at each client."""
        lines = []
        for client, request in sends:
            lines.append(f"> {client.name} {self._request(request)}")
            try:
                await client.send(request)
            except websockets.ConnectionClosed:
                lines.append(f"! {client.name}'s connection has ended ({client.connection.close_code})")
        deadline = asyncio.get_running_loop().time() + self.timeout
        for client, count in expected.items():
            if not await client.wait_for(count, deadline):
                lines.append(f"! {client.name} did not get {count} frames within {self.timeout:.0f} s")
        self.note(name, lines + self._received([request for _, request in sends]))

    def note(self, name: str, lines: list[str]) -> None:
        self.transcript.add(name, lines)
        problems = [line for line in lines if line.startswith("!")]
        if problems:
            self.failed += 1
            print(f"FAILED  {name}: {'; '.join(line.removeprefix('! ') for line in problems)}", flush=True)
        else:
            self.passed += 1
            print(f"ok      {name}", flush=True)

    def _request(self, request: Request) -> str:
        if isinstance(request, bytes):
            return f"(binary) {request.hex()}"
        if isinstance(request, list):
            return f"({len(request)} fragments) {self.symbols.rendered(''.join(request))}"
        if isinstance(request, str):
            return self.symbols.rendered(request)
        # A request counts from where the room stood, as its answer does.
        base = self.symbols.base(request.get("room", "general")) if {"before", "after"} & request.keys() else 0
        shown = {
            name: f"base+{value - base}" if name in ("before", "after") and isinstance(value, int) else value
            for name, value in request.items()
        }
        return self.symbols.rendered(json.dumps(shown, ensure_ascii=False, separators=(",", ":")))

    def _received(self, requests: list[Request]) -> list[str]:
        refs = [request.get("ref") for request in requests if isinstance(request, dict)]
        lines: list[str] = []
        for client in self.clients:
            frames = client.frames[client.recorded:]
            client.recorded += len(frames)
            events = [event for event in map(parsed, frames) if event is not None]
            lines += self.broken_promises(client, events)
            for frame in sorted(frames, key=lambda frame: place(parsed(frame), refs)):
                text = f"(binary) {frame.hex()}" if isinstance(frame, bytes) else self.symbols.rendered(frame)
                lines.append(f"< {client.name} {text}")
        return lines

    def broken_promises(self, client: Client, events: list[JSON]) -> list[str]:
        """What the protocol says of the order at one connection, and was not so."""
        lines: list[str] = []
        shown: set[str] = set()
        for event in events:
            self.symbols.learn(event)
            room = event.get("room", "")
            match event.get("type"):
                case "joined": client.last[room] = max(event["sequence"], client.last.get(room, 0))
                case "left": client.last.pop(room, None)
                case "messageAccepted" if event["messageId"] in shown:
                    lines.append(f"! {client.name} was shown its own message before that was acknowledged")
                case "message":
                    shown.add(event["messageId"])
                    expected = client.last.get(room, event["sequence"] - 1) + 1
                    if event["sequence"] != expected:
                        lines.append(f"! {client.name} was shown {event['sequence'] - expected:+} from the next of {self.symbols.plain(room)}")
                    client.last[room] = event["sequence"]
        return lines

    async def wait_closed(self, client: Client) -> str:
        code = await client.wait_closed(self.timeout)
        if client in self.clients:
            self.clients.remove(client)
        return code

    def finish(self) -> int:
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0


def place(event: JSON | None, refs: list[object]) -> tuple[int, int, str]:
    """Where a frame stands among those of a step: what the protocol does not order is ordered here, the rest stays as it came."""
    if event is not None and event.get("type") == "message":
        return (1, 0, f"{event.get('room', '')} {event.get('sequence', 0):012}")
    ref = event.get("ref") if event else None
    return (0, refs.index(ref) if ref in refs else len(refs), "")
