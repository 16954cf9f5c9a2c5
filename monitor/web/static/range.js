// Stretches of time, in seconds: looked at closer and from further away, and kept within what there is.

/** @typedef {[from: number, to: number]} Range Unix time in seconds */
/**
 * Two fingers on a chart.
 *
 * @typedef {object} Grip
 * @property {number} middle   between the two, as a share of the width of the chart
 * @property {number} spread   pixels from one to the other
 */

// Fingers that meet ask for no stretch without end. Pixels.
const LEAST_SPREAD = 16;

/**
 * So many times as long; what is at a moment stays in its place.
 *
 * @param {Readonly<Range>} range
 * @param {number} factor
 * @param {number} at   within the range, or the nearest end counts
 * @returns {Range}
 */
export function scaled([from, to], factor, at) {
  const fixed = Math.max(from, Math.min(to, at));
  return [fixed - (fixed - from) * factor, fixed + (to - fixed) * factor];
}

/**
 * The moment that stays in its place: what people point at; else the newest frame where it is the end, or the middle.
 *
 * @param {Readonly<Range>} range
 * @param {number|null} newest   timestamp of the newest frame
 * @param {number|null} pointed
 */
export function fixedAt([from, to], newest, pointed) {
  return pointed ?? (newest !== null && newest <= to ? to : (from + to) / 2);
}

/**
 * Moved until it is within two ends, and as long as there is room between them.
 *
 * @param {Readonly<Range>} range
 * @param {number} first
 * @param {number} last
 * @returns {Range}
 */
export function within([from, to], first, last) {
  const length = Math.min(to - from, last - first);
  const end = Math.max(first + length, Math.min(last, to));
  return [end - length, end];
}

/**
 * What a chart shows once two fingers have moved: what was between them still is, and as much of it.
 *
 * @param {Readonly<Range>} range   that it showed at first
 * @param {Grip} before
 * @param {Grip} now
 * @returns {Range}
 */
export function pinched([from, to], before, now) {
  const length = (to - from) * Math.max(LEAST_SPREAD, before.spread) / Math.max(LEAST_SPREAD, now.spread);
  const begin = from + before.middle * (to - from) - now.middle * length;
  return [begin, begin + length];
}
