// A tiny line, and the rows of a window.
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsAt, momentOf, omittedAt } from "../../../monitor/web/static/moment.js";
import { figuresOf } from "../../../monitor/web/static/rows.js";
import { areaOf, pathOf } from "../../../monitor/web/static/sparkline.js";
import { Store } from "../../../monitor/web/static/store.js";

const times = (count) => Array.from({ length: count }, (_, each) => 100 + each);
const moment = (count) => ({ range: [100, 100 + count], first: 0, end: count });

test("a line goes from low to high, and stays in its box", () => {
  const path = pathOf([0, 5, 10], times(3), moment(2.9));
  assert.match(path, /^M[\d.]+ 23\.0L[\d.]+ 12\.0L[\d.]+ 1\.0$/);
});

test("what does not vary has no line", () => {
  assert.equal(pathOf([4, 4, 4], times(3), moment(3)), "");
  assert.equal(pathOf(Array(300).fill(24051.17), times(300), moment(300)), "", "nor where only the mean was rounded");
  assert.equal(pathOf([null, null], times(2), moment(2)), "");
  assert.equal(pathOf([], [], moment(0)), "");
});

test("what nobody reads in the number is no cliff", () => {
  const heights = (path) => [...path.matchAll(/ ([\d.]+)/g)].map(([, y]) => Number(y));
  const slight = heights(pathOf([24105.55, 24105.55, 24105.53], times(3), moment(3)));
  assert.ok(Math.max(...slight) - Math.min(...slight) < 0.2, String(slight));
  assert.ok(slight.every((y) => y > 11 && y < 13), String(slight));
  const enough = heights(pathOf([-100, -99], times(2), moment(2)));
  assert.deepEqual([Math.min(...enough), Math.max(...enough)], [1, 23]);
});

test("what lies under a line ends with each of its parts", () => {
  assert.equal(areaOf("M1.0 2.0L3.0 4.0M5.0 6.0L7.0 8.0"), "M1.0 2.0L3.0 4.0V24H1.0ZM5.0 6.0L7.0 8.0V24H5.0Z");
  assert.equal(areaOf(""), "");
});

test("a line breaks where nothing is known", () => {
  const path = pathOf([1, 2, null, 3, 4], times(5), moment(5));
  assert.equal(path.split("M").length - 1, 2);
});

test("a long window has no more points than a short one", () => {
  const column = Array.from({ length: 900 }, (_, each) => Math.sin(each));
  assert.ok(pathOf(column, times(900), moment(900)).split("L").length <= 50);
});

test("numbers as large as they get make a line", () => {
  assert.doesNotMatch(pathOf([1e15, -1e15, 9e15], times(3), moment(3)), /NaN|Infinity/);
});

const store = {
  timestamps: [100, 101, 102, 103],
  length: 4,
  newest: { tide: { gauges: { Dover: 3, Brest: null }, sent: { eth0: 900 } } },
  at: (time) => Math.max(-1, Math.min(3, Math.floor(time) - 100)),
  elements: () => ["Dover", "gone"],
  value: (path, index) => (path.includes("Dover") || path.includes("eth0") ? index : null),
};

test("the rows of a window are those within it", () => {
  const { first, end } = momentOf(store, 3, [100.5, 102]);
  assert.deepEqual([first, end], [1, 3]);
  assert.deepEqual([momentOf(store, 3, [101, 103]).first, momentOf(store, 3, [90, 103]).first], [1, 0]);
});

test("the figures are of what is known", () => {
  assert.deepEqual(figuresOf([null, 1, 3, null], 0, 4), { newest: 3, least: 1, most: 3, mean: 2 });
  assert.deepEqual(figuresOf([2, 4, 9], 0, 2), { newest: 4, least: 2, most: 4, mean: 3 });
  assert.equal(figuresOf([null, 1], 0, 1), null);
});

/** A store of frames a second apart, and what a field of it is. */
function tides(fields, probes = []) {
  const store = new Store();
  store.declare(probes);
  fields.forEach((field, at) => store.add({ timestamp: 100 + at, tide: field }));
  return store;
}

const gauges = { item: { path: "tide.gauges", kind: "gauge" }, isKeyed: true };
const levels = { item: { path: "tide.levels", kind: "gauge" }, isKeyed: false };
const sent = { item: { path: "tide.sent", kind: "counter" }, isKeyed: true };
const at = (of, list, index) => elementsAt(momentOf(of, index, [0, 200]), list);

test("elements are those of the newest frame, and of a counter rates", () => {
  const fields = [{ name: "sent", kind: "counter", shape: "table" }];
  const before = { gauges: { Dover: 2 }, sent: { eth0: 5 } };
  const newest = { gauges: { Dover: 3, Brest: null }, sent: { eth0: 9 } };
  const of = tides([before, newest], [{ name: "tide", interval: 1, fields }]);
  assert.deepEqual(at(of, gauges, 1), [["Dover", 3], ["Brest", null]]);
  assert.deepEqual(at(of, sent, 1), [["eth0", 4]]);
  assert.deepEqual(at(of, sent, 0), [["eth0", null]]);
  assert.deepEqual(at(of, gauges, -1), [["Dover", null], ["Brest", null]]);
});

test("elements of an earlier moment are those that were there", () => {
  const of = tides([
    { gauges: { old: 20, both: 1 }, levels: [1, null, 3] },
    { gauges: { both: 2, new: 5 }, levels: [4] },
    { gauges: { both: 2, new: 5 }, levels: [4, 5] },
  ]);
  assert.deepEqual(at(of, gauges, 0), [["old", 20], ["both", 1]]);
  assert.deepEqual(at(of, gauges, 1), [["both", 2], ["new", 5]]);
  assert.deepEqual(at(of, levels, 0), [["0", 1], ["1", null], ["2", 3]]);
  assert.deepEqual(at(of, levels, 1), [["0", 4]]);
});

test("elements that the store has no room for are counted, at any moment", () => {
  const many = (count) => Object.fromEntries(Array.from({ length: count }, (_, key) => [`k${key}`, key]));
  const of = tides([{ gauges: many(600) }, { gauges: many(3) }, { gauges: many(600) }]);
  const omitted = (index) => omittedAt(momentOf(of, index, [0, 200]), gauges);
  assert.deepEqual([at(of, gauges, 0).length, omitted(0)], [512, 88]);
  assert.deepEqual([at(of, gauges, 1).length, omitted(1)], [3, 0]);
  assert.deepEqual([at(of, gauges, 2).length, omitted(2)], [600, 0]);
});
