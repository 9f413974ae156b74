// The messages of one room in their order, each once: what may be shown now, and whether something is missing.
//
// A room numbers its messages 1, 2, 3… without gaps. Live messages can come twice (a page of history overlaps with them)
// and, where a server is many, in another order than their numbers; history closes what is open. No sockets, no clocks.

/** Live messages that wait for earlier ones. What is beyond comes again with the history, so nothing is lost. */
const maximumEarly = 1000;

export class RoomTimeline {
  #last;
  #early = new Map();
  #overflowed = false;
  /** Up to here the server has left messages out. */
  #missed = 0;

  /** The sequence of the newest message that was shown; undefined until the first page of history is there. */
  get last() {
    return this.#last;
  }

  /** Messages came whose predecessors did not: ask for the history after `last`. */
  get hasGap() {
    return this.#last !== undefined && (this.#early.size > 0 || this.#overflowed || this.#missed > this.#last);
  }

  /** Takes the newest page of the history. Returns what to show now. */
  begin(messages) {
    this.#last = (messages[0]?.sequence ?? 1) - 1;
    return this.fill(messages, true);
  }

  /** Takes a live message. Returns what to show now: nothing, the message, or it and those that waited for it. */
  receive(message) {
    if (message.sequence <= this.#last || this.#early.has(message.sequence)) return [];
    if (this.#early.size >= maximumEarly) {
      this.#overflowed = true;
      return [];
    }
    this.#early.set(message.sequence, message);
    return this.#drain();
  }

  /** The server did not send messages up to this sequence, because this end read too slowly. */
  missed(sequence) {
    this.#missed = Math.max(this.#missed, sequence);
  }

  /** To be called when history after `last` is asked for: what overflowed until now will be in the answer. */
  beginFill() {
    this.#overflowed = false;
    return this.#last;
  }

  /**
   * Takes a page of the history after `last`, oldest first. `isComplete`: there was nothing newer. Returns what to show now.
   *
   * The history is the authority: what is not in it does not exist any more, and is not waited for.
   */
  fill(messages, isComplete) {
    const shown = [];
    for (const message of messages) {
      // It may have come live while the page was under way.
      if (message.sequence <= this.#last) continue;
      this.#show(message, shown);
    }
    if (isComplete && messages.length === 0) this.#missed = 0;
    if (isComplete && messages.length === 0 && this.#early.size > 0) {
      this.#last = Math.min(...this.#early.keys()) - 1;
    }
    return shown.concat(this.#drain());
  }

  #drain() {
    const shown = [];
    if (this.#last === undefined) return shown;
    for (const sequence of this.#early.keys()) if (sequence <= this.#last) this.#early.delete(sequence);
    for (let next = this.#early.get(this.#last + 1); next; next = this.#early.get(this.#last + 1)) this.#show(next, shown);
    return shown;
  }

  #show(message, shown) {
    this.#last = message.sequence;
    this.#early.delete(message.sequence);
    shown.push(message);
  }
}
