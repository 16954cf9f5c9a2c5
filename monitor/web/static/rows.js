// Rows of the store: those of a stretch of time, and what the values of a column come to in them.
/** @import {Store} from "./store.js" */

/**
 * The rows within a range, its ends included.
 * @param {Store} store
 * @param {readonly [number, number]} range   Unix time
 * @returns {[first: number, end: number]}    the first row, and the row after the last one
 */
export function rowsOf(store, [from, to]) {
  const before = store.at(from);
  const first = before >= 0 && store.timestamps[before] === from ? before : before + 1;
  return [first, Math.max(first, store.at(to) + 1)];
}

/**
 * What is known of a column in some rows; null where nothing is.
 * @param {readonly (number | null)[]} column
 * @param {number} first
 * @param {number} end   the row after the last one
 * @returns {{newest: number, least: number, most: number, mean: number} | null}
 */
export function figuresOf(column, first, end) {
  let [newest, least, most, sum, count] = [NaN, Infinity, -Infinity, 0, 0];
  for (let row = first; row < end; row += 1) {
    const value = column[row];
    if (value === null || value === undefined) continue;
    newest = value;
    if (value < least) least = value;
    if (value > most) most = value;
    sum += value;
    count += 1;
  }
  return count ? { newest, least, most, mean: sum / count } : null;
}
