// The rate of a counter: honest, be its probe slower than the frames.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Rate } from "../../../monitor/web/static/rate.js";

const T = 1_700_000_000;

/** What comes of these counts, one every `gap` seconds, of a probe with that interval. */
function rates(counts, interval = 1, gap = 1) {
  const rate = new Rate(interval);
  return counts.map((count, row) => rate.next(T + row * gap, count, row > 0 ? gap : 0));
}

test("a rate is per second, whatever the pace", () => {
  assert.deepEqual(rates([0, 50], 1, 5), [null, 10]);
  assert.deepEqual(rates([0, 1, 3], 0.5, 0.5), [null, 2, 4]);
});

test("a counter that fell has no rate there, and goes on from where it is", () => {
  assert.deepEqual(rates([100, 110, 3, 5]), [null, 10, null, 2]);
});

test("a counter whose interval nobody has told is new in each row", () => {
  assert.deepEqual(rates([100, 110, 110, 130], 0), [null, 10, 0, 20]);
});

test("a counter whose clock was set is compared with nothing from before", () => {
  const rate = new Rate(1);
  rate.next(T, 100, 0);
  rate.next(T + 1, 110, 1);
  rate.reset();
  assert.equal(rate.next(T - 3600, 200, 1), null);
  assert.equal(rate.next(T - 3599, 203, 1), 3);
});

test("a probe slower than the frames has a steady rate: no zeros and no peaks", () => {
  const steady = rates(Array.from({ length: 26 }, (_, at) => 1000 + 50 * Math.floor((at + 2) / 5)), 5);
  // The first change ends a stretch that began nobody knows when.
  assert.deepEqual(steady.slice(0, 8), Array(8).fill(null));
  assert.deepEqual(steady.slice(8), Array(18).fill(10));
});

test("a slow counter that stands still comes down to zero, and up again at the right rate", () => {
  const steps = [0, 50, 100, 100, 100, 150, 200];
  const slow = rates(steps.flatMap((count) => Array(5).fill(count)), 5);
  assert.equal(slow[10], 10);
  assert.equal(slow[24], 0);
  assert.equal(slow[25], 10);
  assert.equal(slow[30], 10);
  assert.ok(slow.every((rate) => rate === null || (rate >= 0 && rate <= 10)), String(slow));
});

test("the first growth of a counter that stood still is seen, be its probe slower than the frames", () => {
  const slow = rates(Array.from({ length: 230 }, (_, at) => (at < 200 ? 0 : 1000)), 10);
  assert.equal(slow[199], 0);
  assert.deepEqual(slow.slice(200, 215), Array(15).fill(100));
  assert.equal(slow[229], 0);
});
