// One WebSocket from its opening to its end: which answer belongs to which request, and whether the other end is alive.

import { ChatError } from "./chat-error.js";

const openTimeout = 15_000;
/** How long the server may take for an answer. A link can die without a word, and the browser would not notice for minutes. */
const answerTimeout = 15_000;
/** How long the link may be silent before it is tried. Under the idle limit of API Gateway, ten minutes, by far. */
const pingInterval = 60_000;

export class Connection {
  #socket;
  #clock;
  #handlers;
  #requests = new Map();
  #nextRef = 1;
  #timer;
  #wasOpen = false;
  #ended = false;

  /**
   * `handlers`: `onOpen()`, `onEvent(event)` for what is no answer, and `onClose({ code, wasOpen })`, which comes exactly
   * once and last.
   */
  constructor(socket, clock, handlers) {
    this.#socket = socket;
    this.#clock = clock;
    this.#handlers = handlers;
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = ({ code }) => this.#end(code);
    this.#wait(openTimeout, () => this.abandon());
  }

  /** Sends a request. Resolves to its answer; rejects with a `ChatError`, `connectionLost` if the link ends before. */
  request(action, fields = {}) {
    if (this.#ended || !this.#wasOpen) return Promise.reject(connectionLost());
    const ref = String(this.#nextRef++);
    return new Promise((resolve, reject) => {
      this.#requests.set(ref, { resolve, reject });
      if (this.#requests.size === 1) this.#watch();
      this.#socket.send(JSON.stringify({ action, ref, ...fields }));
    });
  }

  /** Finds out now whether the other end is still there. */
  check() {
    if (this.#wasOpen && this.#requests.size === 0) this.request("ping").catch(() => {});
  }

  /** Ends the connection without waiting for the other end to agree, which a dead one never does. */
  abandon(code = 1006) {
    this.#socket.close();
    this.#end(code);
  }

  #opened() {
    if (this.#ended) return;
    this.#wasOpen = true;
    this.#watch();
    this.#handlers.onOpen();
  }

  #received(data) {
    if (this.#ended) return;
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return;
    }
    const request = this.#requests.get(event?.ref);
    if (request) this.#requests.delete(event.ref);
    // With requests under way only an answer counts as life: others may talk on while ours is lost.
    if (request || this.#requests.size === 0) this.#watch();
    if (!request) this.#handlers.onEvent(event);
    else if (event.type === "error") request.reject(new ChatError(event.code, event.message, event.retryAfter));
    else request.resolve(event);
  }

  #watch() {
    if (this.#requests.size > 0) this.#wait(answerTimeout, () => this.abandon());
    else this.#wait(pingInterval, () => this.check());
  }

  #wait(milliseconds, action) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(action, milliseconds);
  }

  #end(code) {
    if (this.#ended) return;
    this.#ended = true;
    this.#clock.clearTimeout(this.#timer);
    for (const { reject } of this.#requests.values()) reject(connectionLost());
    this.#requests.clear();
    this.#handlers.onClose({ code, wasOpen: this.#wasOpen });
  }
}

function connectionLost() {
  return new ChatError("connectionLost", "The connection ended before the answer came.");
}
