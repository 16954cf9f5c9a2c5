// A tiny line of one column, without axes. SVG, not canvas: it follows the theme, forced colours and print by itself.
import { phases, stepOf } from "./steps.js";
/** @import {Values} from "./column.js" */
/** @import {Moment} from "./moment.js" */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 100;
const HEIGHT = 24;
/** Points of a line at most: rows closer than that are one point, their mean. */
const POINTS = 50;
/** A mean of equal numbers is not always that number: what differs by less of it is the same. */
const SAME = 1e-9;
/** What the height stands for at least, as a share of the values: what nobody reads in the number is no cliff. */
const LEAST_SPAN = 0.01;

/**
 * The line as SVG has it; "" where fewer than two values stand side by side or nothing varies.
 * @param {Values} column
 * @param {number[]} timestamps
 * @param {Pick<Moment, "range" | "first" | "end">} moment
 * @param {[number, number] | null} bounds   of the values; null for those they have
 */
export function pathOf(column, timestamps, { range: [from, to], first, end }, bounds = null) {
  const points = pointsOf(column, timestamps, from, to - from || 1, first, end);
  let low = bounds?.[0] ?? Infinity;
  let high = bounds?.[1] ?? -Infinity;
  for (const point of points) {
    if (point === null) continue;
    low = Math.min(low, point.value);
    high = Math.max(high, point.value);
  }
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (!(high - low > SAME * size)) return "";
  const missing = LEAST_SPAN * size - (high - low);
  if (missing > 0) low -= missing / 2;
  const scale = (HEIGHT - 2) / (high - low + Math.max(0, missing / 2));
  let path = "";
  let isBroken = true;
  let isLine = false;
  for (const point of points) {
    if (point !== null) {
      path += `${isBroken ? "M" : "L"}${point.x.toFixed(1)} ${(HEIGHT - 1 - (point.value - low) * scale).toFixed(1)}`;
      isLine ||= !isBroken;
    }
    isBroken = point === null;
  }
  return isLine ? path : "";
}

/** What lies under a line, down to the ground. @param {string} line   as `pathOf` has it */
export const areaOf = (line) => line.replace(/M([\d.]+)[^M]*/g, (part, x) => `${part}V${HEIGHT}H${x}Z`);

/**
 * @param {Values} column @param {number[]} timestamps @param {number} from @param {number} length
 * @param {number} first @param {number} end
 * @returns {({x: number, value: number} | null)[]}   null where the line breaks
 */
function pointsOf(column, timestamps, from, length, first, end) {
  /** @type {({x: number, value: number} | null)[]} */
  const points = [];
  let place = -1;
  let sum = 0;
  let count = 0;
  const finish = () => {
    if (count) points.push({ x: ((place + 0.5) * WIDTH) / POINTS, value: sum / count });
    sum = count = 0;
  };
  for (let row = first; row < end; row += 1) {
    const value = column[row];
    if (value === null || value === undefined) {
      finish();
      points.push(null);
      continue;
    }
    const here = Math.min(POINTS - 1, Math.floor(((timestamps[row] - from) / length) * POINTS));
    if (here !== place) finish();
    place = here;
    sum += value;
    count += 1;
  }
  finish();
  return points;
}

const nextPhase = phases();

/** The element; `draw` changes nothing where the line is the same, about. */
export class Sparkline {
  #phase = nextPhase();
  #asked = "";
  #path = document.createElementNS(SVG, "path");
  #drawn = "";

  constructor() {
    this.element = document.createElementNS(SVG, "svg");
    this.element.setAttribute("class", "sparkline");
    this.element.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.setAttribute("aria-hidden", "true"); // the numbers are beside it
    this.element.append(this.#path);
  }

  /** @param {Moment} moment @param {string} path @param {[number, number] | null} [bounds] */
  draw(moment, path, bounds = null) {
    const { store: { revision }, range: [from, to] } = moment;
    const step = moment.isFollowing ? stepOf(to, (to - from) / WIDTH, this.#phase) : `${to} ${moment.end}`;
    const asked = `${path} ${to - from} ${step} ${revision}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    const line = pathOf(moment.store.column(path), moment.store.timestamps, moment, bounds);
    if (line === this.#drawn) return;
    this.#drawn = line;
    this.#path.setAttribute("d", line);
  }
}
