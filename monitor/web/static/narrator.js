// What charts say to those who do not see them: a summary as the label, and aloud what keys and fingers bring up.
import { t, time } from "./i18n.js";
import { figuresOf, rowsOf } from "./rows.js";

/** @import {Range} from "./range.js" */
/** @import {Store} from "./store.js" */

/**
 * @typedef {object} Subject
 * @property {string} label    what the chart shows
 * @property {readonly {label: string, path: string}[]} series   the paths are of columns of the store
 * @property {(value: number|null) => string} format  a value as people read it, with its unit
 */

// Screen readers are told anew when the chart gets the focus; else it is enough now and then. Milliseconds.
const SUMMARY_EVERY = 15_000;
const KEYS_REST = 400;

/** The one voice of a page. */
class Voice {
  /** @type {HTMLElement|null} */
  #element = null;
  #speaking = 0;

  /**
   * Tell screen readers, once the keys rest.
   *
   * @param {string} text
   */
  say(text) {
    const element = this.#element ??= this.#made();
    clearTimeout(this.#speaking);
    this.#speaking = setTimeout(() => { element.textContent = text; }, KEYS_REST);
  }

  #made() {
    const element = document.createElement("div");
    element.className = "chart-voice";
    element.setAttribute("role", "status");
    document.body.append(element);
    return element;
  }
}

const voice = new Voice();

/** What one chart says. */
export class Narrator {
  #host;
  #subject;
  /** When it was described last, in milliseconds. */
  #described = -Infinity;
  /** Seconds that it showed last. */
  #length = 0;

  /**
   * @param {HTMLElement} host   gets the label and the focus
   * @param {Subject} subject
   */
  constructor(host, subject) {
    this.#host = host;
    this.#subject = subject;
  }

  /**
   * A stretch of the store is shown now. Time that goes on is worth a word now and then; another stretch of it is told
   * at once, aloud where the focus is.
   *
   * @param {Store} store
   * @param {Range} range
   * @param {boolean} isFollowing   time goes on
   */
  follow(store, range, isFollowing) {
    const length = range[1] - range[0];
    const hasFocus = document.activeElement === this.#host;
    const isAnother = Math.abs(length - this.#length) > 1;
    this.#length = length;
    const isDue = !isFollowing || isAnother || performance.now() - this.#described > SUMMARY_EVERY;
    if (isAnother && hasFocus) voice.say(stretchOf(range, this.#subject));
    if (hasFocus ? isAnother : isDue) this.describe(store, range);
  }

  /**
   * Label the chart with what there is to see.
   *
   * @param {Store} store
   * @param {Range} range
   */
  describe(store, range) {
    this.#described = performance.now();
    this.#host.setAttribute("aria-label", summaryOf(store, range, this.#subject));
  }

  /**
   * Say the values of a row.
   *
   * @param {Store} store
   * @param {number} row
   */
  read(store, row) {
    voice.say(readingOf(store, row, this.#subject));
  }
}

/**
 * A chart in a sentence.
 *
 * @param {Store} store
 * @param {Range} range
 * @param {Subject} subject
 * @returns {string}
 */
export function summaryOf(store, range, subject) {
  const { label, series, format } = subject;
  const [first, end] = rowsOf(store, range);
  const told = series.flatMap(({ label: name, path }) => {
    const figures = figuresOf(store.column(path), first, end);
    if (figures === null) return [];
    const texts = {
      newest: format(figures.newest), least: format(figures.least), most: format(figures.most),
      mean: format(figures.mean),
    };
    const text = t("last {newest}, lowest {least}, highest {most}, mean {mean}", texts);
    return [series.length === 1 ? text : `${name}: ${text}`];
  });
  if (told.length === 0) return t("{label}: no data for this time.", { label });
  return `${stretchOf(range, subject)}: ${told.join("; ")}.`;
}

/**
 * The values of a row, by name where there are several.
 *
 * @param {Store} store
 * @param {number} row
 * @param {Subject} subject
 * @returns {string}
 */
export function readingOf(store, row, { series, format }) {
  const values = series.map(({ label, path }) =>
    (series.length > 1 ? `${label} ` : "") + format(store.value(path, row)));
  return `${time(store.timestamps[row])}: ${values.join(", ")}`;
}

/** @param {Range} range @param {Subject} subject */
function stretchOf([from, to], { label }) {
  return t("{label}, {from} to {to}", { label, from: time(from), to: time(to) });
}
