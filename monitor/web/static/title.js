// The title of the tab: how busy the machine is, which is all that is seen of it behind other tabs.
import { wholePercent } from "./amount.js";
import { stepOf } from "./steps.js";

/** Seconds between two titles while time goes on: the whole browser takes part in a change of it. */
const EVERY = 3;

const usual = document.title;
let shown = NaN; // the step of the title

/**
 * @param {number|null} cpu    percent; null where that is not known
 * @param {number} time        of that number, in Unix time
 * @param {boolean} isFollowing  see Moment
 */
export function showTitle(cpu, time, isFollowing) {
  const step = isFollowing ? stepOf(time, EVERY, 0) : time;
  if (cpu !== null && step === shown) return;
  shown = cpu === null ? NaN : step;
  document.title = cpu === null ? usual : `${wholePercent(cpu)} CPU · ${usual}`;
}
