// Texts, numbers and quantities in both languages.
import assert from "node:assert/strict";
import test from "node:test";

const MODULE = new URL("../../../monitor/web/static/i18n.js", import.meta.url);
const FRENCH = {
  "Connecting…": "Connexion…", "Trying again in {seconds} s": "Nouvel essai dans {seconds}\u00a0s",
  B: "o", KB: "ko", MB: "Mo", GB: "Go", TB: "To", PB: "Po", "KB/s": "ko/s", "MB/s": "Mo/s", rpm: "tr/min", d: "j",
};

/** The module as a page in this language has it. */
async function load(lang, messages = null) {
  globalThis.document = {
    documentElement: { lang },
    getElementById: () => messages && { textContent: JSON.stringify(messages) },
  };
  return import(`${MODULE}?${lang}-${messages === null}`);
}

const en = await load("en");
const fr = await load("fr", FRENCH);

/** With ordinary spaces. */
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ");
const shown = ({ quantity }, value, unit) => {
  const { text, unit: name } = quantity(value, unit);
  return plain(`${text} ${name}`.trim());
};

test("a text is in the language of the page, and itself where nobody has translated it", () => {
  assert.equal(fr.language, "fr");
  assert.equal(fr.t("Connecting…"), "Connexion…");
  assert.equal(fr.t("constructor"), "constructor");
  assert.equal(en.t("Connecting…"), "Connecting…");
});

test("values stand where the text names them, numbers as in the language", () => {
  assert.equal(plain(fr.t("Trying again in {seconds} s", { seconds: 1234.5 })), "Nouvel essai dans 1 234,5 s");
  assert.equal(en.t("{a} and {b}", { a: "{b}", b: "$&" }), "{b} and $&");
  assert.equal(en.t("{toString} {a}", {}), "{toString} {a}");
});

test("a number has as many digits as asked for, and a dash stands for what is not known", () => {
  assert.equal(en.number(1234.567, 1), "1,234.6");
  assert.equal(plain(fr.number(1234.567, 1)), "1 234,6");
  for (const nothing of [null, undefined, NaN, Infinity]) assert.equal(en.number(nothing, 2), "–");
});

const CASES = [
  [0, "MB", "0.00 MB", "0,00 Mo"],
  [655.2, "MB", "655 MB", "655 Mo"],
  [999.4, "MB", "999 MB", "999 Mo"],
  [999.6, "MB", "0.98 GB", "0,98 Go"],
  [16384, "MB", "16.0 GB", "16,0 Go"],
  [0.5, "GB", "512 MB", "512 Mo"],
  [2048, "GB", "2.00 TB", "2,00 To"],
  [0.001, "MB", "0.00 MB", "0,00 Mo"],
  [300, "B", "300 B", "300 o"],
  [0, "B", "0.00 B", "0,00 o"],
  [0, "MB/s", "0.00 KB/s", "0,00 ko/s"],
  [0.2, "MB/s", "205 KB/s", "205 ko/s"],
  [3.456, "MB/s", "3.46 MB/s", "3,46 Mo/s"],
  [10, "B/s", "0.01 KB/s", "0,01 ko/s"],
  [34.56, "percent", "34.6 %", "34,6 %"],
  [100, "percent", "100.0 %", "100,0 %"],
  [41.25, "celsius", "41.3 °C", "41,3 °C"],
  [1200, "rpm", "1,200 rpm", "1 200 tr/min"],
  [2400, "MHz", "2.40 GHz", "2,40 GHz"],
  [50, "Hz", "50.0 Hz", "50,0 Hz"],
  [0.25, "s", "250 ms", "250 ms"],
  [90, "s", "1.50 min", "1,50 min"],
  [7200, "s", "2.00 h", "2,00 h"],
  [36e5 * 36, "ms", "1.50 d", "1,50 j"],
  [8, "count", "8", "8"],
  [12345, "count", "12,345", "12 345"],
  [99999, "count", "99,999", "99 999"],
  [100000, "count", "100K", "100 k"],
  [1234567, "count", "1.2M", "1,2 M"],
  [-1234567, "count", "-1.2M", "-1,2 M"],
  [1234567.8, "1/s", "1.2M /s", "1,2 M /s"],
  [1e15, "count", "1000T", "1000 Bn"],
  [1.2e24, "count", "1.2E24", "1,2E24"],
  [1e15, "MB", "931K PB", "931 k Po"],
  [1e15, "percent", "1000T %", "1000 Bn %"],
  [250000, "rpm", "250K rpm", "250 k tr/min"],
  [0.5, "ratio", "0.50", "0,50"],
  [-5, "celsius", "-5.0 °C", "-5,0 °C"],
  [9.999, "V", "10.0 V", "10,0 V"],
  [12345, "1/s", "12,345 /s", "12 345 /s"],
  [-2048, "MB", "-2.00 GB", "-2,00 Go"],
  [1, "furlong", "1.00 furlong", "1,00 furlong"],
];

for (const [value, unit, english, french] of CASES) {
  test(`${value} ${unit} is read as ${english}`, () => {
    assert.equal(shown(en, value, unit), english);
    assert.equal(shown(fr, value, unit), french);
  });
}

const SMALL = [
  [0.004, "W", 3, "0.004 W"], [0.00123, "ratio", 5, "0.0012"], [0.00123, "ratio", 3, "0.001"],
  [1e-6, "s", 6, "0.001 ms"], [0.0167, "1/s", 6, "0.017 /s"], [-0.004, "V", 4, "-0.004 V"],
  [0.04, "percent", 3, "0.04 %"], [0.004, "W", 2, "0.00 W"], [0, "W", 6, "0.00 W"], [0.04, "percent", 2, "0.0 %"],
  [0.1, "W", 6, "0.10 W"], [12.3456, "W", 4, "12.3 W"],
];

for (const [value, unit, decimals, english] of SMALL) {
  test(`${value} ${unit} with ${decimals} decimals is read as ${english}`, () => {
    const { text, unit: name } = en.quantity(value, unit, decimals);
    assert.equal(plain(`${text} ${name}`.trim()), english);
  });
}

test("a quantity never has more than four digits before its unit grows", () => {
  for (let value = 0.001; value < 1e9; value *= 1.07) {
    for (const unit of ["B", "MB", "MB/s", "Hz"]) {
      const { text } = en.quantity(value, unit);
      assert.ok(text.replace(/\D/g, "").length <= 3, `${value} ${unit}: ${text}`);
    }
  }
});

test("a number that is shortened tells all its digits besides", () => {
  assert.equal(en.quantity(1234567, "count").full, "1,234,567");
  assert.equal(plain(fr.quantity(1234567.25, "1/s").full), "1 234 567");
  assert.equal(en.quantity(99999, "count").full, undefined);
});

test("no number is wider than a panel", () => {
  for (let value = 1; value < 1e300; value *= 7) {
    for (const unit of ["count", "ratio", "1/s", "percent", "rpm", "B", "MB/s", "s", "W"]) {
      for (const { quantity } of [en, fr]) assert.ok(quantity(value, unit).text.length <= 8, `${value} ${unit}`);
    }
  }
});

test("what is not known keeps its unit, so that nothing jumps when it comes", () => {
  assert.deepEqual(en.quantity(null, "MB"), { text: "–", unit: "MB" });
  assert.deepEqual(fr.quantity(undefined, "rpm"), { text: "–", unit: "tr/min" });
});

test("a duration is its two largest units", () => {
  assert.equal(en.duration(0), "0 s");
  assert.equal(en.duration(59.9), "59 s");
  assert.equal(en.duration(725), "12 min 5 s");
  assert.equal(en.duration(3600), "1 h 0 min");
  assert.equal(fr.duration(3 * 86400 + 4 * 3600 + 5), "3 j 4 h");
  assert.equal(en.duration(-5), "0 s");
  assert.equal(en.duration(null), "–");
});

test("times and dates are of the language", () => {
  const moment = new Date(2026, 0, 31, 14, 3, 22).getTime() / 1000;
  assert.match(fr.time(moment), /14:03:22/);
  assert.match(plain(fr.date(moment)), /31 janv\. 2026.*14:03:22/);
  assert.match(en.date(moment), /2026/);
  assert.match(fr.shortTime(moment), /14:03$/);
  assert.equal(en.time(moment).startsWith(en.shortTime(moment).slice(0, 4)), true);
});
