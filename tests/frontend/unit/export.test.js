// Exports: files that other programs read, with names in them that a machine made up.
import assert from "node:assert/strict";
import { test } from "node:test";

import { cell, csv, fileName, json } from "../../../monitor/web/static/export.js";
import { Store } from "../../../monitor/web/static/store.js";

const T = 1_700_000_000;

function filled(frames, probes = []) {
  const store = new Store();
  store.declare(probes);
  for (const [at, sections] of frames) store.add({ timestamp: T + at, ...sections });
  return store;
}

/** The records of a file as RFC 4180 reads it. */
function records(text) {
  const all = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    all.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") all.push([]);
  }
  assert.deepEqual(all.pop(), [], "the last line has an end too");
  return all;
}

test("a cell is quoted where it has to be", () => {
  const cells = [
    ["plain", "plain"], ["a,b", '"a,b"'], ['say "hi"', '"say ""hi"""'], ["two\nlines", '"two\nlines"'], ["", ""],
    [" blank ", '" blank "'], [1.5, "1.5"], [-1.5, "-1.5"], [1e21, "1e+21"], [0, "0"], [null, ""],
  ];
  for (const [value, written] of cells) assert.equal(cell(value), written);
});

test("no text is a formula, and a negative number stays a number", () => {
  for (const begin of ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]) {
    const written = cell(`${begin}cmd|' /C calc'!A0`);
    assert.match(written, /^"?'/, JSON.stringify(begin));
  }
  assert.equal(cell("a=b"), "a=b");
  assert.equal(cell(-5), "-5");
});

test("a file has the moment in two forms, and a column for each number", () => {
  const store = filled([
    [0.25, { cpu: { percent: 1.5, cores: [1, 2] }, net: { up: { "eth0,1": 5 } } }],
    [1.25, { cpu: { percent: null, cores: [3, 4] }, net: { up: { "eth0,1": 6, 'a"b': -1 } } }],
  ]);
  const text = csv(store, [T, T + 10]);
  assert.deepEqual(records(text), [
    ["time", "timestamp", "cpu.percent", "cpu.cores[0]", "cpu.cores[1]", "net.up[eth0,1]", 'net.up[a"b]'],
    ["2023-11-14T22:13:20.250Z", "1700000000.25", "1.5", "1", "2", "5", ""],
    ["2023-11-14T22:13:21.250Z", "1700000001.25", "", "3", "4", "6", "-1"],
  ]);
});

test("only what is shown is in it: the range, its ends included, and the fields that were asked for", () => {
  const store = filled([0, 1, 2, 3].map((at) => [at, { a: { n: at }, b: { n: 10 * at } }]));
  assert.deepEqual(records(csv(store, [T + 1, T + 2], ["b.n"])).slice(1).map((row) => row.slice(2)), [["10"], ["20"]]);
  assert.deepEqual(JSON.parse(json(store, [T + 1, T + 2], ["b.n"])), {
    interval: 1, timestamp: [T + 1, T + 2], fields: { "b.n": [10, 20] },
  });
});

test("counters are counts, as in the frames", () => {
  const fields = [{ name: "sent", kind: "counter", shape: "number" }];
  const store = filled([[0, { net: { sent: 5 } }], [1, { net: { sent: 7 } }]], [{ name: "net", interval: 1, fields }]);
  assert.deepEqual(JSON.parse(json(store, [T, T + 9])).fields, { "net.sent": [5, 7] });
  assert.deepEqual(records(csv(store, [T, T + 9])).slice(1).map((row) => row[2]), ["5", "7"]);
});

test("JSON has lists and tables as /api/history has them", () => {
  const store = filled([
    [0, { cpu: { cores: [1, null, 3] }, net: { up: { eth0: 5 } } }],
    [1, { cpu: { cores: [4, 5] }, net: { up: { eth0: 6, __proto__: undefined, tun0: 7 } } }],
    [2, { cpu: { cores: null }, net: { up: null } }],
  ]);
  assert.deepEqual(JSON.parse(json(store, [T, T + 9])).fields, {
    "cpu.cores": [[1, null, 3], [4, 5], null],
    "net.up": [{ eth0: 5 }, { eth0: 6, tun0: 7 }, null],
  });
});

test("a hole is no row: nobody measured there", () => {
  const store = filled([0, 1, 2, 60, 61].map((at) => [at, { a: { n: at } }]));
  assert.equal(store.length, 6);
  assert.deepEqual(JSON.parse(json(store, [T, T + 99])).fields["a.n"], [0, 1, 2, 60, 61]);
  assert.equal(records(csv(store, [T, T + 99])).length, 6);
});

test("nothing in the range is a file with a head alone", () => {
  const store = filled([[0, { a: { n: 1 } }]]);
  assert.equal(csv(store, [T + 5, T + 9]), "time,timestamp,a.n\r\n");
  assert.deepEqual(JSON.parse(json(new Store(), [T, T])), { interval: null, timestamp: [], fields: {} });
});

test("evil names stay in their cell", () => {
  const names = ['"><img src=x onerror=alert(1)>', "=1+1", "a\r\nb", "__proto__"];
  const up = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}: 1`).join(",")}}`);
  const store = filled([[0, { net: { up } }]]);
  assert.deepEqual(records(csv(store, [T, T]))[0].slice(2), names.map((name) => `net.up[${name}]`));
  assert.deepEqual(Object.keys(JSON.parse(json(store, [T, T])).fields["net.up"][0]), names);
});

test("a file is named after the machine and the moment, and the name is one", () => {
  assert.equal(fileName("web-1.example.org", T + 0.5, "csv"), "monitor-web-1.example.org-20231114T221320Z.csv");
  assert.equal(fileName("../../etc/passwd", T, "json"), "monitor-etc-passwd-20231114T221320Z.json");
  assert.equal(fileName("", T, "png"), "monitor-20231114T221320Z.png");
  assert.equal(fileName("é<b>\n", T, "png"), "monitor-b-20231114T221320Z.png");
  assert.ok(fileName("x".repeat(500), T, "csv").length < 100);
});
