#!/usr/bin/env python3
"""Messages a second through a WebSocket API to a function, each answered by the function: the same clients for every host.

    load.py measure --websocket URL [--ca FILE] [--token TOKEN] [--message JSON] [--cpu-of PID]
    load.py compare --artifacts artifacts [--bin BIN] [--swift COMMAND] [--ministack venv/bin/ministack]

`measure` is for a host that runs already. `compare` starts the hosts one after the other and measures, in one run: our Gateway with a
Swift and with a Python function, and MiniStack with the same Python function; each answer once by the route response (the function's
body), and once by a POST to `@connections`, with 1 and with 16 connections.

A connection sends its next message when it has the answer to the one before (`--in-flight` of them at once, default 1). Every
answer is checked: it has to be to a message of that connection, once. Nothing is counted before each connection has had some answers.
The clients are one process with a WebSocket of its own, so that they can ask for more than a Python library could.

The Swift function is any command that speaks the Lambda Runtime API and does as python_handlers/faults/app.py on two routes: on `echo`
it returns a body whose JSON object has the event's body in `echo`; on `post` it posts the event's body to the connection.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import json
import os
import pathlib
import shlex
import ssl
import statistics
import sys
import time
import urllib.parse
from collections.abc import AsyncIterator
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import TIMEOUT, Failure, require  # noqa: E402
from management_test import make_api  # noqa: E402
from programs import HANDLER_KEY, HANDLERS, STAGE, Gateway, MiniStack, python_function  # noqa: E402

CONNECTIONS = (1, 16)
CONCURRENCY = 16  # processes of a function
WARM_UP_ANSWERS = 5  # of each connection
WARM_UP_TIMEOUT = 120.0
MINIMUM_ANSWERS = 5


class Load:
    """So many connections that send and wait for the answer, for a time."""

    def __init__(self, url: str, tls: ssl.SSLContext | None, token: str | None, message: dict[str, Any], in_flight: int) -> None:
        self.url = url
        self.tls = tls
        self.token = token
        self.message = message
        self.in_flight = in_flight
        self.times: list[float] = []  # seconds from a message to its answer
        self.counting = False
        self.warm = asyncio.Event()
        self.cold = 0  # connections that have not had enough answers yet

    async def run(self, connections: int, seconds: float, cpu_of: int | None) -> dict[str, float]:
        async with contextlib.AsyncExitStack() as stack:
            sockets = [await stack.enter_async_context(load_socket(self.url, self.tls, self.token)) for _ in range(connections)]
            self.cold = connections
            tasks = [asyncio.create_task(self._exchange(socket, number)) for number, socket in enumerate(sockets)]
            warm = asyncio.create_task(self.warm.wait())
            try:
                await self._for(WARM_UP_TIMEOUT, [*tasks, warm])
                require(self.warm.is_set(), f"{self.cold} of {connections} connections had no {WARM_UP_ANSWERS} answers in {WARM_UP_TIMEOUT:.0f} s")
                self.counting = True
                started, processor = time.monotonic(), processor_seconds(cpu_of)
                await self._for(seconds, tasks)
                self.counting = False
                took, used = time.monotonic() - started, processor_seconds(cpu_of) - processor
            finally:
                for task in (*tasks, warm):
                    task.cancel()
                await asyncio.gather(*tasks, warm, return_exceptions=True)
        count = len(self.times)
        require(count >= MINIMUM_ANSWERS, f"only {count} answers came in {took:.0f} s")
        result = {"messages_per_second": count / took, "median_ms": statistics.median(self.times) * 1000,
                  "p99_ms": sorted(self.times)[int(count * 0.99)] * 1000}
        if cpu_of:
            result["cpu_us_per_message"] = used / count * 1e6
        return result

    @staticmethod
    async def _for(seconds: float, tasks: list[asyncio.Task[Any]]) -> None:
        """An exchange that ends before has failed; the first of the tasks that ends is waited for."""
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _exchange(self, socket: LoadSocket, number: int) -> None:
        sent: dict[str, float] = {}
        serial = answers = 0
        while True:
            while len(sent) < self.in_flight:
                serial += 1
                mark = f"{number}-{serial}"
                sent[mark] = time.monotonic()
                socket.send(json.dumps({**self.message, "ref": mark}))
            async with asyncio.timeout(TIMEOUT):
                mark = ref(await socket.receive())
            require(mark in sent, f"an answer to {mark!r} came, which was not asked or is answered already")
            took = time.monotonic() - sent.pop(mark)
            if self.counting:
                self.times.append(took)
            answers += 1
            if answers == WARM_UP_ANSWERS:
                self.cold -= 1
                if not self.cold:
                    self.warm.set()


class LoadSocket:
    """A WebSocket (RFC 6455) with nothing that this measurement does not need: short text frames, no compression, no fragments."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def open(self, host: str, target: str, token: str | None) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        self._writer.write(
            f"GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n{authorization}\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = head.split(b"\r\n", 1)[0].decode()
        require(" 101" in status, f"the handshake is answered with {status}")

    def send(self, text: str) -> None:
        """With the mask 0, which leaves the payload as it is: the server has to unmask all the same."""
        payload = text.encode()
        require(len(payload) < 126, "the message is too long for this client")
        self._writer.write(bytes([0x81, 0x80 | len(payload), 0, 0, 0, 0]) + payload)

    async def receive(self) -> bytes:
        while True:
            opcode, length = await self._reader.readexactly(2)
            if length == 126:
                length = int.from_bytes(await self._reader.readexactly(2))
            payload = await self._reader.readexactly(length)
            if opcode == 0x81:
                return payload
            require(opcode == 0x89, f"a frame begins with {opcode:#x}")
            self._writer.write(bytes([0x8A, 0x80 | length, 0, 0, 0, 0]) + payload)


@contextlib.asynccontextmanager
async def load_socket(url: str, tls: ssl.SSLContext | None, token: str | None) -> AsyncIterator[LoadSocket]:
    parts = urllib.parse.urlsplit(url)
    secure = parts.scheme == "wss"
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or (443 if secure else 80), ssl=tls if secure else None)
    try:
        socket = LoadSocket(reader, writer)
        async with asyncio.timeout(TIMEOUT):
            await socket.open(parts.netloc, urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, "")), token)
        yield socket
    finally:
        writer.write(bytes([0x88, 0x82, 0, 0, 0, 0]) + (1000).to_bytes(2))
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()


def ref(frame: bytes) -> str | None:
    """The mark of the message that a frame answers: its own `ref`, or that of the message in `echo`."""
    answer = json.loads(frame)
    if "echo" in answer:
        answer = json.loads(answer["echo"])
    if "ref" not in answer:
        raise Failure(f"{frame[:200]!r} is no answer")
    return answer["ref"]


def processor_seconds(pid: int | None) -> float:
    """What a process has used of the processors; without its children, so that functions are not counted."""
    if pid is None:
        return 0.0
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(
    name: str, url: str, tls: ssl.SSLContext | None, message: dict[str, Any], parsed: argparse.Namespace, token: str | None = None,
    cpu_of: int | None = None,
) -> list[dict[str, Any]]:
    """Prints a line for each number of connections. A failure is printed too, and ends nothing."""
    results = []
    for connections in parsed.connections:
        label = f"{name}, {connections} connection{'s' if connections > 1 else ''}"
        try:
            figures = await Load(url, tls, token, message, parsed.in_flight).run(connections, parsed.seconds, cpu_of)
        except (Failure, OSError, EOFError, TimeoutError, ValueError) as error:
            print(f"FAILED  {label}: {error!r}", flush=True)
            results.append({"name": name, "connections": connections, "error": repr(error)})
            continue
        processor = f", {figures['cpu_us_per_message']:.0f} us of the gateway's processor a message" if "cpu_us_per_message" in figures else ""
        print(f"ok      {label}: {figures['messages_per_second']:.0f} messages a second, median {figures['median_ms']:.2f} ms, "
              f"99 % within {figures['p99_ms']:.2f} ms{processor}", flush=True)
        results.append({"name": name, "connections": connections, **figures})
    return results


# Hosts


async def measure_gateway(language: str, function: dict[str, Any], parsed: argparse.Namespace) -> list[dict[str, Any]]:
    name = f"gateway-load-{language.lower()}"
    ca = str(parsed.artifacts / f"{name}-certificates" / "cert.pem")
    function = {**function, "environment": {"AWS_CA_BUNDLE": ca}}
    routes = {"echo": {"function": "app", "response": True}, "post": "app"}
    # What is measured is what it can do, not what it may.
    quotas = {"requestsPerSecond": "off", "burst": "off"}
    results = []
    with Gateway(parsed.bin.resolve(), parsed.artifacts, name, routes=routes, functions={"app": function}, quotas=quotas) as gateway:
        for action, how in (("echo", "route response"), ("post", "@connections")):
            results += await measure(
                f"Gateway, {language}, {how}", gateway.websocket_url, gateway.tls, {"action": action}, parsed, cpu_of=gateway.pid)
    return results


async def measure_ministack(parsed: argparse.Namespace) -> list[dict[str, Any]]:
    with MiniStack(parsed.ministack, parsed.artifacts) as ministack:
        # It does not say in the event where it is, so the function is told.
        endpoint = f"{ministack.endpoint}/_aws/execute-api/{{api}}/{STAGE}"
        results = []
        for action, how in (("echo", "route response"), ("post", "@connections")):
            if action == "echo":
                api = make_api(ministack, HANDLERS / "faults" / "app.py", ["echo", "post"])
            else:
                ministack.client("lambda").update_function_configuration(
                    FunctionName="app", Environment={"Variables": {"MANAGEMENT_ENDPOINT": endpoint.format(api=api)}})
            url = f"ws://127.0.0.1:{ministack.port}/_aws/execute-api/{api}/{STAGE}"
            results += await measure(f"MiniStack, Python, {how}", url, None, {"action": action}, parsed, cpu_of=ministack.pid)
        return results


async def compare(parsed: argparse.Namespace) -> list[dict[str, Any]]:
    results = []
    if parsed.bin and parsed.swift:
        command = {"command": shlex.split(parsed.swift), "timeout": "20s", "concurrency": CONCURRENCY, "accessKey": HANDLER_KEY.access_key_id}
        results += await measure_gateway("Swift", command, parsed)
    if parsed.bin:
        results += await measure_gateway("Python", python_function("faults", "app.handler", {}, concurrency=CONCURRENCY), parsed)
    if parsed.ministack:
        results += await measure_ministack(parsed)
    ratios(results)
    return results


def ratios(results: list[dict[str, Any]]) -> None:
    """How many times as many as MiniStack, where both were measured in this run."""
    rates = {(result["name"], result["connections"]): result["messages_per_second"] for result in results if "messages_per_second" in result}
    for (name, connections), rate in rates.items():
        base = rates.get((f"MiniStack, Python, {name.split(', ')[-1]}", connections))
        if base and not name.startswith("MiniStack"):
            print(f"        {name}, {connections} connection{'s' if connections > 1 else ''}: {rate / base:.1f} times as many as MiniStack")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("measure", help="a host that runs already")
    one.add_argument("--websocket", required=True, metavar="URL")
    one.add_argument("--ca", metavar="FILE", help="certificates to trust, in PEM")
    one.add_argument("--token", help="goes into the Authorization field")
    one.add_argument("--message", default='{"action":"echo"}', metavar="JSON", help="an object; a ref is added, which its answer repeats")
    one.add_argument("--name", default="host", help="for the lines that are printed")
    one.add_argument("--cpu-of", type=int, metavar="PID", help="a process whose use of the processors is told, for each message")
    several = commands.add_parser("compare", help="start the hosts and measure them in one run")
    several.add_argument("--bin", type=pathlib.Path, help="the folder that has Gateway")
    several.add_argument("--swift", metavar="COMMAND", help="a Swift function")
    several.add_argument("--ministack", type=pathlib.Path, metavar="PROGRAM", help="the ministack of a virtual environment of its own")
    several.add_argument("--artifacts", required=True, type=pathlib.Path, help="the folder for logs and configurations")
    for command in (one, several):
        command.add_argument("--connections", type=int, nargs="+", default=CONNECTIONS)
        command.add_argument("--in-flight", type=int, default=1, help="messages of one connection that wait for their answers")
        command.add_argument("--seconds", type=float, default=5.0, help="for each measurement")
        command.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures there")
    parsed = parser.parse_args()
    if parsed.command == "measure":
        tls = ssl.create_default_context(cafile=parsed.ca) if parsed.websocket.startswith("wss:") else None
        message = json.loads(parsed.message)
        results = asyncio.run(measure(parsed.name, parsed.websocket, tls, message, parsed, token=parsed.token, cpu_of=parsed.cpu_of))
    else:
        parsed.artifacts.mkdir(parents=True, exist_ok=True)
        parsed.artifacts = parsed.artifacts.resolve()
        results = asyncio.run(compare(parsed))
    if parsed.json:
        parsed.json.write_text(json.dumps(results, indent=2) + "\n")
    failed = sum("error" in result for result in results)
    print(f"{len(results) - failed} passed, {failed} failed", flush=True)
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
