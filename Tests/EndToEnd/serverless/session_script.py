"""The session that is recorded: what three people do with several connections, one step after the other.

It provokes every error of the protocol but `unavailable` and `internalError`, and every close code that a client can bring about;
not 4001 (a token lives for five minutes at least) and 4008.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import Any

import websockets

from harness import JSON
from session_client import Client, Recorder, Request, open_connection
from user_pool import PoolUser

MESSAGE_BYTES = 16_384  # the longest message text
FRAME_BYTES = 32_768
WHOLE_MESSAGE_BYTES = 131_072
ROOMS = 100  # that a connection may be in
PIPELINED = 10

# Frames that the server answers with an error, or is known to bear, sent as they stand.
FRAMES = {
    "text that is no JSON": "hello",
    "an empty frame": "",
    "an array": '["ping"]',
    "a string": '"ping"',
    "an object without action": "{}",
    "an action that is a number": '{"action":5}',
    "an action that is null": '{"action":null}',
    "an empty action": '{"action":"","ref":"r"}',
    "an unknown action": '{"action":"fly","ref":"r"}',
    "an action in another case": '{"action":"sendmessage","ref":"r","message":"x"}',
    "the reserved action $connect": '{"action":"$connect","ref":"r"}',
    "the reserved action $disconnect": '{"action":"$disconnect","ref":"r"}',
    "the reserved action $default": '{"action":"$default","ref":"r"}',
    "text after the object": '{"action":"ping","ref":"r"} x',
    "an object that is cut off": '{"action":"ping","ref":"r"',
    "a surrogate alone": '{"action":"sendMessage","ref":"r","message":"\\ud800"}',
    "a raw control character": '{"action":"sendMessage","ref":"r","message":"a\nb"}',
    "a byte order mark": '\ufeff{"action":"ping","ref":"r"}',
    "white space around": ' \r\n\t{ "action" : "ping" , "ref" : "r" } ',
    "unknown members": '{"action":"ping","ref":"r","later":{"a":[1,2.5e3,true,null,{}]}}',
    "a member twice": '{"action":"ping","ref":"r","ref":"s"}',
    "nested 64 deep": '{"action":"ping","ref":"r","x":' + "[" * 63 + "]" * 63 + "}",
    "nested 65 deep": '{"action":"ping","ref":"r","x":' + "[" * 65 + "]" * 65 + "}",
}

# Requests that are refused; each is sent with the ref "r" unless it has one.
REFUSED: dict[str, JSON] = {
    "sendMessage without message": {"action": "sendMessage"},
    "an empty message": {"action": "sendMessage", "message": ""},
    "a message that is a number": {"action": "sendMessage", "message": 5},
    "a message that is null": {"action": "sendMessage", "message": None},
    "a message one byte too long": {"action": "sendMessage", "message": "x" * (MESSAGE_BYTES + 1)},
    "a message too long in bytes, not in characters": {"action": "sendMessage", "message": "é" * (MESSAGE_BYTES // 2 + 1)},
    "a message to a room that it is not in": {"action": "sendMessage", "room": "elsewhere", "message": "x"},
    "a room that is a number": {"action": "sendMessage", "room": 5, "message": "x"},
    "a room that is null": {"action": "joinRoom", "room": None},
    "an empty room": {"action": "joinRoom", "room": ""},
    "a room with a control character": {"action": "joinRoom", "room": "a\u0007b"},
    "a room that is too long": {"action": "joinRoom", "room": "x" * 129},
    "a room in normalisation form D": {"action": "joinRoom", "room": "Zu\u0308rich"},
    "joinRoom without room": {"action": "joinRoom"},
    "leaveRoom of an invalid room": {"action": "leaveRoom", "room": ""},
    "an empty clientMessageId": {"action": "sendMessage", "message": "x", "clientMessageId": ""},
    "a clientMessageId that is too long": {"action": "sendMessage", "message": "x", "clientMessageId": "c" * 129},
    "a clientMessageId that is a number": {"action": "sendMessage", "message": "x", "clientMessageId": 7},
    "a ref that is a number": {"action": "ping", "ref": 7},
    "a ref that is null": {"action": "ping", "ref": None},
    "a ref that is too long": {"action": "ping", "ref": "r" * 129},
    "history with before and after": {"action": "history", "before": 5, "after": 1},
    "history with the limit 0": {"action": "history", "limit": 0},
    "history with a negative limit": {"action": "history", "limit": -1},
    "history with a limit that is a string": {"action": "history", "limit": "5"},
    "history with a limit that is a fraction": {"action": "history", "limit": 1.5},
    "history with a before that is a string": {"action": "history", "before": "5"},
    "history with an after that is null": {"action": "history", "after": None},
    "history of a room that it is not in": {"action": "history", "room": "elsewhere"},
    "history of an invalid room": {"action": "history", "room": ""},
}

TEXTS = {
    "emoji and accents": "Grüße 👋🏽 née 👩‍👩‍👧‍👦 🇨🇭",
    "right to left and combining": "שלום עליכם, مرحبا, e\u0301 ≠ é",
    "quotes, slashes and separators": "\"quoted\" \\ / </script> \u2028 \u2029 'x'",
    "control characters and NUL": "a\tb\nc\u0000d\u001fe\u007f",
    "the ends of planes": "\ufffd\uffff\U00010000\U0010ffff",
    "what looks like a request": '{"action":"sendMessage","message":"inner"}',
    "only a space": " ",
}


class SessionScript:
    def __init__(self, recorder: Recorder, url: str, users: dict[str, PoolUser], suffix: str, auth: str, tls: ssl.SSLContext | None) -> None:
        self.recorder = recorder
        self.url = url
        self.users = users
        self.suffix = suffix
        self.auth = auth
        self.tls = tls

    async def run(self) -> None:
        await self.handshakes()
        self.alice = await self.connect("alice", "alice")
        self.alice2 = await self.connect("alice (second connection)", "alice")
        self.bob = await self.connect("bob", "bob")
        self.carol = await self.connect("carol", "carol")
        everybody = [self.alice, self.alice2, self.bob, self.carol]
        for client in everybody:
            await self.ask(f"{client.name} asks where general stands", client, action="joinRoom", room="general")
        await self.messages(everybody)
        await self.rooms(everybody)
        await self.history()
        await self.errors()
        await self.unawaited()
        await self.many_rooms()
        await self.coming_back()
        await self.closes()
        await self.silence("nothing more has come for anybody")
        for client in list(self.recorder.clients):
            await client.close()
            self.recorder.note(f"{client.name} leaves", [f"closed {await self.recorder.wait_closed(client)}"])

    # How a step is written

    def room(self, name: str) -> str:
        return f"{name}-{self.suffix}"

    async def connect(self, name: str, user: str) -> Client:
        of = self.users[user]
        connection = await open_connection(self.url, of.access_token, self.auth, self.tls, self.recorder.timeout)
        client = Client(name, of.subject, connection)
        self.recorder.clients.append(client)
        return client

    async def ask(self, step: str, client: Client, shown_to: list[Client] | None = None, **request: Any) -> None:
        """One request: an answer for its client, and a message for everybody in `shown_to`."""
        await self.recorder.step(step, [(client, request)], expectation(client, shown_to))

    async def silence(self, step: str) -> None:
        """Every client asks for a sign of life; whatever else it gets is in the transcript, where it is not expected."""
        clients = list(self.recorder.clients)
        await self.recorder.step(step, [(client, {"action": "ping", "ref": "still here"}) for client in clients], dict.fromkeys(clients, 1))

    # Connecting

    async def handshakes(self) -> None:
        user = self.users["carol"]
        token = user.access_token
        head, payload, signature = token.split(".")
        forged = f"{head}.{payload}.{signature[:20]}{'A' if signature[20] != 'A' else 'B'}{signature[21:]}"
        for name, tried in {
            "no token": None, "text that is no token": "nonsense", "a token with another signature": forged,
            "a token without signature": f"eyJhbGciOiJub25lIn0.{payload}.", "the id token": user.id_token,
        }.items():
            await self.handshake(f"a handshake with {name}", tried, self.auth)
        for where in ("header", "protocol", "query"):
            await self.handshake(f"a handshake with a token in the {where}", token, where)

    async def handshake(self, step: str, token: str | None, where: str) -> None:
        try:
            connection = await open_connection(self.url, token, where, self.tls, self.recorder.timeout)
        except websockets.InvalidStatus as error:
            result = f"status {error.response.status_code}"
        except (websockets.InvalidHandshake, websockets.ConnectionClosed, OSError, TimeoutError) as error:
            result = f"refused by {type(error).__name__}"
        else:
            result = f"status 101, subprotocol {connection.subprotocol}"
            await connection.close()
        self.recorder.note(step, [result])

    # Chatting

    async def messages(self, everybody: list[Client]) -> None:
        alice, alice2, bob = self.alice, self.alice2, self.bob
        await self.ask("ping", alice, action="ping")
        await self.ask("ping with a ref", alice, action="ping", ref="p-1")
        await self.ask("the shortest sendMessage", alice, everybody, action="sendMessage", message="hello")
        await self.ask("sendMessage with a ref", bob, everybody, action="sendMessage", message="hi", ref="b-1")
        first: JSON = {"action": "sendMessage", "ref": "a-1", "room": "general", "message": "once", "clientMessageId": "same"}
        await self.ask("sendMessage with everything", alice, everybody, **first)
        await self.ask("it is sent again", alice, **first)
        await self.ask("it is sent again with another ref and text", alice, **{**first, "ref": "a-2", "message": "twice"})
        await self.ask("it is sent again by the sender's other connection", alice2, **first)
        await self.silence("a repeated message is shown to nobody")
        await self.ask("the same clientMessageId of another sender", bob, everybody, **first)
        await self.ask("a ref of 128 bytes", alice, action="ping", ref="é" * 64)
        for name, text in TEXTS.items():
            await self.ask(f"a text with {name}", bob, everybody, action="sendMessage", message=text, ref="t", clientMessageId=f"text {name}")
        await self.ask("a message of the longest", alice, everybody, action="sendMessage", message="x" * MESSAGE_BYTES, ref="long")
        padded = json.dumps({"action": "sendMessage", "ref": "f", "message": "in fragments", "padding": "p" * 40_000}, separators=(",", ":"))
        fragments = [padded[:20_000], padded[20_000:]]
        await self.recorder.step("a request over the size of a frame, in fragments", [(alice, fragments)], expectation(alice, everybody))

    async def rooms(self, everybody: list[Client]) -> None:
        alice, bob, carol = self.alice, self.bob, self.carol
        swift, music = self.room("swift"), self.room("Zürich 🎶")
        await self.ask("a room before anybody has written", bob, action="joinRoom", room=swift, ref="j-1")
        await self.ask("its history is empty", bob, action="history", room=swift, ref="h-1")
        await self.ask("a second one joins", carol, action="joinRoom", room=swift)
        await self.ask("joining again is no error", carol, action="joinRoom", room=swift, ref="j-2")
        await self.ask("a message in a room", bob, [bob, carol], action="sendMessage", room=swift, message="in swift", ref="s-1")
        await self.ask("a clientMessageId that was used in another room", carol, [bob, carol],
                       action="sendMessage", room=swift, message="elsewhere", clientMessageId="same", ref="s-2")
        await self.silence("a room's messages are for those in it")
        await self.ask("somebody joins later", alice, action="joinRoom", room=swift, ref="j-3")
        await self.ask("and reads what was before", alice, action="history", room=swift, ref="h-2")
        for client in (bob, carol):
            await self.ask(f"{client.name} joins a second room", client, action="joinRoom", room=music, ref="j-4")
        for number in range(1, 4):
            await self.ask(f"message {number} in the one room", bob, [alice, bob, carol],
                           action="sendMessage", room=swift, message=f"swift {number}", ref=f"o-{number}")
            await self.ask(f"message {number} in the other room", carol, [bob, carol],
                           action="sendMessage", room=music, message=f"music {number}", ref=f"x-{number}")
        await self.ask("leaving a room", bob, action="leaveRoom", room=swift, ref="l-1")
        await self.ask("leaving it again is no error", bob, action="leaveRoom", room=swift)
        await self.ask("those who left are shown nothing", carol, [alice, carol], action="sendMessage", room=swift, message="after", ref="s-3")
        await self.silence("nothing came to those who left")
        await self.ask("who left may not write", bob, action="sendMessage", room=swift, message="x", ref="s-4")
        await self.ask("who left may not read", bob, action="history", room=swift, ref="h-3")
        await self.ask("who comes back is told the position", bob, action="joinRoom", room=swift, ref="j-5")
        await self.ask("and is shown messages again", alice, [alice, bob, carol], action="sendMessage", room=swift, message="again", ref="s-5")
        await self.ask("the default room can be left", carol, action="leaveRoom", room="general", ref="l-2")
        others = [client for client in everybody if client is not carol]
        await self.ask("a message in general without her", alice, others, action="sendMessage", message="where is carol?", ref="s-6")
        await self.ask("and joined again", carol, action="joinRoom", room="general", ref="j-6")
        await self.silence("the rooms are quiet")

    async def history(self) -> None:
        alice, bob = self.alice, self.bob
        room = self.room("pages")
        for client in (alice, bob):
            await self.ask(f"{client.name} joins pages", client, action="joinRoom", room=room)
        for number in range(1, 13):
            sender = (alice, bob)[number % 2]
            await self.ask(f"pages {number}", sender, [alice, bob], action="sendMessage", room=room, message=f"page {number}",
                           ref=f"{number}", **({"clientMessageId": f"p-{number}"} if number % 3 else {}))
        queries: dict[str, JSON] = {
            "everything": {}, "the newest five": {"limit": 5}, "before the eighth": {"before": 8, "limit": 5}, "before the third": {"before": 3},
            "before the first": {"before": 1}, "before all": {"before": 1000, "limit": 2}, "after the seventh": {"after": 7},
            "after the second, three": {"after": 2, "limit": 3}, "after the last": {"after": 12}, "after none": {"after": 0, "limit": 1},
            "a limit of 100": {"limit": 100}, "a limit above 100": {"limit": 1000}, "before 0": {"before": 0},
            "a negative after": {"after": -5, "limit": 2},
        }
        for name, query in queries.items():
            await self.ask(f"history: {name}", alice, action="history", room=room, ref="q", **query)
        base = self.recorder.symbols.base("general")
        await self.ask("history of the default room", bob, action="history", after=base, ref="g", limit=100)
        big = self.room("big")
        await self.ask("bob joins big", bob, action="joinRoom", room=big)
        for number in range(1, 7):
            await self.ask(f"big {number}", bob, [bob], action="sendMessage", room=big, message=f"{number}" * MESSAGE_BYTES, ref=f"{number}")
        await self.ask("a page ends before its text is over 65,536 bytes", bob, action="history", room=big, ref="q")
        await self.ask("so does a page after a message", bob, action="history", room=big, after=0, ref="q")

    async def errors(self) -> None:
        alice = self.alice
        for name, frame in FRAMES.items():
            await self.recorder.step(f"frame: {name}", [(alice, frame)], {alice: 1})
        for name, request in REFUSED.items():
            await self.ask(f"refused: {name}", alice, **{"ref": "r", **request})
        await self.silence("no refused request had an effect")

    # Requests without waiting

    async def unawaited(self) -> None:
        alice, bob = self.alice, self.bob
        room = self.room("after-join")
        sends: list[tuple[Client, Request]] = [
            (alice, {"action": "joinRoom", "room": room, "ref": "1"}),
            (alice, {"action": "sendMessage", "room": room, "message": "at once", "ref": "2"}),
        ]
        await self.recorder.step("what follows a joinRoom without waiting finds its sender in the room", sends, {alice: 3})
        room = self.room("at-once")
        for client in (alice, bob):
            await self.ask(f"{client.name} joins at-once", client, action="joinRoom", room=room)
        await self.pipelined(alice, bob, room)

    async def pipelined(self, sender: Client, reader: Client, room: str) -> None:
        """Which message gets which sequence is not promised here: what is, is derived, and that is what is compared."""
        marks = {client: len(client.frames) for client in (sender, reader)}
        texts = [f"unawaited {number}" for number in range(PIPELINED)]
        for text in texts:
            await sender.send({"action": "sendMessage", "room": room, "message": text, "ref": text, "clientMessageId": text})
        deadline = asyncio.get_running_loop().time() + self.recorder.timeout
        complete = await sender.wait_for(2 * PIPELINED, deadline) and await reader.wait_for(PIPELINED, deadline)
        lines = [] if complete else ["! not everything came"]
        seen: dict[Client, dict[int, str]] = {}
        for client, mark in marks.items():
            events = client.events(mark)
            lines += self.recorder.broken_promises(client, events)
            seen[client] = {event["sequence"]: event["message"] for event in events if event.get("type") == "message"}
            client.recorded = len(client.frames)
        accepted = {event["sequence"]: event.get("ref") for event in sender.events(marks[sender]) if event.get("type") == "messageAccepted"}
        base = self.recorder.symbols.base(room)
        lines += [
            f"{PIPELINED} messages of {sender.name} sent without waiting",
            f"accepted sequences {sorted(sequence - base for sequence in accepted)}",
            f"every text once: {sorted(seen[sender].values()) == sorted(texts)}",
            f"the sender is shown what was accepted: {seen[sender] == accepted}",
            f"the reader is shown the same: {seen[reader] == seen[sender]}",
        ]
        self.recorder.note("messages sent without waiting", lines)

    async def many_rooms(self) -> None:
        client = await self.connect("carol (many rooms)", "carol")
        for number in range(1, ROOMS):
            await self.ask(f"room {number + 1} of the same connection", client, action="joinRoom", room=self.room(f"many-{number}"), ref="m")
        await self.ask("one room too many", client, action="joinRoom", room=self.room("many-too-many"), ref="m")
        await self.ask("one that it is in already", client, action="joinRoom", room=self.room("many-1"), ref="m")
        await self.ask("one is left", client, action="leaveRoom", room=self.room("many-1"), ref="m")
        await self.ask("then there is place", client, action="joinRoom", room=self.room("many-too-many"), ref="m")
        await client.close()
        self.recorder.note("the connection in many rooms is closed", [f"closed {await self.recorder.wait_closed(client)}"])

    # Going and coming

    async def coming_back(self) -> None:
        alice, alice2, carol = self.alice, self.alice2, self.carol
        room = self.room("pages")
        await self.bob.close()
        self.recorder.note("bob goes", [f"closed {await self.recorder.wait_closed(self.bob)}"])
        for number in range(1, 4):
            await self.ask(f"missed {number}", alice, [alice], action="sendMessage", room=room, message=f"missed {number}", ref=f"{number}")
        self.bob = bob = await self.connect("bob (back)", "bob")
        await self.ask("he is not in his rooms", bob, action="sendMessage", room=room, message="x", ref="1")
        await self.ask("he joins, in the same epoch", bob, action="joinRoom", room=room, ref="2")
        await self.ask("he reads what he missed", bob, action="history", room=room, after=self.recorder.symbols.base(room) + 12, ref="3")
        await self.ask("he sends again what was acknowledged before", bob,
                       action="sendMessage", room=room, message="page 1", clientMessageId="p-1", ref="4")
        await self.ask("he is in general at once", bob, [alice, alice2, bob, carol], action="sendMessage", message="back", ref="5")

    async def closes(self) -> None:
        over = FRAME_BYTES + 1
        piece = "p" * 30_000
        whole = ['{"action":"ping","x":"', *[piece] * (WHOLE_MESSAGE_BYTES // len(piece) + 1), '"}']
        cases: dict[str, Request] = {
            "a binary message": b"{}", "a frame over the limit": "p" * over, "a message over the limit, in fragments": whole,
        }
        for name, request in cases.items():
            client = await self.connect(f"carol ({name})", "carol")
            try:
                await client.send(request)
            except websockets.ConnectionClosed:
                pass  # The code tells.
            await self.note_close(f"how {name} ends a connection", client)
        client = await self.connect("carol (invalid UTF-8)", "carol")
        await client.connection.send(b'{"action":"\xff"}', text=True)
        await self.note_close("how text that is not UTF-8 ends a connection", client)

    async def note_close(self, step: str, client: Client) -> None:
        """Waits until the server closes the connection; closes it if that does not happen."""
        code = await self.recorder.wait_closed(client)
        if code == "not closed":
            await client.close()
        self.recorder.note(step, [f"closed {code}"])


def expectation(client: Client, shown_to: list[Client] | None) -> dict[Client, int]:
    """An answer for the client, and a message for each to whom one is shown."""
    expected = dict.fromkeys(shown_to or [], 1)
    expected[client] = expected.get(client, 0) + 1
    return expected
