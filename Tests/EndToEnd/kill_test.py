#!/usr/bin/env python3
"""The server is killed ten times while clients send, and nothing that it acknowledged is lost, doubled or moved.

    kill_test.py --bin .build/debug --artifacts artifacts

The moments come from a seed, which is printed; CHAT_TEST_SEED repeats a run's moments.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import datetime
import json
import os
import random
import sys

import websockets
from websockets.asyncio.client import ClientConnection, connect

from harness import (
    JSON, TIMEOUT, Arguments, Checks, Server, User, Users, chat_socket, free_port, parse_arguments, read_whole_history, require,
    require_equal, store_file,
)

ROOMS = ("general", "kill-a", "kill-b")
SENDERS = 8
IN_FLIGHT = 8  # messages of one sender that wait for their receipts
KILLS = 10
MINIMUM_ACKNOWLEDGED = 300

# How a connection looks to a client when the server's process is gone, whatever the client was about to do.
CONNECTION_LOST = (websockets.ConnectionClosed, websockets.InvalidHandshake, OSError, EOFError, TimeoutError)


class Run:
    """What the clients of a run share."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.up = asyncio.Event()
        self.progress = asyncio.Event()
        self.stopping = False
        self.kills = 0
        self.violations: list[str] = []
        # What was shown to anybody, by room and sequence.
        self.shown: dict[tuple[str, int], JSON] = {}

    def violated(self, what: str) -> None:
        self.violations.append(what)

    def show(self, message: JSON) -> None:
        message = {name: value for name, value in message.items() if name != "type"}
        known = self.shown.setdefault((message["room"], message["sequence"]), message)
        if known != message:
            self.violated(f"{message} was shown where {known} was shown before")


class Client:
    """Joins every room, watches that each is shown without a gap, and comes back when the connection is lost."""

    def __init__(self, run: Run, user: User) -> None:
        self.run = run
        self.user = user
        self.expected: dict[str, int] = {}

    async def stay(self) -> None:
        """Returns when it has what it wants."""
        while True:
            await self.run.up.wait()
            kills = self.run.kills
            try:
                if await self._connect():
                    return
            except CONNECTION_LOST as error:
                if kills == self.run.kills:
                    self.run.server.require_running()
                    self.run.violated(f"{self.user.name} lost its connection while the server was not killed: {error!r}")

    async def _connect(self) -> bool:
        self.expected = {}
        async with connect(
            self.run.server.web_socket_url, additional_headers={"Authorization": f"Bearer {self.user.access_token}"}, proxy=None,
            open_timeout=TIMEOUT, ping_timeout=TIMEOUT,
        ) as connection:
            for room in ROOMS:
                await connection.send(json.dumps({"action": "joinRoom", "room": room}))
            await self.connected(connection)
            async for frame in connection:
                self.receive(json.loads(frame))
                if await self.proceed(connection):
                    return True
        return False

    async def connected(self, connection: ClientConnection) -> None:
        """There is a new connection."""

    async def proceed(self, connection: ClientConnection) -> bool:
        """Something has come. Returns whether this client is done."""
        return False

    def receive(self, event: JSON) -> None:
        match event["type"]:
            case "joined": self._expect(event["room"], event["sequence"], "joined")
            case "message":
                self._expect(event["room"], event["sequence"] - 1, "a message")
                self.expected[event["room"]] = event["sequence"] + 1
                self.run.show(event)
            case "messageAccepted": self.accepted(event)
            case _: self.run.violated(f"{self.user.name} got {event}")

    def _expect(self, room: str, last: int, what: str) -> None:
        """A room's position continues what this connection was shown of it."""
        expected = self.expected.setdefault(room, last + 1)
        if expected != last + 1:
            self.run.violated(f"{self.user.name} got {what} after {last} in {room}, and waited for {expected}")

    def accepted(self, receipt: JSON) -> None:
        self.run.violated(f"{self.user.name} got a receipt without having sent: {receipt}")


class Sender(Client):
    """Sends as fast as it is acknowledged, and sends again what was not acknowledged when the connection was lost."""

    def __init__(self, run: Run, user: User) -> None:
        super().__init__(run, user)
        self.unacknowledged: dict[str, JSON] = {}
        self.sent: dict[str, JSON] = {}
        self.receipts: dict[str, JSON] = {}
        self.attempts: collections.Counter[str] = collections.Counter()
        self.last_attempt: dict[str, datetime.datetime] = {}

    async def connected(self, connection: ClientConnection) -> None:
        for request in list(self.unacknowledged.values()):
            await self._send(connection, request)
        await self.proceed(connection)

    async def proceed(self, connection: ClientConnection) -> bool:
        while not self.run.stopping and len(self.unacknowledged) < IN_FLIGHT:
            request = self._next()
            self.sent[request["ref"]] = self.unacknowledged[request["ref"]] = request
            await self._send(connection, request)
        return not self.unacknowledged

    def _next(self) -> JSON:
        number = len(self.sent) + 1
        identifier = f"{self.user.name}-{number}"
        return {
            "action": "sendMessage", "ref": identifier, "clientMessageId": identifier, "room": ROOMS[number % len(ROOMS)],
            "message": f"message {number} of {self.user.name}",
        }

    async def _send(self, connection: ClientConnection, request: JSON) -> None:
        self.attempts[request["ref"]] += 1
        self.last_attempt[request["ref"]] = datetime.datetime.now(datetime.UTC)
        await connection.send(json.dumps(request))

    def accepted(self, receipt: JSON) -> None:
        request = self.unacknowledged.pop(receipt["ref"], None)
        if request is None or receipt["room"] != request["room"]:
            self.run.violated(f"{self.user.name} got a receipt that it did not wait for: {receipt}")
            return
        self.receipts[receipt["ref"]] = receipt
        self.run.progress.set()


class KillTest:
    def __init__(self, server: Server, seed: int) -> None:
        self.server = server
        self.random = random.Random(seed)
        self.run = Run(server)
        users = Users(server)
        self.senders = [Sender(self.run, users.make(f"sender-{number}")) for number in range(SENDERS)]
        self.listener = Client(self.run, users.make("listener"))
        self.interrupted = 0
        self.histories: dict[str, list[JSON]] = {}

    @property
    def sent_again(self) -> int:
        return sum(1 for sender in self.senders for count in sender.attempts.values() if count > 1)

    async def send_while_killed(self) -> str:
        listening = asyncio.create_task(self.listener.stay())
        try:
            async with asyncio.TaskGroup() as group:
                for sender in self.senders:
                    group.create_task(sender.stay())
                group.create_task(self._kill_repeatedly())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
        acknowledged = sum(len(sender.receipts) for sender in self.senders)
        require_equal(self.run.violations[:5], [], "what was violated")
        require(acknowledged >= MINIMUM_ACKNOWLEDGED, f"only {acknowledged} messages were acknowledged")
        require(self.interrupted, "no kill hit while messages were unacknowledged")
        return f"{acknowledged} acknowledged, {self.sent_again} sent again, {self.interrupted} of {KILLS} kills hit unacknowledged messages"

    async def _kill_repeatedly(self) -> None:
        self.run.up.set()
        for _ in range(KILLS):
            # Most kills hit a server that is at work, some one that has hardly begun again.
            if self.random.random() < 0.8:
                await self._acknowledgement()
            await asyncio.sleep(self.random.uniform(0, 0.8))  # Waits for nothing: it is the random moment.
            self.run.up.clear()
            self.run.kills += 1
            self.interrupted += any(sender.unacknowledged for sender in self.senders)
            self.server.kill()
            await asyncio.to_thread(self.server.start)
            self.run.up.set()
        await self._acknowledgement()
        self.run.stopping = True

    async def _acknowledgement(self) -> None:
        self.run.progress.clear()
        await self.run.progress.wait()

    async def every_acknowledged_message_is_there_once(self) -> str:
        async with chat_socket(self.server, self.listener.user.access_token) as chat:
            for room in ROOMS:
                await chat.request("joinRoom", room=room)
                self.histories[room] = await read_whole_history(chat, room)
        for room, history in self.histories.items():
            for place, message in enumerate(history, start=1):
                require_equal(message["sequence"], place, f"the sequence of message {place} in {room}")
        kept = collections.defaultdict(list)
        identifiers = collections.Counter()
        for message in self._kept():
            kept[message["clientMessageId"]].append(message)
            identifiers[message["messageId"]] += 1
        require_equal([identifier for identifier, count in identifiers.items() if count > 1], [], "ids that several messages have")
        for sender in self.senders:
            require_equal(sender.unacknowledged, {}, f"what {sender.user.name} still waits for")
            for identifier, receipt in sender.receipts.items():
                self._require_kept(sender, receipt, kept.pop(identifier, []))
        require_equal(dict(kept), {}, "what nobody has sent")
        repeated = sum(1 for sender in self.senders for message in self._kept() if self._was_repeated(sender, message))
        require(repeated, "no message was kept whose receipt came only when it was sent again")
        counts = ", ".join(f"{len(history)} in {room}" for room, history in self.histories.items())
        return f"{counts}; {repeated} got the receipt of an earlier attempt"

    def _was_repeated(self, sender: Sender, message: JSON) -> bool:
        """Whether a message was accepted before it was last sent."""
        last_attempt = sender.last_attempt.get(message["clientMessageId"])
        accepted = datetime.datetime.fromisoformat(message["sentAt"])
        # The server's times have no more than milliseconds.
        return last_attempt is not None and accepted + datetime.timedelta(milliseconds=1) < last_attempt

    def _kept(self) -> list[JSON]:
        return [message for history in self.histories.values() for message in history]

    def _require_kept(self, sender: Sender, receipt: JSON, messages: list[JSON]) -> None:
        identifier = receipt["ref"]
        require_equal(len(messages), 1, f"how often {identifier} is in the history")
        request = sender.sent[identifier]
        expected = {
            "room": request["room"], "sequence": receipt["sequence"], "messageId": receipt["messageId"],
            "sender": {"id": sender.user.subject, "name": sender.user.name}, "message": request["message"],
            "clientMessageId": identifier, "sentAt": messages[0]["sentAt"],
        }
        require_equal(messages[0], expected, f"{identifier} in the history")

    async def what_was_shown_is_in_the_history(self) -> str:
        kept = {(message["room"], message["sequence"]): message for message in self._kept()}
        for place, message in self.run.shown.items():
            require_equal(kept.get(place), message, f"what the history has at {place}")
        return f"{len(self.run.shown)} shown"

    async def reading_forwards_gives_the_same(self) -> None:
        async with chat_socket(self.server, self.listener.user.access_token) as chat:
            for room, history in self.histories.items():
                await chat.request("joinRoom", room=room)
                messages: list[JSON] = []
                has_more = True
                while has_more:
                    after = messages[-1]["sequence"] if messages else 0
                    page = await chat.request("history", room=room, after=after, limit=100)
                    messages += page["messages"]
                    has_more = page["hasMore"]
                    require(page["messages"] or not has_more, "a history page without messages says that there are more")
                require_equal(messages == history, True, f"whether {room} is the same both ways")

    async def sending_again_gets_the_first_receipt(self) -> str:
        count = 0
        for sender in self.senders:
            identifiers = list(sender.receipts)
            sent_again = [identifier for identifier in identifiers if sender.attempts[identifier] > 1]
            async with chat_socket(self.server, sender.user.access_token) as chat:
                for room in ROOMS:
                    await chat.request("joinRoom", room=room)
                for identifier in {identifiers[0], identifiers[len(identifiers) // 2], identifiers[-1], *sent_again}:
                    await chat.send(**sender.sent[identifier])
                    receipt = await chat.wait_for(lambda event, ref=identifier: event.get("ref") == ref, f"a receipt for {identifier}")
                    require_equal(receipt, sender.receipts[identifier], f"the receipt of {identifier} when it was sent again")
                    count += 1
        await self._require_nothing_added()
        return f"{count} sent again"

    async def _require_nothing_added(self) -> None:
        async with chat_socket(self.server, self.listener.user.access_token) as chat:
            for room, history in self.histories.items():
                await chat.request("joinRoom", room=room)
                receipt = await chat.request("sendMessage", room=room, message="the next one")
                require_equal(receipt["sequence"], len(history) + 1, f"the next sequence in {room}")


async def test(arguments: Arguments, checks: Checks, durability: str, seed: int) -> None:
    with store_file() as store:
        options = ["--durability", durability]
        with Server(arguments, f"kill-{durability}", *options, store=f"sqlite:{store}", port=free_port()) as server:
            kill_test = KillTest(server, seed)
            for check in (
                kill_test.send_while_killed,
                kill_test.every_acknowledged_message_is_there_once,
                kill_test.what_was_shown_is_in_the_history,
                kill_test.reading_forwards_gives_the_same,
                kill_test.sending_again_gets_the_first_receipt,
            ):
                await checks.run(f"durability {durability}: {check.__name__.replace('_', ' ')}", check)


async def main() -> int:
    arguments = parse_arguments(__doc__)
    seed = int(os.environ.get("CHAT_TEST_SEED") or random.randrange(2**32))
    print(f"CHAT_TEST_SEED={seed}", flush=True)
    checks = Checks()
    for durability in ("power", "process"):
        await test(arguments, checks, durability, seed)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
