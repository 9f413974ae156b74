// The page's SRP against the vectors that the Swift implementation passes too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import {
  SrpClient, SrpError, claimTimestamp, generator, modulus, pad, poolName,
} from "../../Examples/ReferenceServer/Web/srp.js";

const file = JSON.parse(readFileSync(new URL("../Vectors/cognito-srp.json", import.meta.url)));
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const number = (digits) => BigInt(`0x${digits}`);

function inputs(vector) {
  return {
    poolName: poolName(vector.userPoolId),
    userId: vector.userIdForSrp,
    password: vector.password,
    salt: vector.salt,
    serverPublicValue: vector.B,
    secretBlock: vector.secretBlock,
    timestamp: vector.timestamp,
  };
}

test("the group is that of the vectors", () => {
  assert.equal(modulus, number(file.N));
  assert.equal(generator, number(file.g));
  assert.ok(file.vectors.length > 0);
});

for (const vector of file.vectors) {
  test(`derives what the vector says: ${vector.case}`, async () => {
    const client = new SrpClient(number(vector.a));
    assert.equal(number(client.publicValue), number(vector.A));
    const derived = await client.derive(inputs(vector));
    assert.equal(derived.k, number(file.k));
    assert.equal(derived.u, number(vector.u));
    assert.equal(derived.x, number(vector.x));
    assert.equal(derived.shared, number(vector.S));
    assert.equal(hex(derived.key), vector.key);
  });

  test(`signs what the vector says: ${vector.case}`, async () => {
    const client = new SrpClient(number(vector.a));
    assert.equal(await client.claimSignature(inputs(vector)), vector.signature);
    const wrong = await client.claimSignature({ ...inputs(vector), password: `${vector.password} ` });
    assert.notEqual(wrong, vector.signature);
  });
}

test("integers are padded to the shortest two's complement", () => {
  assert.equal(hex(pad(0n)), "00");
  assert.equal(hex(pad(0x7fn)), "7f");
  assert.equal(hex(pad(0x80n)), "0080");
  assert.equal(hex(pad(0x123n)), "0123");
  assert.equal(hex(pad(0x8123n)), "008123");
});

test("refuses a challenge that no honest server makes", async () => {
  const [vector] = file.vectors;
  const client = new SrpClient(number(vector.a));
  for (const serverPublicValue of ["0", "", "xyz", modulus.toString(16), "0".repeat(1000)]) {
    await assert.rejects(client.derive({ ...inputs(vector), serverPublicValue }), SrpError, serverPublicValue.slice(0, 8));
  }
});

test("draws another secret for each sign-in", () => {
  assert.notEqual(new SrpClient().publicValue, new SrpClient().publicValue);
});

test("writes the timestamp as Cognito reads it", () => {
  assert.equal(claimTimestamp(new Date("2017-04-05T22:42:34.567Z")), "Wed Apr 5 22:42:34 UTC 2017");
  assert.equal(claimTimestamp(new Date("2026-11-24T06:02:01Z")), "Tue Nov 24 06:02:01 UTC 2026");
});
