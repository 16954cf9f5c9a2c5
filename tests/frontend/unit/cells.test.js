// How many columns a grid of cells has, its shades, and where its keys lead.
import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, layoutOf, neighbour, shadeOf } from "../../../monitor/web/static/cells.js";

test("a few cores are bars, many a grid", () => {
  assert.deepEqual([1, 4, 16, 24].map(layoutOf), ["bars", "bars", "bars", "bars"]);
  assert.deepEqual([25, 128, 256].map(layoutOf), ["grid", "grid", "grid"]);
});

test("the columns of a grid suit its width, and are a power of two", () => {
  assert.equal(columnsOf(128, 326), 16);
  assert.equal(columnsOf(128, 780), 32);
  assert.equal(columnsOf(256, 326), 32);
  assert.equal(columnsOf(256, 100), 8);
  for (const count of [25, 48, 64, 96, 128, 192, 256, 1024]) {
    for (const width of [0, 200, 326, 400, 800, 1800]) {
      const columns = columnsOf(count, width);
      assert.ok([8, 16, 32, 64].includes(columns));
      assert.ok(columns * 2 <= count, "two rows at least");
    }
  }
});

test("shades go from none to all, and stay in their bounds", () => {
  assert.deepEqual([-5, 0, 2, 3, 50, 100, 120, null].map(shadeOf), [0, 0, 0, 1, 10, 20, 20, null]);
});

test("keys lead to the neighbours, and not out of the grid", () => {
  const go = (key, from) => neighbour(key, from, 30, 8);
  assert.deepEqual([go("ArrowRight", 0), go("ArrowDown", 0), go("ArrowLeft", 9), go("ArrowUp", 9)], [1, 8, 8, 1]);
  assert.deepEqual([go("ArrowLeft", 0), go("ArrowUp", 7), go("ArrowRight", 29), go("ArrowDown", 29)], [0, 7, 29, 29]);
  assert.deepEqual([go("Home", 13), go("End", 13), go("End", 25)], [8, 15, 29]);
  assert.deepEqual([go("PageUp", 27), go("PageDown", 3), go("PageDown", 7)], [3, 27, 23]);
  assert.equal(go("a", 3), null);
  assert.equal(go("toString", 3), null);
});
