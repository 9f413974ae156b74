// The chat over WebSocket: what an application uses. It keeps a connection, comes back after every loss, and sees to it that
// each message is sent once and shown once, in order. It knows nothing of a page.
//
// Events, each a `CustomEvent`:
// - `state`    { state, error }: "connecting", "open", "waiting" (for another try) or "closed"; `error` if one has to sign in.
// - `message`  a message of a room, in the order of `sequence`, each once.
// - `ready`    { room, hasOlder }: everything up to now has been told; `hasOlder` only after the first page of a room.
// - `reset`    { room }: forget what was shown, it starts anew.
// - `roomError` { room, error }: the room cannot be joined.

import { backoff } from "./backoff.js";
import { ChatError } from "./chat-error.js";
import { Connection } from "./connection.js";
import { RoomTimeline } from "./room-timeline.js";

export { ChatError };

const subprotocol = "chat.v1";
const tokenExpired = 4001;
const pageSize = 50;
/** More missed messages than this are not read one by one: the room starts anew with its newest page. */
const maximumCatchUp = 1000;
/** Messages that may wait for their receipt. */
const maximumOutbox = 100;
/** How often a message is sent while the server says that it cannot take it now, before somebody has to decide. */
const maximumTries = 6;

export class ChatSocket extends EventTarget {
  #url;
  #token;
  #WebSocket;
  #clock;
  #random;
  #newId;
  #connection;
  #state = "closed";
  #attempt = 0;
  #wantsFreshToken = false;
  #retryTimer;
  #rooms = new Map();
  #outbox = new Map();

  /**
   * @param {string} options.url ws: or wss:
   * @param {(options: { fresh: boolean }) => Promise<string>} options.token an access token; `fresh` if the last one was refused.
   *   A rejection by the name `SessionExpiredError` ends the trying.
   */
  constructor({
    url,
    token,
    WebSocket = globalThis.WebSocket,
    clock = { setTimeout: (...all) => globalThis.setTimeout(...all), clearTimeout: (id) => globalThis.clearTimeout(id) },
    random = Math.random,
    newId = () => crypto.randomUUID(),
  }) {
    super();
    this.#url = url;
    this.#token = token;
    this.#WebSocket = WebSocket;
    this.#clock = clock;
    this.#random = random;
    this.#newId = newId;
  }

  get state() {
    return this.#state;
  }

  connect() {
    if (this.#state !== "closed") return;
    this.#attempt = 0;
    this.#open();
  }

  /** The network is back or the page is seen again: try at once, and find out whether an open connection is still alive. */
  wake() {
    if (this.#state === "waiting") this.#open();
    else this.#connection?.check();
  }

  /** Ends it all. Messages without a receipt fail with `closed`. */
  close() {
    this.#stop(new ChatError("closed", "The chat was closed."));
  }

  /** Joins a room now and after every reconnection. Its messages come as events. */
  join(name) {
    if (this.#rooms.has(name)) return;
    const room = { name, timeline: new RoomTimeline(), epoch: undefined, isJoined: false, isFilling: false };
    this.#rooms.set(name, room);
    if (this.#state === "open") this.#enter(room, this.#connection);
  }

  leave(name) {
    const room = this.#rooms.get(name);
    if (!room) return;
    this.#forget(room, new ChatError("closed", "The room was left."));
    this.#connection?.request("leaveRoom", { room: name }).catch(() => {});
  }

  /**
   * Sends a message. Resolves to the receipt once it is kept for good; meanwhile it outlives any number of connections.
   *
   * Try a failed one again with the same `clientMessageId`: should the first have arrived after all, its receipt comes back.
   */
  send(name, message, { clientMessageId = this.#newId() } = {}) {
    const room = this.#rooms.get(name);
    if (!room) return Promise.reject(new ChatError("notInRoom", "The room has not been joined."));
    if (this.#outbox.size >= maximumOutbox) return Promise.reject(new ChatError("outboxFull", "Too many messages wait."));
    return new Promise((resolve, reject) => {
      const entry = { room: name, message, clientMessageId, isUnderWay: false, resolve, reject };
      this.#outbox.set(clientMessageId, entry);
      if (room.isJoined) this.#transmit(entry, this.#connection);
    });
  }

  /** A page of a room's messages, oldest first: `{ messages, hasMore }`. */
  async history(name, { before, after, limit = pageSize } = {}) {
    if (!this.#connection) throw new ChatError("connectionLost", "There is no connection.");
    return this.#connection.request("history", { room: name, before, after, limit });
  }

  // A connection's life

  async #open() {
    this.#clock.clearTimeout(this.#retryTimer);
    this.#become("connecting");
    let token;
    try {
      token = await this.#token({ fresh: this.#wantsFreshToken });
    } catch (error) {
      if (this.#state !== "connecting") return;
      if (error.name === "SessionExpiredError") this.#stop(error);
      else this.#retry();
      return;
    }
    // Closed meanwhile; a second #open cannot have begun, since only "waiting" and "closed" lead to one.
    if (this.#state !== "connecting" || this.#connection) return;
    this.#wantsFreshToken = false;
    // A browser cannot set `Authorization` on a WebSocket; the server selects the first subprotocol and never repeats the token.
    const socket = new this.#WebSocket(this.#url, [subprotocol, `bearer.${token}`]);
    const connection = new Connection(socket, this.#clock, {
      onOpen: () => {
        this.#become("open");
        for (const room of this.#rooms.values()) this.#enter(room, connection);
      },
      onEvent: (event) => this.#receive(event),
      onClose: (reason) => this.#lost(reason),
    });
    this.#connection = connection;
  }

  #lost({ code, wasOpen }) {
    this.#connection = undefined;
    for (const room of this.#rooms.values()) {
      room.isJoined = false;
      room.isFilling = false;
    }
    if (this.#state === "closed") return;
    // A browser does not tell why a handshake was refused. It may have been the token, so that one try has a new one.
    this.#wantsFreshToken = code === tokenExpired || (!wasOpen && this.#attempt === 0);
    // An expired token is no trouble of the server's: come back at once, unless it happens again and again.
    this.#retry({ atOnce: code === tokenExpired && this.#attempt === 0 });
  }

  #retry({ atOnce = false } = {}) {
    const delay = atOnce ? 0 : backoff(this.#attempt, this.#random);
    this.#attempt += 1;
    this.#become("waiting");
    this.#retryTimer = this.#clock.setTimeout(() => this.#open(), delay);
  }

  #stop(error) {
    if (this.#state === "closed") return;
    this.#clock.clearTimeout(this.#retryTimer);
    this.#become("closed", error.name === "SessionExpiredError" ? error : undefined);
    this.#connection?.abandon(1000);
    for (const entry of this.#outbox.values()) entry.reject(error);
    this.#outbox.clear();
    this.#rooms.clear();
  }

  #become(state, error) {
    this.#state = state;
    this.#tell("state", { state, error });
  }

  // Rooms

  /** Joins a room on this connection, sends what waits for it, and reads what was missed. */
  async #enter(room, connection) {
    try {
      const position = await this.#persist(connection, "joinRoom", { room: room.name });
      if (!this.#isCurrent(room, connection)) return;
      // Only an answer shows that the server serves; opening and being cut off at once would else never slow down.
      this.#attempt = 0;
      room.isJoined = true;
      for (const entry of this.#outbox.values()) if (entry.room === room.name) this.#transmit(entry, connection);
      await this.#catchUp(room, connection, position);
    } catch (error) {
      this.#failed(room, connection, error);
    }
  }

  async #catchUp(room, connection, position) {
    const { last } = room.timeline;
    if (last !== undefined && (position.epoch !== room.epoch || position.sequence - last > maximumCatchUp)) {
      room.timeline = new RoomTimeline();
      this.#tell("reset", { room: room.name });
    }
    room.epoch = position.epoch;
    if (room.timeline.last !== undefined) {
      await this.#fill(room, connection);
      this.#tell("ready", { room: room.name });
      return;
    }
    const page = await this.#persist(connection, "history", { room: room.name, limit: pageSize });
    if (!this.#isCurrent(room, connection)) return;
    this.#show(room.timeline.begin(page.messages));
    this.#tell("ready", { room: room.name, hasOlder: page.hasMore });
    if (room.timeline.hasGap) await this.#fill(room, connection);
  }

  /** Reads the history after what was shown, until nothing is missing. */
  async #fill(room, connection) {
    if (room.isFilling) return;
    room.isFilling = true;
    for (;;) {
      const after = room.timeline.beginFill();
      const page = await this.#persist(connection, "history", { room: room.name, after, limit: pageSize });
      if (!this.#isCurrent(room, connection)) return;
      // An empty page is the end, whatever it says: asking again would get the same.
      const isComplete = !page.hasMore || page.messages.length === 0;
      this.#show(room.timeline.fill(page.messages, isComplete));
      if (isComplete && !room.timeline.hasGap) break;
    }
    room.isFilling = false;
  }

  #receive(event) {
    if (event?.type !== "message" && event?.type !== "gap") return;
    const room = this.#rooms.get(event.room);
    if (!room) return;
    if (event.type === "gap") room.timeline.missed(event.sequence);
    else this.#show(room.timeline.receive(event));
    if (!room.timeline.hasGap || !room.isJoined) return;
    const connection = this.#connection;
    this.#fill(room, connection).catch((error) => this.#failed(room, connection, error));
  }

  #show(messages) {
    for (const message of messages) this.#tell("message", message);
  }

  #isCurrent(room, connection) {
    return this.#connection === connection && this.#rooms.get(room.name) === room;
  }

  #failed(room, connection, error) {
    // The next connection enters the room again.
    if (!this.#isCurrent(room, connection) || error.code === "connectionLost") return;
    this.#forget(room, error);
    this.#tell("roomError", { room: room.name, error });
  }

  #forget(room, error) {
    this.#rooms.delete(room.name);
    for (const [id, entry] of this.#outbox) {
      if (entry.room !== room.name) continue;
      this.#outbox.delete(id);
      entry.reject(error);
    }
  }

  // Requests

  async #transmit(entry, connection) {
    if (entry.isUnderWay) return;
    entry.isUnderWay = true;
    const { room, message, clientMessageId } = entry;
    try {
      const receipt = await this.#persist(connection, "sendMessage", { room, message, clientMessageId }, maximumTries);
      this.#settle(entry);
      entry.resolve(receipt);
    } catch (error) {
      entry.isUnderWay = false;
      if (error.code !== "connectionLost") {
        this.#settle(entry);
        entry.reject(error);
        return;
      }
      // It may or may not have arrived: the next connection sends it again, and its id keeps it from counting twice. That
      // connection may be there already, if this one ended while a further try was waited for.
      const isWaiting = this.#outbox.get(clientMessageId) === entry;
      if (isWaiting && this.#rooms.get(room)?.isJoined) this.#transmit(entry, this.#connection);
    }
  }

  #settle(entry) {
    if (this.#outbox.get(entry.clientMessageId) === entry) this.#outbox.delete(entry.clientMessageId);
  }

  /** A request that is sent again while the server cannot do it now. */
  async #persist(connection, action, fields, tries = Infinity) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await connection.request(action, fields);
      } catch (error) {
        if (!error.isTransient || attempt + 1 >= tries) throw error;
        const delay = error.retryAfter ?? backoff(attempt, this.#random);
        await new Promise((resolve) => this.#clock.setTimeout(resolve, delay));
      }
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
