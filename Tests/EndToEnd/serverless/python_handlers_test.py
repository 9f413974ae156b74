#!/usr/bin/env python3
"""Lambda handlers in Python, on boto3 and awslambdaric, as they would run on AWS: here on our Gateway, with moto's DynamoDB.

    python_handlers_test.py --bin .build/debug --artifacts artifacts

The handlers (python_handlers/) know nothing of this: where DynamoDB is and what to trust comes from AWS's own variables, and the
`@connections` URL from the event, as always.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import pathlib
import sys
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import Checks, require, require_equal  # noqa: E402
from programs import (  # noqa: E402
    API_ID, STAGE, Gateway, Moto, Socket, eventually, handshake_status, open_socket, python_function, require_error_frame,
)

STALE = "AAAAAAAAAAAAAAA="  # well-formed, and nobody's
INTERNAL = "Internal server error"
TIMED_OUT = "Endpoint request timed out"


class SimpleHandlers:
    """Three functions in the manner of AWS's public chat sample."""

    table = "simple-connections"

    def __init__(self, bin: pathlib.Path, artifacts: pathlib.Path, moto: Moto) -> None:
        self.moto = moto
        moto.create_connections_table(self.table)
        environment = {
            "TABLE_NAME": self.table, "AWS_ENDPOINT_URL_DYNAMODB": moto.endpoint,
            "AWS_CA_BUNDLE": str(artifacts / "gateway-simple-certificates" / "cert.pem"),
        }
        names = {"$connect": "onconnect", "$disconnect": "ondisconnect", "sendMessage": "sendmessage"}
        self.gateway = Gateway(
            bin, artifacts, "gateway-simple", routes=dict(names.items()),
            functions={name: python_function("simple", f"{name}.handler", environment) for name in names.values()})
        require_equal(str(self.gateway.ca_bundle), environment["AWS_CA_BUNDLE"], "the path of the certificate")

    async def run(self, checks: Checks) -> None:
        for check in (
            self.connect_puts_a_row, self.send_message_reaches_all, self.disconnect_removes_the_row, self.a_stale_row_is_removed_by_gone_exception,
            self.an_unknown_action_is_forbidden, self.text_that_is_no_json_is_forbidden,
        ):
            await checks.run(f"simple handlers: {check.__name__.replace('_', ' ')}", check)

    def ids(self) -> set[str]:
        return self.moto.connection_ids(self.table)

    def socket(self):
        return open_socket(self.gateway.websocket_url, self.gateway.tls)

    async def connect_puts_a_row(self) -> None:
        async with self.socket():
            # The 101 comes after the function has returned: the row is there already.
            require_equal(len(self.ids()), 1, "the number of rows after one connection")

    async def send_message_reaches_all(self) -> None:
        await eventually(lambda: not self.ids(), "the rows of former connections are removed")
        async with self.socket() as one, self.socket() as two, self.socket() as three:
            require_equal(len(self.ids()), 3, "the number of rows")
            for text in ("hello, world", "Grüße 👋", "x" * 30_000):
                await one.send(action="sendMessage", data=text)
                for socket in (one, two, three):
                    require_equal(await socket.next(), text, "what a client gets")

    async def disconnect_removes_the_row(self) -> None:
        async with self.socket() as staying:
            async with self.socket():
                await eventually(lambda: len(self.ids()) == 2, "there are two rows")
            await eventually(lambda: len(self.ids()) == 1, "the row is removed after the connection")
            await staying.send(action="sendMessage", data="alone")
            require_equal(await staying.next(), "alone", "what the other one gets")

    async def a_stale_row_is_removed_by_gone_exception(self) -> None:
        async with self.socket() as one:
            self.moto.dynamodb.put_item(TableName=self.table, Item={"connectionId": {"S": STALE}})
            await one.send(action="sendMessage", data="anybody?")
            require_equal(await one.next(), "anybody?", "what the client gets")
            await eventually(lambda: STALE not in self.ids(), "the stale row is removed")

    async def an_unknown_action_is_forbidden(self) -> None:
        await eventually(lambda: not self.ids(), "the rows of former connections are removed")
        async with self.socket() as one:
            (own,) = self.ids()
            await one.send(action="fly")
            require_equal(require_error_frame(await one.next(), "Forbidden"), own, "the connection id in the frame")
            await one.send(action="sendMessage", data="still here")
            require_equal(await one.next(), "still here", "what comes afterwards")

    async def text_that_is_no_json_is_forbidden(self) -> None:
        async with self.socket() as one:
            for text in ("hello", "[]", '{"action":7}', '{"action":"$connect"}', '{"action":"$disconnect"}'):
                await one.connection.send(text)
                require_error_frame(await one.next(), "Forbidden")


class SingleHandler:
    """One function for all routes, with an authorizer and route responses."""

    table = "single-connections"

    def __init__(self, bin: pathlib.Path, artifacts: pathlib.Path, moto: Moto) -> None:
        self.moto = moto
        moto.create_connections_table(self.table)
        environment = {
            "TABLE_NAME": self.table, "AWS_ENDPOINT_URL": moto.endpoint,
            "AWS_CA_BUNDLE": str(artifacts / "gateway-single-certificates" / "cert.pem"),
        }
        answered = {"function": "app", "response": True}
        self.gateway = Gateway(
            bin, artifacts, "gateway-single",
            routes={
                "$connect": {"function": "app", "authorize": True}, "$disconnect": "app", "$default": answered, "say": answered, "who": answered,
                "info": answered, "kick": answered,
            },
            functions={
                "app": python_function("single", "app.handler", environment), "authorizer": python_function("single", "authorizer.handler", {}),
            },
            authorizer={"function": "authorizer", "identitySources": ["route.request.querystring.token"]})

    async def run(self, checks: Checks) -> None:
        for check in (
            self.the_authorizer_decides, self.query_parameters_are_absent_or_there, self.the_event_has_the_authorizer_context,
            self.the_default_route_gets_the_rest, self.a_body_goes_back_by_the_route_response, self.get_connection_tells_of_the_client,
            self.delete_connection_ends_a_connection, self.disconnect_has_code_and_reason,
        ):
            await checks.run(f"single handler: {check.__name__.replace('_', ' ')}", check)

    def url(self, token: str = "friend", name: str | None = None) -> str:
        return f"{self.gateway.websocket_url}?token={token}" + (f"&name={name}" if name else "")

    def socket(self, token: str = "friend", name: str | None = None):
        return open_socket(self.url(token, name), self.gateway.tls)

    async def the_authorizer_decides(self) -> None:
        expected = {"friend": 101, "denied": 403, "elsewhere": 403, "stranger": 401, "broken": 500, "malformed": 500, "": 401}
        for token, status in expected.items():
            require_equal(await handshake_status(self.url(token), self.gateway.tls), status, f"the status with the token {token!r}")
        require_equal(await handshake_status(self.gateway.websocket_url, self.gateway.tls), 401, "the status without a token")

    async def query_parameters_are_absent_or_there(self) -> None:
        await eventually(lambda: not self.moto.connection_ids(self.table), "the rows of former connections are removed")
        async with self.socket(name="zo%C3%AB"):
            (item,) = self.moto.dynamodb.scan(TableName=self.table)["Items"]
            require_equal(item["name"]["S"], "zoë", "the name from the query")
            require_equal(item["principalId"]["S"], "user|friend", "the principal at $connect")

    async def the_event_has_the_authorizer_context(self) -> None:
        async with self.socket() as one:
            who = await one.ask(action="who")
            authorizer = who["authorizer"]
            require_equal(authorizer["principalId"], "user|friend", "the principal")
            require_equal([str(authorizer[name]).lower() for name in ("team", "level", "admin")], ["blue", "7", "false"], "the context")
            require_equal((who["routeKey"], who["eventType"], who["messageDirection"], who["stage"], who["apiId"]),
                          ("who", "MESSAGE", "IN", STAGE, API_ID), "what the event says of itself")
            require_equal(who["members"], ["body", "isBase64Encoded", "requestContext"], "the members of a MESSAGE event")
            require_equal(who["identity"]["sourceIp"], "127.0.0.1", "the client's address")
            require_equal(who["requestId"], who["extendedRequestId"], "the extended request id")
            again = await one.ask(action="who")
            require_equal(again["connectionId"], who["connectionId"], "the connection id of another message")
            require(again["messageId"] != who["messageId"] and again["requestId"] != who["requestId"], "two messages have the same ids")

    async def the_default_route_gets_the_rest(self) -> None:
        async with self.socket() as one:
            for text in ('{"action":"fly"}', "no JSON", '{"action":{"a":1}}', '{"other":1}'):
                await one.connection.send(text)
                require_equal(await one.next_json(), {"unknown": text, "routeKey": "$default"}, "the answer")

    async def a_body_goes_back_by_the_route_response(self) -> None:
        async with self.socket(name="one") as one, self.socket(name="two") as two:
            await one.send(action="say", text="hi")
            frames = [await one.next_json(), await one.next_json()]
            require({"from": "one", "text": "hi"} in frames, f"the message is not among {frames}")
            require(any(frame.get("sent", 0) >= 2 for frame in frames), f"the answer is not among {frames}")
            require_equal(await two.next_json(), {"from": "one", "text": "hi"}, "what the other one gets")

    async def get_connection_tells_of_the_client(self) -> None:
        async with open_socket(self.url(), self.gateway.tls, user_agent_header="test-agent/1") as one:
            info = await one.ask(action="info")
            require_equal(sorted(info), ["ConnectedAt", "Identity", "LastActiveAt"], "the members")
            require_equal(info["Identity"], {"SourceIp": "127.0.0.1", "UserAgent": "test-agent/1"}, "the identity")

    async def delete_connection_ends_a_connection(self) -> None:
        async with self.socket(name="victim") as victim, self.socket(name="witness") as witness:
            frames = [await witness.ask(action="kick", name="victim"), await witness.next_json()]
            require_equal(await victim.close_code(), 1000, "the close code")
            require({"kicked": 1} in frames, f"the answer is not among {frames}")
            require({"left": "victim", "code": 1000, "reason": "Connection Closed Normally"} in frames, f"$disconnect is not among {frames}")

    async def disconnect_has_code_and_reason(self) -> None:
        async with self.socket(name="witness") as witness:
            for code, reason in ((1000, "done"), (4321, "of our own")):
                async with self.socket(name="leaver") as leaver:
                    await leaver.connection.close(code, reason)
                require_equal(await self.next_leaver(witness), {"left": "leaver", "code": code, "reason": reason}, "what $disconnect says")
            async with self.socket(name="leaver") as leaver:
                await leaver.connection.close(None)  # A close frame without a code.
            left = await self.next_leaver(witness)
            require_equal((left["code"], left["reason"]), (1005, "Client-side close frame status not set"), "what $disconnect says")


    @staticmethod
    async def next_leaver(witness: Socket) -> Any:
        """The end of a connection of this check; that of a former check's may be told as late."""
        while (left := await witness.next_json())["left"] != "leaver":
            pass
        return left


class Faults:
    """A function that fails in every way, and a gateway whose time-outs are short."""

    def __init__(self, bin: pathlib.Path, artifacts: pathlib.Path) -> None:
        environment = {"AWS_CA_BUNDLE": str(artifacts / "gateway-faults-certificates" / "cert.pem")}
        app = {"function": "app", "response": True}
        routes = {name: app for name in ("echo", "throw", "crash", "exit", "text", "statusless", "refuse", "post")}
        self.gateway = Gateway(
            bin, artifacts, "gateway-faults",
            routes={
                **routes, "$connect": "app", "silent": {"function": "app"}, "sleep": {"function": "sleeper", "response": True, "timeout": "1500ms"},
                "sleepy": {"function": "sleepy", "response": True},
            },
            functions={
                "app": python_function("faults", "app.handler", environment),
                # What takes longer than the integration may is not ended by that: it goes on until the function's own time-out.
                "sleeper": python_function("faults", "app.handler", environment, timeout="4s"),
                # Here the function's own time-out is over first.
                "sleepy": python_function("faults", "sleepy.handler", environment, timeout="1s", concurrency=1),
            })

    async def run(self, checks: Checks) -> None:
        for check in (
            self.connect_is_refused_with_the_status, self.a_handler_that_throws, self.a_handler_that_takes_too_long, self.a_function_that_times_out,
            self.a_crash_is_an_error_and_the_process_is_replaced, self.answers_that_are_none, self.a_status_is_not_an_error,
            self.without_route_response_nothing_comes_back, self.it_can_post_to_its_own_connection, self.faults_of_one_do_not_hold_up_another,
        ):
            await checks.run(f"faults: {check.__name__.replace('_', ' ')}", check)

    def socket(self):
        return open_socket(self.gateway.websocket_url, self.gateway.tls)

    async def connect_is_refused_with_the_status(self) -> None:
        expected = {"200": 101, "204": 101, "301": 301, "401": 401, "403": 403, "501": 501, "throw": 502, "text": 502}
        for asked, status in expected.items():
            got = await handshake_status(f"{self.gateway.websocket_url}?status={asked}", self.gateway.tls)
            require_equal(got, status, f"the handshake's status where $connect gives {asked}")

    async def a_handler_that_throws(self) -> None:
        async with self.socket() as one:
            await self.fails(one, "throw", INTERNAL)
            # The process lives: an exception is an answer.
            before = (await one.ask(action="echo"))["process"]
            await self.fails(one, "throw", INTERNAL)
            require(before, "there is no process")

    async def a_handler_that_takes_too_long(self) -> None:
        async with self.socket() as one:
            await self.fails(one, "sleep", TIMED_OUT)

    async def a_function_that_times_out(self) -> None:
        async with self.socket() as one:
            first = await one.ask(action="sleepy", seconds=0)
            await one.send(action="sleepy", seconds=60)
            require_error_frame(await one.next(), INTERNAL)
            require((await one.ask(action="sleepy", seconds=0))["process"] != first["process"], "the process that was too slow was not replaced")

    async def a_crash_is_an_error_and_the_process_is_replaced(self) -> None:
        async with self.socket() as one:
            for way in ("crash", "exit", "crash"):
                await self.fails(one, way, INTERNAL)

    async def answers_that_are_none(self) -> None:
        async with self.socket() as one:
            for way in ("text", "statusless"):
                await self.fails(one, way, INTERNAL)

    async def a_status_is_not_an_error(self) -> None:
        async with self.socket() as one:
            await one.send(action="refuse")
            require_equal(await one.next(), "refused", "the body of an answer with status 401, by the route response")
            await self.answers(one)

    async def without_route_response_nothing_comes_back(self) -> None:
        async with self.socket() as one:
            await one.send(action="silent")
            await self.answers(one)

    async def it_can_post_to_its_own_connection(self) -> None:
        async with self.socket() as one:
            await one.send(action="post", text="Grüße")
            require_equal(await one.next_json(), {"action": "post", "text": "Grüße"}, "what was posted")
            await self.answers(one)

    async def faults_of_one_do_not_hold_up_another(self) -> None:
        async with self.socket() as one, self.socket() as two:
            await one.send(action="sleep")
            await self.answers(two)
            require_error_frame(await one.next(), TIMED_OUT)

    async def fails(self, socket, action: str, message: str) -> None:
        await socket.send(action=action)
        named = require_error_frame(await socket.next(), message)
        require_equal(await self.answers(socket), named, "the connection that the frame names")

    async def answers(self, socket) -> str:
        """The connection is as it was, and so is the function. Returns the connection's id."""
        got = await socket.ask(action="echo", text="here")
        require_equal(json.loads(got["echo"]), {"action": "echo", "text": "here"}, "the echo")
        return got["connectionId"]


async def run(bin: pathlib.Path, artifacts: pathlib.Path) -> int:
    checks = Checks()
    with contextlib.ExitStack() as stack:
        moto = stack.enter_context(Moto(artifacts))
        for test in (SimpleHandlers(bin, artifacts, moto), SingleHandler(bin, artifacts, moto), Faults(bin, artifacts)):
            with test.gateway:
                await test.run(checks)
    return checks.finish()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="the folder that has Gateway")
    parser.add_argument("--artifacts", required=True, type=pathlib.Path, help="the folder for logs and configurations")
    parsed = parser.parse_args()
    parsed.artifacts.mkdir(parents=True, exist_ok=True)
    return asyncio.run(run(parsed.bin.resolve(), parsed.artifacts.resolve()))


if __name__ == "__main__":
    sys.exit(main())
