// What lies under a line: columns of whole pixels, whose edge the line hides.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cornersOf } from "../../../monitor/web/static/area.js";

/** A pixel for each unit, seen from above: 100 is the ground. */
const [across, down] = [Math.round, (value) => Math.round(100 - value)];
const corners = (times, values, rows = [0, times.length - 1]) => cornersOf(times, values, rows, across, down);

test("each pixel is as high as the lowest of its points", () => {
  assert.deepEqual(corners([0, 0.2, 0.4, 1, 1.2], [30, 10, 20, 50, 40]), [0, 90, 1, 90, 1, 60, 2, 60]);
});

test("pixels of one height have one edge, and so has a stretch without points", () => {
  assert.deepEqual(corners([0, 1, 2, 7, 8], [5, 5, 5, 5, 6]), [0, 95, 8, 95, 8, 94, 9, 94]);
});

test("what is not known is left out, and so are rows of other times", () => {
  assert.deepEqual(corners([0, 1, 2, 3], [null, 4, undefined, 4]), [1, 96, 4, 96]);
  assert.deepEqual(corners([0, 1, 2, 3], [1, 2, 3, 4], [1, 2]), [1, 98, 2, 98, 2, 97, 3, 97]);
  assert.deepEqual(corners([0, 1], [null, null]), []);
  assert.deepEqual(corners([], []), []);
});

test("all corners are corners: never more than two for each pixel", () => {
  let seed = 1;
  const noise = () => (seed = seed * 16807 % 2147483647) / 2147483647;
  const times = Array.from({ length: 900 }, (_, row) => row / 3);
  const found = corners(times, times.map(() => 100 * noise()));
  assert.ok(found.length / 2 <= 2 * 302, String(found.length));
  for (let place = 2; place < found.length; place += 2) {
    const [x, y, nextX, nextY] = found.slice(place - 2, place + 2);
    assert.ok((x === nextX) !== (y === nextY), `${[x, y]} and ${[nextX, nextY]}`);
    assert.ok(nextX >= x);
  }
});
