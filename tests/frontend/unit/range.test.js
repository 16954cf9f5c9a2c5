// Stretches of time: closer, from further away, under two fingers, within what there is.
import assert from "node:assert/strict";
import { test } from "node:test";

import { fixedAt, pinched, scaled, within } from "../../../monitor/web/static/range.js";

const T = 1_700_000_000;

test("what is looked at stays where it is when the stretch gets shorter or longer", () => {
  assert.deepEqual(scaled([T, T + 100], 0.5, T + 100), [T + 50, T + 100]);
  assert.deepEqual(scaled([T, T + 100], 0.5, T + 20), [T + 10, T + 60]);
  assert.deepEqual(scaled([T, T + 100], 2, T + 50), [T - 50, T + 150]);
  assert.deepEqual(scaled([T, T + 100], 0.5, T + 900), [T + 50, T + 100], "a moment beyond is the end");
});

test("without a pointer the newest frame stays where it is, and of the past the middle", () => {
  assert.equal(fixedAt([T, T + 100], T + 100, null), T + 100);
  assert.equal(fixedAt([T, T + 100], T + 500, null), T + 50);
  assert.equal(fixedAt([T, T + 100], null, null), T + 50);
  assert.equal(fixedAt([T, T + 100], T + 100, T + 7), T + 7);
});

test("a stretch is moved to where there is something, and cut only where there is not enough", () => {
  assert.deepEqual(within([T + 50, T + 150], T, T + 100), [T, T + 100]);
  assert.deepEqual(within([T + 90, T + 110], T, T + 100), [T + 80, T + 100]);
  assert.deepEqual(within([T - 30, T + 10], T, T + 100), [T, T + 40]);
  assert.deepEqual(within([T - 500, T + 500], T, T + 100), [T, T + 100]);
  assert.deepEqual(within([T + 10, T + 20], T, T + 100), [T + 10, T + 20]);
});

test("two fingers keep under them what they took hold of", () => {
  const hold = { middle: 0.5, spread: 100 };
  assert.deepEqual(pinched([T, T + 100], hold, hold), [T, T + 100]);
  assert.deepEqual(pinched([T, T + 100], hold, { middle: 0.5, spread: 200 }), [T + 25, T + 75]);
  assert.deepEqual(pinched([T, T + 100], hold, { middle: 0.5, spread: 50 }), [T - 50, T + 150]);
  assert.deepEqual(pinched([T, T + 100], hold, { middle: 0.75, spread: 100 }), [T - 25, T + 75], "both go right");
  assert.deepEqual(pinched([T, T + 100], hold, { middle: 0.25, spread: 200 }), [T + 37.5, T + 87.5]);
});

test("fingers that meet, or begin as one, give a stretch all the same", () => {
  for (const [before, now] of [[100, 0], [0, 100], [0, 0]]) {
    const [from, to] = pinched([T, T + 100], { middle: 0.5, spread: before }, { middle: 0.5, spread: now });
    assert.ok(to > from && Number.isFinite(to - from), `${before} ${now}`);
  }
});
