// What a panel holds, from what a probe declares.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { describe, levelOf, rateUnit, MOST_MULTIPLES } from "../../../monitor/web/static/fields.js";

const field = (name, changes = {}) => ({
  name, unit: "count", help: `About ${name}.`, kind: "gauge", shape: "number", per: null, decimals: 2, phrases: {},
  warning: null, critical: null, ...changes,
});
const probe = (fields, name = "tide") => ({ name, fields });
const paths = (items) => items.map(({ path }) => path);

test("percentages come first, and share a chart of 0 to 100", () => {
  const { headline, facts } = describe(probe([
    field("volts", { unit: "V" }), field("sent", { unit: "MB", kind: "counter" }),
    field("charge", { unit: "percent" }), field("load", { unit: "percent" }),
  ]), "en");
  assert.deepEqual(paths(headline.items), ["tide.charge", "tide.load"]);
  assert.deepEqual([headline.unit, headline.bounds, headline.isShare], ["percent", [0, 100], true]);
  assert.deepEqual(paths(facts), ["tide.volts", "tide.sent"]);
});

test("then counters of one unit, as their rates", () => {
  const { headline, facts } = describe(probe([
    field("height"), field("sent", { unit: "MB", kind: "counter" }), field("received", { unit: "MB", kind: "counter" }),
    field("errors", { kind: "counter" }),
  ]), "en");
  assert.deepEqual(paths(headline.items), ["tide.sent", "tide.received"]);
  assert.deepEqual([headline.unit, headline.kind, headline.bounds], ["MB/s", "counter", null]);
  assert.equal(headline.items[0].fieldUnit, "MB");
  assert.deepEqual(paths(facts), ["tide.height", "tide.errors"]);
});

test("then the first gauge, with those of its unit", () => {
  const { headline, facts } = describe(probe([
    field("in", { unit: "celsius" }), field("fan", { unit: "rpm" }), field("out", { unit: "celsius" }),
  ]), "en");
  assert.deepEqual(paths(headline.items), ["tide.in", "tide.out"]);
  assert.deepEqual(paths(facts), ["tide.fan"]);
});

test("a chart has six numbers at most, and none is lost", () => {
  const fields = Array.from({ length: 60 }, (_, each) => field(`f${each}`, { unit: "percent" }));
  const { headline, facts, items } = describe(probe(fields), "en");
  assert.equal(headline.items.length, 6);
  assert.equal(facts.length, 54);
  assert.equal(items.length, 60);
});

test("a probe of tables alone has no headline", () => {
  const { headline, facts, lists } = describe(probe([field("gauges", { shape: "table", per: "gauge" })]), "en");
  assert.equal(headline, null);
  assert.deepEqual(facts, []);
  assert.deepEqual([lists[0].per, lists[0].isKeyed], ["gauge", true]);
});

test("a list of percentages is cells, and anything else multiples or a table, by how many there are", () => {
  const [cores, cards, mounts] = describe(probe([
    field("cores", { shape: "list", per: "core", unit: "percent" }),
    field("cards", { shape: "list", per: "card", unit: "celsius" }),
    field("mounts", { shape: "table", per: "mount", unit: "percent" }),
  ]), "en").lists;
  assert.deepEqual([cores.layout(2), cores.layout(256)], ["cells", "cells"]);
  for (const list of [cards, mounts]) {
    assert.equal(list.layout(MOST_MULTIPLES), "multiples");
    assert.equal(list.layout(MOST_MULTIPLES + 1), "table");
  }
});

test("a count that wavers does not change the layout back and forth", () => {
  const [list] = describe(probe([field("mounts", { shape: "table", per: "mount" })]), "en").lists;
  assert.equal(list.layout(MOST_MULTIPLES, "table"), "table");
  assert.equal(list.layout(MOST_MULTIPLES - 3, "table"), "table");
  assert.equal(list.layout(MOST_MULTIPLES - 4, "table"), "multiples");
});

test("labels are the first phrase of the language, or the name as words", () => {
  const declared = probe([
    field("height_cm", { phrases: { en: ["height of the tide", "depth"], fr: ["élévation de la marée"] } }),
    field("wave_period", { phrases: { en: [] } }),
  ], "tide_gauge");
  assert.deepEqual(describe(declared, "en").items.map(({ label }) => label), ["Height of the tide", "Wave period"]);
  assert.deepEqual(describe(declared, "fr").items.map(({ label }) => label), ["Élévation de la marée", "Wave period"]);
  assert.equal(describe(declared, "fr").label, "Tide gauge");
});

test("the built-in probes have labels of their own, and nothing of Object's does", () => {
  const t = (text) => `<${text}>`;
  assert.equal(describe(probe([field("a")], "process"), "en", t).label, "<This server>");
  assert.equal(describe(probe([field("a")], "constructor"), "en", t).label, "Constructor");
  assert.equal(describe(probe([field("a")]), "en", t).items[0].help, "<About a.>");
});

test("a value has its level from the threshold on, wherever the bad side is", () => {
  const levels = (warning, critical, values) => values.map((value) => levelOf(value, warning, critical));
  assert.deepEqual(levels(75, 90, [74.9, 75, 89, 90, null, undefined]), ["", "warning", "warning", "critical", "", ""]);
  assert.deepEqual(levels(20, 10, [21, 20, 10, -1]), ["", "warning", "critical", "critical"]);
  assert.deepEqual(levels(null, 90, [80, 95]), ["", "critical"]);
  assert.deepEqual(levels(0, null, [-1, 0]), ["", "warning"]);
  assert.deepEqual(levels(null, null, [1e15]), [""]);
});

test("what a counter grows by in a second has a unit", () => {
  assert.deepEqual(["B", "MB", "count", "s", "W"].map(rateUnit), ["B/s", "MB/s", "1/s", "ratio", "W/s"]);
});

test("a rate is finer than what it counts, except of bytes", () => {
  const { items } = describe(probe([
    field("errors", { kind: "counter", decimals: 0 }), field("sent", { unit: "MB", kind: "counter" }),
    field("draw", { unit: "W", decimals: 4 }),
  ]), "en");
  assert.deepEqual(items.map(({ decimals }) => decimals), [6, 2, 4]);
});

test("every field of the recorded probes is in its panel once", () => {
  for (const name of ["four_cores", "third_party", "stale", "evil"]) {
    const text = readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8");
    const { probes: { probes } } = JSON.parse(text);
    for (const each of probes) {
      const { headline, facts, lists } = describe(each, "fr");
      const shown = [...paths(headline?.items ?? []), ...paths(facts), ...lists.map(({ item }) => item.path)];
      assert.deepEqual(shown.sort(), each.fields.map((one) => `${each.name}.${one.name}`).sort());
    }
  }
});
