"""What the end-to-end tests share: a server of their own, users, chat sockets, and checks with deadlines.

Nothing here waits by sleeping. Whoever waits is woken by what it waits for, or by its deadline.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import boto3
import websockets
from botocore import UNSIGNED
from botocore.config import Config
from pycognito.aws_srp import AWSSRP
from websockets.asyncio.client import ClientConnection, connect

POOL_ID = "us-east-1_chatlocal"
CLIENT_ID = "chatlocal"
ISSUER = f"https://cognito-idp.us-east-1.amazonaws.com/{POOL_ID}"
PASSWORD = "Correct-Horse-7"
SUBPROTOCOL = "chat.v1"

# Seconds. They are for a debug build on a machine that has other work, and are only used up by what is broken.
TIMEOUT = 30.0
CHECK_TIMEOUT = 90.0

JSON = dict[str, Any]


class Failure(Exception):
    """Something was not as it has to be."""


def require(condition: object, message: str) -> None:
    if not condition:
        raise Failure(message)


def require_equal(actual: object, expected: object, what: str) -> None:
    require(actual == expected, f"{what} is {shortened(actual)}, not {shortened(expected)}")


def shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 500 else f"{text[:400]} … {text[-100:]}"


# Programs and checks


@dataclasses.dataclass(frozen=True)
class Arguments:
    bin: pathlib.Path
    artifacts: pathlib.Path


def parse_arguments(description: str) -> Arguments:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="the folder that has ReferenceServer")
    parser.add_argument("--artifacts", required=True, type=pathlib.Path, help="the folder for logs")
    parsed = parser.parse_args()
    parsed.artifacts.mkdir(parents=True, exist_ok=True)
    allow_many_connections()
    return Arguments(parsed.bin.resolve(), parsed.artifacts.resolve())


def allow_many_connections() -> None:
    """A test holds more sockets than a process may have files open by default; the server inherits the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Checks:
    """Carries checks out one by one, goes on after a failure, and counts."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    async def run(self, name: str, check: Callable[[], Awaitable[str | None]], timeout: float = CHECK_TIMEOUT) -> None:
        """Prints one line; `check` may return a remark for it."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(timeout):
                remark = await check()
        except Failure as failure:
            self._fail(name, str(failure))
        except Exception as error:  # A check must not take the following ones with it, whatever is wrong with it.
            what = f"not done within {timeout:.0f} s" if isinstance(error, TimeoutError) else repr(error)
            self._fail(name, f"{what}\n{own_frames(error)}")
        else:
            self.passed += 1
            print(f"ok      {name} ({time.monotonic() - started:.1f} s{', ' + remark if remark else ''})", flush=True)

    def _fail(self, name: str, reason: str) -> None:
        self.failed += 1
        print(f"FAILED  {name}: {reason}", flush=True)

    def finish(self) -> int:
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0


def own_frames(error: BaseException) -> str:
    """Where in these tests an error came up; the inside of a library says less."""
    folder = str(pathlib.Path(__file__).parent)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(folder)]
    return "".join(traceback.format_list(frames)).rstrip()


# The server


class Output:
    """A program's output: kept in a file, and there to be waited for."""

    def __init__(self, stream: Any, path: pathlib.Path) -> None:
        self._lines: list[str] = []
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(stream, path), daemon=True)
        self._thread.start()

    def _read(self, stream: Any, path: pathlib.Path) -> None:
        with path.open("a", encoding="utf-8") as log, stream:
            for line in stream:
                log.write(line)
                log.flush()
                with self._changed:
                    self._lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for(self, pattern: str, count: int = 1) -> re.Match[str]:
        """The line that is the `count`-th to match."""
        expression = re.compile(pattern)

        def matches() -> list[re.Match[str]]:
            return list(filter(None, map(expression.search, self._lines)))

        with self._changed:
            self._changed.wait_for(lambda: self._ended or len(matches()) >= count, TIMEOUT)
            found = matches()
            require(len(found) >= count, f"the log has fewer than {count} lines {pattern!r}; its last ones are {self._lines[-5:]}")
            return found[count - 1]

    def last_lines(self) -> list[str]:
        with self._changed:
            return self._lines[-5:]


class Server:
    """A ReferenceServer in a process of its own. It may be killed and started again, on the same store."""

    def __init__(
        self, arguments: Arguments, name: str, *options: str, store: str = "memory", port: int = 0, auto_confirm: bool = True,
        pool_id: str = POOL_ID, client_id: str = CLIENT_ID,
    ) -> None:
        self.pool_id = pool_id
        self.client_id = client_id
        self.log_path = arguments.artifacts / f"{name}.log"
        self.log_path.unlink(missing_ok=True)
        self._program = arguments.bin / "ReferenceServer"
        self._options = ["--store", store, "--port", str(port), "--user-pool-id", pool_id, "--client-id", client_id, *options]
        if auto_confirm:
            self._options.append("--auto-confirm")
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Returns when it listens."""
        self._process = subprocess.Popen(
            [str(self._program), *self._options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace", env=environment_without_options())
        self.output = Output(self._process.stdout, self.log_path)
        self.url = self.output.wait_for(r"^listening on (https?://\S+)$").group(1)

    @property
    def process(self) -> subprocess.Popen[str]:
        require(self._process, "the server was not started")
        return self._process

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    @property
    def web_socket_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/ws"

    def kill(self) -> None:
        """SIGKILL; does nothing if it has ended already."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def terminate(self) -> None:
        """SIGTERM; returns at once."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, timeout: float) -> int:
        """How it ended: its exit code."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failure(f"the server did not end within {timeout:.0f} s") from None

    def require_running(self) -> None:
        code = self.process.poll()
        require(code is None, f"the server ended by itself, with {code}; its last lines are {self.output.last_lines()}")

    def memory(self) -> int:
        """Bytes of memory that it has now."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE).group(1)) * 1024

    def get(self, path: str) -> tuple[int, dict[str, str], str]:
        """Status, fields (names in lower case) and body."""
        return http(urllib.request.Request(self.url + path))

    def metric(self, series: str) -> float:
        """The value of a series as `/metrics` writes it, 0 if it is not there yet."""
        _, _, text = self.get("/metrics")
        match = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
        return float(match.group(1)) if match else 0.0


def environment_without_options() -> dict[str, str]:
    """Every flag of the server is a variable too: those of the developer's own shell must not change what is tested."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CHAT_")}


def http(request: urllib.request.Request) -> tuple[int, dict[str, str], str]:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=TIMEOUT) as response:
            return response.status, lower_case(response.headers), response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, lower_case(error.headers), error.read().decode()


def lower_case(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def free_port() -> int:
    """A port to come back to after a kill.

    It is below the range from which the system gives ports to clients: a client that tries to reconnect while nobody
    listens could else be given that very port, and be connected to itself.
    """
    for port in range(20_000 + os.getpid() % 5_000, 32_000):
        with contextlib.closing(socket.socket()) as candidate, contextlib.suppress(OSError):
            candidate.bind(("127.0.0.1", port))
            return port
    raise Failure("there is no free port")


@contextlib.contextmanager
def store_file() -> Iterator[pathlib.Path]:
    with tempfile.TemporaryDirectory(prefix="chat-end-to-end-") as folder:
        yield pathlib.Path(folder) / "chat.sqlite"


# Users


@dataclasses.dataclass(frozen=True)
class User:
    name: str
    subject: str
    access_token: str
    id_token: str
    refresh_token: str


class Users:
    """The user pool of a server, by AWS's own SDK."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.client = boto3.client(
            "cognito-idp", endpoint_url=server.url, region_name="us-east-1",
            config=Config(
                signature_version=UNSIGNED, connect_timeout=TIMEOUT, read_timeout=TIMEOUT, proxies={},
                retries={"total_max_attempts": 1}))

    def sign_up(self, name: str, password: str = PASSWORD) -> str:
        """The subject of the new user."""
        return self.client.sign_up(ClientId=self.server.client_id, Username=name, Password=password)["UserSub"]

    def code(self, name: str, count: int = 1) -> str:
        """The `count`-th confirmation code that the server's log has for a user."""
        line = rf'^(?=.*chat\.username="?{re.escape(name)}"?(?:\s|$)).*chat\.code="?(\d{{6}})\b'
        return self.server.output.wait_for(line, count).group(1)

    def confirm(self, name: str, code: str) -> None:
        self.client.confirm_sign_up(ClientId=self.server.client_id, Username=name, ConfirmationCode=code)

    def sign_in(self, name: str, password: str = PASSWORD) -> JSON:
        """By SRP, with a client that others wrote."""
        client = AWSSRP(
            username=name, password=password, pool_id=self.server.pool_id, client_id=self.server.client_id, client=self.client)
        return client.authenticate_user()["AuthenticationResult"]

    def refresh(self, refresh_token: str) -> JSON:
        return self.client.initiate_auth(
            ClientId=self.server.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": refresh_token},
        )["AuthenticationResult"]

    def make(self, name: str) -> User:
        """A user who is signed up and in, on a server that confirms by itself."""
        subject = self.sign_up(name)
        tokens = self.sign_in(name)
        return User(name, subject, tokens["AccessToken"], tokens["IdToken"], tokens["RefreshToken"])


# Chatting


class ChatSocket:
    """A chat connection. Everything that comes is kept in `events`, in its order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.events: list[JSON] = []
        self._changed = asyncio.Condition()
        self._ended = False
        self._refs = 0
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for frame in self.connection:
                async with self._changed:
                    self.events.append(json.loads(frame))
                    self._changed.notify_all()
        except websockets.ConnectionClosedError:
            pass  # Whoever waits is told by `wait_for` or `wait_closed`.
        finally:
            async with self._changed:
                self._ended = True
                self._changed.notify_all()

    async def send(self, **request: Any) -> None:
        await self.send_text(json.dumps(request, ensure_ascii=False))

    async def send_text(self, text: str) -> None:
        await self.connection.send(text)

    async def request(self, action: str, **fields: Any) -> JSON:
        """The answer to a request, `error` or not."""
        self._refs += 1
        ref = f"ref-{self._refs}"
        await self.send(action=action, ref=ref, **fields)
        return await self.wait_for(lambda event: event.get("ref") == ref, f"an answer to {action}")

    async def wait_for(self, matches: Callable[[JSON], bool], what: str, after: int = 0, timeout: float = TIMEOUT) -> JSON:
        """The first event that matches, among those that came and those that will, the first `after` left out."""
        seen = after

        def find() -> JSON | None:
            nonlocal seen
            while seen < len(self.events):
                event = self.events[seen]
                if matches(event):
                    return event
                seen += 1
            return None

        try:
            async with asyncio.timeout(timeout), self._changed:
                await self._changed.wait_for(lambda: find() is not None or self._ended)
        except TimeoutError:
            raise Failure(f"{what} did not come within {timeout:.0f} s; the last events are {self.events[-3:]}") from None
        event = find()
        require(event is not None, f"the connection ended ({self.connection.close_code}) before {what} came")
        return event

    async def wait_for_message(self, text: str, after: int = 0) -> JSON:
        return await self.wait_for(
            lambda event: event["type"] == "message" and event["message"] == text, f"the message {text[:40]!r}", after)

    async def wait_closed(self, timeout: float = TIMEOUT) -> int:
        """The close code that the server sent; 1006 if it sent none."""
        try:
            async with asyncio.timeout(timeout):
                await self.connection.wait_closed()
        except TimeoutError:
            raise Failure(f"the connection was not closed within {timeout:.0f} s") from None
        return self.connection.close_code

    async def close(self) -> None:
        await self.connection.close()
        await self._reader


@contextlib.asynccontextmanager
async def chat_socket(server: Server, token: str, **options: Any) -> AsyncIterator[ChatSocket]:
    """A chat connection whose token is in the `Authorization` field."""
    options.setdefault("additional_headers", {"Authorization": f"Bearer {token}"})
    async with plain_chat_socket(server.web_socket_url, **options) as chat:
        yield chat


@contextlib.asynccontextmanager
async def plain_chat_socket(url: str, **options: Any) -> AsyncIterator[ChatSocket]:
    """A chat connection as `websockets` makes it by default, but for what is said in `options`."""
    async with connect(url, proxy=None, open_timeout=TIMEOUT, ping_timeout=TIMEOUT, max_size=4 * 2**20, **options) as connection:
        chat = ChatSocket(connection)
        try:
            yield chat
        finally:
            await chat.close()


async def read_whole_history(chat: ChatSocket, room: str) -> list[JSON]:
    """Every message of a room that the connection is in, from the newest page back to the first."""
    messages: list[JSON] = []
    page = await chat.request("history", room=room, limit=100)
    while True:
        require_equal(page["type"], "history", "the answer to history")
        messages = page["messages"] + messages
        if not page["hasMore"]:
            return messages
        require(page["messages"], "a history page without messages says that there are more")
        page = await chat.request("history", room=room, limit=100, before=page["messages"][0]["sequence"])
