// Who is signed in, and an access token that still holds.
//
// Tokens are kept in memory. Only the refresh token goes to the storage (sessionStorage), so that a reload does not ask for
// the password again; it is gone when the tab is.

const storageKey = "chat.refreshToken";

/** One has to sign in (again): there is no refresh token, or the pool refused it. */
export class SessionExpiredError extends Error {
  name = "SessionExpiredError";
}

export class Session {
  #userPool;
  #storage;
  #now;
  #tokens;
  #refreshing;

  constructor({ userPool, storage, now = Date.now }) {
    this.#userPool = userPool;
    this.#storage = storage;
    this.#now = now;
  }

  /** The signed-in user as messages name it: `{ id, name }`; undefined without one. */
  get user() {
    return this.#tokens?.user;
  }

  async signIn({ username, password }) {
    const tokens = await this.#userPool.signIn({ username, password });
    this.#keep(tokens, tokens.refreshToken);
    return this.user;
  }

  /** Takes up the session of before a reload. Undefined if there is none. */
  async restore() {
    if (!this.#storage.getItem(storageKey)) return undefined;
    try {
      await this.accessToken({ fresh: true });
    } catch (error) {
      if (error instanceof SessionExpiredError) return undefined;
      throw error;
    }
    return this.user;
  }

  /**
   * An access token that holds for a while yet.
   *
   * `fresh` asks for a new one in any case: a server said that the last one has expired, whatever this clock says.
   */
  async accessToken({ fresh = false } = {}) {
    if (!fresh && this.#tokens && this.#now() < this.#tokens.staleAt) return this.#tokens.accessToken;
    // One refresh at a time serves all who ask.
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  signOut() {
    this.#tokens = undefined;
    this.#storage.removeItem(storageKey);
  }

  async #refresh() {
    const refreshToken = this.#storage.getItem(storageKey);
    if (!refreshToken) throw new SessionExpiredError("Nobody is signed in.");
    let tokens;
    try {
      tokens = await this.#userPool.refresh(refreshToken);
    } catch (error) {
      if (error.name !== "NotAuthorizedException") throw error;
      if (this.#storage.getItem(storageKey) === refreshToken) this.signOut();
      throw new SessionExpiredError("The session has ended. Sign in again.", { cause: error });
    }
    // Signed out, or somebody else signed in, while the answer was under way.
    if (this.#storage.getItem(storageKey) !== refreshToken) throw new SessionExpiredError("Nobody is signed in.");
    this.#keep(tokens, tokens.refreshToken ?? refreshToken);
    return tokens.accessToken;
  }

  #keep(tokens, refreshToken) {
    const lifetime = tokens.expiresIn * 1000;
    // By the lifetime, not by `exp`: the clock of this machine may be off by hours.
    const staleAt = this.#now() + lifetime - Math.min(60_000, lifetime / 2);
    const claims = readClaims(tokens.accessToken);
    this.#tokens = { accessToken: tokens.accessToken, staleAt, user: { id: claims.sub, name: claims.username } };
    this.#storage.setItem(storageKey, refreshToken);
  }
}

/** What a token says, not verified: it serves to show one's own name, and the server verifies. */
function readClaims(token) {
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
