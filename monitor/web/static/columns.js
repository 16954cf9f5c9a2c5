// The numbers of frames as columns: of every field that frames had, and of every element of a list or table.
import { Column } from "./column.js";

/** @import {Values} from "./column.js" */
/** @import {Frame, PartOfFrame, Probe} from "./monitor.d.ts" */

// Memory has a bound whatever comes: elements of one list or table, columns, and numbers in all of them. Where there
// are too many numbers, fewer rows are kept.
const MOST_ELEMENTS = 512;
const MOST_COLUMNS = 8192;
const MOST_NUMBERS = 4 * 1024 * 1024;
// So many elements of one field give way to new ones in one frame: making a column costs as much as it has rows.
const MOST_REPLACED = 64;
// Arrays besides those of the columns: the moments of the rows, what was stale in them, the column of nothing.
const BESIDES = 3;

/** @typedef {"list"|"number"|"table"} Shape */

/**
 * @typedef {object} Field
 * @property {string} path
 * @property {"counter"|"gauge"} kind
 * @property {Shape} shape
 * @property {number} interval              seconds between two samples of its probe; 0 where nobody has told
 * @property {Column|null} column           of a single number
 * @property {Map<string, Column>} elements of a list or table
 * @property {Column|null} omitted          how many elements have no column, once there were any
 * @property {number} seen                  when a frame last had it
 */

/** The columns, all of them as long as there are rows. */
export class Columns {
  /** The column of what nobody measures. @type {Values} */
  #nothing = [];
  /** @type {Map<string, Map<string, Field>>} fields by name, by section */
  #sections = new Map();
  /** @type {Map<string, Column>} by path */
  #columns = new Map();
  /** @type {Map<string, {kind: "counter"|"gauge", shape: Shape, interval: number}>} by path */
  #declared = new Map();

  /**
   * Take in what fields are; it may come after their first frames.
   *
   * @param {readonly Pick<Probe, "name"|"interval"|"fields">[]} probes of GET /api/probes
   * @param {readonly number[]} timestamps of the rows
   * @param {(row: number, section: string) => boolean} isStale
   */
  declare(probes, timestamps, isStale) {
    this.#declared.clear();
    for (const { name, interval, fields } of probes) {
      for (const field of fields) {
        this.#declared.set(`${name}.${field.name}`, { kind: field.kind, shape: field.shape, interval });
      }
    }
    for (const [name, section] of this.#sections) {
      for (const field of section.values()) this.#redeclare(field, timestamps, (row) => isStale(row, name));
    }
  }

  /**
   * Add a row.
   *
   * @param {Frame|PartOfFrame|null} frame null is a hole
   * @param {number} time
   * @param {number} gap   seconds since the row before
   */
  add(frame, time, gap) {
    const rows = this.#nothing.length;
    const stale = frame?.stale ?? {};
    for (const [name, section] of Object.entries(frame ?? {})) {
      if (name === "stale" || section === null || typeof section !== "object") continue;
      for (const [field, value] of Object.entries(section)) {
        this.#take(this.#known(name, field, value), value, time, gap, Object.hasOwn(stale, name));
      }
    }
    this.#nothing.push(null);
    for (const column of this.#columns.values()) {
      if (column.raw.length === rows) column.skip();
    }
  }

  /** The array of a path, of a counter its rate; all null where nobody measures it. @param {string} path */
  values(path) {
    return this.#columns.get(path)?.values ?? this.#nothing;
  }

  /** The same, of a counter the count itself. @param {string} path */
  raw(path) {
    return this.#columns.get(path)?.raw ?? this.#nothing;
  }

  /**
   * Keys or positions of a list or table: those that a frame had since then, or that the newest one with the field has.
   *
   * @param {string} path
   * @param {number} [since]
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
   * How many elements of a row have no column.
   *
   * @param {string} path
   * @param {number} row
   */
  omitted(path, row) {
    return this.#field(path)?.omitted?.raw[row] ?? 0;
  }

  /** The fields that frames had, in their order. */
  fields() {
    return [...this.#sections.values()].flatMap((section) =>
      [...section.values()].map(({ path, shape }) => ({ path, shape })),
    );
  }

  /** How many rows there is room for. */
  get mostRows() {
    let arrays = BESIDES;
    for (const column of this.#columns.values()) arrays += column.arrays;
    return Math.floor(MOST_NUMBERS / arrays);
  }

  /**
   * Drop the rows from that one on: the clock was set.
   *
   * @param {number} rows those that stay
   * @param {number} time of the last that stays
   */
  rewind(rows, time) {
    this.#nothing.length = rows;
    for (const column of this.#columns.values()) column.rewind(rows, time);
    for (const section of this.#sections.values()) {
      for (const field of section.values()) field.seen = Math.min(field.seen, time);
    }
  }

  /**
   * Drop the oldest rows, and what no frame has had for as long.
   *
   * @param {number} rows    how many
   * @param {number} oldest  time from which on columns stay
   */
  forget(rows, oldest) {
    this.#nothing.splice(0, rows);
    for (const column of this.#columns.values()) column.forget(rows);
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
  }

  /** @param {string} path */
  #field(path) {
    const point = path.indexOf(".");
    return this.#sections.get(path.slice(0, point))?.get(path.slice(point + 1));
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
      field.column?.push(value, time, gap, isStale);
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
      else column.push(entry[1], time, gap, isStale);
    }
    const omitted = more.length > 0 ? this.#admit(field, more, time, gap, isStale) : 0;
    if (omitted > 0) field.omitted ??= this.#counted(field, time);
    field.omitted?.push(omitted, time, gap, false);
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
        column.push(value, time, gap, isStale);
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
    const column = new Column(this.#nothing.slice(), time, field.kind === "counter" ? field.interval : null);
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
    const column = new Column(this.#nothing.slice(), time);
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
   * @param {readonly number[]} timestamps
   * @param {(row: number) => boolean} isStale
   */
  #redeclare(field, timestamps, isStale) {
    const { path, kind, interval } = field;
    const { shape, ...declared } = this.#declared.get(path) ?? { shape: field.shape, kind, interval };
    if (field.column === null) field.shape = shape;
    if (declared.kind === kind && declared.interval === interval) return;
    Object.assign(field, declared);
    const ofCounter = field.kind === "counter" ? field.interval : null;
    for (const column of field.column === null ? field.elements.values() : [field.column]) {
      column.redeclare(ofCounter, timestamps, isStale);
    }
  }
}
