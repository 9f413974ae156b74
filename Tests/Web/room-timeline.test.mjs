import assert from "node:assert/strict";
import test from "node:test";

import { RoomTimeline } from "../../Examples/ReferenceServer/Web/room-timeline.js";

const page = (...sequences) => sequences.map((sequence) => ({ sequence }));
const sequences = (messages) => messages.map(({ sequence }) => sequence);

test("live messages wait for the first page", () => {
  const timeline = new RoomTimeline();
  assert.deepEqual(timeline.receive({ sequence: 8 }), []);
  assert.equal(timeline.hasGap, false);
  assert.deepEqual(sequences(timeline.begin(page(5, 6, 7))), [5, 6, 7, 8]);
  assert.equal(timeline.last, 8);
});

test("an empty room begins at 1", () => {
  const timeline = new RoomTimeline();
  assert.deepEqual(timeline.begin([]), []);
  assert.deepEqual(sequences(timeline.receive({ sequence: 1 })), [1]);
});

test("each message is shown once", () => {
  const timeline = new RoomTimeline();
  timeline.begin(page(1, 2));
  assert.deepEqual(timeline.receive({ sequence: 2 }), []);
  assert.deepEqual(sequences(timeline.receive({ sequence: 3 })), [3]);
  assert.deepEqual(sequences(timeline.fill(page(3, 4), true)), [4]);
});

test("messages that overtake wait for the ones they overtook", () => {
  const timeline = new RoomTimeline();
  timeline.begin(page(1));
  assert.deepEqual(timeline.receive({ sequence: 4 }), []);
  assert.deepEqual(timeline.receive({ sequence: 3 }), []);
  assert.equal(timeline.hasGap, true);
  assert.deepEqual(sequences(timeline.receive({ sequence: 2 })), [2, 3, 4]);
  assert.equal(timeline.hasGap, false);
});

test("the history closes a gap and takes what waited behind it along", () => {
  const timeline = new RoomTimeline();
  timeline.begin(page(1));
  timeline.receive({ sequence: 4 });
  assert.equal(timeline.beginFill(), 1);
  assert.deepEqual(sequences(timeline.fill(page(2, 3), true)), [2, 3, 4]);
});

test("what the server left out is a gap without a message that shows it", () => {
  const timeline = new RoomTimeline();
  timeline.begin(page(1));
  timeline.missed(3);
  assert.equal(timeline.hasGap, true);
  assert.deepEqual(sequences(timeline.fill(page(2, 3), true)), [2, 3]);
  assert.equal(timeline.hasGap, false);
  timeline.missed(9);
  assert.deepEqual(timeline.fill([], true), []);
  assert.equal(timeline.hasGap, false, "the history is the authority");
});

test("what the history does not have any more is not waited for", () => {
  const timeline = new RoomTimeline();
  timeline.begin(page(1));
  timeline.receive({ sequence: 9 });
  assert.deepEqual(sequences(timeline.fill([], true)), [9]);
  assert.deepEqual(sequences(timeline.fill(page(20, 21), true)), [20, 21]);
});

test("what waits is bounded, and what went over is a gap that history closes", () => {
  const timeline = new RoomTimeline();
  for (let sequence = 1; sequence <= 1001; sequence += 1) timeline.receive({ sequence });
  assert.equal(timeline.begin([]).length, 1000);
  assert.equal(timeline.hasGap, true);
  assert.equal(timeline.beginFill(), 1000);
  assert.deepEqual(sequences(timeline.fill(page(1001), true)), [1001]);
  assert.equal(timeline.hasGap, false);
});
