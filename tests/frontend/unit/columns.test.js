// The columns: one for each number of the frames, all as long as there are rows, and not too many of them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Columns } from "../../../monitor/web/static/columns.js";

const T = 1_700_000_000;

/** A probe as /api/probes tells of it, of fields like {sent: ["counter", "number"]}. */
function probe(name, fields, interval = 1) {
  const all = Object.entries(fields).map(([field, [kind, shape]]) => ({ name: field, kind, shape }));
  return { name, interval, fields: all };
}

/** Columns that have taken these frames, one a second; null is a hole. */
function filled(frames, probes = []) {
  const columns = new Columns();
  columns.declare(probes, [], () => false);
  frames.forEach((frame, row) => columns.add(frame, T + row, row > 0 ? 1 : 0));
  return columns;
}

/** The names of what is in a table, at some row. */
function had(columns, path, row) {
  return columns.elements(path, 0).filter((key) => (columns.raw(`${path}[${key}]`)[row] ?? null) !== null);
}

const NETWORK = probe("network", { sent: ["counter", "number"] });

function sent(...values) {
  return values.map((value) => ({ network: { sent: value } }));
}

test("numbers, lists and tables become a column each", () => {
  const columns = filled([
    { timestamp: T, cpu: { percent: 10, cores: [1, 2] }, tide: { gauges: { Dover: 3 } } },
    { timestamp: T + 1, cpu: { percent: 20, cores: [3, 4] }, tide: { gauges: { Dover: 5 } } },
  ]);
  assert.deepEqual(columns.values("cpu.percent"), [10, 20]);
  assert.deepEqual(columns.values("cpu.cores[1]"), [2, 4]);
  assert.deepEqual(columns.values("tide.gauges[Dover]"), [3, 5]);
  assert.deepEqual(columns.elements("cpu.cores"), ["0", "1"]);
  assert.deepEqual(columns.fields(), [
    { path: "cpu.percent", shape: "number" },
    { path: "cpu.cores", shape: "list" },
    { path: "tide.gauges", shape: "table" },
  ]);
});

test("what nobody measures is a column of nulls, and so is a hole", () => {
  const columns = filled([...sent(1), null, ...sent(3)]);
  assert.deepEqual(columns.values("network.sent"), [1, null, 3]);
  assert.deepEqual(columns.values("no.such"), [null, null, null]);
});

test("keys are text, whatever they look like", () => {
  const keys = ["a]b", "x[0]", "__proto__", "constructor", "", "é \" <b>", "1.5"];
  const gauges = JSON.parse(`{${keys.map((key, index) => `${JSON.stringify(key)}: ${index}`).join(",")}}`);
  const columns = filled([{ tide: { gauges } }, { tide: { gauges } }]);
  assert.deepEqual(columns.elements("tide.gauges"), keys);
  keys.forEach((key, index) => assert.deepEqual(columns.values(`tide.gauges[${key}]`), [index, index], key));
});

test("a section with the name of a method is not stale for that", () => {
  const columns = filled([{ constructor: { n: 1 } }, { constructor: { n: 3 } }],
    [probe("constructor", { n: ["counter", "number"] })]);
  assert.deepEqual(columns.values("constructor.n"), [null, 2]);
});

test("what is no number is a gap", () => {
  const columns = filled([{ a: { n: null } }, { a: { n: "5" } }, { a: { n: NaN } }, { a: { n: 4 } }, {}, { a: null }]);
  assert.deepEqual(columns.values("a.n"), [null, null, null, 4, null, null]);
});

test("a field that was null turns out to be a table", () => {
  const columns = filled([{ a: { n: null } }, { a: { n: { x: 1 } } }, { a: { n: null } }]);
  assert.deepEqual(columns.values("a.n[x]"), [null, 1, null]);
  assert.deepEqual(columns.elements("a.n"), ["x"]);
  assert.deepEqual(columns.values("a.n"), [null, null, null]);
});

test("the column of a counter is its rate, and the count is there too", () => {
  const columns = filled(sent(100, 110, 130, 130), [NETWORK]);
  assert.deepEqual(columns.values("network.sent"), [null, 10, 20, 0]);
  assert.deepEqual(columns.raw("network.sent"), [100, 110, 130, 130]);
});

test("a counter that was not known for a while has its mean rate when it is back", () => {
  assert.deepEqual(filled(sent(100, null, null, 130), [NETWORK]).values("network.sent"), [null, null, null, 10]);
});

test("the rate of a stale counter is not zero but unknown, and there is no peak after it", () => {
  const frames = sent(100, 110, 110, 110, 140, 150);
  frames[2].stale = { network: 1 };
  frames[3].stale = { network: 2 };
  assert.deepEqual(filled(frames, [NETWORK]).values("network.sent"), [null, 10, null, null, 10, 10]);
});

test("a list that was declared keeps its columns when its rates are made", () => {
  const columns = filled([{ net: { sent: { eth0: 1 } } }, { net: { sent: { eth0: 3 } } }]);
  columns.declare([probe("net", { sent: ["counter", "table"] })], [T, T + 1], () => false);
  assert.deepEqual(columns.values("net.sent[eth0]"), [null, 2]);
  assert.deepEqual(columns.fields(), [{ path: "net.sent", shape: "table" }]);
});

test("elements come and go, and keep their place while they are remembered", () => {
  const names = [["lo", "eth0"], ["lo", "eth0", "tun0"], ["lo", "tun0"], ["tun0", "eth0", "lo"], ["lo"], null];
  const tables = names.map((each, at) => each && Object.fromEntries(each.map((name) => [name, at])));
  const frames = tables.map((up) => ({ net: { up } }));
  const columns = filled(frames.slice(0, 4));
  assert.deepEqual(columns.elements("net.up"), ["lo", "eth0", "tun0"]);
  assert.deepEqual(columns.values("net.up[eth0]"), [0, 1, null, 3]);
  assert.deepEqual(columns.values("net.up[tun0]"), [null, 1, 2, 3]);
  columns.add(frames[4], T + 4, 1);
  assert.deepEqual(columns.elements("net.up"), ["lo"]);
  assert.deepEqual(columns.elements("net.up", T + 3), ["lo", "eth0", "tun0"]);
  columns.add(frames[5], T + 5, 1);
  assert.deepEqual(columns.elements("net.up"), ["lo"]);
  assert.deepEqual(columns.values("net.up[tun0]"), [null, 1, 2, 3, null, null]);
});

test("of ten thousand keys five hundred have a column, and the rest are counted", () => {
  const table = Object.fromEntries(Array.from({ length: 10_000 }, (_, key) => [`k${key}`, key]));
  const columns = filled(Array(20).fill({ evil: { table } }));
  assert.equal(columns.elements("evil.table").length, 512);
  for (const row of [3, 19]) assert.equal(columns.omitted("evil.table", row), 10_000 - 512);
  assert.deepEqual(columns.values("evil.table[k511]"), Array(20).fill(511));
  assert.deepEqual(columns.values("evil.table[k512]"), Array(20).fill(null));
});

test("where there is no more room, new elements take the place of those gone longest", () => {
  const columns = filled(Array.from({ length: 100 }, (_, at) => {
    const keys = Array.from({ length: 100 }, (_, key) => [`${at}-${key}`, key]);
    return { procs: { cpu: Object.fromEntries([["init", at], ...keys]) } };
  }));
  assert.ok(columns.elements("procs.cpu", 0).length <= 512);
  assert.deepEqual(columns.values("procs.cpu[init]"), [...Array(100).keys()]);
  assert.ok(columns.elements("procs.cpu").length >= 64, "the newest are seen");
  const known = had(columns, "procs.cpu", 1).length;
  assert.equal(known + columns.omitted("procs.cpu", 1), 101, "those that gave way are counted");
  for (const key of columns.elements("procs.cpu", 0)) assert.equal(columns.raw(`procs.cpu[${key}]`).length, 100, key);
});

test("a clock that was set takes rows away, and rates begin anew", () => {
  const columns = filled([...sent(1, 2, 3), { a: { n: 1 } }], [NETWORK]);
  columns.rewind(2, T + 1);
  columns.add({ network: { sent: 9 } }, T + 2, 1);
  columns.add({ network: { sent: 11 } }, T + 3, 1);
  assert.deepEqual(columns.raw("network.sent"), [1, 2, 9, 11]);
  assert.deepEqual(columns.values("network.sent"), [null, 1, null, 2]);
  assert.deepEqual(columns.values("a.n"), [null, null, null, null]);
});

test("rows that are forgotten take along what only they had", () => {
  const columns = filled([{ a: { t: { x: 1, y: 2 } }, b: { n: 5 } }, { a: { t: { y: 3 } } }, { a: { t: { y: 4 } } }]);
  const y = columns.values("a.t[y]");
  columns.forget(1, T + 1);
  assert.equal(columns.values("a.t[y]"), y, "the same array");
  assert.deepEqual(y, [3, 4]);
  assert.deepEqual(columns.elements("a.t", 0), ["y"]);
  assert.deepEqual(columns.fields(), [{ path: "a.t", shape: "table" }]);
  assert.deepEqual(columns.values("b.n"), [null, null]);
});

test("the more numbers there are in a row, the fewer rows there is room for", () => {
  const cores = Array.from({ length: 400 }, (_, core) => core);
  assert.ok(filled([{ cpu: { cores } }]).mostRows < filled([{ cpu: { cores: cores.slice(0, 100) } }]).mostRows);
});
