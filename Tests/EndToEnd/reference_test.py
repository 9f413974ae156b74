#!/usr/bin/env python3
"""The whole path with other people's clients: boto3, pycognito and websockets sign up, sign in and chat.

    reference_test.py --bin .build/debug --artifacts artifacts

The server confirms nobody by itself, keeps everything in a file, is killed once and asked to go once.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from harness import (
    CLIENT_ID, ISSUER, JSON, PASSWORD, POOL_ID, SUBPROTOCOL, Checks, Failure, Server, Users, chat_socket, http, parse_arguments,
    plain_chat_socket, read_whole_history, require, require_equal, store_file,
)
from raw_socket import raw_chat_socket, raw_socket

DRAIN_TIMEOUT = 15.0


def decoded(part: str) -> bytes:
    """A part of a JSON Web Token, which has no padding."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def claims(token: str) -> JSON:
    return json.loads(decoded(token.split(".")[1]))


def verify_signature(token: str, keys: JSON) -> None:
    """By RS256, with the published key that the token names."""
    header, payload, signature = token.split(".")
    key_id = json.loads(decoded(header))["kid"]
    key = next((key for key in keys["keys"] if key["kid"] == key_id), None)
    require(key, f"the key {key_id} is not published")
    numbers = rsa.RSAPublicNumbers(e=int.from_bytes(decoded(key["e"])), n=int.from_bytes(decoded(key["n"])))
    try:
        numbers.public_key().verify(decoded(signature), f"{header}.{payload}".encode(), padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        raise Failure("the signature of the token is not the published key's") from None


def expect_error(error: str, call: Callable[..., object], *arguments: Any, **parameters: Any) -> None:
    """A call fails with an error that boto3 knows as a type of its own."""
    client: Any = parameters.pop("client")
    try:
        call(*arguments, **parameters)
    except getattr(client.exceptions, error):
        return
    except client.exceptions.ClientError as other:
        raise Failure(f"{other.response['Error']['Code']} came instead of {error}") from other
    raise Failure(f"{error} did not come")


class ReferenceTest:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.users = Users(server)
        self.subjects: dict[str, str] = {}
        self.tokens: dict[str, JSON] = {}
        self.hello: JSON = {}

    async def run(self, checks: Checks) -> None:
        for check in (
            self.users_sign_up_and_confirm,
            self.errors_are_the_types_that_boto3_knows,
            self.users_sign_in_by_srp,
            self.get_user_says_who_it_is,
            self.published_keys_verify_the_tokens,
            self.a_message_reaches_a_second_client,
            self.a_token_may_come_in_three_places,
            self.the_page_is_there_with_security_headers,
            self.health_and_metrics_are_there,
            self.a_body_over_the_limit_is_refused,
            self.history_and_sessions_survive_a_kill,
            self.a_drain_says_goodbye_and_loses_nothing,
            self.a_drain_does_not_wait_for_clients_that_do_nothing,
        ):
            await checks.run(check.__name__.replace("_", " "), check)

    def token(self, name: str) -> str:
        return self.tokens[name]["AccessToken"]

    def restart(self) -> None:
        self.server.start()
        self.users = Users(self.server)  # On another port.

    # The user pool

    async def users_sign_up_and_confirm(self) -> None:
        for name in ("alice", "bob"):
            self.subjects[name] = self.users.sign_up(name)
            self.users.confirm(name, self.users.code(name))

    async def errors_are_the_types_that_boto3_knows(self) -> None:
        users = self.users
        client = users.client
        expect_error("UsernameExistsException", users.sign_up, "alice", client=client)
        for password in ("Short-7", "no-capitals-7", "NO-SMALL-ONES-7", "No-Number-Here", "NoSymbolHere7"):
            expect_error("InvalidPasswordException", users.sign_up, "carol", password, client=client)

        users.sign_up("carol")
        code = users.code("carol")
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        expect_error("CodeMismatchException", users.confirm, "carol", wrong, client=client)
        expect_error("UserNotConfirmedException", users.sign_in, "carol", client=client)
        users.client.resend_confirmation_code(ClientId=CLIENT_ID, Username="carol")
        users.confirm("carol", users.code("carol", count=2))
        expect_error("NotAuthorizedException", users.confirm, "carol", code, client=client)

        expect_error("NotAuthorizedException", users.sign_in, "alice", PASSWORD + "!", client=client)
        # Whether there is such a user must not show.
        expect_error("NotAuthorizedException", users.sign_in, "nobody", client=client)
        expect_error("NotAuthorizedException", users.refresh, "no refresh token", client=client)
        expect_error("NotAuthorizedException", client.get_user, AccessToken="no.access.token", client=client)
        expect_error("ResourceNotFoundException", client.sign_up, ClientId="other", Username="x", Password=PASSWORD, client=client)
        # Passwords never reach the server when somebody signs in.
        expect_error(
            "InvalidParameterException", client.initiate_auth, ClientId=CLIENT_ID, AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD}, client=client)

    async def users_sign_in_by_srp(self) -> None:
        for name in ("alice", "bob"):
            tokens = self.tokens[name] = self.users.sign_in(name)
            require_equal(tokens["TokenType"], "Bearer", "the type of the token")
            require_equal(tokens["ExpiresIn"], 3600, "the life of the token")
            access, identity = claims(tokens["AccessToken"]), claims(tokens["IdToken"])
            for claim, expected in {
                "sub": self.subjects[name], "iss": ISSUER, "client_id": CLIENT_ID, "token_use": "access", "username": name,
            }.items():
                require_equal(access.get(claim), expected, f"{claim} of the access token")
            for claim, expected in {
                "sub": self.subjects[name], "iss": ISSUER, "aud": CLIENT_ID, "token_use": "id", "cognito:username": name,
            }.items():
                require_equal(identity.get(claim), expected, f"{claim} of the ID token")
            require_equal(access["exp"] - access["iat"], 3600, "the life of the access token")

    async def get_user_says_who_it_is(self) -> None:
        user = self.users.client.get_user(AccessToken=self.token("alice"))
        require_equal(user["Username"], "alice", "the user's name")
        attributes = {attribute["Name"]: attribute["Value"] for attribute in user["UserAttributes"]}
        require_equal(attributes["sub"], self.subjects["alice"], "the user's sub")

    async def published_keys_verify_the_tokens(self) -> None:
        status, _, body = self.server.get(f"/{POOL_ID}/.well-known/jwks.json")
        require_equal(status, 200, "the status of the key set")
        keys = json.loads(body)
        for key in keys["keys"]:
            require_equal((key["kty"], key["alg"], key["use"]), ("RSA", "RS256", "sig"), "a published key")
            require(not {"d", "p", "q"} & key.keys(), "a private key is published")
        verify_signature(self.tokens["alice"]["AccessToken"], keys)
        verify_signature(self.tokens["alice"]["IdToken"], keys)

    # The chat

    async def a_message_reaches_a_second_client(self) -> None:
        offer = {"subprotocols": [SUBPROTOCOL, f"bearer.{self.token('bob')}"]}
        async with chat_socket(self.server, self.token("alice")) as alice, plain_chat_socket(self.server.web_socket_url, **offer) as bob:
            require_equal(bob.connection.subprotocol, SUBPROTOCOL, "the subprotocol that the server selected")
            # The answer comes once bob is in the room.
            await bob.request("ping")
            await alice.send_text('{"action":"sendMessage","message":"hello"}')
            accepted = await alice.wait_for(lambda event: event["type"] == "messageAccepted", "messageAccepted")
            message = await bob.wait_for_message("hello")
            require_equal(await alice.wait_for_message("hello"), message, "what the sender sees")
        require_equal(message["sequence"], 1, "the sequence of the first message")
        require_equal(message["room"], "general", "the room")
        require_equal(message["sender"], {"id": self.subjects["alice"], "name": "alice"}, "the sender")
        require(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", message["sentAt"]), f"sentAt is {message['sentAt']!r}")
        require_equal(accepted["room"], "general", "the room of the receipt")
        for field in ("sequence", "messageId"):
            require_equal(accepted[field], message[field], f"{field} of the receipt")
        self.hello = {name: value for name, value in message.items() if name != "type"}

    async def a_token_may_come_in_three_places(self) -> None:
        address, token = self.server.web_socket_url, self.token("bob")
        places: dict[str, tuple[str, JSON]] = {
            "Authorization": (address, {"additional_headers": {"Authorization": f"Bearer {token}"}}),
            "a subprotocol": (address, {"subprotocols": [SUBPROTOCOL, f"bearer.{token}"]}),
            "the query": (f"{address}?token={token}", {}),
        }
        for place, (url, options) in places.items():
            async with plain_chat_socket(url, **options) as chat:
                await chat.send(action="sendMessage", message=f"token in {place}")
                message = await chat.wait_for_message(f"token in {place}")
                require_equal(message["sender"]["id"], self.subjects["bob"], f"the sender, with the token in {place}")

    # HTTP beside it

    async def the_page_is_there_with_security_headers(self) -> None:
        status, headers, body = self.server.get("/")
        require_equal(status, 200, "the status of the page")
        require(headers["content-type"].startswith("text/html"), f"the page is {headers['content-type']}")
        require("<html" in body, "the page is no HTML")
        policy = headers.get("content-security-policy", "")
        require("default-src 'self'" in policy and "frame-ancestors 'none'" in policy, f"the content security policy is {policy!r}")
        require("unsafe" not in policy, f"the content security policy is {policy!r}")
        require_equal(headers.get("x-content-type-options"), "nosniff", "X-Content-Type-Options")
        require_equal(headers.get("referrer-policy"), "no-referrer", "Referrer-Policy")
        require_equal(self.server.get("/nothing-here")[0], 404, "the status of a page that is not there")
        for path in ("/../../../../../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd"):
            require(self.server.get(path)[0] in (400, 404), f"{path} is not refused")

    async def health_and_metrics_are_there(self) -> None:
        require_equal(self.server.get("/healthz")[0], 200, "the status of /healthz")
        status, headers, _ = self.server.get("/metrics")
        require_equal(status, 200, "the status of /metrics")
        require(headers["content-type"].startswith("text/plain; version=0.0.4"), f"/metrics is {headers['content-type']}")
        before = self.server.metric("chat_messages_accepted_total")
        async with chat_socket(self.server, self.token("alice")) as alice:
            for number in range(3):
                require_equal((await alice.request("sendMessage", message=f"counted {number}"))["type"], "messageAccepted", "the answer")
        require_equal(self.server.metric("chat_messages_accepted_total") - before, 3, "messages that were counted")

    async def a_body_over_the_limit_is_refused(self) -> None:
        def status(length: int) -> int:
            request = urllib.request.Request(self.server.url, b'{"a":"' + b"x" * (length - 8) + b'"}', {
                "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth"})
            return http(request)[0]

        require_equal(status(65_536), 400, "the status of a body at the limit")
        require_equal(status(65_537), 413, "the status of a body over the limit")

    # Going and coming back

    async def history_and_sessions_survive_a_kill(self) -> None:
        async with chat_socket(self.server, self.token("alice")) as alice:
            before = await read_whole_history(alice, "general")
            self.server.kill()
        self.restart()
        refreshed = self.users.refresh(self.tokens["bob"]["RefreshToken"])
        async with chat_socket(self.server, refreshed["AccessToken"]) as bob:
            after = await read_whole_history(bob, "general")
        require_equal(after[0], self.hello, "the first message after the kill")
        require_equal(after, before, "the history after the kill")
        self.users.client.get_user(AccessToken=self.token("alice"))

    async def a_drain_says_goodbye_and_loses_nothing(self) -> str:
        token = self.token("alice")
        async with chat_socket(self.server, token) as alice, chat_socket(self.server, token) as idle:
            await idle.request("ping")
            await alice.request("sendMessage", message="just before the end")
            for number in range(50):
                await alice.send(action="sendMessage", ref=f"burst-{number}", message=f"burst {number}")
            self.server.terminate()
            require_equal(await idle.wait_closed(), 1001, "the close code of an idle client")
            require_equal(await alice.wait_closed(), 1001, "the close code of a client that was sending")
            require_equal(await asyncio.to_thread(self.server.wait, DRAIN_TIMEOUT), 0, "the exit code")
            accepted = [event for event in alice.events if event["type"] == "messageAccepted"]
        self.restart()
        async with chat_socket(self.server, token) as alice:
            history = await read_whole_history(alice, "general")
        require_equal([message["sequence"] for message in history], list(range(1, len(history) + 1)), "the sequences")
        require("just before the end" in [message["message"] for message in history], "an accepted message is not in the history")
        kept = {message["sequence"]: message["messageId"] for message in history}
        for receipt in accepted:
            require_equal(kept.get(receipt["sequence"]), receipt["messageId"], f"message {receipt['sequence']} after the drain")
        return f"{len(accepted) - 1} of the last 50 were accepted"

    async def a_drain_does_not_wait_for_clients_that_do_nothing(self) -> str:
        async with contextlib.AsyncExitStack() as stack:
            # It will not answer the close frame.
            await stack.enter_async_context(raw_chat_socket(self.server, self.token("alice")))
            for beginning in (
                b"", b"GET /ws HTTP/1.1\r\nHost: local", b"GET / HTTP/1.1\r\nHost: local",
                b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
            ):
                connection = await stack.enter_async_context(raw_socket(self.server))
                await connection.send(beginning)
            kept_alive = await stack.enter_async_context(raw_socket(self.server))
            await kept_alive.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            require_equal((await kept_alive.read_response())[0], 200, "the status of /healthz")
            started = time.monotonic()
            self.server.terminate()
            require_equal(await asyncio.to_thread(self.server.wait, DRAIN_TIMEOUT), 0, "the exit code")
            return f"after {time.monotonic() - started:.1f} s"


async def main() -> int:
    arguments = parse_arguments(__doc__)
    checks = Checks()
    with store_file() as store, contextlib.ExitStack() as stack:
        server = Server(arguments, "reference-server", store=f"sqlite:{store}", auto_confirm=False)
        await ReferenceTest(stack.enter_context(server)).run(checks)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
