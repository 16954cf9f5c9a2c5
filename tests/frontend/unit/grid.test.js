// The grid of panels has no hole and keeps their order, whatever their sizes.
import assert from "node:assert/strict";
import { test } from "node:test";

import { arrange } from "../../../monitor/web/static/grid.js";

/** @import {Size} from "../../../monitor/web/static/grid.js" */

const WIDEST = 5; // columns
const MOST = 12; // panels
const EXHAUSTED = 5; // panels, whose sizes are tried in all ways
/** @type {Size} */
const PLAIN = [1, 1];
/** @type {Size[]} */
const SIZES = [PLAIN, [2, 1], [1, 2], [2, 2]];

/** All sizes of so many panels. @param {number} count @returns {Generator<Size[]>} */
function* all(count) {
  if (count === 0) yield [];
  else for (const rest of all(count - 1)) for (const size of SIZES) yield [...rest, size];
}

/** So many panels, of which two at most are no plain ones. @param {number} count @returns {Generator<Size[]>} */
function* fewOf(count) {
  for (let one = 0; one < count; one += 1) {
    for (let other = one; other < count; other += 1) {
      for (const first of SIZES) for (const second of SIZES) {
        const sizes = Array.from({ length: count }, () => PLAIN);
        [sizes[one], sizes[other]] = [first, second];
        yield sizes;
      }
    }
  }
}

/** What panels to try, and on how many columns. @returns {Generator<[Size[], number]>} */
function* cases() {
  for (let columns = 1; columns <= WIDEST; columns += 1) {
    for (let count = 1; count <= MOST; count += 1) {
      for (const sizes of count <= EXHAUSTED ? all(count) : fewOf(count)) yield [[...sizes, PLAIN], columns];
    }
  }
}

test("panels of any size leave no hole, do not overlap, and are as large as they have to be", () => {
  for (const [sizes, columns] of cases()) {
    const told = `${JSON.stringify(sizes)} on ${columns}`;
    const places = arrange(sizes, columns);
    assert.equal(places.length, sizes.length, told);
    const cells = new Set();
    let area = 0;
    let rows = 0;
    for (const [index, { row, column, width, height }] of places.entries()) {
      assert.ok(column >= 1 && column + width - 1 <= columns, told);
      assert.ok(width >= Math.min(sizes[index][0], columns) && height >= sizes[index][1], told);
      for (let y = row; y < row + height; y += 1) {
        for (let x = column; x < column + width; x += 1) cells.add(`${x} ${y}`);
      }
      area += width * height;
      rows = Math.max(rows, row + height - 1);
    }
    assert.equal(cells.size, area, told);
    assert.equal(area, rows * columns, told);
  }
});

test("panels stand in their order, row by row", () => {
  for (const [sizes, columns] of cases()) {
    const begins = arrange(sizes, columns).map(({ row, column }) => row * (columns + 1) + column);
    assert.deepEqual(begins, [...begins].sort((one, other) => one - other));
  }
});

test("panels of one place stand as they flow, and the last but the machine takes what is left", () => {
  for (let columns = 1; columns <= WIDEST; columns += 1) {
    for (let count = 1; count <= MOST; count += 1) {
      const places = arrange(Array.from({ length: count + 1 }, () => PLAIN), columns);
      const system = places.pop();
      const last = places.pop();
      const rest = count % columns; // of the last row of probes
      for (const [index, place] of places.entries()) {
        const [row, column] = [Math.floor(index / columns) + 1, (index % columns) + 1];
        assert.deepEqual(place, { row, column, width: 1, height: 1 });
      }
      assert.equal(last?.width, rest === 0 ? 1 : columns - rest);
      assert.equal(system?.width, rest === 0 ? columns : 1);
    }
  }
});

test("a tall panel at the end takes the width that is left, and the machine what is under it", () => {
  const drawn = (/** @type {Size[]} */ sizes, /** @type {number} */ columns) => {
    const rows = /** @type {string[][]} */ ([]);
    for (const [index, { row, column, width, height }] of arrange(sizes, columns).entries()) {
      for (let y = row; y < row + height; y += 1) for (let x = column; x < column + width; x += 1) {
        (rows[y - 1] ??= [])[x - 1] = "abcdefghijkl"[index];
      }
    }
    return rows.map((row) => row.join(""));
  };
  const plain = (/** @type {number} */ count) => Array.from({ length: count }, () => PLAIN);
  assert.deepEqual(drawn([...plain(7), [1, 2], PLAIN], 3), ["abc", "def", "ghh", "ihh"]);
  assert.deepEqual(drawn([...plain(7), [1, 2], PLAIN], 5), ["abcde", "fghhh", "iihhh"]);
  assert.deepEqual(drawn([...plain(2), [1, 2], ...plain(4)], 3), ["abc", "dec", "ffg"]);
});
