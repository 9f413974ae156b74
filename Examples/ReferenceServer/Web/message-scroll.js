// Where the reader is in the messages: at the newest, which then stay in view, or further up, where nothing may move.

import { byId } from "./elements.js";

/** This near to the end counts as being there. */
const nearPixels = 48;

export class MessageScroll {
  #box = byId("messages");
  #older = byId("older");
  #newest = byId("newest");
  #isAtEnd = true;
  #top = 0;
  #frame;
  #olderSeen;

  constructor({ onOlder, signal }) {
    const options = { signal };
    this.#box.addEventListener("scroll", () => this.#scrolled(), options);
    this.#newest.addEventListener("click", () => this.toNewest(), options);
    this.#older.addEventListener("click", onOlder, options);
    this.#olderSeen = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && onOlder(), { root: this.#box });
    // The box shrinks when the composer grows and when a telephone shows its keyboard.
    const resized = new ResizeObserver(() => this.#follow());
    resized.observe(this.#box);
    signal.addEventListener("abort", () => {
      this.#olderSeen.disconnect();
      resized.disconnect();
      cancelAnimationFrame(this.#frame);
      this.#newest.hidden = true;
    });
  }

  toNewest() {
    this.#isAtEnd = true;
    this.#newest.hidden = true;
    this.#follow();
  }

  /** A message was added at the end. Returns whether the reader is there. */
  appended(isOwn) {
    if (isOwn) this.toNewest();
    else if (this.#isAtEnd) this.#follow();
    else this.#newest.hidden = false;
    return this.#isAtEnd;
  }

  /** Adds something above without moving what is being read, and without having it read aloud. */
  keepingPlace(change) {
    const fromEnd = this.#box.scrollHeight - this.#box.scrollTop;
    this.#box.ariaBusy = "true";
    change();
    this.#box.scrollTop = this.#box.scrollHeight - fromEnd;
    this.#box.ariaBusy = "false";
  }

  setHasOlder(hasOlder) {
    this.#older.hidden = !hasOlder;
    // Observing anew tells once more if it is in view still: a page may have been shorter than the box.
    this.#olderSeen.unobserve(this.#older);
    if (hasOlder) this.#olderSeen.observe(this.#older);
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    // Being far from the end is no proof of having left it: messages may have come since this scrolling. Going up is one.
    if (scrollHeight - scrollTop - clientHeight < nearPixels) this.#isAtEnd = true;
    else if (scrollTop < this.#top) this.#isAtEnd = false;
    this.#top = scrollTop;
    if (this.#isAtEnd) this.#newest.hidden = true;
  }

  /** Once a frame: a page of messages that arrive together is laid out once. */
  #follow() {
    if (!this.#isAtEnd) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => (this.#box.scrollTop = this.#box.scrollHeight));
  }
}
