import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import test from "node:test";

import { Session, SessionExpiredError } from "../../Examples/ReferenceServer/Web/session.js";
import { generator, modulus, pad } from "../../Examples/ReferenceServer/Web/srp.js";
import { UserPool } from "../../Examples/ReferenceServer/Web/user-pool.js";

const poolOptions = { endpoint: "http://chat.test/", clientId: "chatlocal", userPoolId: "us-east-1_chatlocal" };

/** A `fetch` that notes the requests and gives the answers in turn. */
function fakeFetch(...answers) {
  const requests = [];
  const fetch = async (url, { headers, body }) => {
    requests.push({ url, target: headers["X-Amz-Target"], type: headers["Content-Type"], body: JSON.parse(body) });
    const { status = 200, json, text } = answers.shift();
    return new Response(text ?? JSON.stringify(json), { status });
  };
  return { fetch, requests };
}

test("an operation goes out as Cognito's JSON 1.1", async () => {
  const { fetch, requests } = fakeFetch({ json: { UserConfirmed: false, CodeDeliveryDetails: { Destination: "a***@e***" } } });
  const result = await new UserPool({ ...poolOptions, fetch }).signUp({ username: "alice", password: "p", email: "a@e.org" });
  assert.deepEqual(result, { isConfirmed: false, destination: "a***@e***" });
  assert.deepEqual(requests, [
    {
      url: "http://chat.test/",
      target: "AWSCognitoIdentityProviderService.SignUp",
      type: "application/x-amz-json-1.1",
      body: { ClientId: "chatlocal", Username: "alice", Password: "p", UserAttributes: [{ Name: "email", Value: "a@e.org" }] },
    },
  ]);
});

/** The server's half of SRP, for one user by the name of `userId`. */
function fakeServer({ userId, password, salt }) {
  const hash = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
  const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
  const number = (bytes) => BigInt(`0x${bytes.toString("hex")}`);
  const power = (base, exponent) => {
    let result = 1n;
    for (const bit of exponent.toString(2)) result = (result * result * (bit === "1" ? base : 1n)) % modulus;
    return result;
  };
  const secret = 0x1234567890abcdefn;
  const verifier = power(generator, number(hash(pad(BigInt(`0x${salt}`)), hash(Buffer.from(`chatlocal${userId}:${password}`)))));
  const publicValue = (number(hash(pad(modulus), pad(generator))) * verifier + power(generator, secret)) % modulus;
  return {
    publicValue: publicValue.toString(16),
    signature(clientPublicValue, secretBlock, timestamp) {
      const clientPublic = BigInt(`0x${clientPublicValue}`);
      const u = number(hash(pad(clientPublic), pad(publicValue)));
      const shared = power((clientPublic * power(verifier, u)) % modulus, secret);
      const key = hmac(hmac(pad(u), pad(shared)), "Caldera Derived Key\x01").subarray(0, 16);
      const text = Buffer.concat([Buffer.from(`chatlocal${userId}`), Buffer.from(secretBlock, "base64"), Buffer.from(timestamp)]);
      return hmac(key, text).toString("base64");
    },
  };
}

test("signing in proves the password without sending it, by the names of the challenge", async () => {
  const server = fakeServer({ userId: "alice-1", password: "Secret-123", salt: "ab" });
  const challenge = {
    ChallengeName: "PASSWORD_VERIFIER",
    ChallengeParameters: {
      USERNAME: "alice-0", USER_ID_FOR_SRP: "alice-1", SALT: "ab", SRP_B: server.publicValue, SECRET_BLOCK: "c2VjcmV0",
    },
  };
  const result = { AccessToken: "a", IdToken: "i", RefreshToken: "r", ExpiresIn: 3600 };
  const { fetch, requests } = fakeFetch({ json: challenge }, { json: { AuthenticationResult: result } });
  const pool = new UserPool({ ...poolOptions, fetch, now: () => Date.UTC(2026, 10, 24, 6, 0, 0) });
  const tokens = await pool.signIn({ username: "Alice", password: "Secret-123" });
  assert.deepEqual(tokens, { accessToken: "a", idToken: "i", refreshToken: "r", expiresIn: 3600 });
  assert.ok(!JSON.stringify(requests).includes("Secret-123"));
  assert.equal(requests[0].body.AuthFlow, "USER_SRP_AUTH");
  assert.equal(requests[0].body.AuthParameters.USERNAME, "Alice");
  const responses = requests[1].body.ChallengeResponses;
  assert.equal(responses.USERNAME, "alice-0");
  assert.equal(responses.PASSWORD_CLAIM_SECRET_BLOCK, "c2VjcmV0");
  assert.equal(responses.TIMESTAMP, "Tue Nov 24 06:00:00 UTC 2026");
  const expected = server.signature(requests[0].body.AuthParameters.SRP_A, "c2VjcmV0", responses.TIMESTAMP);
  assert.equal(responses.PASSWORD_CLAIM_SIGNATURE, expected);
});

test("a challenge that the page cannot answer is an error of its own", async () => {
  const { fetch } = fakeFetch({ json: { ChallengeName: "NEW_PASSWORD_REQUIRED", ChallengeParameters: {} } });
  await assert.rejects(new UserPool({ ...poolOptions, fetch }).signIn({ username: "a", password: "b" }), {
    name: "UnsupportedChallenge",
  });
});

for (const [what, answer, name] of [
  ["a plain type", { status: 400, json: { __type: "UsernameExistsException", message: "User already exists" } }, "UsernameExistsException"],
  ["a qualified type", { status: 400, json: { __type: "com.amazonaws.idp#NotAuthorizedException" } }, "NotAuthorizedException"],
  ["no JSON", { status: 502, text: "<html>Bad gateway" }, "InternalErrorException"],
]) {
  test(`an error has the pool's own name: ${what}`, async () => {
    const { fetch } = fakeFetch(answer);
    await assert.rejects(new UserPool({ ...poolOptions, fetch }).confirmSignUp({ username: "a", code: "1" }), { name });
  });
}

test("a server that is not reached is a NetworkError", async () => {
  const fetch = async () => {
    throw new TypeError("fetch failed");
  };
  await assert.rejects(new UserPool({ ...poolOptions, fetch }).refresh("r"), { name: "NetworkError" });
});

// Sessions

function token(name) {
  const claims = Buffer.from(JSON.stringify({ sub: `id-${name}`, username: name })).toString("base64url");
  return `e30.${claims}.${name}`;
}

class MemoryStorage {
  items = new Map();
  getItem = (key) => this.items.get(key) ?? null;
  setItem = (key, value) => this.items.set(key, value);
  removeItem = (key) => this.items.delete(key);
}

function makeSession({ refresh = async () => ({ accessToken: token("new"), expiresIn: 3600 }) } = {}) {
  const clock = { now: 0 };
  const storage = new MemoryStorage();
  const userPool = {
    refreshes: 0,
    signIn: async ({ username }) => ({ accessToken: token(username), refreshToken: `refresh-${username}`, expiresIn: 3600 }),
    refresh(refreshToken) {
      this.refreshes += 1;
      return refresh(refreshToken);
    },
  };
  return { clock, storage, userPool, session: new Session({ userPool, storage, now: () => clock.now }) };
}

test("only the refresh token reaches the storage", async () => {
  const { session, storage } = makeSession();
  assert.deepEqual(await session.signIn({ username: "žofie", password: "p" }), { id: "id-žofie", name: "žofie" });
  assert.deepEqual([...storage.items.values()], ["refresh-žofie"]);
  session.signOut();
  assert.equal(storage.items.size, 0);
  assert.equal(session.user, undefined);
});

test("a token is renewed a minute before it expires, once for all who ask", async () => {
  const { session, clock, userPool } = makeSession();
  await session.signIn({ username: "alice", password: "p" });
  clock.now = 3_539_000;
  assert.equal(await session.accessToken(), token("alice"));
  clock.now = 3_540_000;
  assert.deepEqual(await Promise.all([session.accessToken(), session.accessToken()]), [token("new"), token("new")]);
  assert.equal(userPool.refreshes, 1);
});

test("a token that a server refused is renewed whatever the clock says", async () => {
  const { session } = makeSession();
  await session.signIn({ username: "alice", password: "p" });
  assert.equal(await session.accessToken({ fresh: true }), token("new"));
});

test("a reload takes up the session", async () => {
  const { session, storage } = makeSession();
  assert.equal(await session.restore(), undefined);
  storage.setItem("chat.refreshToken", "r");
  assert.deepEqual(await session.restore(), { id: "id-new", name: "new" });
});

test("a refresh token that is refused ends the session; a server that is down does not", async () => {
  const refused = makeSession({
    refresh: async () => {
      throw Object.assign(new Error(), { name: "NotAuthorizedException" });
    },
  });
  await refused.session.signIn({ username: "alice", password: "p" });
  await assert.rejects(refused.session.accessToken({ fresh: true }), SessionExpiredError);
  assert.equal(refused.storage.items.size, 0);

  const down = makeSession({
    refresh: async () => {
      throw Object.assign(new Error(), { name: "NetworkError" });
    },
  });
  await down.session.signIn({ username: "alice", password: "p" });
  await assert.rejects(down.session.accessToken({ fresh: true }), { name: "NetworkError" });
  assert.equal(down.storage.items.size, 1);
});

test("signing out while a token is under way stays signed out", async () => {
  let answer;
  const { session, storage } = makeSession({ refresh: () => new Promise((resolve) => (answer = resolve)) });
  await session.signIn({ username: "alice", password: "p" });
  const asked = session.accessToken({ fresh: true });
  session.signOut();
  answer({ accessToken: token("new"), expiresIn: 3600 });
  await assert.rejects(asked, SessionExpiredError);
  assert.equal(session.user, undefined);
  assert.equal(storage.items.size, 0);
});
