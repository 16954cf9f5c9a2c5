// The last minutes as columns: frames go in, and an array for each number comes out, for charts, tables and exports.

/** @import {Frame, PartOfFrame, Probe, ProbeField} from "./monitor.d.ts" */

/** @typedef {(number|null)[]} Values a column: as long as there are rows, null where nothing is known */

// Memory has a bound whatever comes: elements of one list or table, columns, and numbers in all of them. Where there
// are too many numbers, fewer rows are kept.
const MOST_ELEMENTS = 512;
const MOST_COLUMNS = 8192;
const MOST_NUMBERS = 4 * 1024 * 1024;
// So many elements of one field give way to new ones in one frame: making a column costs as much as it has rows.
const MOST_REPLACED = 64;
// Old rows leave together, an eighth of all at a time and so many at least, because each time every column is moved.
const BLOCK = 60;
// A gap of more paces than this is a hole, and a line does not cross it.
const HOLE = 2.5;
// The pace is the median of so many gaps: one hole is no pace.
const GAPS = 3;
// So many frames that go on from an earlier time, and are none that we have: the server's clock was set back.
const PROOF = 3;
// A sample is new in each row whose distance to the row before is about the interval of the probe.
const ABOUT = 0.75;

/** The rate of one counter, row by row. */
class Rate {
  /** Seconds between two samples of the probe. */
  #interval;
  /** @type {number|null} the newest value */
  #value = null;
  /** When that value was last seen, and when it was seen first. */
  #time = 0;
  #since = 0;
  /** @type {number|null} when it was sampled, where that is known */
  #sampled = null;
  /** @type {number|null} */
  #rate = null;

  /** @param {number} interval */
  constructor(interval) {
    this.#interval = interval;
  }

  /** Forget what was: the clock was set. */
  reset() {
    this.#value = this.#sampled = this.#rate = null;
  }

  /**
   * The rate per second at this moment. A probe that is slower than the frames repeats its value in between: those rows
   * have the rate of its last two samples, not zeros and a peak.
   *
   * @param {number} time
   * @param {number} value
   * @param {number} gap   seconds since the row before
   * @returns {number|null} null where there is nothing to compare with, and where the counter fell
   */
  next(time, value, gap) {
    const before = this.#value;
    if (before === null || value < before) {
      this.#value = value;
      this.#sampled = before === null ? null : time;
      this.#since = time;
      this.#rate = null;
    } else if (gap >= ABOUT * this.#interval) {
      this.#rate = (value - before) / (time - this.#time);
      this.#take(time, value);
    } else if (value !== before) {
      this.#rate = this.#lasted(time, value - before);
      this.#take(time, value);
    } else if (time - this.#since > 1.5 * this.#interval) {
      // Sampled again, and the same; when exactly, nobody sees.
      this.#rate = 0;
      this.#since += this.#interval;
      if (this.#sampled !== null) this.#sampled = this.#since;
    }
    this.#time = time;
    return this.#rate;
  }

  /**
   * @param {number} time
   * @param {number} growth since the sample before
   * @returns {number|null} null where nobody saw how long it took
   */
  #lasted(time, growth) {
    if (this.#sampled !== null) return growth / (time - this.#sampled);
    // It stood still until now: the sample before was one interval ago, whenever that was exactly.
    return this.#rate === 0 ? growth / this.#interval : null;
  }

  /**
   * @param {number} time
   * @param {number} value
   */
  #take(time, value) {
    this.#value = value;
    this.#sampled = this.#since = time;
  }
}

/**
 * @typedef {object} Column
 * @property {Values} raw     what the frames have
 * @property {Values} values  the same, or the rate of a counter
 * @property {Rate|null} rate
 * @property {number} seen    when a frame last had it
 */

/**
 * @typedef {object} Field
 * @property {string} path
 * @property {"counter"|"gauge"} kind
 * @property {"list"|"number"|"table"} shape
 * @property {number} interval              seconds between two samples of its probe; 0 where nobody has told
 * @property {Column|null} column           of a single number
 * @property {Map<string, Column>} elements of a list or table
 * @property {Column|null} omitted          how many elements have no column, once there were any
 * @property {number} seen                  when a frame last had it
 */

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
  /** The column of what nobody measures. @type {Values} */
  #nothing = [];
  /** @type {Map<string, Map<string, Field>>} fields by name, by section */
  #sections = new Map();
  /** @type {Map<string, Column>} by path */
  #columns = new Map();
  /** @type {Map<string, {kind: "counter"|"gauge", shape: "list"|"number"|"table", interval: number}>} by path */
  #declared = new Map();
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
    this.#declared.clear();
    for (const { name, interval, fields } of probes) {
      for (const field of fields) {
        this.#declared.set(`${name}.${field.name}`, { kind: field.kind, shape: field.shape, interval });
      }
    }
    for (const section of this.#sections.values()) {
      for (const field of section.values()) this.#redeclare(field);
    }
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
    return this.#columns.get(path)?.values ?? this.#nothing;
  }

  /**
   * The same, of a counter the count itself.
   *
   * @param {string} path
   * @returns {Values}
   */
  raw(path) {
    return this.#columns.get(path)?.raw ?? this.#nothing;
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
    const field = this.#field(path);
    if (field === undefined) return [];
    const from = since ?? field.seen;
    const keys = [];
    for (const [key, column] of field.elements) {
      if (column.seen >= from) keys.push(key);
    }
    return keys;
  }

  /**
   * How many elements of a row are left out, because there are too many, or were and gave way to newer ones.
   *
   * @param {string} path
   * @param {number} [index] of the row; the newest one
   */
  omitted(path, index = this.length - 1) {
    return this.#field(path)?.omitted?.raw[index] ?? 0;
  }

  /**
   * The fields that frames had, in their order.
   *
   * @returns {{path: string, shape: "list"|"number"|"table"}[]}
   */
  fields() {
    return [...this.#sections.values()].flatMap((section) =>
      [...section.values()].map(({ path, shape }) => ({ path, shape })),
    );
  }

  /** @param {string} path */
  #field(path) {
    const point = path.indexOf(".");
    return this.#sections.get(path.slice(0, point))?.get(path.slice(point + 1));
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
    this.#timestamps.length = this.#stale.length = this.#nothing.length = rows;
    for (const column of this.#columns.values()) {
      column.raw.length = column.values.length = rows;
      column.rate?.reset();
      column.seen = Math.min(column.seen, time);
    }
    for (const section of this.#sections.values()) {
      for (const field of section.values()) field.seen = Math.min(field.seen, time);
    }
    this.revision += 1;
  }

  /**
   * @param {number} time
   * @param {Frame|PartOfFrame|null} frame null is a hole
   */
  #row(time, frame) {
    const rows = this.#timestamps.length;
    const gap = rows > 0 ? time - this.#timestamps[rows - 1] : 0;
    const stale = /** @type {Record<string, number>} */ (frame?.stale ?? {});
    if (frame !== null) {
      for (const [name, section] of Object.entries(frame)) {
        if (name === "stale" || section === null || typeof section !== "object") continue;
        for (const [field, value] of Object.entries(section)) {
          this.#take(this.#known(name, field, value), value, time, gap, Object.hasOwn(stale, name));
        }
      }
    }
    this.#timestamps.push(time);
    this.#stale.push(frame === null ? undefined : stale);
    this.#nothing.push(null);
    for (const { raw, values, rate } of this.#columns.values()) {
      if (raw.length > rows) continue;
      raw.push(null);
      if (rate !== null) values.push(null);
    }
  }

  /**
   * The field of that name, new where it was never seen.
   *
   * @param {string} name
   * @param {string} field
   * @param {unknown} value
   * @returns {Field}
   */
  #known(name, field, value) {
    let section = this.#sections.get(name);
    if (section === undefined) this.#sections.set(name, section = new Map());
    let known = section.get(field);
    if (known === undefined) {
      const path = `${name}.${field}`;
      const shape = Array.isArray(value) ? "list" : value !== null && typeof value === "object" ? "table" : "number";
      known = {
        path, shape, kind: "gauge", interval: 0, column: null, elements: new Map(), omitted: null, seen: 0,
        ...this.#declared.get(path),
      };
      section.set(field, known);
    }
    return known;
  }

  /**
   * Put a field's value into its columns.
   *
   * @param {Field} field
   * @param {unknown} value  a number, a list or a table of them, or null
   * @param {number} time
   * @param {number} gap
   * @param {boolean} isStale
   */
  #take(field, value, time, gap, isStale) {
    if (value === null || typeof value !== "object") {
      if (value === null && field.shape !== "number") return;
      field.seen = time;
      field.column ??= this.#made(field, field.path, time);
      if (field.column !== null) push(field.column, value, time, gap, isStale);
      return;
    }
    field.seen = time;
    if (field.shape === "number") {
      // It was null so far.
      field.shape = Array.isArray(value) ? "list" : "table";
      field.column = null;
      this.#columns.delete(field.path);
    }
    const { elements } = field;
    /** @type {[string, unknown][]} */
    const more = [];
    for (const entry of Object.entries(value)) {
      const column = elements.get(entry[0]);
      if (column === undefined) more.push(entry);
      else push(column, entry[1], time, gap, isStale);
    }
    const omitted = more.length > 0 ? this.#admit(field, more, time, gap, isStale) : 0;
    if (omitted > 0) field.omitted ??= this.#counted(field, time);
    if (field.omitted !== null) push(field.omitted, omitted, time, gap, false);
  }

  /**
   * Make columns of new elements, in the place of those that have been gone longest where there is no more room.
   *
   * @param {Field} field
   * @param {[string, unknown][]} entries
   * @param {number} time
   * @param {number} gap
   * @param {boolean} isStale
   * @returns {number} how many there was no room for
   */
  #admit(field, entries, time, gap, isStale) {
    const { elements, path } = field;
    const missing = Math.min(entries.length - (MOST_ELEMENTS - elements.size), MOST_REPLACED);
    if (missing > 0) {
      const gone = [...elements].filter(([, column]) => column.seen < time);
      gone.sort(([, one], [, other]) => one.seen - other.seen);
      for (const [key, { raw }] of gone.slice(0, missing)) {
        const { raw: counts } = field.omitted ??= this.#counted(field, time);
        raw.forEach((value, row) => { if (value !== null) counts[row] = (counts[row] ?? 0) + 1; });
        this.#drop(field, key);
      }
    }
    let omitted = 0;
    for (const [key, value] of entries) {
      const column = elements.size < MOST_ELEMENTS ? this.#made(field, `${path}[${key}]`, time) : null;
      if (column === null) {
        omitted += 1;
      } else {
        elements.set(key, column);
        push(column, value, time, gap, isStale);
      }
    }
    return omitted;
  }

  /**
   * A new column, null so far; none where there are too many.
   *
   * @param {Field} field
   * @param {string} path
   * @param {number} time
   * @returns {Column|null}
   */
  #made(field, path, time) {
    if (this.#columns.size >= MOST_COLUMNS) return null;
    const raw = this.#nothing.slice();
    const isCounter = field.kind === "counter";
    const column = {
      raw,
      values: isCounter ? raw.slice() : raw,
      rate: isCounter ? new Rate(field.interval) : null,
      seen: time,
    };
    this.#columns.set(path, column);
    return column;
  }

  /**
   * A column of how many elements of a field are left out. Nobody finds it by a path: no key follows the bracket.
   *
   * @param {Field} field
   * @param {number} time
   * @returns {Column}
   */
  #counted(field, time) {
    const raw = this.#nothing.slice();
    const column = { raw, values: raw, rate: null, seen: time };
    this.#columns.set(`${field.path}[`, column);
    return column;
  }

  /**
   * @param {Field} field
   * @param {string} key
   */
  #drop(field, key) {
    field.elements.delete(key);
    this.#columns.delete(`${field.path}[${key}]`);
  }

  /**
   * Let a field be what was declared, and its rates what they would have been.
   *
   * @param {Field} field
   */
  #redeclare(field) {
    const { path, kind, interval } = field;
    const { shape, ...declared } = this.#declared.get(path) ?? { shape: field.shape, kind, interval };
    if (field.column === null) field.shape = shape;
    if (declared.kind === kind && declared.interval === interval) return;
    Object.assign(field, declared);
    const name = path.slice(0, path.indexOf("."));
    for (const column of field.column === null ? field.elements.values() : [field.column]) {
      column.values = column.raw;
      column.rate = null;
      if (field.kind === "counter") {
        const rate = column.rate = new Rate(field.interval);
        column.values = column.raw.map((value, index) => {
          if (value === null || Object.hasOwn(this.staleAt(index), name)) return null;
          const time = this.#timestamps[index];
          return rate.next(time, value, index > 0 ? time - this.#timestamps[index - 1] : 0);
        });
      }
    }
  }

  /**
   * Let old rows go, and what only they had.
   *
   * @param {number} time of the newest row
   */
  #forget(time) {
    const rows = this.#timestamps.length;
    const oldest = time - this.#seconds;
    let arrays = 3;
    for (const { rate } of this.#columns.values()) arrays += rate === null ? 1 : 2;
    const most = Math.max(BLOCK, Math.floor(MOST_NUMBERS / arrays));
    const gone = Math.max(this.at(oldest), rows - most);
    if (gone < Math.max(BLOCK, rows / 8)) return;
    this.#timestamps.splice(0, gone);
    this.#stale.splice(0, gone);
    this.#nothing.splice(0, gone);
    for (const { raw, values, rate } of this.#columns.values()) {
      raw.splice(0, gone);
      if (rate !== null) values.splice(0, gone);
    }
    for (const [name, section] of this.#sections) {
      for (const [key, field] of section) {
        for (const [element, column] of field.elements) {
          if (column.seen < oldest) this.#drop(field, element);
        }
        if (field.seen < oldest) {
          this.#columns.delete(field.path);
          this.#columns.delete(`${field.path}[`);
          section.delete(key);
        }
      }
      if (section.size === 0) this.#sections.delete(name);
    }
    this.revision += 1;
  }
}

/**
 * Add a value to a column. What a stale probe repeats is no sample: its counters have no rate.
 *
 * @param {Column} column
 * @param {unknown} value
 * @param {number} time
 * @param {number} gap
 * @param {boolean} isStale
 */
function push(column, value, time, gap, isStale) {
  const number = typeof value === "number" && Number.isFinite(value) ? value : null;
  column.seen = time;
  column.raw.push(number);
  if (column.rate !== null) column.values.push(number === null || isStale ? null : column.rate.next(time, number, gap));
}
