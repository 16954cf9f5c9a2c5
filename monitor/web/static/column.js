// One number of the last minutes, or one element of a list or table: a value for each row.
import { Rate } from "./rate.js";

/** @typedef {(number|null)[]} Values as long as there are rows, null where nothing is known */

export class Column {
  /** What the frames have. @type {Values} */
  raw;
  /** The same array, or of a counter its rate. @type {Values} */
  values;
  /** When a frame last had it. */
  seen;
  /** @type {Rate|null} */
  #rate = null;

  /**
   * @param {Values} past           of the rows so far: the column's own from now on
   * @param {number} time           of the frame that has it first
   * @param {number|null} [interval]  of a counter: seconds between two samples of its probe
   */
  constructor(past, time, interval = null) {
    this.raw = this.values = past;
    this.seen = time;
    if (interval !== null) {
      this.values = past.slice();
      this.#rate = new Rate(interval);
    }
  }

  /** How many arrays it takes. */
  get arrays() {
    return this.#rate === null ? 1 : 2;
  }

  /**
   * Add the value of a row. What a stale probe repeats is no sample: its counters have no rate.
   *
   * @param {unknown} value
   * @param {number} time
   * @param {number} gap   seconds since the row before
   * @param {boolean} isStale
   */
  push(value, time, gap, isStale) {
    const number = typeof value === "number" && Number.isFinite(value) ? value : null;
    this.seen = time;
    this.raw.push(number);
    if (this.#rate !== null) this.values.push(number === null || isStale ? null : this.#rate.next(time, number, gap));
  }

  /** Add a row in which nothing is known of it. */
  skip() {
    this.raw.push(null);
    if (this.#rate !== null) this.values.push(null);
  }

  /**
   * Drop the rows from that one on: the clock was set.
   *
   * @param {number} rows those that stay
   * @param {number} time of the last that stays
   */
  rewind(rows, time) {
    this.raw.length = this.values.length = rows;
    this.#rate?.reset();
    this.seen = Math.min(this.seen, time);
  }

  /**
   * Drop the oldest rows.
   *
   * @param {number} rows how many
   */
  forget(rows) {
    this.raw.splice(0, rows);
    if (this.#rate !== null) this.values.splice(0, rows);
  }

  /**
   * Be a counter, or none, and have been so from the first row on.
   *
   * @param {number|null} interval of a counter: seconds between two samples of its probe
   * @param {readonly number[]} timestamps of the rows
   * @param {(row: number) => boolean} isStale
   */
  redeclare(interval, timestamps, isStale) {
    this.values = this.raw;
    this.#rate = null;
    if (interval === null) return;
    const rate = this.#rate = new Rate(interval);
    this.values = this.raw.map((value, row) => {
      if (value === null || isStale(row)) return null;
      const time = timestamps[row];
      return rate.next(time, value, row > 0 ? time - timestamps[row - 1] : 0);
    });
  }
}
