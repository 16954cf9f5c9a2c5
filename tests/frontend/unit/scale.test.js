// Where the scale of a chart begins and ends, and the width of the axis beside it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axisWidth, ends } from "../../../monitor/web/static/scale.js";
import uPlot from "../../../monitor/web/static/vendor/uplot.js";

const SHARES = [0, 100];

test("a scale ends at a whole step above its values, and begins at zero", () => {
  assert.deepEqual(ends(3, 17, "count", null), [0, 20]);
  assert.deepEqual(ends(0, 20, "count", null), [0, 25], "the highest value does not touch the edge");
  assert.deepEqual(ends(900, 1000, "MB", null), [0, 1280]);
  assert.deepEqual(ends(0.2, 0.7, "percent", null), [0, 1]);
});

test("where zero is no natural end, a scale is as near as its values are", () => {
  assert.deepEqual(ends(51, 64, "celsius", null), [50, 65]);
  assert.deepEqual(ends(0.5, 40, "celsius", null), [0, 50], "and not below zero where they are not");
  assert.deepEqual(ends(-5, 4, "celsius", null), [-10, 5]);
});

test("values below zero have room below them, whatever their unit", () => {
  assert.deepEqual(ends(-3, 17, "count", null), [-5, 20]);
});

test("values that are all the same have a scale around them", () => {
  assert.deepEqual(ends(0, 0, "count", null), [0, 0.5]);
  assert.deepEqual(ends(8, 8, "count", null), [0, 10]);
  for (const value of [-1e12, -1, 0, 1e-6, 230, 1e15]) {
    for (const unit of ["count", "celsius", "MB/s", "percent", "s"]) {
      const [from, to] = ends(value, value, unit, null);
      assert.ok(from < to && from <= value && value <= to, `${value} ${unit}: ${from} to ${to}`);
    }
  }
});

test("bounds are the ends, until a value is beyond them", () => {
  assert.deepEqual(ends(20, 60, "percent", SHARES), [0, 100]);
  assert.deepEqual(ends(0, 100, "percent", SHARES), [0, 100]);
  assert.deepEqual(ends(20, 161.2, "percent", SHARES), [0, 200]);
  assert.deepEqual(ends(-20, 60, "percent", SHARES), [-50, 150]);
});

test("without values there is a scale all the same", () => {
  assert.deepEqual(ends(null, null, "MB", null), [0, 1]);
  assert.deepEqual(ends(null, null, "percent", SHARES), [0, 100]);
});

test("bounds are nobody's to change", () => {
  assert.notEqual(ends(20, 60, "percent", SHARES), SHARES);
});

/** A chart whose characters are so wide. */
const chart = (character) => ({
  axes: [{}, { font: ["12px sans"] }], ctx: { measureText: (text) => ({ width: character * text.length }) },
});

test("an axis is wide enough for its labels, in steps, and never gets narrower", () => {
  uPlot.pxRatio = 1;
  const width = axisWidth();
  assert.equal(width(chart(7), null), 56);
  assert.equal(width(chart(7), ["0", "5"]), 56);
  assert.equal(width(chart(7), ["0", "1,000 MB/s"]), 80);
  assert.equal(width(chart(7), ["0", "5"]), 80);
  assert.equal(width(chart(7), []), 80);
});

test("on a screen of twice as many pixels an axis has the same width", () => {
  uPlot.pxRatio = 2;
  assert.equal(axisWidth()(chart(14), ["0", "1,000 MB/s"]), 80);
});
