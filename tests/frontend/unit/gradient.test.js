// Gradients of CSS on a canvas.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gradientOf, layersOf } from "../../../monitor/web/static/gradient.js";

const round = (numbers) => numbers.map((number) => Math.round(number * 1000) / 1000 + 0);

test("layers are parted by the commas outside of brackets", () => {
  assert.deepEqual(layersOf("a(1, b(2, 3)), none"), ["a(1, b(2, 3))", "none"]);
  assert.deepEqual(layersOf("auto"), ["auto"]);
});

test("a ramp goes from side to side", () => {
  const { from, to, stops } = gradientOf("linear-gradient(90deg in oklab, rgb(1, 2, 3), rgb(4, 5, 6))", 40, 10);
  assert.deepEqual([round(from), round(to)], [[0, 5], [40, 5]]);
  assert.deepEqual(stops, [{ at: 0, color: "rgb(1, 2, 3)" }, { at: 1, color: "rgb(4, 5, 6)" }]);
});

test("without an angle it goes down", () => {
  const { from, to } = gradientOf("linear-gradient(rgb(1, 2, 3), rgb(4, 5, 6))", 40, 10);
  assert.deepEqual([round(from), round(to)], [[20, 0], [20, 10]]);
});

test("a pattern repeats to the end of its box", () => {
  const text = "repeating-linear-gradient(90deg, rgba(1, 2, 3, 0.5) 0px, rgba(1, 2, 3, 0.5) 2px, red 2px, red 5px)";
  const { stops } = gradientOf(text, 20, 10);
  assert.deepEqual(round(stops.map(({ at }) => at * 20)), [0, 2, 2, 5, 5, 7, 7, 10, 10, 12, 12, 15, 15, 17, 17, 20]);
  assert.equal(stops[0].color, "rgba(1, 2, 3, 0.5)");
});

test("what is no gradient of this kind is none", () => {
  const corner = "linear-gradient(to right top, red, blue)";
  for (const image of ["none", 'url("x.png")', "radial-gradient(red, blue)", corner]) {
    assert.equal(gradientOf(image, 10, 10), null, image);
  }
  assert.equal(gradientOf("linear-gradient(red, blue)", 0, 0), null);
});
