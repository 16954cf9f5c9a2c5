// Fingers on a chart: one moves along and reads it, two zoom. Up and down still scrolls the page (`touch-action`).
import { pinched } from "./range.js";

/** @import {Grip, Range} from "./range.js" */

/**
 * @typedef {object} Surface
 * @property {() => {left: number, width: number, range: Range}|null} area   where the chart is, in pixels of the
 *   window, and what it shows; null where it shows nothing yet
 * @property {(timestamp: number|null) => void} point     null: nowhere
 * @property {(range: Range, isPassing: boolean) => void} zoom   passing, as long as the fingers are there
 */

// From so many pixels on a finger goes somewhere.
const SLOP = 6;
// Whoever presses a button may want it done to what he points at; and a tap on another chart reads that one.
const SPARED = "button, a, select, input, summary, dialog, .chart-plot";

/** @type {{element: Element, surface: Surface}|null} what was read last: a tap beside it puts its cursor away */
let read = null;

globalThis.document?.addEventListener("click", ({ target }) => {
  if (!read || /** @type {Element} */ (target).closest(SPARED)) return;
  read.surface.point(null);
  read = null;
});

// A page that the browser has magnified is moved by its fingers, from a chart too: there is no other way around in it.
const viewport = globalThis.visualViewport;
// A little above 1, where rounding leaves that.
const isMagnified = () => (viewport?.scale ?? 1) > 1.01;

viewport?.addEventListener("resize", () => {
  document.documentElement.classList.toggle("is-magnified", isMagnified());
});

/**
 * Let fingers read and zoom a chart.
 *
 * @param {HTMLElement} element
 * @param {Surface} surface
 * @returns {() => void} ends it, and what the fingers are doing
 */
export function touch(element, surface) {
  /** What the fingers do; nothing is known of the first one yet, or it scrolls, or all of them are done. */
  let act = /** @type {"read"|"pinch"|"unknown"|"none"} */ ("none");
  let [x, y] = [0, 0]; // where the first finger came down
  /** @type {{range: Range, grip: Grip}|null} */
  let first = null;
  /** @type {Range|null} */
  let zoomed = null;

  // Not `targetTouches`: the lines and the axis are nodes of their own, and a pinch may have a finger on each.
  /** @param {TouchEvent} event */
  function fingersOf({ touches }) {
    return [...touches].filter(({ target }) => element.contains(/** @type {Node} */ (target)));
  }

  /** @param {TouchEvent} event */
  function begin(event) {
    const fingers = fingersOf(event);
    if (fingers.length === 1) {
      act = isMagnified() ? "none" : "unknown";
      [x, y] = [fingers[0].clientX, fingers[0].clientY];
      return;
    }
    settle();
    const area = surface.area();
    act = fingers.length === 2 && area && !isMagnified() ? "pinch" : "none";
    if (act === "pinch" && area) first = { range: area.range, grip: gripOf(fingers, area) };
  }

  /** @param {TouchEvent} event */
  function move(event) {
    const fingers = fingersOf(event);
    const area = surface.area();
    if (!area) return;
    if (act === "unknown") {
      const [across, along] = [Math.abs(fingers[0].clientX - x), Math.abs(fingers[0].clientY - y)];
      if (Math.max(across, along) >= SLOP) act = across > along ? "read" : "none";
    }
    if (act === "pinch" && first && fingers.length === 2) {
      zoomed = pinched(first.range, first.grip, gripOf(fingers, area));
      surface.zoom(zoomed, true);
    } else if (act === "read") {
      const [from, to] = area.range;
      surface.point(from + (to - from) * Math.max(0, Math.min(1, shareOf(fingers[0].clientX, area))));
      read = { element, surface };
    } else {
      return;
    }
    if (event.cancelable) event.preventDefault();
  }

  // The finger that stays after a pinch reads nothing.
  /** @param {TouchEvent} event */
  function end(event) {
    if (act === "pinch" || fingersOf(event).length === 0) act = "none";
    settle();
  }

  function settle() {
    if (zoomed) surface.zoom(zoomed, false);
    zoomed = first = null;
  }

  const ended = new AbortController();
  const { signal } = ended;
  element.addEventListener("touchstart", begin, { passive: true, signal });
  element.addEventListener("touchmove", move, { passive: false, signal });
  element.addEventListener("touchend", end, { signal });
  element.addEventListener("touchcancel", end, { signal });
  return () => {
    ended.abort();
    settle();
    if (read?.element === element) read = null;
  };
}

/** @param {number} x @param {{left: number, width: number}} area */
function shareOf(x, { left, width }) {
  return (x - left) / width;
}

/** @param {Touch[]} fingers @param {{left: number, width: number}} area @returns {Grip} */
function gripOf([one, two], area) {
  return {
    middle: shareOf((one.clientX + two.clientX) / 2, area),
    spread: Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY),
  };
}
