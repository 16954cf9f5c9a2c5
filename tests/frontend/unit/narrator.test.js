// What a chart says in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "../../../monitor/web/static/i18n.js";
import { readingOf, summaryOf } from "../../../monitor/web/static/narrator.js";
import { Store } from "../../../monitor/web/static/store.js";

const START = 1_700_000_000;
const FIELDS = ["sent", "received", "lost"].map((name) => ({ name, kind: "gauge", shape: "number" }));
const format = (value) => (value === null ? "–" : `${value} B`);
const series = ["sent", "received", "lost"].map((label) => ({ label, path: `network.${label}` }));
const all = { label: "Network", series, format };
const one = { ...all, series: [series[0]] };

const store = new Store();
store.declare([{ name: "network", interval: 1, fields: FIELDS }]);
[[1, 30], [8, 20], [3, null]].forEach(([sent, received], row) => {
  store.add({ timestamp: START + row, network: { sent, received, lost: null } });
});

const from = time(START);
const [middle, to] = [time(START + 1), time(START + 2)];

test("a summary is the newest value and what they came to", () => {
  assert.equal(summaryOf(store, [START, START + 2], one),
    `Network, ${from} to ${to}: last 3 B, lowest 1 B, highest 8 B, mean 4 B.`);
});

test("of several series each has its name, and one of which nothing is known has no word", () => {
  assert.equal(summaryOf(store, [START, START + 2], all), `Network, ${from} to ${to}: `
    + "sent: last 3 B, lowest 1 B, highest 8 B, mean 4 B; received: last 20 B, lowest 20 B, highest 30 B, mean 25 B.");
});

test("a summary is of what is shown, its ends included", () => {
  assert.equal(summaryOf(store, [START, START + 1], one),
    `Network, ${from} to ${middle}: last 8 B, lowest 1 B, highest 8 B, mean 4.5 B.`);
});

test("where nothing is known, that is said", () => {
  assert.equal(summaryOf(store, [0, 10], all), "Network: no data for this time.");
  assert.equal(summaryOf(store, [START, START + 2], { ...all, series: [series[2]] }),
    "Network: no data for this time.");
});

test("a row is read with its time, and by name where there are several values", () => {
  assert.equal(readingOf(store, 1, one), `${middle}: 8 B`);
  assert.equal(readingOf(store, 2, all), `${to}: sent 3 B, received –, lost –`);
});
