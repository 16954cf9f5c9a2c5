// What is shown: which stretch of time, live or paused, at what pace, and what of the page. An address holds all of it.
import { fixedAt, scaled, within } from "./range.js";

/** @import {Range} from "./range.js" */

/** Seconds that the charts can show. */
export const WINDOWS = Object.freeze([60, 300, 900]);

const DEFAULT_WINDOW = 300;
// Nothing is kept for longer: nobody steps back further, and sees at least one step of it there.
export const KEPT = 900;
const STEP = 0.1;
// A closer look shows no more: frames are no closer than this.
const LEAST_ZOOM = 0.1;
// Where one comes closer by halves, it ends with so many frames: fewer are no chart.
const LEAST_FRAMES = 3;
const LONGEST_INTERVAL = 3600;
// What we write ourselves, and the language: a cookie keeps it, and whoever is sent an address reads it in his own.
const KEYS = new Set(["window", "at", "from", "to", "interval", "kiosk", "focus", "lang"]);
const NUMBER = /^\d{1,12}(\.\d{1,6})?$/;
const PROBE = /^[a-z][a-z0-9_]{0,63}$/;

/**
 * @typedef {object} State
 * @property {number} window
 * @property {number|null} end
 * @property {Range|null} zoom
 * @property {boolean} isPassing
 * @property {number|null} interval
 * @property {boolean} kiosk
 * @property {string|null} focus
 */

/** @type {Readonly<State>} */
const DEFAULTS = Object.freeze({
  window: DEFAULT_WINDOW, end: null, zoom: null, isPassing: false, interval: null, kiosk: false, focus: null,
});

/** Has an event "change" after each change. */
export class View extends EventTarget {
  /** @type {State} */
  #state;
  /** The newest timestamp that we were told of. @type {number|null} */
  #newest = null;
  #pace;
  /** How long the closer look was before it was changed last, seconds; 0 where there was none. */
  #before = 0;

  /**
   * @param {string} search  the query of an address; what makes no sense in it is ignored
   * @param {number} [pace]  the server's own: seconds between two frames
   */
  constructor(search = "", pace = 1) {
    super();
    this.#pace = pace;
    this.#state = parsed(search);
  }

  /** Seconds that are shown: one of `WINDOWS`. */
  get window() {
    return this.#state.window;
  }

  /** Where the window ends; null is live. */
  get end() {
    return this.#state.end;
  }

  /** A closer look at a stretch. */
  get zoom() {
    return this.#state.zoom;
  }

  /** Whether the closer look is of this moment alone: fingers are still at it, and no address is worth it. */
  get isPassing() {
    return this.#state.isPassing;
  }

  /** Whether half of what is shown would be too few frames to look at. */
  get isClosest() {
    const length = this.zoom === null ? this.window : lengthOf(this.zoom);
    return length / 2 < Math.max(LEAST_ZOOM, LEAST_FRAMES * (this.interval ?? this.#pace));
  }

  /** Seconds between two frames; null is the server's own pace. */
  get interval() {
    return this.#state.interval;
  }

  get kiosk() {
    return this.#state.kiosk;
  }

  /** The name of the probe that is shown alone. */
  get focus() {
    return this.#state.focus;
  }

  /** Whether what is shown goes on with each frame. */
  get isLive() {
    return this.end === null && this.zoom === null;
  }

  /**
   * The stretch of time to show.
   *
   * @param {number|null} newest timestamp of the newest frame, null before the first
   * @returns {Range}
   */
  range(newest) {
    this.#newest = newest;
    if (this.zoom !== null) return this.zoom;
    const end = this.end ?? newest ?? this.window;
    return [end - this.window, end];
  }

  /**
   * Stand still. A closer look stays where it is.
   *
   * @param {number} at timestamp where the window ends
   */
  pause(at) {
    if (Number.isFinite(at) && at > 0) this.#change({ end: rounded(at) });
  }

  /** Go on with the newest frame, without a closer look. */
  live() {
    this.#change({ end: null, zoom: null });
  }

  /**
   * Move by a tenth of what is shown, and stand still there; past the newest frame is live again.
   *
   * @param {number} sign -1 is back, 1 is forward
   */
  step(sign) {
    const { zoom, end, window } = this.#state;
    const newest = this.#newest ?? zoom?.[1] ?? end;
    if (newest === null) return;
    if (zoom !== null) {
      const length = zoom[1] - zoom[0];
      const to = clamped(zoom[1] + sign * STEP * length, newest - KEPT + length, newest);
      this.#change({ zoom: [rounded(to - length), rounded(to)] });
      return;
    }
    const to = (end ?? newest) + sign * STEP * window;
    if (to >= newest && sign > 0) this.#change({ end: null });
    else this.#change({ end: rounded(clamped(to, newest - KEPT + STEP * window, newest)) });
  }

  /**
   * Show so much, without a closer look.
   *
   * @param {number} seconds one of `WINDOWS`
   */
  setWindow(seconds) {
    if (WINDOWS.includes(seconds)) this.#change({ window: seconds, zoom: null });
  }

  /**
   * Look closer at a stretch. It is moved to where something is known: nothing is of the future, and what is older than
   * what is kept is gone. One that is as long as all that is shown without it is none; but an address may ask for a
   * longer one, and that goes on as long as it gets no longer.
   *
   * @param {readonly [number, number]|null} range in either order; null shows everything again
   * @param {boolean} [isPassing] another one follows at once: two fingers are still moving
   */
  setZoom(range, isPassing = false) {
    if (range === null) {
      this.#change({ zoom: null, isPassing });
      return;
    }
    // While fingers move, what counts is what they found.
    if (!this.isPassing) this.#before = this.zoom === null ? 0 : lengthOf(this.zoom);
    const zoom = zoomed(range[0], range[1]);
    this.#change(zoom === null ? { isPassing } : { zoom: this.#held(zoom), isPassing });
  }

  /**
   * Look closer, until that is close enough, or from further away.
   *
   * @param {number} factor      how many times as long
   * @param {number|null} [at]   what stays in its place: what people point at
   */
  scale(factor, at = null) {
    if (factor < 1 && this.isClosest) return;
    const range = this.range(this.#newest);
    this.setZoom(scaled(range, factor, fixedAt(range, this.#newest, at)));
  }

  /** @param {number|null} seconds between two frames; null is the server's own pace */
  setInterval(seconds) {
    if (seconds === null || isInterval(seconds)) this.#change({ interval: seconds });
  }

  /** @param {boolean} isOn */
  setKiosk(isOn) {
    this.#change({ kiosk: isOn });
  }

  /** @param {string|null} probe its name, null shows all */
  setFocus(probe) {
    if (probe === null || PROBE.test(probe)) this.#change({ focus: probe });
  }

  /**
   * Take in another address: someone went back or forward.
   *
   * @param {string} search
   */
  read(search) {
    this.#change(parsed(search));
  }

  /**
   * The query for this view, with its question mark; empty where all is as it comes.
   *
   * @param {string} [besides] a query: what is not ours in it stays
   */
  search(besides = "") {
    const { window, end, zoom, interval, kiosk, focus } = this.#state;
    const query = new URLSearchParams();
    if (window !== DEFAULTS.window) query.set("window", String(window));
    if (end !== null) query.set("at", String(end));
    if (zoom !== null) {
      query.set("from", String(zoom[0]));
      query.set("to", String(zoom[1]));
    }
    if (interval !== null) query.set("interval", String(interval));
    if (kiosk) query.set("kiosk", "1");
    if (focus !== null) query.set("focus", focus);
    for (const [key, value] of new URLSearchParams(besides)) {
      if (!KEYS.has(key)) query.append(key, value);
    }
    const text = query.toString();
    return text === "" ? "" : `?${text}`;
  }

  /** @param {Range} zoom @returns {Range|null} */
  #held(zoom) {
    const length = lengthOf(zoom);
    if (length >= this.window && length > this.#before) return null;
    const newest = this.#newest;
    const [from, to] = newest === null ? zoom : within(zoom, newest - KEPT, newest);
    return [rounded(from), rounded(to)];
  }

  /** @param {Partial<State>} change */
  #change(change) {
    const before = JSON.stringify(this.#state);
    Object.assign(this.#state, change);
    if (JSON.stringify(this.#state) !== before) this.dispatchEvent(new Event("change"));
  }
}

/**
 * @param {string} search
 * @returns {State}
 */
function parsed(search) {
  const query = new URLSearchParams(search);
  const window = number(query, "window");
  const at = number(query, "at");
  const from = number(query, "from");
  const to = number(query, "to");
  const interval = number(query, "interval");
  const focus = query.get("focus");
  return {
    window: window !== null && WINDOWS.includes(window) ? window : DEFAULTS.window,
    end: at !== null && at > 0 ? at : DEFAULTS.end,
    zoom: from !== null && to !== null && from < to ? zoomed(from, to) : DEFAULTS.zoom,
    isPassing: DEFAULTS.isPassing,
    interval: interval !== null && isInterval(interval) ? interval : DEFAULTS.interval,
    kiosk: ["", "1", "true", "yes", "on"].includes(query.get("kiosk")?.toLowerCase() ?? "off"),
    focus: focus !== null && PROBE.test(focus) ? focus : DEFAULTS.focus,
  };
}

/**
 * @param {URLSearchParams} query
 * @param {string} key
 */
function number(query, key) {
  const text = query.get(key);
  return text !== null && NUMBER.test(text) ? Number(text) : null;
}

/**
 * @param {number} from
 * @param {number} to
 * @returns {Range|null}
 */
function zoomed(from, to) {
  const range = /** @type {Range} */ ([rounded(Math.min(from, to)), rounded(Math.max(from, to))]);
  return range[0] >= 0 && Number.isFinite(range[1]) && range[1] - range[0] >= LEAST_ZOOM ? range : null;
}

/** @param {number} seconds */
function isInterval(seconds) {
  return seconds > 0 && seconds <= LONGEST_INTERVAL;
}

/** @param {Range} range */
function lengthOf([from, to]) {
  return rounded(to - from);
}

/** @param {number} timestamp */
function rounded(timestamp) {
  return Math.round(timestamp * 1000) / 1000;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamped(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
