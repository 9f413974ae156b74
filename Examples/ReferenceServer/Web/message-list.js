// The messages of one room on the page: kept ones by sequence, behind them those that are still being sent.

import { element } from "./elements.js";

/** Messages of one sender within this time stand together. */
const groupMilliseconds = 5 * 60_000;
/** More than this is only memory: older ones are loaded again when somebody scrolls up to them. */
const maximumKept = 600;
const hues = 6;

const timeFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const fullFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

export class MessageList {
  /** The list element, to be put on the page. */
  element = element("ol", { className: "list" });
  /** Whether there are older messages than the first one here. */
  hasOlder = false;
  #user;
  #kept = [];
  #pending = new Map();

  constructor(user) {
    this.#user = user;
  }

  get isEmpty() {
    return this.element.childElementCount === 0;
  }

  /** The sequence of the oldest message here. */
  get first() {
    return this.#kept[0]?.sequence;
  }

  append(message) {
    if (this.#isOwn(message)) this.removePending(message.clientMessageId);
    const entry = this.#insert(message, this.#pending.values().next().value?.item ?? null);
    this.#kept.push(entry);
    this.#arrange(entry.item);
    this.#arrange(entry.item.nextElementSibling);
  }

  prepend(messages) {
    const anchor = this.element.firstElementChild;
    const entries = messages.map((message) => this.#insert(message, anchor));
    this.#kept.unshift(...entries);
    for (const { item } of entries) this.#arrange(item);
    this.#arrange(anchor);
  }

  /** Drops the oldest messages if there are many. */
  trim() {
    if (this.#kept.length <= maximumKept) return;
    for (const { item } of this.#kept.splice(0, this.#kept.length - maximumKept / 2)) item.remove();
    this.#arrange(this.element.firstElementChild);
    this.hasOlder = true;
  }

  /** Forgets the kept messages; what is being sent stays. */
  clear() {
    for (const { item } of this.#kept.splice(0)) item.remove();
    this.hasOlder = false;
  }

  addPending(clientMessageId, text) {
    const state = element("p", { className: "state" });
    const item = this.#item({ sender: this.#user, message: text, sentAt: new Date() }, state);
    this.element.append(item);
    this.#pending.set(clientMessageId, { item, state });
    this.setSending(clientMessageId);
    this.#arrange(item);
  }

  setSending(clientMessageId) {
    const pending = this.#pending.get(clientMessageId);
    pending?.item.classList.add("pending");
    pending?.item.classList.remove("failed");
    pending?.state.replaceChildren("Sending…");
  }

  /** It is kept; its place in the order comes with the message itself. */
  setSent(clientMessageId) {
    const pending = this.#pending.get(clientMessageId);
    pending?.item.classList.remove("pending");
    pending?.state.replaceChildren();
  }

  setFailed(clientMessageId, reason, { retry, discard }) {
    const pending = this.#pending.get(clientMessageId);
    if (!pending) return;
    pending.item.classList.replace("pending", "failed");
    pending.state.replaceChildren(
      `Not sent. ${reason} `,
      element("button", { type: "button", className: "link", text: "Try again", onclick: retry }),
      " ",
      element("button", { type: "button", className: "link", text: "Discard", onclick: discard }),
    );
  }

  removePending(clientMessageId) {
    const item = this.#pending.get(clientMessageId)?.item;
    if (!item) return;
    this.#pending.delete(clientMessageId);
    const next = item.nextElementSibling;
    item.remove();
    this.#arrange(next);
  }

  #isOwn(message) {
    return message.sender.id === this.#user.id;
  }

  #insert(message, before) {
    const item = this.#item(message);
    item.dataset.sequence = message.sequence;
    this.element.insertBefore(item, before);
    return { sequence: message.sequence, item };
  }

  #item(message, state = "") {
    const { sender } = message;
    const sentAt = new Date(message.sentAt);
    const own = this.#isOwn(message);
    const item = element(
      "li",
      { className: own ? "message own" : "message" },
      element("p", { className: "day", text: describeDay(sentAt) }),
      element("span", { className: `avatar hue-${hue(sender.id)}`, text: initial(sender.name), ariaHidden: "true" }),
      element(
        "div",
        { className: "body" },
        element(
          "p",
          { className: "meta" },
          element("span", { className: "sender", text: own ? "You" : sender.name }),
          " ",
          element("time", { dateTime: sentAt.toISOString(), text: timeFormat.format(sentAt) }),
        ),
        element("p", { className: "text", text: message.message, dir: "auto", title: fullFormat.format(sentAt) }),
        state,
      ),
    );
    // What #arrange compares with the neighbour.
    item.sender = sender.id;
    item.sentAt = sentAt;
    return item;
  }

  /** Joins a message to the one before it, or sets it off. */
  #arrange(item) {
    if (!item) return;
    const previous = item.previousElementSibling;
    const isNewDay = !previous || previous.sentAt.toDateString() !== item.sentAt.toDateString();
    const follows = !isNewDay && previous.sender === item.sender && item.sentAt - previous.sentAt < groupMilliseconds;
    item.classList.toggle("new-day", isNewDay);
    item.classList.toggle("follows", follows);
  }
}

function describeDay(date) {
  const today = new Date();
  if (date.toDateString() === today.toDateString()) return "Today";
  today.setDate(today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return "Yesterday";
  return dayFormat.format(date);
}

function initial(name) {
  return [...name][0]?.toUpperCase() ?? "?";
}

/** The same colour for the same user, always. */
function hue(id) {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.codePointAt(0)) % 65_521;
  return sum % hues;
}
