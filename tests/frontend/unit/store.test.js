// The store: columns that stay in step, rates that are honest, and memory that has an end.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Store } from "../../../monitor/web/static/store.js";

const T = 1_700_000_000;

/** A probe as /api/probes tells of it. */
function probe(name, fields, interval = 1) {
  const all = Object.entries(fields).map(([field, [kind, shape]]) => (
    { name: field, kind, shape, unit: "MB", help: "", per: null, phrases: {} }));
  return { name, interval, fields: all };
}

/** A store that has taken these frames; each is [seconds since T, sections]. */
function filled(frames, probes = [], seconds = 900) {
  const store = new Store(seconds);
  store.declare(probes);
  for (const [at, sections] of frames) store.add({ timestamp: T + at, ...sections });
  return store;
}

const NETWORK = probe("network", { sent: ["counter", "number"] });

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

test("numbers, lists and tables become a column each", () => {
  const store = filled([
    [0, { cpu: { percent: 10, cores: [1, 2] }, tide: { gauges: { Dover: 3 } } }],
    [1, { cpu: { percent: 20, cores: [3, 4] }, tide: { gauges: { Dover: 5 } } }],
  ]);
  assert.deepEqual(store.timestamps, [T, T + 1]);
  assert.deepEqual(store.column("cpu.percent"), [10, 20]);
  assert.deepEqual(store.column("cpu.cores[1]"), [2, 4]);
  assert.deepEqual(store.column("tide.gauges[Dover]"), [3, 5]);
  assert.deepEqual(store.elements("cpu.cores"), ["0", "1"]);
  assert.equal(store.value("cpu.percent", 1), 20);
  assert.equal(store.newest.timestamp, T + 1);
});

test("keys are text, whatever they look like", () => {
  const keys = ["a]b", "x[0]", "__proto__", "constructor", "", "é \" <b>", "1.5"];
  const gauges = JSON.parse(`{${keys.map((key, index) => `${JSON.stringify(key)}: ${index}`).join(",")}}`);
  const store = filled([[0, { tide: { gauges } }], [1, { tide: { gauges } }]]);
  assert.deepEqual(store.elements("tide.gauges"), keys);
  keys.forEach((key, index) => assert.deepEqual(store.column(`tide.gauges[${key}]`), [index, index], key));
});

test("a section with the name of a method is not stale for that", () => {
  const store = filled([[0, { constructor: { n: 1 } }], [1, { constructor: { n: 3 } }]],
    [probe("constructor", { n: ["counter", "number"] })]);
  assert.deepEqual(store.column("constructor.n"), [null, 2]);
});

test("what is no number is a gap", () => {
  const store = filled([
    [0, { a: { n: null } }], [1, { a: { n: "5" } }], [2, { a: { n: NaN } }], [3, { a: { n: 4 } }], [4, {}],
    [5, { a: null }],
  ]);
  assert.deepEqual(store.column("a.n"), [null, null, null, 4, null, null]);
});

test("a field that was null turns out to be a table", () => {
  const store = filled([[0, { a: { n: null } }], [1, { a: { n: { x: 1 } } }], [2, { a: { n: null } }]]);
  assert.deepEqual(store.column("a.n[x]"), [null, 1, null]);
  assert.deepEqual(store.elements("a.n"), ["x"]);
  isInStep(store);
});

test("the same array is handed out for as long as the column lives", () => {
  const store = filled([[0, { a: { n: 1 } }]]);
  const [column, timestamps] = [store.column("a.n"), store.timestamps];
  for (let at = 1; at < 3000; at += 1) store.add({ timestamp: T + at, a: { n: at } });
  assert.equal(store.column("a.n"), column);
  assert.equal(store.timestamps, timestamps);
  assert.equal(column.at(-1), 2999);
});

test("the column of a counter is its rate, and the count is there too", () => {
  const store = filled(sent(100, 110, 130, 130), [NETWORK]);
  assert.deepEqual(store.column("network.sent"), [null, 10, 20, 0]);
  assert.deepEqual(store.raw("network.sent"), [100, 110, 130, 130]);
});

test("a rate is per second, whatever the pace", () => {
  const store = filled([[0, { network: { sent: 0 } }], [5, { network: { sent: 50 } }]], [NETWORK]);
  assert.deepEqual(store.column("network.sent"), [null, 10]);
});

test("a counter that fell has no rate there, and goes on from where it is", () => {
  assert.deepEqual(filled(sent(100, 110, 3, 5), [NETWORK]).column("network.sent"), [null, 10, null, 2]);
});

test("a counter that was not known for a while has its mean rate when it is back", () => {
  assert.deepEqual(filled(sent(100, null, null, 130), [NETWORK]).column("network.sent"), [null, null, null, 10]);
});

test("the rate of a stale counter is not zero but unknown, and there is no peak after it", () => {
  const [first, ...rest] = sent(100, 110, 110, 110, 140, 150);
  rest[1][1].stale = { network: 1 };
  rest[2][1].stale = { network: 2 };
  const store = filled([first, ...rest], [NETWORK]);
  assert.deepEqual(store.column("network.sent"), [null, 10, null, null, 10, 10]);
  assert.deepEqual(store.staleAt(3), { network: 2 });
  assert.deepEqual(store.stale, {});
});

test("a probe slower than the frames has a steady rate: no zeros and no peaks", () => {
  const slow = probe("network", { sent: ["counter", "number"] }, 5);
  const values = Array.from({ length: 26 }, (_, at) => 1000 + 50 * Math.floor((at + 2) / 5));
  const rates = filled(sent(...values), [slow]).column("network.sent");
  // The first change ends a stretch that began nobody knows when.
  assert.deepEqual(rates.slice(0, 8), Array(8).fill(null));
  assert.deepEqual(rates.slice(8), Array(18).fill(10));
});

test("a slow counter that stands still comes down to zero, and up again at the right rate", () => {
  const slow = probe("network", { sent: ["counter", "number"] }, 5);
  const steps = [0, 50, 100, 100, 100, 150, 200];
  const values = steps.flatMap((value) => Array(5).fill(value));
  const rates = filled(sent(...values), [slow]).column("network.sent");
  assert.equal(rates[10], 10);
  assert.equal(rates[24], 0);
  assert.equal(rates[25], 10);
  assert.equal(rates[30], 10);
  assert.ok(rates.every((rate) => rate === null || (rate >= 0 && rate <= 10)), String(rates));
});

test("the first growth of a counter that stood still is seen, be its probe slower than the frames", () => {
  const slow = probe("disk", { errors: ["counter", "number"] }, 10);
  const frames = Array.from({ length: 230 }, (_, at) => [at, { disk: { errors: at < 200 ? 0 : 1000 } }]);
  const rates = filled(frames, [slow]).column("disk.errors");
  assert.equal(rates[199], 0);
  assert.deepEqual(rates.slice(200, 215), Array(15).fill(100));
  assert.equal(rates[229], 0);
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

test("a list that was declared keeps its columns when its rates are made", () => {
  const store = filled([[0, { net: { sent: { eth0: 1 } } }], [1, { net: { sent: { eth0: 3 } } }]]);
  store.declare([probe("net", { sent: ["counter", "table"] })]);
  assert.deepEqual(store.column("net.sent[eth0]"), [null, 2]);
  assert.deepEqual(store.fields(), [{ path: "net.sent", shape: "table" }]);
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

test("elements come and go, and keep their place while they are remembered", () => {
  const store = new Store(900);
  const frames = [["lo", "eth0"], ["lo", "eth0", "tun0"], ["lo", "tun0"], ["tun0", "eth0", "lo"]];
  frames.forEach((names, at) => {
    store.add({ timestamp: T + at, net: { up: Object.fromEntries(names.map((name) => [name, at])) } });
  });
  assert.deepEqual(store.elements("net.up"), ["lo", "eth0", "tun0"]);
  assert.deepEqual(store.column("net.up[eth0]"), [0, 1, null, 3]);
  assert.deepEqual(store.column("net.up[tun0]"), [null, 1, 2, 3]);
  store.add({ timestamp: T + 4, net: { up: { lo: 4 } } });
  assert.deepEqual(store.elements("net.up"), ["lo"]);
  assert.deepEqual(store.elements("net.up", T + 3), ["lo", "eth0", "tun0"]);
  store.add({ timestamp: T + 5, net: { up: null } });
  assert.deepEqual(store.elements("net.up"), ["lo"]);
  isInStep(store);
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

test("of ten thousand keys five hundred have a column, and the rest are counted", () => {
  const table = Object.fromEntries(Array.from({ length: 10_000 }, (_, key) => [`k${key}`, key]));
  const store = new Store(900);
  for (let at = 0; at < 20; at += 1) store.add({ timestamp: T + at, evil: { table } });
  assert.equal(store.elements("evil.table").length, 512);
  assert.equal(store.omitted("evil.table"), 10_000 - 512);
  assert.equal(store.omitted("evil.table", 3), 10_000 - 512);
  assert.deepEqual(store.column("evil.table[k511]"), Array(20).fill(511));
  assert.deepEqual(store.column("evil.table[k512]"), Array(20).fill(null));
});

test("where there is no more room, new elements take the place of those gone longest", () => {
  const store = new Store(900);
  for (let at = 0; at < 100; at += 1) {
    const keys = Array.from({ length: 100 }, (_, key) => [`${at}-${key}`, key]);
    store.add({ timestamp: T + at, procs: { cpu: Object.fromEntries([["init", at], ...keys]) } });
  }
  assert.ok(store.elements("procs.cpu", 0).length <= 512);
  assert.deepEqual(store.column("procs.cpu[init]"), [...Array(100).keys()]);
  assert.ok(store.elements("procs.cpu").length >= 64, "the newest are seen");
  const known = store.elements("procs.cpu", 0).filter((key) => store.value(`procs.cpu[${key}]`, 1) !== null);
  assert.equal(known.length + store.omitted("procs.cpu", 1), 101, "those that gave way are counted");
  isInStep(store);
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
