// The store: rows that go on in time, whatever comes, and memory that has an end.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Store } from "../../../monitor/web/static/store.js";

const T = 1_700_000_000;

/** A store that has taken these frames; each is [seconds since T, sections]. */
function filled(frames, probes = [], seconds = 900) {
  const store = new Store(seconds);
  store.declare(probes);
  for (const [at, sections] of frames) store.add({ timestamp: T + at, ...sections });
  return store;
}

/** A probe as /api/probes tells of it. */
const NETWORK = { name: "network", interval: 1, fields: [{ name: "sent", kind: "counter", shape: "number" }] };

function sent(...values) {
  return values.map((value, at) => [at, { network: { sent: value } }]);
}

function isInStep(store) {
  for (const { path, shape } of store.fields()) {
    const paths = shape === "number" ? [path] : store.elements(path, 0).map((key) => `${path}[${key}]`);
    for (const each of paths) {
      assert.equal(store.column(each).length, store.length, each);
      assert.equal(store.raw(each).length, store.length, each);
    }
  }
  assert.equal(store.column("no.such").length, store.length);
}

test("an empty store answers everything", () => {
  const store = new Store();
  assert.equal(store.newest, null);
  assert.equal(store.length, 0);
  assert.equal(store.interval, null);
  assert.deepEqual(store.column("cpu.percent_total"), []);
  assert.deepEqual(store.elements("cpu.percent_per_core"), []);
  assert.equal(store.at(T), -1);
  assert.equal(store.value("cpu.percent_total", -1), null);
  assert.deepEqual(store.stale, {});
  assert.deepEqual(store.fields(), []);
});

test("the same array is handed out for as long as the column lives", () => {
  const store = filled([[0, { a: { n: 1 } }]]);
  const [column, timestamps] = [store.column("a.n"), store.timestamps];
  for (let at = 1; at < 3000; at += 1) store.add({ timestamp: T + at, a: { n: at } });
  assert.equal(store.column("a.n"), column);
  assert.equal(store.timestamps, timestamps);
  assert.equal(column.at(-1), 2999);
});

test("of each row it is known what was stale in it", () => {
  const frames = sent(100, 110, 110, 140);
  frames[2][1].stale = { network: 1 };
  const store = filled(frames, [NETWORK]);
  assert.deepEqual(store.staleAt(2), { network: 1 });
  assert.deepEqual(store.stale, {});
  assert.deepEqual(store.column("network.sent"), [null, 10, null, 15]);
});

test("what there is no room for is told of the newest row, and of each", () => {
  const table = Object.fromEntries(Array.from({ length: 600 }, (_, key) => [`k${key}`, key]));
  const store = filled([[0, { a: { table } }], [1, { a: { table: { k0: 1 } } }]]);
  assert.equal(store.omitted("a.table", 0), 600 - 512);
  assert.equal(store.omitted("a.table"), 0);
});

test("fields may be declared after their frames", () => {
  const frames = sent(100, 110, 110, 140, 90, null, 110);
  frames[2][1].stale = { network: 1 };
  const late = filled(frames);
  assert.deepEqual(late.column("network.sent"), [100, 110, 110, 140, 90, null, 110]);
  const { revision } = late;
  late.declare([NETWORK]);
  assert.notEqual(late.revision, revision);
  assert.deepEqual(late.column("network.sent"), filled(frames, [NETWORK]).column("network.sent"));
  late.add({ timestamp: T + 7, network: { sent: 115 } });
  assert.equal(late.column("network.sent").at(-1), 5);
  isInStep(late);
});

test("a frame that comes twice is one row", () => {
  const store = filled(sent(1, 2, 3));
  assert.equal(store.add({ timestamp: T + 2, network: { sent: 9 } }), false);
  assert.equal(store.add({ timestamp: T + 1, network: { sent: 9 } }), false);
  assert.deepEqual(store.column("network.sent"), [1, 2, 3]);
});

test("a whole back-fill that comes again changes nothing", () => {
  const frames = sent(...Array(200).keys());
  const store = filled(frames);
  for (const [at, sections] of frames) assert.equal(store.add({ timestamp: T + at, ...sections }), false);
  assert.equal(store.length, 200);
});

test("one frame that is late is ignored", () => {
  const store = filled(sent(1, 2, 3));
  assert.equal(store.add({ timestamp: T + 1.5, network: { sent: 9 } }), false);
  assert.equal(store.add({ timestamp: T + 3, network: { sent: 4 } }), true);
  assert.equal(store.add({ timestamp: T + 2.5, network: { sent: 9 } }), false);
  assert.equal(store.add({ timestamp: T + 4, network: { sent: 5 } }), true);
  assert.deepEqual(store.column("network.sent"), [1, 2, 3, 4, 5]);
});

test("a clock that was set back by hours does not stop the page", () => {
  const store = filled(sent(1, 2, 3), [NETWORK]);
  assert.equal(store.add({ timestamp: T - 7200, network: { sent: 10 } }), true);
  assert.equal(store.add({ timestamp: T - 7199, network: { sent: 12 } }), true);
  assert.deepEqual(store.timestamps, [T - 7200, T - 7199]);
  assert.deepEqual(store.column("network.sent"), [null, 2]);
  assert.equal(store.newest.timestamp, T - 7199);
  isInStep(store);
});

test("a clock that was set back by minutes stops it for two frames, and what now lies in the future goes", () => {
  const store = filled(sent(...Array(400).keys()), [NETWORK]);
  const taken = [0.5, 1.5, 2.5, 3.5].map((at) => store.add({ timestamp: T + 99 + at, network: { sent: 1000 + at } }));
  assert.deepEqual(taken, [false, false, true, true]);
  assert.equal(store.length, 104);
  assert.deepEqual(store.timestamps.slice(-3), [T + 101, T + 101.5, T + 102.5]);
  assert.deepEqual(store.column("network.sent").slice(-3), [1, null, 1]);
  isInStep(store);
});

test("a clock that leaps ahead and is put right goes on", () => {
  const store = filled(sent(1, 2, 3));
  store.add({ timestamp: T + 1e8, network: { sent: 4 } });
  assert.equal(store.add({ timestamp: T + 3, network: { sent: 5 } }), true);
  assert.equal(store.newest.timestamp, T + 3);
  assert.deepEqual(store.timestamps.slice(0, 3), [T, T + 1, T + 2]);
  isInStep(store);
});

test("a timestamp that is none is no frame", () => {
  const store = filled(sent(1));
  for (const timestamp of [NaN, Infinity, undefined, null, "5"]) assert.equal(store.add({ timestamp }), false);
  assert.equal(store.length, 1);
});

test("a hole becomes one row of nulls, right after the last that was known", () => {
  const store = filled([...sent(1, 2, 3), [60, { network: { sent: 4 } }], [61, { network: { sent: 5 } }]]);
  assert.deepEqual(store.timestamps, [T, T + 1, T + 2, T + 3, T + 60, T + 61]);
  assert.deepEqual(store.column("network.sent"), [1, 2, 3, null, 4, 5]);
  assert.deepEqual([...Array(6).keys()].map((row) => store.isHole(row)), [false, false, false, true, false, false]);
  assert.equal(store.value("network.sent", store.at(T + 30)), null);
});

test("two frames missing are a hole, one is none", () => {
  assert.equal(filled([...sent(1, 2, 3), [4, { network: { sent: 4 } }]]).length, 4);
  assert.equal(filled([...sent(1, 2, 3), [5, { network: { sent: 4 } }]]).length, 5);
});

test("a slower pace that was asked for makes no hole; one that was not makes two at most", () => {
  const asked = filled(sent(1, 2, 3, 4));
  asked.pace = 10;
  const found = filled(sent(1, 2, 3, 4));
  for (const store of [asked, found]) {
    for (let at = 13; at < 200; at += 10) store.add({ timestamp: T + at, network: { sent: at } });
  }
  assert.equal(asked.column("network.sent").includes(null), false);
  assert.ok(found.column("network.sent").filter((value) => value === null).length <= 2);
});

test("an element that has been gone for the whole time is forgotten, and so is a probe", () => {
  const store = filled([[0, { net: { up: { tun0: 1, lo: 1 } }, old: { n: 1 } }]]);
  for (let at = 1; at < 2000; at += 1) store.add({ timestamp: T + at, net: { up: { lo: at } } });
  assert.deepEqual(store.elements("net.up", 0), ["lo"]);
  assert.deepEqual(store.fields().map(({ path }) => path), ["net.up"]);
  assert.ok(store.column("net.up[tun0]").every((value) => value === null));
  isInStep(store);
});

test("rows that are too old go, and those of the last minutes stay", () => {
  const store = new Store(60);
  for (let at = 0; at < 1000; at += 1) {
    store.add({ timestamp: T + at, a: { n: at } });
    assert.ok(store.length <= 60 + 1 + 60 + 1, String(store.length));
    assert.ok(at < 60 || store.timestamps[0] <= T + at - 60);
  }
  assert.deepEqual(store.column("a.n"), store.timestamps.map((time) => time - T));
  isInStep(store);
});

test("a tenth of a second and 128 cores are all there, and no more", () => {
  const store = new Store(900);
  const cores = Array.from({ length: 128 }, (_, core) => core / 3);
  for (let tick = 0; tick < 12_000; tick += 1) store.add({ timestamp: T + tick / 10, cpu: { cores } });
  assert.ok(store.length >= 9000 && store.length <= 9000 * 1.15, String(store.length));
  assert.equal(store.column("cpu.cores[127]").length, store.length);
});

test("many tables of many keys keep fewer rows, not more memory", () => {
  const store = new Store(900);
  const table = Object.fromEntries(Array.from({ length: 600 }, (_, key) => [`k${key}`, key]));
  const sections = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, { table }]));
  for (let at = 0; at < 600; at += 1) store.add({ timestamp: T + at, ...sections });
  const columns = store.fields().flatMap(({ path }) => store.elements(path));
  assert.ok(columns.length <= 8192, String(columns.length));
  assert.ok(columns.length * store.length < 5_000_000, `${columns.length} x ${store.length}`);
  assert.ok(store.length >= 300);
});

test("at finds the row at a time, or the last before it", () => {
  const store = filled(sent(1, 2, 3));
  assert.deepEqual([-1, 0, 0.5, 1, 2, 99].map((at) => store.at(T + at)), [-1, 0, 0, 1, 2, 2]);
});

test("what is shown only changes its revision when rows moved", () => {
  const store = filled(sent(1, 2, 3), [], 60);
  const { revision } = store;
  store.add({ timestamp: T + 3, network: { sent: 4 } });
  assert.equal(store.revision, revision);
  for (let at = 4; at < 300; at += 1) store.add({ timestamp: T + at, network: { sent: at } });
  assert.notEqual(store.revision, revision);
});

test("the interval is that of the frames, whatever holes there are", () => {
  assert.equal(filled([...sent(1, 2, 3, 4), [60, {}], [61, {}]]).interval, 1);
});
