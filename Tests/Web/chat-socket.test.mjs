import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { ChatError, ChatSocket } from "../../Examples/ReferenceServer/Web/chat-socket.js";
import { FakeClock, FakeWebSocket, settled } from "./support.mjs";

beforeEach(() => {
  FakeWebSocket.all = [];
});

function makeChat({ token, random = () => 0.5 } = {}) {
  const clock = new FakeClock();
  const asked = [];
  const told = [];
  let ids = 0;
  const chat = new ChatSocket({
    url: "ws://chat.test/ws",
    token: token ?? (async (options) => (asked.push(options), `t${asked.length}`)),
    WebSocket: FakeWebSocket,
    clock,
    random,
    newId: () => `c-${++ids}`,
  });
  for (const type of ["state", "message", "ready", "reset", "roomError"]) {
    chat.addEventListener(type, ({ detail }) => told.push({ type, detail }));
  }
  return {
    chat,
    clock,
    asked,
    shown: () => told.filter(({ type }) => type === "message").map(({ detail }) => detail.sequence),
    all: (type) => told.filter((event) => event.type === type).map(({ detail }) => detail),
  };
}

const message = (sequence, room = "general") => ({
  type: "message", room, sequence, messageId: `m-${sequence}`, sender: { id: "u", name: "bob" }, message: `text ${sequence}`,
  sentAt: "2026-11-24T07:00:00.123Z",
});
const joined = (sequence, { room = "general", epoch = "e1" } = {}) => ({ type: "joined", room, sequence, epoch });
const history = (sequences, hasMore = false, room = "general") => ({
  type: "history", room, messages: sequences.map((sequence) => message(sequence, room)), hasMore,
});
const accepted = (sequence) => ({ type: "messageAccepted", room: "general", sequence, messageId: `m-${sequence}` });

/** A chat that is in `general` and has shown what the history had. */
async function joinedChat(sequences = [], options) {
  const made = makeChat(options);
  made.chat.join("general");
  made.chat.connect();
  await settled();
  const socket = FakeWebSocket.latest;
  await socket.accept();
  await socket.answer("joinRoom", joined(sequences.at(-1) ?? 0));
  await socket.answer("history", history(sequences));
  return { ...made, socket };
}

/** Cuts the connection and opens the next one. */
async function reconnect({ clock, code }) {
  await FakeWebSocket.latest.cut(code);
  await clock.advance(60_000);
  const socket = FakeWebSocket.latest;
  await socket.accept();
  return socket;
}

test("offers the protocol and the token as subprotocols", async () => {
  const { chat } = makeChat();
  chat.connect();
  await settled();
  assert.equal(FakeWebSocket.latest.url, "ws://chat.test/ws");
  assert.deepEqual(FakeWebSocket.latest.protocols, ["chat.v1", "bearer.t1"]);
});

test("a message resolves to its receipt, and comes as an event once", async () => {
  const { chat, socket, shown } = await joinedChat();
  const receipt = chat.send("general", "hello");
  const [request] = socket.asked("sendMessage");
  assert.deepEqual({ ...request, ref: undefined }, {
    action: "sendMessage", ref: undefined, room: "general", message: "hello", clientMessageId: "c-1",
  });
  await socket.say({ ...message(1), clientMessageId: "c-1" });
  await socket.answer("sendMessage", accepted(1));
  assert.equal((await receipt).messageId, "m-1");
  assert.deepEqual(shown(), [1]);
});

test("answers find their requests in whatever order they come", async () => {
  const { chat, socket } = await joinedChat();
  const first = chat.send("general", "one");
  const second = chat.send("general", "two");
  const [one, two] = socket.asked("sendMessage");
  assert.notEqual(one.ref, two.ref);
  await socket.say({ ref: two.ref, ...accepted(2) });
  await socket.say({ ref: one.ref, ...accepted(1) });
  assert.deepEqual([(await first).sequence, (await second).sequence], [1, 2]);
});

test("what is sent before the room is joined waits for it", async () => {
  const { chat } = makeChat();
  chat.join("swift");
  chat.connect();
  const receipt = chat.send("swift", "early");
  await settled();
  const socket = FakeWebSocket.latest;
  await socket.accept();
  assert.equal(socket.asked("sendMessage").length, 0);
  await socket.answer("joinRoom", joined(0, { room: "swift" }));
  await socket.answer("sendMessage", accepted(1));
  assert.equal((await receipt).sequence, 1);
});

test("errors reject with the protocol's code", async () => {
  const { chat, socket } = await joinedChat();
  const receipt = chat.send("general", "long");
  const rejected = assert.rejects(receipt, (error) => {
    assert.ok(error instanceof ChatError);
    assert.deepEqual([error.code, error.message], ["messageTooLong", "It is messageTooLong."]);
    return true;
  });
  await socket.fail("sendMessage", "messageTooLong");
  await rejected;
  await assert.rejects(chat.send("elsewhere", "text"), { code: "notInRoom" });
});

test("a busy server is asked again when it said, with the same id", async () => {
  const { chat, socket, clock } = await joinedChat();
  const receipt = chat.send("general", "hello");
  await socket.fail("sendMessage", "unavailable", { retryAfter: 2500 });
  await clock.advance(2499);
  assert.equal(socket.asked("sendMessage").length, 1);
  await clock.advance(1);
  const ids = socket.asked("sendMessage").map(({ clientMessageId }) => clientMessageId);
  assert.deepEqual(ids, ["c-1", "c-1"]);
  await socket.answer("sendMessage", accepted(1));
  await receipt;
});

test("a server that stays busy is not asked for ever", async () => {
  const { chat, socket, clock } = await joinedChat();
  const rejected = assert.rejects(chat.send("general", "hello"), { code: "unavailable" });
  for (let tries = 0; tries < 6; tries += 1) {
    await socket.fail("sendMessage", "unavailable", { retryAfter: 10 });
    await clock.advance(10);
  }
  await rejected;
  assert.equal(socket.asked("sendMessage").length, 6);
});

test("after a cut, what has no receipt is sent again, in order, under its id", async () => {
  const { chat, socket, clock } = await joinedChat();
  const receipts = [chat.send("general", "one"), chat.send("general", "two"), chat.send("general", "three")];
  await socket.say({ ref: socket.asked("sendMessage")[0].ref, ...accepted(1) });
  const next = await reconnect({ clock });
  receipts.push(chat.send("general", "four"));
  await next.answer("joinRoom", joined(2));
  const again = next.asked("sendMessage");
  assert.deepEqual(again.map((request) => [request.message, request.clientMessageId]), [
    ["two", "c-2"], ["three", "c-3"], ["four", "c-4"],
  ]);
  for (const [index, { ref }] of again.entries()) await next.say({ ref, ...accepted(index + 2) });
  assert.deepEqual((await Promise.all(receipts)).map(({ sequence }) => sequence), [1, 2, 3, 4]);
});

test("a message that waited for a busy server over a reconnection is not forgotten", async () => {
  const { chat, socket, clock } = await joinedChat();
  const receipt = chat.send("general", "hello");
  await socket.fail("sendMessage", "unavailable", { retryAfter: 30_000 });
  await socket.cut();
  await clock.advance(250);
  const next = FakeWebSocket.latest;
  await next.accept();
  await next.answer("joinRoom", joined(0));
  await next.answer("history", history([]));
  await clock.advance(30_000);
  assert.equal(next.asked("sendMessage")[0].clientMessageId, "c-1");
  await next.answer("sendMessage", accepted(1));
  await receipt;
});

test("after a cut, the history after the last message is read, page by page, and each message shown once", async () => {
  const { clock, shown } = await joinedChat([1, 2, 3]);
  const next = await reconnect({ clock });
  await next.answer("joinRoom", joined(7));
  const [request] = next.asked("history");
  assert.equal(request.after, 3);
  await next.say(message(8));
  await next.answer("history", history([4, 5], true));
  assert.equal(next.asked("history")[1].after, 5);
  await next.answer("history", history([6, 7, 8]));
  await next.say(message(9));
  assert.deepEqual(shown(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(next.asked("history").length, 2);
});

test("what comes twice is shown once", async () => {
  const { socket, shown } = await joinedChat([1, 2]);
  await socket.say(message(2));
  await socket.say(message(3));
  await socket.say(message(3));
  assert.deepEqual(shown(), [1, 2, 3]);
});

test("a gap between live messages is filled from the history", async () => {
  const { socket, shown } = await joinedChat([1]);
  await socket.say(message(4));
  await socket.say(message(5));
  assert.deepEqual(shown(), [1]);
  assert.deepEqual(socket.asked("history").map(({ after }) => after), [undefined, 1]);
  await socket.answer("history", history([2, 3, 4, 5]));
  assert.deepEqual(shown(), [1, 2, 3, 4, 5]);
});

test("what the server says it left out is filled from the history", async () => {
  const { socket, shown } = await joinedChat([1]);
  await socket.say({ type: "gap", room: "general", after: 1, sequence: 3 });
  await socket.answer("history", history([2, 3]));
  assert.deepEqual(shown(), [1, 2, 3]);
});

test("a gap that opens while another is filled is filled too", async () => {
  const { socket, shown } = await joinedChat([1]);
  await socket.say(message(3));
  await socket.say(message(5));
  await socket.answer("history", history([2, 3]));
  assert.deepEqual(shown(), [1, 2, 3]);
  assert.equal(socket.asked("history").at(-1).after, 3);
  await socket.answer("history", history([4, 5]));
  assert.deepEqual(shown(), [1, 2, 3, 4, 5]);
});

test("a gap that was being filled when the connection was lost is filled on the next", async () => {
  const { socket, clock, shown } = await joinedChat([1]);
  await socket.say(message(3));
  const next = await reconnect({ clock });
  await next.answer("joinRoom", joined(3));
  await next.answer("history", history([2, 3]));
  assert.deepEqual(shown(), [1, 2, 3]);
});

test("a history that says hasMore with nothing in it ends the reading", async () => {
  const { socket, shown } = await joinedChat([1]);
  await socket.say(message(3));
  await socket.answer("history", history([], true));
  assert.deepEqual(shown(), [1, 3]);
  assert.equal(socket.asked("history").length, 2);
});

test("another epoch starts the room anew", async () => {
  const { clock, shown, all } = await joinedChat([1, 2, 3]);
  const next = await reconnect({ clock });
  await next.answer("joinRoom", joined(2, { epoch: "e2" }));
  assert.deepEqual(all("reset"), [{ room: "general" }]);
  assert.equal(next.asked("history")[0].after, undefined);
  await next.answer("history", history([1, 2]));
  assert.deepEqual(shown(), [1, 2, 3, 1, 2]);
});

test("who was away for too long starts with the newest page", async () => {
  const { clock, all } = await joinedChat([1]);
  const next = await reconnect({ clock });
  await next.answer("joinRoom", joined(5000));
  assert.equal(all("reset").length, 1);
  await next.answer("history", history([4999, 5000], true));
  assert.deepEqual(all("ready").at(-1), { room: "general", hasOlder: true });
});

test("an older page is an answer, not events", async () => {
  const { chat, socket, shown } = await joinedChat([51]);
  const page = chat.history("general", { before: 51 });
  assert.deepEqual({ ...socket.asked("history")[1], ref: 0 }, { action: "history", ref: 0, room: "general", before: 51, limit: 50 });
  await socket.answer("history", history([49, 50], true));
  assert.equal((await page).messages.length, 2);
  assert.deepEqual(shown(), [51]);
});

test("an expired token (4001) brings a fresh one, at once, and slower if it happens again", async () => {
  const { clock, asked, socket } = await joinedChat();
  assert.deepEqual(asked, [{ fresh: false }]);
  await socket.cut(4001);
  await clock.advance(0);
  assert.deepEqual(asked, [{ fresh: false }, { fresh: true }]);
  assert.deepEqual(FakeWebSocket.latest.protocols, ["chat.v1", "bearer.t2"]);
  await FakeWebSocket.latest.accept();
  await FakeWebSocket.latest.cut(4001);
  assert.deepEqual(clock.waits, [500]);
});

test("tries come later and later, with full jitter, until a server answers", async () => {
  const { clock, chat } = makeChat();
  chat.join("general");
  chat.connect();
  await settled();
  const delays = [];
  for (let tries = 0; tries < 9; tries += 1) {
    await FakeWebSocket.latest.cut();
    delays.push(clock.waits[0]);
    await clock.advance(clock.waits[0]);
  }
  assert.deepEqual(delays, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  await FakeWebSocket.latest.accept();
  await FakeWebSocket.latest.cut(1001);
  assert.deepEqual(clock.waits, [15_000]);
  await clock.advance(15_000);
  await FakeWebSocket.latest.accept();
  await FakeWebSocket.latest.answer("joinRoom", joined(0));
  await FakeWebSocket.latest.cut(1001);
  assert.deepEqual(clock.waits, [250]);
});

test("the jitter is the whole interval", async () => {
  const { clock, socket } = await joinedChat([], { random: () => 0 });
  await socket.cut(1001);
  assert.deepEqual(clock.waits, [0]);
});

test("a refused handshake is tried with a fresh token once", async () => {
  const { clock, chat, asked } = makeChat();
  chat.connect();
  await settled();
  for (let tries = 0; tries < 3; tries += 1) {
    await FakeWebSocket.latest.cut();
    await clock.advance(60_000);
  }
  assert.deepEqual(asked.slice(0, 3).map(({ fresh }) => fresh), [false, true, false]);
});

test("a session that has ended ends the trying; a pool that is down does not", async () => {
  const errors = [Object.assign(new Error(), { name: "NetworkError" }), Object.assign(new Error(), { name: "SessionExpiredError" })];
  const { clock, chat, all } = makeChat({
    token: async () => {
      throw errors.shift();
    },
  });
  chat.connect();
  await settled();
  assert.equal(chat.state, "waiting");
  await clock.advance(60_000);
  assert.equal(chat.state, "closed");
  assert.equal(all("state").at(-1).error.name, "SessionExpiredError");
  assert.deepEqual(clock.waits, []);
});

test("a silent connection is tried, and given up if it stays silent", async () => {
  const { clock, chat, socket } = await joinedChat();
  await clock.advance(60_000);
  await socket.answer("ping", { type: "pong" });
  await clock.advance(60_000);
  assert.equal(socket.asked("ping").length, 2);
  await clock.advance(15_000);
  assert.equal(socket.isClosed, true);
  assert.equal(chat.state, "waiting");
});

test("a connection that brings messages but no answers is given up", async () => {
  const { clock, chat, socket } = await joinedChat();
  chat.send("general", "hello").catch(() => {});
  for (let sequence = 1; sequence <= 15; sequence += 1) {
    await socket.say(message(sequence));
    await clock.advance(1000);
  }
  assert.equal(chat.state, "waiting");
});

test("a connection that never opens is given up", async () => {
  const { clock, chat } = makeChat();
  chat.connect();
  await settled();
  await clock.advance(15_000);
  assert.equal(FakeWebSocket.latest.isClosed, true);
  assert.equal(chat.state, "waiting");
});

test("waking tries at once, and checks an open connection", async () => {
  const { chat, socket } = await joinedChat();
  chat.wake();
  assert.equal(socket.asked("ping").length, 1);
  await socket.cut();
  chat.wake();
  await settled();
  assert.equal(FakeWebSocket.all.length, 2);
});

test("closing fails what waits, and nothing comes back", async () => {
  const { clock, chat, socket } = await joinedChat();
  const rejected = assert.rejects(chat.send("general", "hello"), { code: "closed" });
  chat.close();
  await rejected;
  await socket.cut();
  await clock.advance(600_000);
  assert.equal(FakeWebSocket.all.length, 1);
  assert.deepEqual(clock.waits, []);
});

test("closing while another try is waited for ends the waiting", async () => {
  const { clock, chat, socket } = await joinedChat();
  await socket.cut();
  chat.close();
  assert.deepEqual(clock.waits, []);
  assert.equal(chat.state, "closed");
});

test("closing while a token is under way opens nothing", async () => {
  let give;
  const { chat } = makeChat({ token: () => new Promise((resolve) => (give = resolve)) });
  chat.connect();
  chat.close();
  give("late");
  await settled();
  assert.equal(FakeWebSocket.all.length, 0);
});

test("a room that cannot be joined is told, and fails what waits for it", async () => {
  const { chat, socket, all } = await joinedChat();
  chat.join("no\u0000room");
  const rejected = assert.rejects(chat.send("no\u0000room", "text"), { code: "invalidRoom" });
  await socket.fail("joinRoom", "invalidRoom");
  await rejected;
  assert.deepEqual(all("roomError").map(({ room, error }) => [room, error.code]), [["no\u0000room", "invalidRoom"]]);
});

test("each room has its own order", async () => {
  const { chat, socket, all } = await joinedChat([1]);
  chat.join("swift");
  await socket.say(message(3, "swift"));
  await socket.say(message(2));
  await socket.answer("joinRoom", joined(2, { room: "swift" }));
  await socket.answer("history", history([1, 2], false, "swift"));
  assert.deepEqual(all("message").map(({ room, sequence }) => `${room} ${sequence}`), [
    "general 1", "general 2", "swift 1", "swift 2", "swift 3",
  ]);
  chat.leave("swift");
  await socket.say(message(4, "swift"));
  assert.equal(socket.asked("leaveRoom").length, 1);
  assert.equal(all("message").length, 5);
});

test("what a newer server says besides is no trouble", async () => {
  const { socket, shown } = await joinedChat();
  await socket.say("not JSON");
  await socket.say("null");
  await socket.say({ type: "presence", room: "general" });
  await socket.say({ type: "messageAccepted", ref: "nobody's" });
  await socket.say({ ...message(1), mood: "fine" });
  assert.deepEqual(shown(), [1]);
});
