// The grid of panels: rows without a hole, in the order of the document, however wide and high its panels have to be.

/** A size in columns and rows. @typedef {readonly [width: number, height: number]} Size */

/**
 * Where a panel stands: counted from 1, as CSS does.
 *
 * @typedef {object} Place
 * @property {number} row
 * @property {number} column
 * @property {number} width   columns
 * @property {number} height  rows
 */

/**
 * Panels so far, and which columns they take of the row that is being filled, and of the next: a bit for each.
 *
 * @typedef {object} Part
 * @property {number} row
 * @property {number} taken
 * @property {number} takenBelow
 * @property {number} cost
 * @property {Place} [place]   of its last panel
 * @property {Part} [before]
 */

const HIGHEST = 2;
// What a column or a row costs that a panel does not need; the earlier it stands, the more, so that the first stay put.
const WIDER = 1;
const HIGHER = 1.5;
// The last panel is of a few lines of text, and grows only where it begins a row.
const LAST_WIDER = 1.5;
const LAST_HIGHER = 3;

/**
 * Give each panel a place. None is smaller than it has to be, and as few as can be are larger. Each begins at the first
 * place that is free, left to right and down, which is why it is the tab order too.
 *
 * @param {readonly Size[]} sizes  that they have at least, in their order; what is wider than the grid is as wide as it
 * @param {number} columns
 * @returns {Place[]}
 */
export function arrange(sizes, columns) {
  const full = 2 ** columns - 1;
  /** @type {Part[]} */
  let parts = [{ row: 1, taken: 0, takenBelow: 0, cost: 0 }];
  for (const [index, size] of sizes.entries()) {
    /** The cheapest of those that go on alike. @type {Map<number, Part>} */
    const cheapest = new Map();
    for (const before of parts) {
      for (const part of continued(before, size, columns, sizes.length - 1 - index)) {
        const key = part.taken * (full + 1) + part.takenBelow;
        if (part.cost < (cheapest.get(key)?.cost ?? Infinity)) cheapest.set(key, part);
      }
    }
    parts = [...cheapest.values()];
  }
  /** @type {Place[]} */
  const places = [];
  // Each on rows of its own is always possible, so that there is one that ends with a full row.
  for (let part = parts.find(({ taken }) => taken === 0); part?.place; part = part.before) places.unshift(part.place);
  return places;
}

/**
 * All ways to put one more panel.
 *
 * @param {Part} before
 * @param {Size} least
 * @param {number} columns
 * @param {number} after    how many panels come after it
 * @returns {Generator<Part>}
 */
function* continued(before, least, columns, after) {
  const full = 2 ** columns - 1;
  let start = 0;
  while (before.taken & (1 << start)) start += 1;
  const [leastWidth, leastHeight] = [Math.min(least[0], columns), least[1]];
  for (let width = 1; start + width <= columns; width += 1) {
    if (before.taken & (1 << (start + width - 1))) return;
    if (width < leastWidth) continue;
    const columnsTaken = (2 ** width - 1) << start;
    for (let height = leastHeight; height <= HIGHEST; height += 1) {
      let { row } = before;
      let taken = before.taken | columnsTaken;
      let takenBelow = before.takenBelow | (height > 1 ? columnsTaken : 0);
      for (; taken === full; row += 1) [taken, takenBelow] = [takenBelow, 0];
      const place = { row: before.row, column: start + 1, width, height };
      const cost = before.cost + priceOf(width - leastWidth, height - leastHeight, start, after);
      yield { row, taken, takenBelow, cost, place, before };
    }
  }
}

/**
 * @param {number} wider
 * @param {number} higher
 * @param {number} start
 * @param {number} after
 */
function priceOf(wider, higher, start, after) {
  if (after > 0) return after * (wider * WIDER + higher * HIGHER);
  return (start > 0 ? wider * LAST_WIDER : 0) + higher * LAST_HIGHER;
}
