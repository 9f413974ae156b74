// What the socket is tested with: a clock that only the test moves, a WebSocket that only the test answers.

/** Timers that fire when the test says so. */
export class FakeClock {
  now = 0;
  #timers = new Map();
  #nextId = 1;

  setTimeout = (action, delay) => {
    this.#timers.set(this.#nextId, { due: this.now + delay, action });
    return this.#nextId++;
  };

  clearTimeout = (id) => this.#timers.delete(id);

  /** When timers will fire, from now, soonest first. */
  get waits() {
    return [...this.#timers.values()].map(({ due }) => due - this.now).sort((left, right) => left - right);
  }

  async advance(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      const [id, timer] = [...this.#timers].sort(([, left], [, right]) => left.due - right.due)[0] ?? [];
      if (!timer || timer.due > end) break;
      this.now = timer.due;
      this.#timers.delete(id);
      timer.action();
      await settled();
    }
    this.now = end;
  }
}

/** Everything that promises had to do has been done: macrotasks come after all of them. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The server's end is in the test's hands. */
export class FakeWebSocket {
  static all = [];
  sent = [];
  isClosed = false;

  constructor(url, protocols) {
    this.url = url;
    this.protocols = protocols;
    FakeWebSocket.all.push(this);
  }

  static get latest() {
    return FakeWebSocket.all.at(-1);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.isClosed = true;
  }

  async accept() {
    this.onopen({});
    await settled();
  }

  async say(event) {
    this.onmessage({ data: typeof event === "string" ? event : JSON.stringify(event) });
    await settled();
  }

  async cut(code = 1006) {
    this.onclose({ code });
    await settled();
  }

  /** The requests of an action, in the order they came. */
  asked(action) {
    return this.sent.filter((request) => request.action === action);
  }

  /** Answers the latest request of an action. */
  async answer(action, event) {
    const request = this.asked(action).at(-1);
    if (!request) throw new Error(`Nobody asked for ${action}.`);
    await this.say({ ref: request.ref, ...event });
  }

  async fail(action, code, more = {}) {
    await this.answer(action, { type: "error", code, message: `It is ${code}.`, ...more });
  }
}
