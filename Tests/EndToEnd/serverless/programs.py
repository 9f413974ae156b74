"""The programs that the serverless tests start (moto, MiniStack, Gateway), and a plain WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from typing import Any

import boto3
import websockets
from botocore.config import Config
from websockets.asyncio.client import ClientConnection, connect

from harness import TIMEOUT, Failure, Output, require

HERE = pathlib.Path(__file__).resolve().parent
HANDLERS = HERE / "python_handlers"
REGION = "us-east-1"
ACCOUNT = "000000000000"
API_ID = "testapi001"
STAGE = "dev"
START_TIMEOUT = 60.0


class Program:
    """A process whose output goes to a file and can be waited for. Leaving the block ends it."""

    def __init__(self, name: str, command: list[str], artifacts: pathlib.Path, environment: dict[str, str]) -> None:
        self.log_path = artifacts / f"{name}.log"
        self.log_path.unlink(missing_ok=True)
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
            errors="replace", env=self._environment)
        self.output = Output(self._process.stdout, self.log_path)

    @property
    def pid(self) -> int:
        require(self._process, "the program was not started")
        return self._process.pid

    def require_running(self) -> None:
        code = self._process.poll()
        require(code is None, f"{self._command[0]} ended by itself, with {code}; its last lines are {self.output.last_lines()}")

    def stop(self) -> None:
        """SIGTERM first, so that it can end what it has started; SIGKILL if that takes long."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_until_answers(self, url: str) -> None:
        """Asks again and again: these programs do not say when they listen."""
        deadline = time.monotonic() + START_TIMEOUT
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < deadline:
            self.require_running()
            with contextlib.suppress(OSError), opener.open(url, timeout=5):
                return
            time.sleep(0.1)
        raise Failure(f"{url} does not answer; the last lines are {self.output.last_lines()}")


def clean_environment(**changes: str) -> dict[str, str]:
    """Without the developer's own AWS and proxy settings: nothing may reach an account by mistake."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "CHAT_")) and not name.lower().endswith("_proxy")}
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true", "PYTHONUNBUFFERED": "1", **changes}


def some_port() -> int:
    """A port that is free now; for programs that cannot be given 0."""
    with contextlib.closing(socket.socket()) as candidate:
        candidate.bind(("127.0.0.1", 0))
        return candidate.getsockname()[1]


def client_of(service: str, endpoint: str, **options: Any) -> Any:
    """boto3's client with made-up credentials, without retries: a test sees what was answered first."""
    options.setdefault("aws_access_key_id", "AKIDTESTTESTTEST0001")
    options.setdefault("aws_secret_access_key", "test-secret-of-the-tests-0001")
    config = Config(connect_timeout=TIMEOUT, read_timeout=TIMEOUT, proxies={}, retries={"total_max_attempts": 1})
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, config=config, **options)


async def eventually(condition: Callable[[], bool], what: str, timeout: float = TIMEOUT) -> None:
    """For what nobody tells of, such as a row in a table."""
    deadline = time.monotonic() + timeout
    while not await asyncio.to_thread(condition):
        require(time.monotonic() < deadline, f"{what}: not within {timeout:.0f} s")
        await asyncio.sleep(0.05)


# DynamoDB by moto


class Moto(Program):
    def __init__(self, artifacts: pathlib.Path) -> None:
        self.port = some_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        super().__init__("moto", [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)], artifacts, clean_environment())

    def start(self) -> None:
        super().start()
        self.wait_until_answers(f"{self.endpoint}/moto-api/")
        self.dynamodb = client_of("dynamodb", self.endpoint)

    def create_connections_table(self, name: str) -> None:
        self.dynamodb.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "connectionId", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "connectionId", "AttributeType": "S"}])

    def connection_ids(self, table: str) -> set[str]:
        return {item["connectionId"]["S"] for item in self.dynamodb.scan(TableName=table)["Items"]}


# MiniStack


class MiniStack(Program):
    """`program` is the `ministack` of a virtual environment of its own: it pins another botocore."""

    def __init__(self, program: pathlib.Path, artifacts: pathlib.Path, **environment: str) -> None:
        self.port = some_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        super().__init__("ministack", [str(program)], artifacts, clean_environment(
            BIND_HOST="127.0.0.1", GATEWAY_PORT=str(self.port), MINISTACK_HOST="127.0.0.1", LAMBDA_EXECUTOR="local",
            PATH=f"{program.absolute().parent}{os.pathsep}{os.environ['PATH']}", **environment))

    def start(self) -> None:
        super().start()
        self.wait_until_answers(f"{self.endpoint}/_ministack/health")

    def client(self, service: str) -> Any:
        return client_of(service, self.endpoint, aws_access_key_id="test", aws_secret_access_key="test")


# Gateway


@dataclasses.dataclass(frozen=True)
class Key:
    """A local access key and what it may do."""

    access_key_id: str
    secret: str
    statements: list[dict[str, Any]]

    @property
    def credentials(self) -> dict[str, str]:
        return {"aws_access_key_id": self.access_key_id, "aws_secret_access_key": self.secret}


def allow(*resources: str, effect: str = "Allow") -> dict[str, Any]:
    """A statement about `@connections`: `POST/@connections/*` and the like."""
    prefix = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API_ID}/{STAGE}"
    return {"Effect": effect, "Action": "execute-api:ManageConnections", "Resource": [f"{prefix}/{resource}" for resource in resources]}


HANDLER_KEY = Key("AKIDHANDLERHANDLER01", "handler-secret-of-the-tests-01", [allow("*/@connections/*")])


def python_function(folder: str, handler: str, environment: dict[str, str], **options: Any) -> dict[str, Any]:
    """A function that awslambdaric runs, in this interpreter's virtual environment."""
    return {
        "command": [sys.executable, "-m", "awslambdaric", handler], "workingDirectory": str(HANDLERS / folder), "handler": handler,
        "environment": environment, "timeout": "20s", "concurrency": 2, "accessKey": HANDLER_KEY.access_key_id, **options,
    }


class Gateway(Program):
    """Our Gateway with a configuration of the test's (docs/GATEWAY.md), on a port that the system chooses."""

    def __init__(
        self, bin: pathlib.Path, artifacts: pathlib.Path, name: str, *, routes: dict[str, Any], functions: dict[str, Any],
        keys: list[Key] | None = None, **options: Any,
    ) -> None:
        self.certificates = artifacts / f"{name}-certificates"
        self.configuration_path = artifacts / f"{name}.yaml"
        configuration = {
            "listen": {"host": "127.0.0.1", "port": 0, "tls": {"directory": str(self.certificates)}},
            "api": {"id": API_ID, "stage": STAGE, "region": REGION, "account": ACCOUNT},
            "routes": routes, "functions": functions,
            "accessKeys": {
                key.access_key_id: {"secret": key.secret, "policy": {"Version": "2012-10-17", "Statement": key.statements}}
                for key in keys or [HANDLER_KEY]
            },
            **options,
        }
        # JSON is YAML.
        self.configuration_path.write_text(json.dumps(configuration, indent=2))
        super().__init__(name, [str(bin / "Gateway"), "--configuration", str(self.configuration_path)], artifacts, clean_environment())

    @property
    def ca_bundle(self) -> pathlib.Path:
        """The development certificate, which the gateway makes at its first start."""
        return self.certificates / "cert.pem"

    def start(self) -> None:
        """Returns when it listens."""
        super().start()
        self.port = int(self.output.wait_for(r"listening on \S+:(\d+)").group(1))

    @property
    def endpoint(self) -> str:
        return f"https://127.0.0.1:{self.port}/{STAGE}"

    @property
    def websocket_url(self) -> str:
        return f"wss://127.0.0.1:{self.port}/{STAGE}"

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_bundle))


# A plain WebSocket


class Socket:
    """Frames in their order; what comes is taken with `next`."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, **request: Any) -> None:
        await self.connection.send(json.dumps(request))

    async def next(self, timeout: float = TIMEOUT) -> str:
        try:
            async with asyncio.timeout(timeout):
                frame = await self.connection.recv()
        except TimeoutError:
            raise Failure(f"no frame came within {timeout:.0f} s") from None
        except websockets.ConnectionClosed as error:
            raise Failure(f"the connection ended: {error}") from None
        require(isinstance(frame, str), "a binary frame came")
        return frame

    async def next_json(self, timeout: float = TIMEOUT) -> Any:
        return json.loads(await self.next(timeout))

    async def ask(self, timeout: float = TIMEOUT, **request: Any) -> Any:
        """The next frame after a request."""
        await self.send(**request)
        return await self.next_json(timeout)

    async def close_code(self, timeout: float = TIMEOUT) -> int | None:
        try:
            async with asyncio.timeout(timeout):
                await self.connection.wait_closed()
        except TimeoutError:
            raise Failure(f"the connection was not closed within {timeout:.0f} s") from None
        return self.connection.close_code


@contextlib.asynccontextmanager
async def open_socket(url: str, tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[Socket]:
    if url.startswith("wss:"):
        options["ssl"] = tls
    async with connect(url, proxy=None, open_timeout=TIMEOUT, ping_interval=None, max_size=4 * 2**20, **options) as connection:
        yield Socket(connection)


async def handshake_status(url: str, tls: ssl.SSLContext | None = None, **options: Any) -> int:
    """101, or the status with which the connection was refused."""
    try:
        async with open_socket(url, tls, **options):
            return 101
    except websockets.InvalidStatus as error:
        return error.response.status_code


ERROR_FRAME = re.compile(r'^\{"message": "([^"]+)", "connectionId":"([^"]+)", "requestId":"([^"]+)"\}$')


def require_error_frame(frame: str, message: str) -> str:
    """API Gateway's own frame, to the byte. Returns the connection id that it names."""
    match = ERROR_FRAME.match(frame)
    require(match, f"{frame!r} is not spaced as API Gateway's error frames are")
    require(match.group(1) == message, f"the frame says {match.group(1)!r}, not {message!r}")
    return match.group(2)


