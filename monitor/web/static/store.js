// The last minutes as columns: frames go in, and an array for each number comes out, for charts, tables and exports.
import { Columns } from "./columns.js";

/** @import {Values} from "./column.js" */
/** @import {Shape} from "./columns.js" */
/** @import {Frame, PartOfFrame, Probe} from "./monitor.d.ts" */

// Old rows leave together, an eighth of all at a time and so many at least, because each time every column is moved.
const BLOCK = 60;
// A gap of more paces than this is a hole, and a line does not cross it.
const HOLE = 2.5;
// The pace is the median of so many gaps: one hole is no pace.
const GAPS = 3;
// So many frames that go on from an earlier time, and are none that we have: the server's clock was set back.
const PROOF = 3;

/** The last minutes. Knows no page: it is filled by frames alone, those of the back-fill first. */
export class Store {
  /** Seconds between two frames as they were asked for; null is found out. Asking for a slower pace makes no holes. */
  pace = /** @type {number|null} */ (null);
  /** @type {Frame|PartOfFrame|null} */
  newest = null;
  /** Changes when rows that were there before have changed or moved. */
  revision = 0;

  #seconds;
  /** @type {number[]} */
  #timestamps = [];
  /** What was stale in each row; undefined is a hole. @type {(Readonly<Record<string, number>>|undefined)[]} */
  #stale = [];
  #columns = new Columns();
  /** @type {number[]} the last gaps between frames */
  #gaps = [];
  /** Frames in a row that go on from an earlier time, and the newest of them. */
  #doubts = 0;
  #doubted = 0;

  /** @param {number} seconds how long rows are kept */
  constructor(seconds = 900) {
    this.#seconds = seconds;
  }

  /**
   * Take in what fields are; it may come after their first frames.
   *
   * @param {readonly Pick<Probe, "name"|"interval"|"fields">[]} probes of GET /api/probes
   */
  declare(probes) {
    this.#columns.declare(probes, this.#timestamps, (row, name) => Object.hasOwn(this.staleAt(row), name));
    this.revision += 1;
  }

  /**
   * Add a row. A frame that is not newer than the newest is ignored, until it is clear that the clock was set back;
   * then the rows that lie in the future go.
   *
   * @param {Frame|PartOfFrame} frame
   * @returns {boolean} whether it was taken
   */
  add(frame) {
    const time = frame.timestamp;
    if (!Number.isFinite(time) || !this.#follows(time)) return false;
    const before = this.#timestamps.at(-1);
    if (before !== undefined) {
      const pace = this.#expected();
      const gap = time - before;
      if (pace !== null && gap > HOLE * pace) this.#row(before + pace, null);
      this.#gaps.push(gap);
      if (this.#gaps.length > GAPS) this.#gaps.shift();
    }
    this.#row(time, frame);
    this.newest = frame;
    this.#forget(time);
    return true;
  }

  /** Unix time of each row, in seconds, ascending. Read, never write. */
  get timestamps() {
    return this.#timestamps;
  }

  get length() {
    return this.#timestamps.length;
  }

  /** Seconds since the last good sample, of each probe that is late or fails in the newest frame. */
  get stale() {
    return this.staleAt(this.length - 1);
  }

  /**
   * The same of a row.
   *
   * @param {number} index
   * @returns {Readonly<Record<string, number>>}
   */
  staleAt(index) {
    return this.#stale[index] ?? {};
  }

  /**
   * Whether a row only says that frames are missing.
   *
   * @param {number} index
   */
  isHole(index) {
    return this.#stale[index] === undefined;
  }

  /**
   * Seconds between two frames, as it seems; null before the second one.
   *
   * @returns {number|null}
   */
  get interval() {
    const sorted = [...this.#gaps].sort((one, other) => one - other);
    return sorted[sorted.length >> 1] ?? this.pace;
  }

  /**
   * The live array of a path, all null where nobody measures it; of a counter its rate per second. Read, never write.
   *
   * @param {string} path "cpu.percent_total", "cpu.percent_per_core[3]", "tide.gauges[Dover]"
   * @returns {Values}
   */
  column(path) {
    return this.#columns.values(path);
  }

  /**
   * The same, of a counter the count itself.
   *
   * @param {string} path
   * @returns {Values}
   */
  raw(path) {
    return this.#columns.raw(path);
  }

  /**
   * @param {string} path
   * @param {number} index
   * @returns {number|null}
   */
  value(path, index) {
    return this.column(path)[index] ?? null;
  }

  /**
   * The index of the row at that time, or of the last before it; -1 where there is none.
   *
   * @param {number} timestamp
   */
  at(timestamp) {
    let low = 0;
    let high = this.#timestamps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timestamps[middle] <= timestamp) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /**
   * Keys or positions of a list or table, in the order in which they appeared.
   *
   * @param {string} path
   * @param {number} [since] those that a frame had since then, instead of those that the newest has which has the field
   * @returns {string[]}
   */
  elements(path, since) {
    return this.#columns.elements(path, since);
  }

  /**
   * How many elements of a row are left out, because there are too many, or were and gave way to newer ones.
   *
   * @param {string} path
   * @param {number} [index] of the row; the newest one
   */
  omitted(path, index = this.length - 1) {
    return this.#columns.omitted(path, index);
  }

  /**
   * The fields that frames had, in their order.
   *
   * @returns {{path: string, shape: Shape}[]}
   */
  fields() {
    return this.#columns.fields();
  }

  /** Seconds from one frame to the next, so far. */
  #expected() {
    const interval = this.#gaps.length > 0 ? this.interval : null;
    return interval === null || this.pace === null ? interval ?? this.pace : Math.max(interval, this.pace);
  }

  /**
   * Whether a frame of that time is the next one. What is older than all that we keep cannot be late: the clock was
   * set. Within that, it takes a few that go on from one another.
   *
   * @param {number} time
   */
  #follows(time) {
    const last = this.#timestamps.at(-1);
    if (last === undefined || time > last) {
      this.#doubts = 0;
      return true;
    }
    if (time > last - this.#seconds) {
      if (this.#timestamps[this.at(time)] === time) return false;
      this.#doubts = this.#doubts > 0 && time > this.#doubted ? this.#doubts + 1 : 1;
      this.#doubted = time;
      if (this.#doubts < PROOF) return false;
    }
    this.#doubts = 0;
    this.#rewind(time);
    return true;
  }

  /**
   * Drop the rows after that time.
   *
   * @param {number} time
   */
  #rewind(time) {
    const rows = this.at(time) + 1;
    this.#timestamps.length = this.#stale.length = rows;
    this.#columns.rewind(rows, time);
    this.revision += 1;
  }

  /**
   * @param {number} time
   * @param {Frame|PartOfFrame|null} frame null is a hole
   */
  #row(time, frame) {
    const rows = this.#timestamps.length;
    const gap = rows > 0 ? time - this.#timestamps[rows - 1] : 0;
    this.#columns.add(frame, time, gap);
    this.#timestamps.push(time);
    this.#stale.push(frame === null ? undefined : /** @type {Record<string, number>} */ (frame.stale ?? {}));
  }

  /**
   * Let old rows go, and what only they had.
   *
   * @param {number} time of the newest row
   */
  #forget(time) {
    const rows = this.#timestamps.length;
    const oldest = time - this.#seconds;
    const most = Math.max(BLOCK, this.#columns.mostRows);
    const gone = Math.max(this.at(oldest), rows - most);
    if (gone < Math.max(BLOCK, rows / 8)) return;
    this.#timestamps.splice(0, gone);
    this.#stale.splice(0, gone);
    this.#columns.forget(gone, oldest);
    this.revision += 1;
  }
}
