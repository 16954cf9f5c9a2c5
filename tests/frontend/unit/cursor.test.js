// The cursor that charts share: pointer, keys and fingers take it from one another, and the page hears where it is.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Cursor } from "../../../monitor/web/static/cursor.js";

/** @type {Cursor} */
let cursor;
let told = [];

/** A chart: where its pointer is, and what it shows. */
function chart(name) {
  const made = { at: null, shown: null, pointed: () => made.at, show: (at) => { made.shown = at; } };
  made.tell = (at) => told.push([name, at]);
  cursor.join(made);
  return made;
}

/** The pointer is at a moment of a chart. */
function point(on, at) {
  on.at = at;
  cursor.point(on, at !== null);
}

let [left, right] = [];

beforeEach(() => {
  cursor = new Cursor();
  told = [];
  [left, right] = [chart("left"), chart("right")];
});

test("what the pointer is at, the other charts show, and the page hears once", () => {
  point(left, 100);
  point(left, 100);
  point(left, 101);
  assert.deepEqual([left.shown, right.shown], [null, 101], "its own chart has it from the pointer");
  assert.deepEqual(told, [["left", 100], ["left", 101]]);
  point(left, null);
  assert.equal(right.shown, null);
  assert.deepEqual(told.at(-1), ["left", null]);
});

test("what moves on under the pointer is another moment", () => {
  point(left, 100);
  left.at = 105;
  cursor.follow(left);
  assert.equal(right.shown, 105);
  assert.deepEqual(told.at(-1), ["left", 105]);
});

test("a cursor that was put somewhere stays there, on all charts", () => {
  cursor.put(left, 100);
  assert.deepEqual([left.shown, right.shown], [100, 100]);
  right.shown = null;
  cursor.follow(right);
  assert.equal(right.shown, 100);
  assert.deepEqual([cursor.on(left), cursor.on(right)], [100, 100]);
  cursor.put(left, null);
  assert.deepEqual([left.shown, right.shown], [null, null]);
  assert.deepEqual(told, [["left", 100], ["left", null]]);
});

test("the pointer takes the cursor from where it was put, and keys take it from the pointer", () => {
  cursor.put(left, 100);
  point(right, 200);
  assert.deepEqual([left.shown, cursor.on(left), cursor.on(right)], [200, null, 200]);
  cursor.put(left, 300);
  cursor.follow(right);
  assert.deepEqual([left.shown, right.shown, cursor.on(right)], [300, 300, 300]);
  assert.deepEqual(told, [["left", 100], ["right", 200], ["left", 300]]);
});

test("a pointer that leaves takes the cursor with it, wherever it was put", () => {
  cursor.put(left, 100);
  point(right, null);
  assert.deepEqual([left.shown, right.shown, cursor.on(left)], [null, null, null]);
  assert.deepEqual(told.at(-1), ["right", null]);
});

test("a chart that comes later has the cursor, once it shows something", () => {
  cursor.put(left, 100);
  const late = chart("late");
  cursor.follow(late);
  assert.deepEqual([late.shown, cursor.on(late)], [100, 100]);
});

test("a chart that goes takes its pointer with it, and is shown nothing any more", () => {
  point(left, 100);
  cursor.leave(left);
  assert.equal(right.shown, null);
  assert.deepEqual(told, [["left", 100], ["left", null]]);
  cursor.put(right, 200);
  assert.equal(left.shown, null);
  cursor.leave(right);
  assert.deepEqual(told.at(-1), ["right", 200], "where it was put it stays");
});

test("no cursor is nothing to show", () => {
  left.shown = 1;
  cursor.follow(left);
  assert.equal(left.shown, 1);
  assert.deepEqual(told, []);
});
