#!/usr/bin/env python3
"""`@connections` by boto3's apigatewaymanagementapi client, and by hand where boto3 would not do what is tried.

    management_test.py --bin .build/debug --artifacts artifacts            our Gateway
    management_test.py --ministack venv/bin/ministack --artifacts artifacts   MiniStack: what it answers, and where it differs

Whatever is refused must not have been delivered either: each connection shows that by what it gets next.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import datetime
import http.client
import io
import pathlib
import ssl
import sys
import unittest.mock
import urllib.parse
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import botocore.auth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import TIMEOUT, Checks, Failure, require, require_equal  # noqa: E402
from programs import (  # noqa: E402
    HANDLER_KEY, HANDLERS, REGION, STAGE, Gateway, Key, MiniStack, Socket, allow, client_of, eventually, open_socket, python_function,
)

POST_KEY = Key("AKIDONLYPOSTONLYPOST", "post-secret-of-the-tests-00001", [allow("POST/@connections/*")])
NOTHING_KEY = Key("AKIDNOTHINGNOTHING01", "nothing-secret-of-the-tests-01", [
    {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}])
DENIED_KEY = Key("AKIDDENIEDDENIEDDENY", "denied-secret-of-the-tests-001", [
    {"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}, allow("POST/@connections/*", effect="Deny")])
OTHER_STAGE_KEY = Key("AKIDOTHERSTAGEOTHER1", "other-secret-of-the-tests-0001", [
    {"Effect": "Allow", "Action": "execute-api:ManageConnections", "Resource": f"arn:aws:execute-api:{REGION}:*:*/other/*"}])
KEYS = [HANDLER_KEY, POST_KEY, NOTHING_KEY, DENIED_KEY, OTHER_STAGE_KEY]
MESSAGE_BYTES = 131_072


@dataclasses.dataclass
class Target:
    """Whose `@connections` is called. `path` is the endpoint's, before `/@connections`."""

    endpoint: str
    websocket_url: str
    tls: ssl.SSLContext | None
    ca: str | None

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.endpoint).path

    def client(self, key: Key = HANDLER_KEY, **changes: Any) -> Any:
        options = {**key.credentials, **changes}
        if self.ca:
            options["verify"] = self.ca
        return client_of("apigatewaymanagementapi", self.endpoint, **options)


@contextlib.contextmanager
def clock_moved(by: datetime.timedelta) -> Iterator[None]:
    """botocore signs at another time."""
    def moved(remove_tzinfo: bool = True) -> datetime.datetime:
        now = datetime.datetime.now(datetime.UTC) + by
        return now.replace(tzinfo=None) if remove_tzinfo else now

    with unittest.mock.patch.object(botocore.auth, "get_current_datetime", moved):
        yield


class ManagementTest:
    def __init__(self, target: Target) -> None:
        self.target = target

    async def run(self, checks: Checks) -> None:
        for check in (
            self.post_to_connection_delivers, self.the_longest_message_is_delivered, self.get_connection_tells_of_it,
            self.delete_connection_closes_it, self.a_connection_that_is_gone, self.an_id_that_is_malformed, self.a_message_that_is_too_large,
            self.a_wrong_signature, self.an_unknown_key, self.a_key_without_the_permission, self.a_permission_is_for_an_operation,
            self.an_explicit_deny_wins, self.a_skewed_clock, self.a_session_token, self.both_path_encodings, self.a_request_that_was_changed,
            self.a_request_without_signature, self.a_signature_for_something_else, self.another_path_or_method,
        ):
            await checks.run(f"@connections: {check.__name__.replace('_', ' ')}", check)

    # Helpers

    @contextlib.asynccontextmanager
    async def connection(self, **options: Any):
        async with open_socket(self.target.websocket_url, self.target.tls, **options) as socket:
            yield socket, (await socket.ask(action="echo"))["connectionId"]

    async def call(self, operation: str, connection_id: str, client: Any = None, **arguments: Any) -> Any:
        method = getattr(client or self.target.client(), operation)
        return await asyncio.to_thread(method, ConnectionId=connection_id, **arguments)

    async def post(self, connection_id: str, data: bytes | str, client: Any = None) -> Any:
        return await self.call("post_to_connection", connection_id, client, Data=data)

    async def raises(self, expected: str, operation: str, connection_id: str, client: Any = None, **arguments: Any) -> None:
        """The call fails with an exception that boto3 knows as a type of its own."""
        client = client or self.target.client()
        try:
            await self.call(operation, connection_id, client, **arguments)
        except getattr(client.exceptions, expected):
            return
        except ClientError as other:
            raise Failure(f"{operation} failed with {described(other)} instead of {expected}") from other
        raise Failure(f"{operation} was done, instead of {expected}")

    async def refused(self, connection_id: str, client: Any, clock: Callable[[], Any] = contextlib.nullcontext) -> str:
        """A POST fails with 403. Returns the error's code."""
        with clock():
            try:
                await self.post(connection_id, "must not arrive", client)
            except ClientError as error:
                require_equal(error.response["ResponseMetadata"]["HTTPStatusCode"], 403, f"the status of {described(error)}")
                return error.response["Error"]["Code"]
        raise Failure("it was done")

    async def arrives(self, socket: Socket, connection_id: str, text: str) -> None:
        """What is sent now is the next thing that comes: nothing that was refused has come before it."""
        await self.post(connection_id, text)
        require_equal(await socket.next(), text, "what comes next")

    async def by_hand(
        self, method: str, path: str, body: bytes = b"", *, credentials: Credentials | None = None, service: str = "execute-api",
        region: str = REGION, change: Callable[[AWSRequest], None] = lambda request: None, sign: bool = True,
    ) -> tuple[int, str]:
        """Signs the path as it stands and sends it so. Returns the status and the error's type."""
        parts = urllib.parse.urlsplit(self.target.endpoint)
        request = AWSRequest(method=method, url=f"{parts.scheme}://{parts.netloc}{path}", data=body)
        if sign:
            SigV4Auth(credentials or Credentials(HANDLER_KEY.access_key_id, HANDLER_KEY.secret), service, region).add_auth(request)
        change(request)
        return await asyncio.to_thread(self._send, parts, method, path, request)

    def _send(self, parts: Any, method: str, path: str, request: AWSRequest) -> tuple[int, str]:
        if parts.scheme == "https":
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT, context=self.target.tls)
        else:
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT)
        with contextlib.closing(connection):
            connection.request(method, path, request.data, dict(request.headers.items()))
            response = connection.getresponse()
            response.read()
            return response.status, response.headers.get("x-amzn-ErrorType", "")

    def path(self, connection_id: str, *, at: str = "@", quoted: bool = True) -> str:
        return f"{self.target.path}/{at}connections/{urllib.parse.quote(connection_id, safe='') if quoted else connection_id}"

    # What is done

    async def post_to_connection_delivers(self) -> None:
        async with self.connection() as (socket, own):
            for data in ("hello", "Grüße 👋", '{"type":"message"}', b"bytes"):
                result = await self.post(own, data)
                require_equal(result["ResponseMetadata"]["HTTPStatusCode"], 200, "the status")
                require_equal(await socket.next(), data.decode() if isinstance(data, bytes) else data, "what the client gets")
            async with self.connection() as (other, id_of_other):
                await self.post(id_of_other, "for the other")
                require_equal(await other.next(), "for the other", "what the other client gets")
            await self.arrives(socket, own, "for this one")
            for number in range(20):
                await self.post(own, f"in order {number}")
            require_equal([await socket.next() for _ in range(20)], [f"in order {number}" for number in range(20)], "what comes")

    async def the_longest_message_is_delivered(self) -> None:
        async with self.connection() as (socket, own):
            text = "é" * (MESSAGE_BYTES // 2)
            await self.post(own, text)
            require(await socket.next() == text, "the message has changed")

    async def get_connection_tells_of_it(self) -> None:
        before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)
        async with self.connection(user_agent_header="test-agent/1") as (_, own):
            found = await self.call("get_connection", own)
            now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=1)
            require({"ConnectedAt", "Identity", "LastActiveAt"} <= set(found), f"the result has only {sorted(found)}")
            require_equal(found["Identity"], {"SourceIp": "127.0.0.1", "UserAgent": "test-agent/1"}, "the identity")
            require(before <= found["ConnectedAt"] <= found["LastActiveAt"] <= now, f"the times are {found['ConnectedAt']}, {found['LastActiveAt']}")

    async def delete_connection_closes_it(self) -> None:
        async with self.connection() as (socket, own):
            await self.post(own, "a last word")
            result = await self.call("delete_connection", own)
            require_equal(result["ResponseMetadata"]["HTTPStatusCode"], 204, "the status")
            require_equal(await socket.next(), "a last word", "what came before")
            require_equal(await socket.close_code(), 1000, "the close code")
            await self.all_are_gone(own)

    # What is refused

    async def all_are_gone(self, connection_id: str) -> None:
        await self.raises("GoneException", "post_to_connection", connection_id, Data=b"x")
        await self.raises("GoneException", "get_connection", connection_id)
        await self.raises("GoneException", "delete_connection", connection_id)

    async def a_connection_that_is_gone(self) -> None:
        await self.all_are_gone("AAAAAAAAAAAAAAA=")
        async with self.connection() as (_, own):
            pass
        # The client knows first that it has closed.
        await eventually(lambda: self._is_gone(own), "a closed connection is gone")
        await self.all_are_gone(own)

    def _is_gone(self, connection_id: str) -> bool:
        client = self.target.client()
        try:
            client.get_connection(ConnectionId=connection_id)
        except client.exceptions.GoneException:
            return True
        return False

    async def an_id_that_is_malformed(self) -> str:
        for malformed in ("x", "no id", "ä", "a" * 200):
            try:
                await self.post(malformed, b"x")
            except ClientError as error:
                status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                require_equal((status, error.response["Error"]["Code"]), (400, "BadRequestException"), f"the answer to the id {malformed!r}")
            else:
                raise Failure(f"a message to {malformed!r} was accepted")
        return "BadRequestException, which boto3 has no type for"

    async def a_message_that_is_too_large(self) -> None:
        async with self.connection() as (socket, own):
            for size in (MESSAGE_BYTES + 1, 1_000_000):
                await self.raises("PayloadTooLargeException", "post_to_connection", own, Data=b"x" * size)
            await self.arrives(socket, own, "small")

    async def a_wrong_signature(self) -> str:
        async with self.connection() as (socket, own):
            code = await self.refused(own, self.target.client(aws_secret_access_key="not-the-secret-of-the-tests-1"))
            await self.arrives(socket, own, "signed")
            return code

    async def an_unknown_key(self) -> str:
        async with self.connection() as (socket, own):
            code = await self.refused(own, self.target.client(aws_access_key_id="AKIDUNKNOWNUNKNOWN01"))
            await self.arrives(socket, own, "known")
            return code

    async def a_key_without_the_permission(self) -> None:
        async with self.connection() as (socket, own):
            for key in (NOTHING_KEY, OTHER_STAGE_KEY):
                client = self.target.client(key)
                await self.raises("ForbiddenException", "post_to_connection", own, client, Data=b"must not arrive")
                await self.raises("ForbiddenException", "get_connection", own, client)
                await self.raises("ForbiddenException", "delete_connection", own, client)
            # Nor does it learn which connections there are.
            await self.raises("ForbiddenException", "post_to_connection", "AAAAAAAAAAAAAAA=", self.target.client(NOTHING_KEY), Data=b"x")
            await self.arrives(socket, own, "permitted")

    async def a_permission_is_for_an_operation(self) -> None:
        async with self.connection() as (socket, own):
            client = self.target.client(POST_KEY)
            await self.post(own, "by a key that may post", client)
            require_equal(await socket.next(), "by a key that may post", "what comes")
            await self.raises("ForbiddenException", "get_connection", own, client)
            await self.raises("ForbiddenException", "delete_connection", own, client)
            await self.arrives(socket, own, "still connected")

    async def an_explicit_deny_wins(self) -> None:
        async with self.connection() as (socket, own):
            client = self.target.client(DENIED_KEY)
            await self.call("get_connection", own, client)
            await self.raises("ForbiddenException", "post_to_connection", own, client, Data=b"must not arrive")
            await self.arrives(socket, own, "allowed")

    async def a_skewed_clock(self) -> str:
        async with self.connection() as (socket, own):
            codes = set()
            for minutes in (-10, 10, -60 * 24):
                codes.add(await self.refused(own, self.target.client(), lambda minutes=minutes: clock_moved(datetime.timedelta(minutes=minutes))))
            for minutes in (-2, 2):
                with clock_moved(datetime.timedelta(minutes=minutes)):
                    await self.arrives(socket, own, f"{minutes} minutes are borne")
            return ", ".join(sorted(codes))

    async def a_session_token(self) -> None:
        async with self.connection() as (socket, own):
            await self.post(own, "with a session token", self.target.client(aws_session_token="a/session+token=="))
            require_equal(await socket.next(), "with a session token", "what comes")

            def change(request: AWSRequest) -> None:
                del request.headers["X-Amz-Security-Token"]
                request.headers["X-Amz-Security-Token"] = "another"

            credentials = Credentials(HANDLER_KEY.access_key_id, HANDLER_KEY.secret, "a/session+token==")
            status, _ = await self.by_hand("POST", self.path(own), b"must not arrive", credentials=credentials, change=change)
            require_equal(status, 403, "the status of a request whose session token was changed")
            await self.arrives(socket, own, "unchanged")

    async def both_path_encodings(self) -> None:
        async with self.connection() as (socket, own):
            for at in ("@", "%40"):
                for quoted in (True, False):
                    path = self.path(own, at=at, quoted=quoted)
                    require_equal(await self.by_hand("POST", path, path.encode()), (200, ""), f"the answer to POST {path}")
                    require_equal(await socket.next(), path, "what comes")
                    require_equal((await self.by_hand("GET", path))[0], 200, f"the status of GET {path}")
            status, kind = await self.by_hand("DELETE", self.path(own, at="%40"))
            require_equal((status, kind), (204, ""), "the answer to DELETE")
            require_equal(await socket.close_code(), 1000, "the close code")
            require_equal((await self.by_hand("POST", self.path(own, at="%40"), b"x"))[0], 410, "the status when it is gone")

    async def a_request_that_was_changed(self) -> None:
        async with self.connection() as (socket, own):
            def other_body(request: AWSRequest) -> None:
                request.data = b"must not arrive"

            def later(request: AWSRequest) -> None:
                date = request.headers["X-Amz-Date"]
                del request.headers["X-Amz-Date"]
                request.headers["X-Amz-Date"] = date[:-2] + ("1" if date[-2] == "0" else "0") + "Z"

            for name, change in {"body": other_body, "date": later}.items():
                status, _ = await self.by_hand("POST", self.path(own), b"what was signed", change=change)
                require_equal(status, 403, f"the status of a request with another {name} than was signed")
            await self.arrives(socket, own, "as signed")

    async def a_request_without_signature(self) -> str:
        async with self.connection() as (socket, own):
            kinds = set()

            def malformed(request: AWSRequest) -> None:
                request.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=x"

            for change in (lambda request: None, malformed):
                status, kind = await self.by_hand("POST", self.path(own), b"must not arrive", sign=False, change=change)
                require_equal(status, 403, "the status")
                kinds.add(kind)
            await self.arrives(socket, own, "signed")
            return ", ".join(sorted(kinds))

    async def a_signature_for_something_else(self) -> None:
        async with self.connection() as (socket, own):
            for scope in ({"service": "dynamodb"}, {"region": "eu-west-1"}):
                status, _ = await self.by_hand("POST", self.path(own), b"must not arrive", **scope)
                require_equal(status, 403, f"the status with the scope {scope}")
            await self.arrives(socket, own, "for this API")

    async def another_path_or_method(self) -> str:
        async with self.connection() as (socket, own):
            answers = []
            for method, path in (
                ("POST", self.path(own).replace(f"/{STAGE}/", "/other/")), ("PUT", self.path(own)), ("POST", f"{self.target.path}/@connections"),
                ("POST", f"{self.path(own)}/more"),
            ):
                status, kind = await self.by_hand(method, path, b"must not arrive")
                require(400 <= status < 500, f"{method} {path} is answered with {status}")
                answers.append(f"{status} {kind}".strip())
            await self.arrives(socket, own, "by the right path")
            return ", ".join(answers)


class ThrottleTest(ManagementTest):
    """On a gateway that takes few requests a second."""

    async def run(self, checks: Checks) -> None:
        await checks.run("@connections: too many requests", self.too_many_requests)

    async def too_many_requests(self) -> str:
        async with self.connection() as (socket, own):
            client = self.target.client()
            accepted = throttled = 0
            for number in range(40):
                try:
                    await self.post(own, f"{accepted}", client)
                    accepted += 1
                except client.exceptions.LimitExceededException as error:
                    require_equal(error.response["ResponseMetadata"]["HTTPStatusCode"], 429, "the status")
                    throttled += 1
            require(accepted and throttled, f"{accepted} were accepted and {throttled} refused")
            require_equal([await socket.next() for _ in range(accepted)], [f"{number}" for number in range(accepted)], "what was delivered")
            return f"{accepted} accepted, {throttled} refused"


def described(error: ClientError) -> str:
    return f"{error.response['Error']['Code']} ({error.response['ResponseMetadata']['HTTPStatusCode']})"


# Whose `@connections` is tried


async def run_on_gateway(bin: pathlib.Path, artifacts: pathlib.Path, checks: Checks) -> None:
    for name, test, quotas in (("management", ManagementTest, {}), ("throttled", ThrottleTest, {"requestsPerSecond": 2, "burst": 10})):
        function = python_function("faults", "app.handler", {})
        routes = {"$default": {"function": "app", "response": True}}
        with Gateway(bin, artifacts, f"gateway-{name}", routes=routes, functions={"app": function}, keys=KEYS, quotas=quotas) as gateway:
            await test(Target(gateway.endpoint, gateway.websocket_url, gateway.tls, str(gateway.ca_bundle))).run(checks)


async def run_on_ministack(program: pathlib.Path, artifacts: pathlib.Path, checks: Checks) -> None:
    with MiniStack(program, artifacts) as ministack:
        api_id = make_api(ministack, HANDLERS / "faults" / "app.py", ["$default"])
        path = f"127.0.0.1:{ministack.port}/_aws/execute-api/{api_id}/{STAGE}"
        await ManagementTest(Target(f"http://{path}", f"ws://{path}", None, None)).run(checks)


def make_api(ministack: MiniStack, code: pathlib.Path, routes: list[str], environment: dict[str, str] | None = None) -> str:
    """A WebSocket API with one Python function behind its routes. Returns its id."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.write(code, code.name)
    function = ministack.client("lambda").create_function(
        FunctionName="app", Runtime="python3.11", Handler=f"{code.stem}.handler", Role="arn:aws:iam::000000000000:role/app", Timeout=20,
        Code={"ZipFile": archive.getvalue()}, Environment={"Variables": environment or {}})["FunctionArn"]
    gateway = ministack.client("apigatewayv2")
    api_id = gateway.create_api(Name="app", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
    integration = gateway.create_integration(ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=uri)["IntegrationId"]
    for route in routes:
        route_id = gateway.create_route(
            ApiId=api_id, RouteKey=route, Target=f"integrations/{integration}", RouteResponseSelectionExpression="$default")["RouteId"]
        gateway.create_route_response(ApiId=api_id, RouteId=route_id, RouteResponseKey="$default")
    gateway.create_stage(ApiId=api_id, StageName=STAGE, AutoDeploy=True)
    return api_id


async def run(parsed: argparse.Namespace) -> int:
    checks = Checks()
    artifacts = parsed.artifacts.resolve()
    if parsed.bin:
        await run_on_gateway(parsed.bin.resolve(), artifacts, checks)
    else:
        await run_on_ministack(parsed.ministack, artifacts, checks)
    return checks.finish()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    host = parser.add_mutually_exclusive_group(required=True)
    host.add_argument("--bin", type=pathlib.Path, help="the folder that has Gateway")
    host.add_argument("--ministack", type=pathlib.Path, metavar="PROGRAM", help="the ministack of a virtual environment of its own")
    parser.add_argument("--artifacts", required=True, type=pathlib.Path, help="the folder for logs and configurations")
    parsed = parser.parse_args()
    parsed.artifacts.mkdir(parents=True, exist_ok=True)
    return asyncio.run(run(parsed))


if __name__ == "__main__":
    sys.exit(main())
