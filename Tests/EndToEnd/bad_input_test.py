#!/usr/bin/env python3
"""Everything that a client should not do. Each gets the documented answer, and the server goes on serving the others.

    bad_input_test.py --bin .build/debug --artifacts artifacts
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import pathlib
import random
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable

from botocore.exceptions import ClientError
from pycognito.aws_srp import N_HEX

from harness import (
    CLIENT_ID, JSON, TIMEOUT, Arguments, ChatSocket, Checks, Server, User, Users, chat_socket, http, parse_arguments, require,
    require_equal, store_file,
)
from raw_socket import (
    BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawSocket, frame, handshake_request, raw_chat_socket, raw_socket,
)
from tokens import TokenForge, make_key

HANDSHAKE_TIMEOUT = 10.0
# What a busy machine may add to a time that the server keeps.
TOLERANCE = 5.0
MEBIBYTE = 2**20

SILENT_CONNECTIONS = 1000
FLOOD_MESSAGES = 750
FLOOD_MESSAGE = 16_000  # bytes
SLOW_READERS = 20


class Probe:
    """Two who chat properly all the time, and must not notice anything."""

    def __init__(self, alice: ChatSocket, bob: ChatSocket) -> None:
        self.alice = alice
        self.bob = bob
        self._numbers = itertools.count(1)

    async def chat(self) -> None:
        text = f"probe {next(self._numbers)}"
        for sender, receiver in ((self.alice, self.bob), (self.bob, self.alice)):
            sent, received = len(sender.events), len(receiver.events)
            await sender.send(action="sendMessage", message=text)
            await receiver.wait_for_message(text, after=received)
            await sender.wait_for(lambda event: event["type"] == "messageAccepted", "messageAccepted", after=sent)


class BadInputTest:
    def __init__(self, checks: Checks, server: Server, probe: Probe) -> None:
        self.checks = checks
        self.server = server
        self.probe = probe

    async def check(self, name: str, check: Callable[[], Awaitable[str | None]]) -> None:
        """The check, and then whether the server still serves others."""

        async def check_and_probe() -> str | None:
            remark = await check()
            self.server.require_running()
            await self.probe.chat()
            return remark

        await self.checks.run(name, check_and_probe)


# Tokens


class TokenTest(BadInputTest):
    def __init__(self, checks: Checks, server: Server, probe: Probe, store: pathlib.Path, user: User) -> None:
        super().__init__(checks, server, probe)
        self.user = user
        self.forge = TokenForge(store)

    async def run(self, other_pool: str, other_client: str) -> None:
        forge, now = self.forge, int(time.time())
        await self.check("a token made with the server's key is accepted", self.accepted(forge.token()))
        changed = self.user.access_token.split(".")
        changed[1] = forge.token().split(".")[1]
        for name, token, reason in (
            ("no token", "", "missing"),
            ("garbage for a token", "garbage", "malformed"),
            ("a token of three bad parts", "a.b.c", "malformed"),
            ("a token of 9,000 bytes", "x" * 9000, "tooLong"),
            ("an expired token", forge.token(exp=now - 1), "expired"),
            ("a token that does not hold yet", forge.token(nbf=now + 600), "notYetValid"),
            ("a token without exp", forge.token(exp=None), "malformed"),
            ("a token with another issuer", forge.token(iss="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other"), "issuer"),
            ("a token with another audience", forge.token(client_id="other"), "audience"),
            ("a token without an audience", forge.token(client_id=None), "audience"),
            ("a token that another application got", other_client, "audience"),
            ("an ID token", self.user.id_token, "tokenUse"),
            ("an access token that says it is an ID token", forge.token(token_use="id", aud=CLIENT_ID), "tokenUse"),
            ("alg none", forge.unsigned("none"), "algorithm"),
            ("alg NONE", forge.unsigned("NONE"), "algorithm"),
            ("HS256 with the public key", forge.signed_with_public_key("HS256"), "algorithm"),
            ("an HMAC with the public key that says RS256", forge.signed_with_public_key("RS256"), "signature"),
            ("an unknown kid", forge.signed(forge.claims(), "unknown", make_key()), "unknownKey"),
            ("a known kid, signed with another key", forge.signed(forge.claims(), forge.key_id, make_key()), "signature"),
            ("a signature of other claims", ".".join(changed), "signature"),
            ("a token of another pool", other_pool, "unknownKey"),
        ):
            await self.check(f"{name}: 401", self.refused(reason, Authorization=f"Bearer {token}"))
        garbage = "chat.v1, bearer.garbage"
        await self.check("a bad token in a subprotocol: 401", self.refused("malformed", Sec_WebSocket_Protocol=garbage))
        await self.check("a bad token in the query: 401", self.refused("malformed", path="/ws?token=garbage"))
        good = f"/ws?token={self.user.access_token}"
        await self.check("a bad token before a good one: 401", self.refused("malformed", path=good, Authorization="Bearer garbage"))
        await self.check("a token that expires while connected: 4001", self.expires_while_connected)

    def accepted(self, token: str) -> Callable[[], Awaitable[None]]:
        async def check() -> None:
            async with raw_chat_socket(self.server, token):
                pass

        return check

    def refused(self, reason: str, path: str = "/ws", **fields: str) -> Callable[[], Awaitable[None]]:
        """The metrics tell why, and so that nothing else was wrong with the token."""

        async def check() -> None:
            series = f'chat_connections_rejected_total{{reason="{reason}"}}'
            before = self.server.metric(series)
            async with raw_socket(self.server) as connection:
                await connection.send(handshake_request(path, **fields))
                status, _ = await connection.read_response()
                await connection.read_end()
            require_equal(status, 401, "the status")
            require_equal(self.server.metric(series) - before, 1, f"how often it was refused as {reason}")

        return check

    async def expires_while_connected(self) -> None:
        async with chat_socket(self.server, self.forge.token(exp=int(time.time()) + 2)) as chat:
            require_equal((await chat.request("ping"))["type"], "pong", "the answer before it expires")
            require_equal(await chat.wait_closed(), 4001, "the close code")


# The user pool


class UserPoolTest(BadInputTest):
    async def run(self) -> None:
        modulus = int(N_HEX, 16)
        for name, value in (("0", "0"), ("00", "00"), ("N", f"{modulus:x}"), ("2N", f"{2 * modulus:x}"), ("nothing", "x"), (
            "60,000 digits", "f" * 60_000)):
            await self.check(f"SRP_A of {name}: InvalidParameterException", self.refused_public_value(value))
        await self.check("an SRP_A of 200 MB is not read", self.huge_body(chunked=False))
        await self.check("an SRP_A of 200 MB in chunks is not read", self.huge_body(chunked=True))
        for name, body, target, error in (
            ("no JSON", b"{", "InitiateAuth", "SerializationException"),
            ("JSON 10,000 deep", b'{"AuthParameters":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "InitiateAuth", None),
            ("wrong types", b'{"ClientId":1,"AuthFlow":[]}', "InitiateAuth", "SerializationException"),
            ("an unknown operation", b"{}", "DeleteEverything", "UnknownOperationException"),
        ):
            await self.check(f"user pool, {name}: 400", self.refused_body(body, target, error))

    def refused_public_value(self, value: str) -> Callable[[], Awaitable[None]]:
        async def check() -> None:
            client = Users(self.server).client
            try:
                client.initiate_auth(
                    ClientId=CLIENT_ID, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "alice", "SRP_A": value})
            except ClientError as error:
                require_equal(error.response["Error"]["Code"], "InvalidParameterException", "the error")
            else:
                require(False, "it was accepted")

        return check

    def refused_body(self, body: bytes, operation: str, error: str | None) -> Callable[[], Awaitable[None]]:
        async def check() -> None:
            request = urllib.request.Request(self.server.url, body, {
                "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"})
            status, _, answer = http(request)
            require_equal(status, 400, "the status")
            if error:
                require_equal(json.loads(answer)["__type"], error, "the error")

        return check

    def huge_body(self, chunked: bool) -> Callable[[], Awaitable[str]]:
        async def check() -> str:
            total = 200_000_000
            part = b"f" * 65_536
            length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {total}"
            head = (
                f"POST / HTTP/1.1\r\nHost: localhost\r\n{length}\r\nContent-Type: application/x-amz-json-1.1\r\n"
                "X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth\r\n\r\n")
            before = self.server.memory()
            async with raw_socket(self.server) as connection:
                answer = asyncio.create_task(connection.read_response())
                await connection.send(head.encode() + (b"" if chunked else b'{"AuthFlow":"USER_SRP_AUTH","SRP_A":"'))
                sent = 0
                while sent < total and not answer.done() and not connection.writer.is_closing():
                    await connection.send(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
                    sent += len(part)
                status, _ = await answer
            # A reset on the way may take the answer with it.
            require(status in (413, 0), f"the status is {status}")
            require(sent < total, "all of it was taken")
            grown = self.server.memory() - before
            require(grown < 32 * MEBIBYTE, f"the server has grown by {grown // MEBIBYTE} MiB")
            return f"{status or 'cut'} after {sent // 1000} kB"

        return check


# Handshakes and HTTP


class HTTPTest(BadInputTest):
    def __init__(self, checks: Checks, server: Server, probe: Probe, user: User) -> None:
        super().__init__(checks, server, probe)
        self.authorization = {"Authorization": f"Bearer {user.access_token}"}

    async def run(self) -> None:
        fields = self.authorization
        many = "".join(f"X-{number}: x\r\n" for number in range(101)).encode()
        for name, request, status in (
            ("no Upgrade", handshake_request(Upgrade=None, **fields), 426),
            ("WebSocket version 8", handshake_request(Sec_WebSocket_Version="8", **fields), 426),
            ("no key", handshake_request(Sec_WebSocket_Key=None, **fields), 400),
            ("a key that is too short", handshake_request(Sec_WebSocket_Key="c2hvcnQ=", **fields), 400),
            ("no Host", handshake_request(Host=None, **fields), 400),
            ("101 fields", handshake_request(**fields)[:-2] + many + b"\r\n", 400),
            ("a field of 17,000 bytes", handshake_request(X="x" * 17_000, **fields), 400),
            ("another path", handshake_request("/other", **fields), 404),
        ):
            await self.check(f"handshake, {name}: {status}", self.answered(request, status))
        noise = random.Random(7).randbytes(4096)
        for name, request in (
            ("noise", noise + b"\r\n\r\n"),
            ("a TLS handshake", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + noise[:64] + b"\n\n"),
            ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(32)),
            ("a request line of 1 MB", b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n\r\n"),
            ("a field of 1 MB", b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n"),
            ("a length below 0", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"),
            ("two lengths", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
            ("an HTTP version that is none", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n"),
        ):
            await self.check(f"HTTP, {name}: refused", self.refused(request))

    def answered(self, request: bytes, status: int) -> Callable[[], Awaitable[None]]:
        async def check() -> None:
            async with raw_socket(self.server) as connection:
                await connection.send(request)
                answer, fields = await connection.read_response()
            require_equal(answer, status, "the status")
            if b"Sec-WebSocket-Version: 8" in request:
                require_equal(fields.get("sec-websocket-version"), "13", "the version that would do")

        return check

    def refused(self, request: bytes) -> Callable[[], Awaitable[str]]:
        async def check() -> str:
            async with raw_socket(self.server) as connection:
                await connection.send(request)
                status, _ = await connection.read_response()
            require(status == 0 or 400 <= status < 600, f"the status is {status}")
            return str(status or "cut")

        return check


# Frames


class FrameTest(BadInputTest):
    def __init__(self, checks: Checks, server: Server, probe: Probe, user: User) -> None:
        super().__init__(checks, server, probe)
        self.user = user

    async def run(self) -> None:
        text = b'{"action":"ping"}'
        part = frame(CONTINUATION, b"x" * 32_000, final=False)
        for name, frames, code in (
            ("a frame of 32,769 bytes", frame(TEXT, b" " * 32_769), 1009),
            ("a frame that announces 2^62 bytes", frame(TEXT, announced=2**62), 1009),
            ("a message over 131,072 bytes in fragments", frame(TEXT, b"x" * 32_000, final=False) + 4 * part, 1009),
            ("a room name of 10 MB", frame(TEXT, b'{"action":"joinRoom","room":"%b"}' % (b"r" * 10_000_000)), 1009),
            ("invalid UTF-8", frame(TEXT, b'{"action":"ping","ref":"\xff"}'), 1007),
            ("UTF-8 with a surrogate", frame(TEXT, b'{"action":"ping","ref":"\xed\xa0\x80"}'), 1007),
            ("UTF-8 that ends too early", frame(TEXT, b"\xf0\x9f", final=False) + frame(CONTINUATION), 1007),
            ("a binary message", frame(BINARY, text), 1003),
            ("an unmasked frame", frame(TEXT, text, masked=False), 1002),
            ("reserved bit 1", frame(TEXT, text, reserved=4), 1002),
            ("reserved bit 2", frame(TEXT, text, reserved=2), 1002),
            ("reserved bit 3", frame(TEXT, text, reserved=1), 1002),
            ("a reserved opcode", frame(3, text), 1002),
            ("a reserved control opcode", frame(11), 1002),
            ("a ping of 126 bytes", frame(PING, b"x" * 126), 1002),
            ("a ping in fragments", frame(PING, final=False), 1002),
            ("a continuation of nothing", frame(CONTINUATION, text), 1002),
            ("a message inside of another", frame(TEXT, b"{", final=False) + frame(TEXT, text), 1002),
            ("a close frame of one byte", frame(CLOSE, b"\x03"), 1002),
            ("a close frame with code 1005", frame(CLOSE, (1005).to_bytes(2)), 1002),
            ("a close frame with code 999", frame(CLOSE, (999).to_bytes(2)), 1002),
            ("a proper close frame", frame(CLOSE, (1000).to_bytes(2)), 1000),
        ):
            await self.check(f"{name}: {code}", self.closed(frames, code))
        await self.check("fragments with a ping between are one message", self.fragments_are_one_message)
        await self.check("a message of 131,072 bytes in fragments is read", self.longest_message)
        await self.check("a flood of pings: 1008", self.ping_flood)

    def closed(self, frames: bytes, code: int) -> Callable[[], Awaitable[None]]:
        async def check() -> None:
            async with raw_chat_socket(self.server, self.user.access_token) as connection:
                sending = asyncio.create_task(connection.send(frames))
                require_equal(await connection.read_close_code(), code, "the close code")
                await connection.send(frame(CLOSE, code.to_bytes(2)))
                await connection.read_end()
                await sending

        return check

    async def fragments_are_one_message(self) -> None:
        async with raw_chat_socket(self.server, self.user.access_token) as connection:
            await connection.send(
                frame(TEXT, b'{"action":', final=False) + frame(PING, b"between") + frame(CONTINUATION, b'"ping",', final=False)
                + frame(CONTINUATION, b'"ref":"joined"}'))
            await connection.read_until(PONG, b"between")
            require_equal(json.loads(await connection.read_until(TEXT)), {"type": "pong", "ref": "joined"}, "the answer")

    async def longest_message(self) -> None:
        message = b'{"action":"ping","ref":"long","unknown":"' + b"x" * (131_072 - 43) + b'"}'
        require_equal(len(message), 131_072, "the length of the message")
        parts = [message[start:start + 32_768] for start in range(0, len(message), 32_768)]
        async with raw_chat_socket(self.server, self.user.access_token) as connection:
            for number, part in enumerate(parts):
                await connection.send(frame(CONTINUATION if number else TEXT, part, final=number == len(parts) - 1))
            require_equal(json.loads(await connection.read_until(TEXT)), {"type": "pong", "ref": "long"}, "the answer")

    async def ping_flood(self) -> str:
        """More than 1,000 pings in a second: the documented end, with little memory, and others do not notice."""
        before = self.server.memory()
        pings = frame(PING, b"x" * 100) * 1000
        async with raw_chat_socket(self.server, self.user.access_token) as connection:

            async def flood() -> None:
                for _ in range(100):
                    await connection.send(pings)

            sending = asyncio.create_task(flood())
            await connection.read_until(CLOSE, (1008).to_bytes(2) + b"too many control frames")
            await self.probe.chat()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            grown = self.server.memory() - before
            require(grown < 32 * MEBIBYTE, f"the server has grown by {grown // MEBIBYTE} MiB")
        return f"{grown // MEBIBYTE} MiB more memory"


# Requests


class RequestTest(BadInputTest):
    def __init__(self, checks: Checks, server: Server, probe: Probe, user: User) -> None:
        super().__init__(checks, server, probe)
        self.user = user

    async def run(self) -> None:
        deep = '{"action":"ping","unknown":' + "[" * 10_000 + "]" * 10_000 + "}"
        objects = '{"action":"ping","unknown":' + '{"a":' * 5_000 + "1" + "}" * 5_000 + "}"
        for name, text, code in (
            ("nothing", "", "malformedRequest"),
            ("no JSON", "hello", "malformedRequest"),
            ("half of an object", '{"action":"ping"', "malformedRequest"),
            ("something after the object", '{"action":"ping"} x', "malformedRequest"),
            ("an array", '["ping"]', "malformedRequest"),
            ("null", "null", "malformedRequest"),
            ("a comma too many", '{"action":"ping",}', "malformedRequest"),
            ("an unescaped control character", '{"action":"ping","ref":"\n"}', "malformedRequest"),
            ("a bad escape", '{"action":"ping","ref":"\\x"}', "malformedRequest"),
            ("no action", '{"room":"general"}', "malformedRequest"),
            ("JSON nested 10,000 deep", deep, "malformedRequest"),
            ("objects nested 5,000 deep", objects, "malformedRequest"),
            ("10,000 open brackets", "[" * 10_000, "malformedRequest"),
            ("an unknown action", '{"action":"dropTables"}', "unknownAction"),
            ("an action of the wrong type", '{"action":1}', "invalidField"),
            ("a message that is a number", '{"action":"sendMessage","message":1}', "invalidField"),
            ("no message", '{"action":"sendMessage"}', "invalidField"),
            ("an empty message", '{"action":"sendMessage","message":""}', "invalidField"),
            ("a room that is an object", '{"action":"joinRoom","room":{}}', "invalidField"),
            ("a ref that is a number", '{"action":"ping","ref":1}', "invalidField"),
            ("a ref of 129 bytes", json.dumps({"action": "ping", "ref": "r" * 129}), "invalidField"),
            ("an empty clientMessageId", '{"action":"sendMessage","message":"x","clientMessageId":""}', "invalidField"),
            ("a clientMessageId of 129 bytes", json.dumps(
                {"action": "sendMessage", "message": "x", "clientMessageId": "c" * 129}), "invalidField"),
            ("a limit that is text", '{"action":"history","limit":"1"}', "invalidField"),
            ("a limit of 0", '{"action":"history","limit":0}', "invalidField"),
            ("a limit of 1.5", '{"action":"history","limit":1.5}', "invalidField"),
            ("a limit of 10^30", '{"action":"history","limit":1e30}', "invalidField"),
            ("before and after", '{"action":"history","before":1,"after":1}', "invalidField"),
            ("an empty room", '{"action":"joinRoom","room":""}', "invalidRoom"),
            ("a room of 129 bytes", json.dumps({"action": "joinRoom", "room": "r" * 129}), "invalidRoom"),
            ("a room with a control character", '{"action":"joinRoom","room":"a\\u0000b"}', "invalidRoom"),
            ("a message of 16,385 bytes", json.dumps({"action": "sendMessage", "message": "x" * 16_385}), "messageTooLong"),
            ("8,193 characters of two bytes", json.dumps(
                {"action": "sendMessage", "message": "é" * 8_193}, ensure_ascii=False), "messageTooLong"),
            ("a room that was not joined", '{"action":"sendMessage","message":"x","room":"elsewhere"}', "notInRoom"),
            ("the history of a room that was not joined", '{"action":"history","room":"elsewhere"}', "notInRoom"),
        ):
            await self.check(f"{name}: {code}", self.answered_with_error(text, code))
        await self.check("what is just within the limits is accepted", self.just_within_the_limits)
        await self.check("101 rooms: tooManyRooms", self.too_many_rooms)
        await self.check("requests behind a join are answered once each", self.requests_behind_a_join)

    @contextlib.asynccontextmanager
    async def chat(self) -> AsyncIterator[ChatSocket]:
        async with chat_socket(self.server, self.user.access_token) as chat:
            yield chat

    def answered_with_error(self, text: str, code: str) -> Callable[[], Awaitable[None]]:
        async def check() -> None:
            async with self.chat() as chat:
                await chat.send_text(text)
                error = await chat.wait_for(lambda event: event["type"] == "error", "an error")
                require_equal(error["code"], code, "the code")
                require(error["message"], "the error has no message")
                require_equal(await chat.request("ping"), {"type": "pong", "ref": "ref-1"}, "the answer to what follows")

        return check

    async def just_within_the_limits(self) -> None:
        async with self.chat() as chat:
            for message in ("x" * 16_384, "é" * 8_192, "\\" * 12_000, "🎉 \"quoted\" \u0000 \u2028"):
                receipt = await chat.request("sendMessage", message=message)
                require_equal(receipt["type"], "messageAccepted", "the answer")
                require_equal((await chat.wait_for_message(message))["sequence"], receipt["sequence"], "the sequence")
            room = "r" * 128
            require_equal((await chat.request("joinRoom", room=room))["room"], room, "the room")
            ref = "r" * 128
            await chat.send(action="ping", ref=ref, unknown=json.loads("[" * 60 + "]" * 60))
            await chat.wait_for(lambda event: event.get("ref") == ref, "the answer with a long ref")

    async def too_many_rooms(self) -> None:
        async with self.chat() as chat:
            # The hundredth: it is in `general` from the start.
            for number in range(99):
                require_equal((await chat.request("joinRoom", room=f"room-{number}"))["type"], "joined", f"the answer for room {number}")
            error = await chat.request("joinRoom", room="one too many")
            require_equal((error["type"], error.get("code")), ("error", "tooManyRooms"), "the answer for one too many")
            require_equal((await chat.request("joinRoom", room="room-0"))["type"], "joined", "the answer for a room that it is in")
            await chat.request("leaveRoom", room="room-0")
            require_equal((await chat.request("joinRoom", room="one too many"))["type"], "joined", "the answer after leaving one")

    async def requests_behind_a_join(self) -> None:
        """They come in one packet behind the join of a room that the server has to look up first, and wait for it."""
        for number in range(20):
            new = f"looked-up-{number}"
            requests: list[JSON] = [{"action": "joinRoom", "room": room} for room in (new, "general", "another", "general", new)]
            requests += [{"action": "sendMessage", "room": room, "message": f"{room} {number}"} for room in (new, "general", "another")]
            requests.append({"action": "ping"})
            for ref, request in enumerate(requests):
                request["ref"] = str(ref)
            expected = {"joinRoom": "joined", "sendMessage": "messageAccepted", "ping": "pong"}
            async with raw_chat_socket(self.server, self.user.access_token) as connection:
                await connection.send(b"".join(frame(TEXT, json.dumps(request).encode()) for request in requests))
                answers: list[JSON] = []
                while len(answers) < len(requests):
                    event = json.loads(await connection.read_until(TEXT))
                    if "ref" in event:
                        answers.append(event)
            answers.sort(key=lambda answer: int(answer["ref"]))
            require_equal(
                [(answer["ref"], answer["type"]) for answer in answers],
                [(request["ref"], expected[request["action"]]) for request in requests], "what was answered")


# Those who hold on to what they have


class HoldingTest(BadInputTest):
    def __init__(self, checks: Checks, server: Server, probe: Probe, user: User) -> None:
        super().__init__(checks, server, probe)
        self.user = user

    async def run(self) -> None:
        await self.check(f"{SILENT_CONNECTIONS} connections that never finish the handshake are closed", self.silent_connections)
        await self.check("a handshake that trickles in is closed in time", self.trickling_handshake)
        await self.check("clients that do not read while a room is flooded are told of the gap, or cut", self.slow_readers)
        await self.check("a client that asks for the history and does not read costs little", self.unread_history)

    async def silent_connections(self) -> str:
        kinds = itertools.cycle((b"", b"GET /w", handshake_request(Authorization=f"Bearer {self.user.access_token}")[:-2], b""))
        ended = [asyncio.create_task(self._stay_silent(next(kinds))) for _ in range(SILENT_CONNECTIONS)]
        waiting = asyncio.gather(*ended)
        exchanges, slowest = 0, 0.0
        while not waiting.done():
            started = time.monotonic()
            await self.probe.chat()
            exchanges, slowest = exchanges + 1, max(slowest, time.monotonic() - started)
        lives = await waiting
        require(min(lives) > HANDSHAKE_TIMEOUT - 1, f"one was closed after {min(lives):.1f} s already")
        require(max(lives) < HANDSHAKE_TIMEOUT + TOLERANCE, f"one was closed after {max(lives):.1f} s only")
        require(exchanges > 10, f"meanwhile only {exchanges} messages went either way")
        require(slowest < TOLERANCE, f"meanwhile an exchange took {slowest:.1f} s")
        return f"after {min(lives):.1f} to {max(lives):.1f} s; meanwhile {exchanges} exchanges, the slowest {slowest:.2f} s"

    async def _stay_silent(self, beginning: bytes) -> float:
        """How many seconds the connection lived."""
        async with raw_socket(self.server) as connection:
            started = time.monotonic()
            await connection.send(beginning)
            await connection.read_end(HANDSHAKE_TIMEOUT + TIMEOUT)
            return time.monotonic() - started

    async def trickling_handshake(self) -> str:
        async with raw_socket(self.server) as connection:
            started = time.monotonic()
            trickle = asyncio.create_task(self._trickle(connection))
            await connection.read_end(HANDSHAKE_TIMEOUT + TIMEOUT)
            life = time.monotonic() - started
            trickle.cancel()
        require(life < HANDSHAKE_TIMEOUT + TOLERANCE / 2, f"it was closed after {life:.1f} s only")
        return f"after {life:.1f} s"

    async def _trickle(self, connection: RawSocket) -> None:
        for byte in handshake_request(Authorization="Bearer " + "x" * 1000):
            await connection.send(bytes([byte]))
            await asyncio.sleep(0.4)  # Waits for nothing: being slow is what this client does.

    async def slow_readers(self) -> str:
        before = self.server.memory()
        connections = self.server.metric("chat_connections")
        async with contextlib.AsyncExitStack() as stack:
            enter = stack.enter_async_context
            sender, reader = [await enter(chat_socket(self.server, self.user.access_token)) for _ in range(2)]
            slow = [await enter(raw_chat_socket(self.server, self.user.access_token, receive_buffer=4096)) for _ in range(SLOW_READERS)]
            for one in (sender, reader):
                await one.request("joinRoom", room="flood")
            for one in slow:
                await one.send(frame(TEXT, b'{"action":"joinRoom","room":"flood"}'))
                await one.read_until(TEXT)
            peak = await self._flood(sender, reader)
            outcomes = [await self._gap_or_code(one) for one in slow[:SLOW_READERS // 2]]
            # The others never read, and are cut once they have had 30 s for it.
            for one in slow[:SLOW_READERS // 2]:
                one.writer.close()
            while self.server.metric("chat_connections") > connections + 2:
                await self.probe.chat()
        require(set(outcomes) <= {"gap", 4008, 1006}, f"the outcomes are {outcomes}")
        grown = peak - before
        require(grown < 100 * MEBIBYTE, f"the server has grown by {grown // MEBIBYTE} MiB")
        return f"{outcomes.count('gap')} of {len(outcomes)} that read at last were told; {grown // MEBIBYTE} MiB more memory"

    async def _gap_or_code(self, connection: RawSocket) -> str | int:
        """Reads what a flood has left; the messages must be without a gap up to the one that is told."""
        last = 0
        while True:
            try:
                opcode, payload = await connection.read_frame()
            except ENDED:
                return ABNORMAL
            if opcode == CLOSE:
                return int.from_bytes(payload[:2])
            if opcode != TEXT:
                continue
            event = json.loads(payload)
            if event["type"] == "gap" and event["room"] == "flood":
                require_equal((event["after"], event["sequence"]), (last, FLOOD_MESSAGES), "the gap")
                return "gap"
            if event["type"] == "message" and event["room"] == "flood":
                require_equal(event["sequence"], last + 1, "the sequence of what was sent before the gap")
                last = event["sequence"]

    async def _flood(self, sender: ChatSocket, reader: ChatSocket) -> int:
        """The server's memory at its highest. Returns when sender and reader have everything, in its order."""
        peak = 0
        texts = [f"{number} ".ljust(FLOOD_MESSAGE, "x") for number in range(FLOOD_MESSAGES)]
        for number, text in enumerate(texts):
            await sender.send(action="sendMessage", room="flood", message=text)
            if number % 50 == 0:
                await self.probe.chat()
                peak = max(peak, self.server.memory())
        for one in (sender, reader):
            await one.wait_for_message(texts[-1])
            got = [event["message"] for event in one.events if event["type"] == "message" and event["room"] == "flood"]
            require(got == texts, "a client that reads did not get every message in its order")
        return max(peak, self.server.memory())

    async def unread_history(self) -> str:
        before = self.server.memory()
        request = frame(TEXT, b'{"action":"history","room":"flood","limit":100}') * 100
        async with raw_chat_socket(self.server, self.user.access_token, receive_buffer=4096) as connection:
            await connection.send(frame(TEXT, b'{"action":"joinRoom","room":"flood"}'))
            await connection.read_until(TEXT)
            for _ in range(40):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        await connection.send(request)
                await self.probe.chat()
            grown = self.server.memory() - before
        require(grown < 64 * MEBIBYTE, f"the server has grown by {grown // MEBIBYTE} MiB")
        return f"{grown // MEBIBYTE} MiB more memory"


def token_of(arguments: Arguments, name: str, **options: str) -> str:
    """An access token that another server has made."""
    with Server(arguments, name, **options) as server:
        return Users(server).make("mallory").access_token


async def test(arguments: Arguments, checks: Checks, store: pathlib.Path) -> None:
    other_pool = token_of(arguments, "bad-input-other-pool", pool_id="us-east-1_other")
    # On the same file, and so with the same key.
    other_client = token_of(arguments, "bad-input-other-client", client_id="other", store=f"sqlite:{store}")
    with Server(arguments, "bad-input", store=f"sqlite:{store}") as server:
        users = Users(server)
        user, alice, bob = (users.make(name) for name in ("trudy", "alice", "bob"))
        async with chat_socket(server, alice.access_token) as first, chat_socket(server, bob.access_token) as second:
            await first.request("ping")
            await second.request("ping")
            probe = Probe(first, second)
            await TokenTest(checks, server, probe, store, user).run(other_pool, other_client)
            await UserPoolTest(checks, server, probe).run()
            await HTTPTest(checks, server, probe, user).run()
            await FrameTest(checks, server, probe, user).run()
            await HoldingTest(checks, server, probe, user).run()
            await RequestTest(checks, server, probe, user).run()


async def main() -> int:
    arguments = parse_arguments(__doc__)
    checks = Checks()
    with store_file() as store:
        await test(arguments, checks, store)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
