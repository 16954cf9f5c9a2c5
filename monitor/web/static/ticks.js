// The values beside an axis: how far they may be apart, and their texts, all in one unit.
import { number, shortScale, shortTime, time, unitName, unitsOf } from "./i18n.js";

const MINUTE = 60;
const DAY = 86400;
const BYTES = new Set(["B", "MB", "GB", "B/s", "MB/s"]);
const BINARY = Array.from({ length: 71 }, (_, index) => 2 ** (index - 20));
const DECIMAL = Array.from({ length: 25 }, (_, index) => index - 9).flatMap((power) =>
  [1, 2, 5].map((digit) => Number(`${digit}e${power}`)),
);
const PERCENT = [1, 2, 5, 10, 25, 50, 100, 200, 500, 1000];
/** Steps of time that have a name or are a round part of one. */
export const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, DAY];
const DURATIONS = [
  ...DECIMAL.filter((step) => step < 1), ...SECONDS,
  ...DECIMAL.filter((days) => days > 1).map((days) => days * DAY),
];
/** @type {Record<string, number[]>} */
const OF_UNIT = { percent: PERCENT, s: DURATIONS, ms: DURATIONS.map((step) => Number((step * 1000).toPrecision(12))) };

// Digits after the point that are still read at a glance; where the unit leaves more, the next smaller one is taken.
const FEW_DIGITS = 3;
const MOST_DIGITS = 12;
// What a character of a time takes, with the room between two of them. CSS pixels.
const CHARACTER = 9;
// A text is off by no more than this part of the way to the next one, so that no two are the same.
const ROUGH = 1e-3;

/**
 * How far apart the values beside an axis may be, ascending.
 *
 * @param {string} unit one of the API's
 * @returns {number[]}
 */
export function increments(unit) {
  return OF_UNIT[unit] ?? (BYTES.has(unit) ? BINARY : DECIMAL);
}

/**
 * The texts of such values, in the one unit that suits the largest: 0.5 MB/s and 1 MB/s, not 512 KB/s and 1 MB/s.
 *
 * @param {readonly number[]} values
 * @param {string} unit one of the API's
 * @returns {string[]}
 */
export function tickTexts(values, unit) {
  const largest = Math.max(0, ...values.map(Math.abs));
  const step = stepOf(values);
  const units = unitsOf(unit);
  let place = units.length - 1;
  while (place > 0 && largest < units[place][1]) place -= 1;
  while (place > 0 && digitsOf(values, step, units[place][1]) > FEW_DIGITS) place -= 1;
  const [name, size] = units[place];
  let [power, suffix] = shortScale(largest / size);
  // 1,000,005 s and not 1.000005M s.
  if (digitsOf(values, step, size * power) > FEW_DIGITS) [power, suffix] = [1, ""];
  const digits = digitsOf(values, step, size * power);
  const after = unitName(name);
  return values.map((value) => {
    if (value === 0) return "0";
    const text = number(value / size / power, digits, 0) + suffix;
    return after === "" ? text : `${text} ${after}`;
  });
}

/**
 * The least difference between two of these values, or one and zero; Infinity where there is none.
 *
 * @param {readonly number[]} values
 */
function stepOf(values) {
  const sorted = [0, ...values].sort((one, other) => one - other);
  return Math.min(...sorted.slice(1).map((value, place) => value - sorted[place]).filter((gap) => gap > 0));
}

/**
 * Digits after the point that it takes to write these values in a unit.
 *
 * @param {readonly number[]} values
 * @param {number} step  between two of them
 * @param {number} size  of the unit
 */
function digitsOf(values, step, size) {
  let digits = 0;
  const isCut = () => values.some((value) => {
    const shifted = value / size * 10 ** digits;
    return Math.abs(shifted - Math.round(shifted)) > ROUGH * step / size * 10 ** digits;
  });
  while (digits < MOST_DIGITS && isCut()) digits += 1;
  return digits;
}

/**
 * Times on an axis: with seconds where they are closer than a minute.
 *
 * @param {readonly number[]} times   Unix time
 * @param {number} increment   seconds from one to the next
 */
export const timeTexts = (times, increment) => times.map((each) => (increment < MINUTE ? time(each) : shortTime(each)));

/**
 * Pixels from one time on an axis to the next, at least: those without seconds are shorter.
 *
 * @param {number} scale   seconds that a pixel has
 */
export function timeRoom(scale) {
  const short = shortTime(0).length * CHARACTER;
  return short * scale >= MINUTE ? short : time(0).length * CHARACTER;
}
