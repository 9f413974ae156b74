// SRP-6a as Cognito does it: RFC 5054 with Cognito's own hashing. The password never leaves this file.
//
// The group is RFC 3526's number 15 (3,072 bits) with the generator 2, the hash is SHA-256, and an integer is hashed as
// Java writes it: the shortest two's complement, never padded to the length of N.
//
// BigInt is not constant-time. What it could leak here is one sign-in's secret to a program that already runs in the same
// page, which could as well read the password field.

export const modulus = BigInt(
  "0x" +
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510" +
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);
export const generator = 2n;

// Hexadecimal digits of a number below N, with a leading zero byte. A longer one only costs time.
const maximumDigits = 2 * (384 + 1);

/** A challenge that an honest server does not make. */
export class SrpError extends Error {
  name = "SrpError";
}

/** The client's half of one sign-in. */
export class SrpClient {
  #secret;
  #publicValue;

  /** @param {bigint} secret a; only tests choose it. */
  constructor(secret = randomSecret()) {
    this.#secret = secret;
    this.#publicValue = power(generator, secret);
  }

  /** `SRP_A` of `InitiateAuth`: A = g^a mod N in hexadecimal. */
  get publicValue() {
    return this.#publicValue.toString(16);
  }

  /**
   * `PASSWORD_CLAIM_SIGNATURE` of `RespondToAuthChallenge`: the proof that this end knows the password.
   *
   * `salt`, `serverPublicValue` and `secretBlock` are the challenge's `SALT`, `SRP_B` and `SECRET_BLOCK` as they came;
   * `timestamp` is a `claimTimestamp`. Base64, as it is sent.
   */
  async claimSignature({ poolName, userId, password, salt, serverPublicValue, secretBlock, timestamp }) {
    const { key } = await this.derive({ poolName, userId, password, salt, serverPublicValue });
    const message = join(utf8(poolName + userId), fromBase64(secretBlock), utf8(timestamp));
    return toBase64(await hmac(key, message));
  }

  /** The key that both ends arrive at, with the numbers on the way to it. */
  async derive({ poolName, userId, password, salt, serverPublicValue }) {
    const serverPublic = fromHex(serverPublicValue);
    if (serverPublic % modulus === 0n) throw new SrpError("SRP_B is a multiple of N.");
    const u = toInteger(await hash(pad(this.#publicValue), pad(serverPublic)));
    if (u === 0n) throw new SrpError("SRP_A and SRP_B hash to 0.");

    // x = H(pad(salt) | H(poolName | userId | ":" | password))
    const identity = await hash(utf8(`${poolName}${userId}:${password}`));
    const x = toInteger(await hash(pad(fromHex(salt)), identity));

    // S = (B - k * g^x)^(a + u * x)
    const k = toInteger(await hash(pad(modulus), pad(generator)));
    const base = remainder(serverPublic - k * power(generator, x));
    const shared = power(base, this.#secret + u * x);
    return { k, u, x, shared, key: await hkdf(pad(shared), pad(u)) };
  }
}

/** `TIMESTAMP` of a password claim: `Wed Apr 5 22:42:34 UTC 2017`, English, the day without a leading zero. */
export function claimTimestamp(date) {
  const [weekday, day, month, year, time] = date.toUTCString().replace(",", "").split(" ");
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
}

/** What follows the underscore in a user pool's id. */
export function poolName(userPoolId) {
  return userPoolId.slice(userPoolId.indexOf("_") + 1);
}

/** The shortest two's complement: a zero byte in front if the top bit is set. */
export function pad(number) {
  let digits = number.toString(16);
  if (digits.length % 2 === 1) digits = `0${digits}`;
  if (digits[0] >= "8") digits = `00${digits}`;
  return Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
}

function randomSecret() {
  return toInteger(crypto.getRandomValues(new Uint8Array(128)));
}

function power(base, exponent) {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Of a number that may be negative, which `%` would leave negative. */
function remainder(number) {
  return ((number % modulus) + modulus) % modulus;
}

async function hash(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
}

async function hmac(keyBytes, message) {
  const key = await crypto.subtle.importKey("raw", keyBytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}

/** The first half of one HKDF block (RFC 5869). */
async function hkdf(material, salt) {
  const key = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info: utf8("Caldera Derived Key") };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 128));
}

function fromHex(text) {
  if (!/^[0-9a-f]+$/i.test(text) || text.length > maximumDigits) throw new SrpError("Not a hexadecimal number below N.");
  return BigInt(`0x${text}`);
}

function toInteger(bytes) {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`);
}

function utf8(text) {
  return new TextEncoder().encode(text);
}

function join(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}
