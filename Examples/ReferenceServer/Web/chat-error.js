/** A request that failed, by the protocol's own codes, or by one of this client's: `connectionLost`, `closed`, `outboxFull`. */
export class ChatError extends Error {
  name = "ChatError";

  constructor(code, message, retryAfter) {
    super(message);
    this.code = code;
    /** How long to wait before another try, in milliseconds, if the server said so. */
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later. Only then is it sent again without being asked to. */
  get isTransient() {
    return this.code === "unavailable" || this.code === "internalError";
  }
}
