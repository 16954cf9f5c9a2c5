// The values beside an axis: how far they may be apart, and their texts, all in one unit.
import { number, shortScale, unitName, unitsOf } from "./i18n.js";

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
const MOST_DIGITS = 9;
// What arithmetic leaves of a number that is none.
const ROUGH = 1e-9;

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
  const units = unitsOf(unit);
  let place = units.length - 1;
  while (place > 0 && largest < units[place][1]) place -= 1;
  while (place > 0 && digitsOf(values, units[place][1]) > FEW_DIGITS) place -= 1;
  const [name, size] = units[place];
  const [power, suffix] = shortScale(largest / size);
  const least = Math.min(...values.filter((value) => value !== 0).map(Math.abs)) / size / power;
  const digits = Math.min(digitsOf(values, size * power), Math.max(FEW_DIGITS, 2 - Math.floor(Math.log10(least))));
  const after = unitName(name);
  return values.map((value) => {
    if (value === 0) return "0";
    const text = number(value / size / power, digits, 0) + suffix;
    return after === "" ? text : `${text} ${after}`;
  });
}

/**
 * Digits after the point that these values have in a unit.
 *
 * @param {readonly number[]} values
 * @param {number} size of the unit
 */
function digitsOf(values, size) {
  let digits = 0;
  const isCut = () => values.some((value) => {
    const shifted = value / size * 10 ** digits;
    return Math.abs(shifted - Math.round(shifted)) > ROUGH * Math.max(1, Math.abs(shifted));
  });
  while (digits < MOST_DIGITS && isCut()) digits += 1;
  return digits;
}
