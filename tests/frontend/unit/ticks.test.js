// The values beside an axis: one unit, as many digits as they have.
import assert from "node:assert/strict";
import { test } from "node:test";

import { increments, tickTexts } from "../../../monitor/web/static/ticks.js";

const MB = 2 ** 20;
const CASES = [
  ["MB/s", [0, 0.5, 1], "0, 0.5 MB/s, 1 MB/s"],
  ["MB/s", [0, 0.25, 0.5, 0.75], "0, 256 KB/s, 512 KB/s, 768 KB/s"],
  ["MB/s", [0, 2 ** -18, 2 ** -17], "0, 0.00391 KB/s, 0.00781 KB/s"],
  ["MB/s", [0, 512, 1024, 1536], "0, 0.5 GB/s, 1 GB/s, 1.5 GB/s"],
  ["MB/s", [0, 0.125, 1, 1.125], "0, 0.125 MB/s, 1 MB/s, 1.125 MB/s"],
  ["MB/s", [1, 1.0625], "1,024 KB/s, 1,088 KB/s"],
  ["B", [0, 0.75 * MB, 1.5 * MB], "0, 0.75 MB, 1.5 MB"],
  ["GB", [0, 0.25], "0, 256 MB"],
  ["MB", [80, 84, 88], "80 MB, 84 MB, 88 MB"],
  ["Hz", [0, 5e5, 1e6], "0, 0.5 MHz, 1 MHz"],
  ["MHz", [2999.5, 3000], "2,999.5 MHz, 3,000 MHz"],
  ["s", [0, 20, 40, 60, 80], "0, 20 s, 40 s, 60 s, 80 s"],
  ["s", [0, 300, 600], "0, 5 min, 10 min"],
  ["s", [0, 0.5, 1], "0, 0.5 s, 1 s"],
  ["ms", [0, 500, 1000], "0, 0.5 s, 1 s"],
  ["count", [0, 50_000, 100_000, 150_000], "0, 50K, 100K, 150K"],
  ["count", [0, 500_000, 1_000_000, 1_250_000], "0, 0.5M, 1M, 1.25M"],
  ["count", [0, 5e17, 1e18], "0, 0.5E18, 1E18"],
  ["count", [0, 5000, 10_000], "0, 5,000, 10,000"],
  ["percent", [0, 25, 100], "0, 25 %, 100 %"],
  ["celsius", [-5, 0, 0.30000000000000004], "-5 °C, 0, 0.3 °C"],
  ["widgets", [0, 0.0005, 0.001], "0, 0.0005 widgets, 0.001 widgets"],
  ["percent", [], ""],
  ["s", [1_000_000, 1_000_005, 1_000_010], "1,000,000 s, 1,000,005 s, 1,000,010 s"],
  ["Hz", [2_400_000_000, 2_400_000_100], "2,400,000 kHz, 2,400,000.1 kHz"],
  ["count", [1e9, 1e9 + 0.25], "1,000,000,000, 1,000,000,000.25"],
];

test("all of an axis are in one unit, which the largest one chooses", () => {
  for (const [unit, values, expected] of CASES) {
    assert.equal(tickTexts(values, unit).join(", ").replaceAll("\u00a0", " "), expected, `${values} ${unit}`);
  }
});

test("whatever an axis shows, its texts differ, have one unit, and leave room for the plot", () => {
  for (const unit of ["B", "MB", "GB", "B/s", "MB/s", "s", "ms", "Hz", "count", "percent", "celsius", "widgets"]) {
    for (const step of increments(unit)) {
      if (step < 1e-6 || step > 1e15) continue;
      const values = [1, 2, 3, 4].map((times) => times * step);
      const texts = tickTexts(values, unit);
      assert.equal(new Set(texts).size, 4, `${step} ${unit}: ${texts}`);
      assert.equal(new Set(texts.map((text) => text.replace(/^[\d.,]+/, ""))).size, 1, `${step} ${unit}: ${texts}`);
      assert.ok(texts.every((text) => text.length <= 20), `${step} ${unit}: ${texts}`);
    }
  }
});

test("however far from zero an axis is, its texts differ and have one unit", () => {
  for (const unit of ["B", "MB", "B/s", "MB/s", "s", "ms", "Hz", "MHz", "count", "percent", "celsius", "widgets"]) {
    for (const step of increments(unit)) {
      if (step < 1e-6 || step > 1e15) continue;
      for (const away of [0, 1, 7, 99, 1e3, 12_345, 1e6, 33_333_333, 1e9, -2, -1e3, -1e7]) {
        const values = [0, 1, 2, 5].map((times) => (away + times) * step);
        const texts = tickTexts(values, unit);
        assert.equal(new Set(texts).size, 4, `${values} ${unit}: ${texts}`);
        const units = texts.filter((text) => text !== "0").map((text) => text.replace(/^[-\d.,]+/, ""));
        assert.equal(new Set(units).size, 1, `${values} ${unit}: ${texts}`);
      }
    }
  }
});

test("increments ascend", () => {
  for (const unit of ["MB/s", "s", "ms", "percent", "count"]) {
    const all = increments(unit);
    for (let place = 1; place < all.length; place += 1) assert.ok(all[place] > all[place - 1], `${unit} ${all[place]}`);
  }
});
