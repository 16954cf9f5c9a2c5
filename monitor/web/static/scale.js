// The scale of a chart's values: where it begins and ends, and how wide the axis beside it is.
import { increments } from "./ticks.js";
import uPlot from "./vendor/uplot.js";

/** @import {Range} from "./range.js" */

/** Units of which zero is no natural end: a temperature is not drawn from the ground up. */
const FLOATING = new Set(["celsius", "V", "Hz", "MHz", "rpm", "s"]);
const FEW_TICKS = 4;
// The widths of all y axes are multiples of this, so that most plots begin at the same x. CSS pixels.
const AXIS_STEP = 8;
const AXIS_LEAST = 56;
// Between a label and the plot, and at its other end.
const AXIS_ROOM = 10;

/**
 * The ends of a scale that holds these values. One with bounds has these as its ends, as long as all values are within
 * them.
 *
 * @param {number|null} low
 * @param {number|null} high  null where there are no values
 * @param {string} unit       one of the API's
 * @param {Range|null} bounds
 * @returns {Range}
 */
export function ends(low, high, unit, bounds) {
  if (bounds === null) {
    return low === null || high === null ? [0, 1] : spanned(low, high, increments(unit), FLOATING.has(unit));
  }
  const [from, to] = bounds;
  if (low === null || high === null || (low >= from && high <= to)) return [from, to];
  return spanned(Math.min(low, from), Math.max(high, to), increments(unit), false);
}

/**
 * Whole steps, from zero where that is a natural end.
 *
 * @param {number} low
 * @param {number} high
 * @param {readonly number[]} steps   ascending
 * @param {boolean} isFloating
 * @returns {Range}
 */
function spanned(low, high, steps, isFloating) {
  const isFromZero = !isFloating && low >= 0;
  const bottom = isFromZero ? 0 : low;
  const span = high - bottom || Math.abs(high) * 0.1 || 1;
  const step = steps.find((each) => each * FEW_TICKS >= span) ?? steps[steps.length - 1];
  const to = Math.ceil((high + span * 0.05) / step) * step;
  if (isFromZero) return [0, to];
  const from = Math.floor((low - span * 0.05) / step) * step;
  return [low >= 0 ? Math.max(0, from) : from, to];
}

/**
 * The width of one axis, in CSS pixels, as uPlot asks for it: enough for all its labels so far, so that the plot does
 * not move to and fro.
 *
 * @returns {(self: uPlot, labels: readonly string[]|null) => number}
 */
export function axisWidth() {
  let width = AXIS_LEAST;
  let measured = "";
  return (self, labels) => {
    const text = labels?.join() ?? "";
    if (labels === null || labels.length === 0 || text === measured) return width;
    measured = text;
    self.ctx.font = String(/** @type {any} */ (self.axes[1].font)[0]);
    const widest = Math.max(...labels.map((label) => self.ctx.measureText(label ?? "").width)) / uPlot.pxRatio;
    width = Math.max(width, Math.ceil((widest + AXIS_ROOM) / AXIS_STEP) * AXIS_STEP);
    return width;
  };
}
