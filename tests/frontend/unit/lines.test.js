// The lines of a chart: their colours, the points that stand alone, and what lies under them: columns of whole pixels,
// whose edge the line hides.
import assert from "node:assert/strict";
import { test } from "node:test";
import { colorOf, cornersOf, lonely } from "../../../monitor/web/static/lines.js";

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

test("a value is a point where none is beside it, and part of the line elsewhere", () => {
  const gap = [[0, 1]];
  assert.deepEqual(lonely([1, null, 3, 4, undefined, 6], [0, 5], gap), [0, 5]);
  assert.deepEqual(lonely([null, 2, null], [0, 2], gap), [1]);
  assert.equal(lonely([1, 2, null, 3, 4], [0, 4], gap), null);
  assert.equal(lonely([null, null], [0, 1], gap), null);
});

test("a line without gaps is not searched, unless it is too short to have any", () => {
  assert.equal(lonely([1, null, 3], [0, 2], []), null);
  assert.deepEqual(lonely([1], [0, 0], null), [0]);
  assert.equal(lonely([], [0, -1]), null);
});

test("what stands alone at the edge of what is shown has neighbours beyond it", () => {
  assert.equal(lonely([1, 2, null, 4, 5], [1, 3], [[0, 1]]), null);
});

test("a series has the colour that it asks for, or that of its place, over and over", () => {
  const series = { label: "a", path: "a" };
  assert.deepEqual([0, 7, 8].map((index) => colorOf(series, index)),
    ["var(--series-1)", "var(--series-8)", "var(--series-1)"]);
  assert.equal(colorOf({ ...series, color: 3 }, 0), "var(--series-3)");
  assert.equal(colorOf({ ...series, color: "var(--accent)" }, 0), "var(--accent)");
});
