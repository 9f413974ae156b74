// The chat on the page: rooms beside it, one of them open, the state of the connection above.

import { byId, element } from "./elements.js";
import { describeChatError } from "./error-text.js";
import { MessageList } from "./message-list.js";
import { MessageScroll } from "./message-scroll.js";

const defaultRoom = "general";
const storageKey = "chat.rooms";
const states = {
  connecting: "Connecting…",
  open: "Connected",
  waiting: "Connection lost. Trying again…",
  closed: "Offline",
};

export class ChatView {
  #chat;
  #user;
  #storage;
  #onEnd;
  #rooms = new Map();
  #active;
  #scroll;
  #disposal = new AbortController();

  constructor({ chat, user, storage, onEnd }) {
    this.#chat = chat;
    this.#user = user;
    this.#storage = storage;
    this.#onEnd = onEnd;
    this.#scroll = new MessageScroll({ onOlder: () => this.#loadOlder(this.#active), signal: this.#disposal.signal });
    this.#listen();
  }

  show() {
    byId("chat").hidden = false;
    byId("own-name").textContent = this.#user.name;
    this.#showState("connecting");
    for (const name of new Set([defaultRoom, ...this.#storedRooms()])) this.#join(name);
    this.#open(defaultRoom);
    focusComposer();
  }

  dispose() {
    this.#disposal.abort();
    this.#storage.removeItem(storageKey);
    for (const { item, list } of this.#rooms.values()) {
      item.remove();
      list.element.remove();
    }
    byId("chat").hidden = true;
    byId("composer").value = "";
    byId("room-message").textContent = "";
    document.title = "Chat";
  }

  #listen() {
    const options = { signal: this.#disposal.signal };
    const on = (target, type, action) => target.addEventListener(type, action, options);
    on(this.#chat, "state", ({ detail }) => this.#stateChanged(detail));
    on(this.#chat, "message", ({ detail }) => this.#received(detail));
    on(this.#chat, "ready", ({ detail }) => this.#ready(detail));
    on(this.#chat, "reset", ({ detail }) => this.#rooms.get(detail.room)?.list.clear());
    on(this.#chat, "roomError", ({ detail }) => this.#roomFailed(detail));
    on(window, "online", () => this.#chat.wake());
    on(document, "visibilitychange", () => {
      if (document.hidden) return;
      this.#chat.wake();
      if (this.#active) this.#setUnread(this.#active, 0);
    });
    on(byId("sign-out"), "click", () => this.#onEnd());
    on(byId("join-form"), "submit", (event) => {
      event.preventDefault();
      const name = byId("join-room").value.trim();
      byId("room-message").textContent = "";
      if (!name) return;
      byId("join-room").value = "";
      this.#join(name);
      this.#open(name);
      focusComposer();
    });
    on(byId("composer-form"), "submit", (event) => {
      event.preventDefault();
      this.#compose();
    });
    on(byId("composer"), "keydown", (event) => {
      // An input method's Enter chooses a word; it does not send.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#compose();
    });
    on(byId("composer"), "input", fitComposer);
  }

  // Connection

  #stateChanged({ state, error }) {
    if (error) this.#onEnd(error.message);
    else this.#showState(state);
  }

  #showState(state) {
    byId("status").dataset.state = state;
    byId("status").textContent = states[state];
  }

  // Rooms

  #join(name) {
    if (this.#rooms.has(name)) return;
    const label = element("button", { type: "button", className: "room", onclick: () => this.#open(name) }, element("span", { text: name }));
    const item = element("li", {}, label);
    if (name !== defaultRoom) {
      item.append(
        element("button", {
          type: "button", className: "leave", text: "×", ariaLabel: `Leave ${name}`, title: `Leave ${name}`,
          onclick: () => this.#leave(name),
        }),
      );
    }
    const list = new MessageList(this.#user);
    list.element.hidden = true;
    byId("rooms").append(item);
    byId("messages").append(list.element);
    this.#rooms.set(name, { name, item, label, list, unread: 0, isReady: false, isLoading: false });
    this.#storeRooms();
    this.#chat.join(name);
  }

  #leave(name) {
    this.#chat.leave(name);
    this.#remove(name);
    focusComposer();
  }

  #remove(name) {
    const room = this.#rooms.get(name);
    if (!room) return;
    this.#rooms.delete(name);
    this.#storeRooms();
    room.item.remove();
    room.list.element.remove();
    if (this.#active === room) this.#open(defaultRoom);
  }

  #open(name) {
    const room = this.#rooms.get(name) ?? [...this.#rooms.values()][0];
    this.#active = room;
    if (!room) return;
    for (const other of this.#rooms.values()) {
      other.list.element.hidden = other !== room;
      other.label.ariaCurrent = other === room ? "true" : null;
    }
    byId("room-name").textContent = room.name;
    this.#setUnread(room, 0);
    this.#showEnds(room);
    this.#scroll.toNewest();
    room.item.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #roomFailed({ room, error }) {
    byId("room-message").textContent = `${room}: ${describeChatError(error)}`;
    this.#remove(room);
  }

  #setUnread(room, count) {
    room.unread = count;
    room.label.querySelector(".unread")?.remove();
    if (count > 0) room.label.append(element("span", { className: "unread", text: String(count), title: `${count} unread` }));
    const all = [...this.#rooms.values()].reduce((sum, { unread }) => sum + unread, 0);
    document.title = all > 0 ? `(${all}) Chat` : "Chat";
  }

  #storedRooms() {
    try {
      return JSON.parse(this.#storage.getItem(storageKey)) ?? [];
    } catch {
      return [];
    }
  }

  #storeRooms() {
    this.#storage.setItem(storageKey, JSON.stringify([...this.#rooms.keys()]));
  }

  // Messages

  #received(message) {
    const room = this.#rooms.get(message.room);
    if (!room) return;
    room.list.append(message);
    if (room !== this.#active) {
      if (room.isReady) this.#setUnread(room, room.unread + 1);
      room.list.trim();
      return;
    }
    if (room.isReady && document.hidden) this.#setUnread(room, room.unread + 1);
    if (this.#scroll.appended(message.sender.id === this.#user.id)) room.list.trim();
    this.#showEnds(room);
  }

  #ready({ room: name, hasOlder }) {
    const room = this.#rooms.get(name);
    if (!room) return;
    room.isReady = true;
    if (hasOlder !== undefined) room.list.hasOlder = hasOlder;
    if (room === this.#active) this.#showEnds(room);
  }

  /** What stands above the messages: the way to older ones, or that there are none at all. */
  #showEnds(room) {
    byId("empty").hidden = !(room.isReady && room.list.isEmpty);
    this.#scroll.setHasOlder(room.isReady && room.list.hasOlder);
  }

  async #loadOlder(room) {
    if (!room || room.isLoading || !room.list.hasOlder) return;
    room.isLoading = true;
    try {
      const first = room.list.first;
      const page = await this.#chat.history(room.name, { before: first });
      // The list was cleared or trimmed meanwhile: the page does not fit any more.
      if (room.list.first !== first) return;
      this.#scroll.keepingPlace(() => room.list.prepend(page.messages));
      room.list.hasOlder = page.hasMore;
    } catch {
      // The connection was lost. When it is back, the room is ready again and scrolling up asks again.
    } finally {
      room.isLoading = false;
      if (room === this.#active && this.#chat.state === "open") this.#showEnds(room);
    }
  }

  #compose() {
    const room = this.#active;
    const text = byId("composer").value.trim();
    if (!room || !text) return;
    byId("composer").value = "";
    fitComposer();
    const clientMessageId = crypto.randomUUID();
    room.list.addPending(clientMessageId, text);
    this.#showEnds(room);
    this.#scroll.appended(true);
    this.#send(room, text, clientMessageId);
  }

  async #send(room, text, clientMessageId) {
    const { list } = room;
    list.setSending(clientMessageId);
    try {
      await this.#chat.send(room.name, text, { clientMessageId });
      list.setSent(clientMessageId);
    } catch (error) {
      list.setFailed(clientMessageId, describeChatError(error), {
        retry: () => this.#send(room, text, clientMessageId),
        discard: () => list.removePending(clientMessageId),
      });
      if (room === this.#active) this.#scroll.appended(true);
    }
  }
}

/** Not where that would raise a keyboard over half of the screen. */
function focusComposer() {
  if (matchMedia("(hover: hover)").matches) byId("composer").focus();
}

/** As high as its text, within what the style sheet allows. */
function fitComposer() {
  const composer = byId("composer");
  composer.style.height = "auto";
  const borders = composer.offsetHeight - composer.clientHeight;
  composer.style.height = `${composer.scrollHeight + borders}px`;
}
