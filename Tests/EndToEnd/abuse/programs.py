"""The programs that take part, each in a process of its own: a server, its neighbours, and who attacks it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from harness import TIMEOUT, Failure, environment_without_options, require

FOLDER = pathlib.Path(__file__).parent

# The load must not take from the server what the server then seems to lack: it has a processor to itself, where there are two. The
# attackers get one of their own if there are three; else the neighbours, whom they let go first (`nice`), share theirs.
PROCESSORS = sorted(os.sched_getaffinity(0))
SERVER_PROCESSOR = PROCESSORS[:1]
NEIGHBOURS_PROCESSOR = PROCESSORS[1:2] or PROCESSORS
ATTACKERS_PROCESSORS = PROCESSORS[2:] or NEIGHBOURS_PROCESSOR


def placed(processors: list[int], niceness: int = 0) -> Callable[[], None]:
    def place() -> None:
        os.sched_setaffinity(0, processors)
        os.nice(niceness)

    return place


async def kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        # Not `process.kill()`: if the process has just ended, that takes the exit code, which asyncio then misses.
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    await process.wait()


# The server


class Server:
    """A server that tells its port in its first line."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, log: pathlib.Path) -> None:
        self.process = process
        self.port = port
        self.log = log

    def require_running(self) -> None:
        code = self.process.returncode
        require(code is None, f"the server ended by itself, with {code}: {self.log.read_text(errors='replace')[-500:]}")

    def memory(self) -> int:
        """Bytes of memory that it has now."""
        self.require_running()
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE).group(1)) * 1024

    def busy(self) -> float:
        """Seconds that its threads have run."""
        threads = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9

    def sockets(self) -> int:
        """How many it has open."""
        count = 0
        for descriptor in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                count += os.readlink(descriptor).startswith("socket:")
        return count

    async def until_sockets(self, count: int, within: float) -> float:
        """Waits until no more are open than that. Returns how long it took."""
        started = time.monotonic()
        while (now := self.sockets()) > count:
            require(time.monotonic() - started < within, f"after {within:.0f} s the server has {now - count} sockets too many")
            await asyncio.sleep(0.05)
        return time.monotonic() - started


@contextlib.asynccontextmanager
async def running_server(program: pathlib.Path, log: pathlib.Path, *options: str) -> AsyncIterator[Server]:
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            program, "--port", "0", *options, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=output,
            env=environment_without_options(), preexec_fn=placed(SERVER_PROCESSOR))
    try:
        async with asyncio.timeout(TIMEOUT):
            line = (await process.stdout.readline()).decode()
        match = re.fullmatch(r"listening on \S+:(\d+)\n", line)
        require(match, f"the server said {line!r}, and {log.read_text(errors='replace')[-500:]}")
        yield Server(process, int(match.group(1)), log)
    finally:
        await kill(process)


class Peak:
    """The most memory that a server had while it was watched."""

    def __init__(self, server: Server) -> None:
        self.bytes = server.memory()
        self._server = server

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(0.02)
            self.bytes = max(self.bytes, self._server.memory())


@contextlib.asynccontextmanager
async def watched_memory(server: Server) -> AsyncIterator[Peak]:
    peak = Peak(server)
    task = asyncio.create_task(peak.watch())
    try:
        yield peak
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Failure, FileNotFoundError):
            await task


# Neighbours and attackers


class Load:
    """A program of this folder that takes orders and answers in lines."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self.process = process

    def order(self, line: str = "") -> None:
        self.process.stdin.write(f"{line}\n".encode())

    async def answer(self, within: float = TIMEOUT) -> dict[str, Any]:
        try:
            async with asyncio.timeout(within):
                line = await self.process.stdout.readline()
        except TimeoutError:
            raise Failure(f"{self.name} said nothing for {within:.0f} s") from None
        require(line, f"{self.name} has ended; the reason is above")
        return json.loads(line)


@contextlib.asynccontextmanager
async def running_load(name: str, program: str, *arguments: str, place: Callable[[], None]) -> AsyncIterator[Load]:
    """Ready to take orders."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, FOLDER / program, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, preexec_fn=place)
    try:
        load = Load(name, process)
        await load.answer()
        yield load
    finally:
        await kill(process)


@dataclasses.dataclass(frozen=True)
class Figures:
    """How it went for the neighbours. Times in milliseconds."""

    expected: int
    delivered: int
    # Those that had come when the time was over.
    in_time: int
    median: float
    p95: float
    worst: float
    # Seconds after the first message, when the one that took longest was sent.
    worst_at: float
    # Seconds by which the neighbours were late themselves. Nothing that the server does delays their sending.
    lag: float
    open: int


class Neighbours:
    def __init__(self, load: Load, count: int) -> None:
        self._load = load
        self.count = count

    async def measure(self, seconds: float) -> Figures:
        self._load.order(str(seconds))
        return Figures(**await self._load.answer(seconds + TIMEOUT))


@contextlib.asynccontextmanager
async def running_neighbours(server: Server, **options: Any) -> AsyncIterator[Neighbours]:
    place = placed(NEIGHBOURS_PROCESSOR)
    async with running_load("neighbours.py", "neighbours.py", json.dumps({"port": server.port, **options}), place=place) as load:
        yield Neighbours(load, options["members"])


@contextlib.asynccontextmanager
async def ready_attack(server: Server, name: str, **options: Any) -> AsyncIterator[Load]:
    arguments = json.dumps({"port": server.port, **options})
    place = placed(ATTACKERS_PROCESSORS, niceness=19)
    async with running_load(f"the attack {name}", "attacks.py", name, arguments, place=place) as load:
        yield load
