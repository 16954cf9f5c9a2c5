// The steps in which pictures go on with time, and whose turn it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { phases, stepOf, stepsIn } from "../../../monitor/web/static/steps.js";

test("things of a kind take turns: no tick has the work of all", () => {
  for (const ticks of [2, 3, 4, 6, 9]) {
    const next = phases();
    const eight = Array.from({ length: 8 }, next);
    for (const begin of [0, 1_700_000_000.25, 1_795_456_789.999]) {
      for (let tick = 1; tick < 40; tick += 1) {
        const now = begin + tick;
        const turns = eight.filter((phase) => stepOf(now, ticks, phase) !== stepOf(now - 1, ticks, phase)).length;
        assert.ok(turns <= Math.ceil(8 / ticks) + 1, `${turns} at once of 8, where a step is ${ticks} ticks`);
      }
    }
  }
});

test("each has a step as often as it should, and none twice at a moment", () => {
  for (const phase of Array.from({ length: 20 }, phases())) {
    const steps = Array.from({ length: 301 }, (_, second) => stepOf(1_700_000_000 + second, 3, phase));
    assert.equal(steps[300] - steps[0], 100);
    assert.ok(steps.every((step, place) => place === 0 || step - steps[place - 1] <= 1));
  }
});

test("a step is of so few pixels that nobody sees it, and the same for all that are about as wide", () => {
  assert.deepEqual([150, 285, 750, 751, 1500, 1501].map(stepsIn), [300, 300, 300, 600, 600, 1200]);
  for (let pixels = 50; pixels < 8000; pixels += 7) assert.ok(pixels / stepsIn(pixels) <= 2.5, String(pixels));
});
