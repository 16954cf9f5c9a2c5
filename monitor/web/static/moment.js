// A moment of the page: the row whose numbers are shown, and the rows of the window around it.
import { rowsOf } from "./rows.js";
/** @import {Store} from "./store.js" */
/** @import {ListItem} from "./fields.js" */

/**
 * @typedef {object} Moment
 * @property {Store} store
 * @property {number} index              the row whose numbers are shown; -1 where there is none
 * @property {[number, number]} range    of the window, in Unix time
 * @property {number} first              first row of the window
 * @property {number} end                the row after its last one
 * @property {boolean} isFollowing       whether another one comes soon and nobody reads this one closely: what is about
 *   the same may wait for it
 */

/**
 * @param {Store} store
 * @param {number} index
 * @param {[number, number]} range
 * @param {boolean} [isFollowing]
 * @returns {Moment}
 */
export function momentOf(store, index, range, isFollowing = false) {
  const [first, end] = rowsOf(store, range);
  return { store, index, range, first, end, isFollowing };
}

/**
 * The elements that a list or table had at the moment, with their values; of a counter, with its rate. Before the first
 * row, those that are known since, without any.
 * @param {Moment} moment
 * @param {ListItem} list
 * @returns {[string, number | null][]}
 */
export function elementsAt({ store, index }, { item, isKeyed }) {
  const { kind, path } = item;
  if (index < 0) return store.elements(path).map((key) => [key, null]);
  if (isNewest(store, index)) {
    const known = entries(inFrame(store.newest, path));
    return kind === "gauge" ? known : known.map(([key]) => [key, store.value(`${path}[${key}]`, index)]);
  }
  const keys = store.elements(path, store.timestamps[index]);
  /** @param {string} key */
  const had = (key) => (store.raw(`${path}[${key}]`)[index] ?? null) !== null;
  // Positions of a list up to its last one: what has no value in between keeps its place.
  const shown = isKeyed ? keys.filter(had) : keys.slice(0, keys.map(had).lastIndexOf(true) + 1);
  return shown.map((key) => [key, store.value(`${path}[${key}]`, index)]);
}

/**
 * How many more elements there were at the moment: the store has no room for all of them. The newest frame has them.
 * @param {Moment} moment
 * @param {ListItem} list
 */
export function omittedAt({ store, index }, { item }) {
  return index < 0 || isNewest(store, index) ? 0 : store.omitted(item.path, index);
}

/** @param {Store} store @param {number} index */
const isNewest = (store, index) => index >= 0 && index === store.length - 1;

/** @param {unknown} value @returns {[string, number | null][]} */
const entries = (value) => (value !== null && typeof value === "object" ? Object.entries(value) : []);

/** @param {unknown} frame @param {string} path */
function inFrame(frame, path) {
  const [section = "", field = ""] = path.split(".");
  return /** @type {Record<string, Record<string, unknown>> | null} */ (frame)?.[section]?.[field] ?? null;
}
