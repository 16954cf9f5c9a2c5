// A cell for each of many percentages: bars with their numbers for a few, and beyond that a grid of shades.
import { make, set, show, write } from "./dom.js";
/** @import {Item, Translate} from "./fields.js" */

/** The most cells that are bars. */
export const MOST_BARS = 24;
/** The most bars that have their whole name: the others have their number. */
const MOST_NAMED = 8;
/** Shades of a grid. */
const SHADES = 20;
/** Pixels that a cell has at least, few or many. */
const ROOMY = 17;
const TIGHT = 9;
const MANY = 128;

/** @param {number} count @returns {"bars" | "grid"} */
export const layoutOf = (count) => (count <= MOST_BARS ? "bars" : "grid");

/**
 * How many columns a grid of so many cells has in so many pixels: a power of two, as the cores of machines are.
 * @param {number} count
 * @param {number} width
 */
export function columnsOf(count, width) {
  const least = count > MANY ? TIGHT : ROOMY;
  let columns = 8;
  while (columns * 2 <= 64 && columns * 4 <= count && width / (columns * 2) >= least) columns *= 2;
  return columns;
}

/** A percentage within its bounds. @param {number | null} value */
const bounded = (value) => Math.min(Math.max(value ?? 0, 0), 100);

/** The shade of a percentage, 0 to 20; null for none. @param {number | null} value */
export const shadeOf = (value) => (value === null ? null : Math.round((bounded(value) * SHADES) / 100));

/**
 * The cell that a key leads to, from another; null where it is no key of a grid.
 * @param {string} key
 * @param {number} from
 * @param {number} count
 * @param {number} columns
 * @returns {number | null}
 */
export function neighbour(key, from, count, columns) {
  const row = from - (from % columns);
  const places = new Map(Object.entries({
    ArrowLeft: from - 1, ArrowRight: from + 1, ArrowUp: from - columns, ArrowDown: from + columns,
    Home: row, End: Math.min(row + columns, count) - 1, PageUp: from % columns,
    PageDown: from + columns * Math.floor((count - 1 - from) / columns),
  }));
  const place = places.get(key);
  if (place === undefined) return null;
  return place < 0 || place >= count ? from : place;
}

/** What a cell shows now: what is the same is not written again. */
class Cell {
  /** @type {number | null | undefined} */
  whole = undefined; // the percentage, rounded
  level = "";

  /** @param {boolean} isBar @param {string} name */
  constructor(isBar, name) {
    this.name = name;
    this.element = make("div", "cell");
    if (!isBar) {
      this.element.setAttribute("role", "gridcell");
      this.element.tabIndex = -1;
      return;
    }
    this.value = make("span", "cell-value");
    this.bar = make("span", "bar");
    this.fill = make("span", "fill");
    this.bar.append(this.fill);
    this.bar.setAttribute("role", "meter");
    this.bar.setAttribute("aria-valuemin", "0");
    this.bar.setAttribute("aria-valuemax", "100");
    this.bar.setAttribute("aria-label", name);
    this.label = make("span", "cell-name", name);
    this.element.append(this.label, this.value, this.bar);
  }
}

export class Cells {
  /** @type {Cell[]} */
  #cells = [];
  /** @type {(number | null)[]} */
  #values = [];
  #columns = 0;
  #width = 0;
  #active = 0; // the one cell of a grid that Tab leads to
  #pointed = -1;
  #grid = make("div", "cells");
  #readout = make("p", "readout");
  #legend = make("p", "legend");
  #observer = new ResizeObserver(([entry]) => this.#resize(entry.contentRect.width));

  /**
   * @param {object} options
   * @param {Item} options.item
   * @param {(position: number) => string} options.name      of a cell: "Core 3"
   * @param {(value: number | null) => string} options.format   without decimals, with its unit: "25 %"
   * @param {Translate} options.t
   */
  constructor({ item, name, format, t }) {
    this.options = { item, name, format, t };
    this.element = make("div", "cells-box");
    this.element.append(this.#grid, this.#readout, this.#legend);
    this.#grid.addEventListener("keydown", (event) => this.#press(event));
    this.#grid.addEventListener("focusin", ({ target }) => this.#point(target, true));
    this.#grid.addEventListener("focusout", () => this.#point(null, false));
    this.#grid.addEventListener("pointerover", ({ target }) => this.#point(target, false));
    this.#grid.addEventListener("pointerleave", () => this.#point(document.activeElement, false));
    this.#fillLegend();
    this.#observer.observe(this.#grid);
  }

  /** @param {(number | null)[]} values   in percent, by position */
  update(values) {
    this.#values = values;
    const isBar = layoutOf(values.length) === "bars";
    if (values.length !== this.#cells.length) this.#rebuild(values.length, isBar);
    values.forEach((value, position) => this.#draw(this.#cells[position], value));
    if (!isBar) this.#read();
  }

  /** @param {number} position @returns {Element | null} */
  find(position) {
    return this.#cells[position]?.element ?? null;
  }

  destroy() {
    this.#observer.disconnect();
  }

  /** @param {Cell} cell @param {number | null} value */
  #draw(cell, value) {
    const { item, format } = this.options;
    const level = item.level(value);
    if (level !== cell.level) {
      cell.level = level;
      set(cell.element, "data-level", level || null);
    }
    const whole = value === null ? null : Math.round(value);
    if (whole === cell.whole) return;
    cell.whole = whole;
    const text = format(value);
    if (!cell.fill || !cell.bar || !cell.value) {
      const shade = shadeOf(value);
      set(cell.element, "data-shade", shade === null ? null : String(shade));
      cell.element.setAttribute("aria-label", `${cell.name}: ${text}`);
      return;
    }
    write(cell.value, text);
    cell.fill.style.transform = `scaleX(${bounded(value) / 100})`;
    cell.bar.setAttribute("aria-valuenow", String(whole ?? 0));
    cell.bar.setAttribute("aria-valuetext", text);
  }

  /** @param {number} count @param {boolean} isBar */
  #rebuild(count, isBar) {
    const hadFocus = this.#grid.contains(document.activeElement);
    const wasBar = this.#grid.dataset.layout === "bars";
    if (isBar !== wasBar) this.#cells = [];
    this.#cells.length = Math.min(this.#cells.length, count);
    while (this.#cells.length < count) this.#cells.push(new Cell(isBar, this.options.name(this.#cells.length)));
    this.#cells.forEach(({ label, name }, position) => {
      if (label) write(label, count > MOST_NAMED ? String(position) : name);
    });
    this.#grid.dataset.layout = isBar ? "bars" : "grid";
    set(this.#grid, "role", isBar ? null : "grid");
    set(this.#grid, "aria-label", isBar ? null : this.options.item.label);
    show(this.#readout, !isBar);
    show(this.#legend, !isBar);
    this.#columns = 0;
    this.#active = Math.min(this.#active, count - 1);
    if (isBar) this.#grid.replaceChildren(...this.#cells.map((cell) => cell.element));
    else this.#arrange(hadFocus);
  }

  /** Put the cells of a grid into rows. @param {boolean} hadFocus */
  #arrange(hadFocus) {
    const columns = columnsOf(this.#cells.length, this.#width || 320);
    if (columns === this.#columns) return;
    this.#columns = columns;
    this.#grid.style.setProperty("--columns", String(columns));
    const rows = [];
    for (let start = 0; start < this.#cells.length; start += columns) {
      const row = make("div", "cells-row");
      row.setAttribute("role", "row");
      row.append(...this.#cells.slice(start, start + columns).map((cell) => cell.element));
      rows.push(row);
    }
    this.#grid.replaceChildren(...rows);
    const active = this.#cells[this.#active]?.element;
    if (active) active.tabIndex = 0;
    if (hadFocus) active?.focus({ preventScroll: true });
  }

  /** @param {number} width */
  #resize(width) {
    this.#width = width;
    if (this.#grid.dataset.layout === "grid" && width > 0) this.#arrange(this.#grid.contains(document.activeElement));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (!this.#columns || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = neighbour(event.key, this.#active, this.#cells.length, this.#columns);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation(); // the page has keys of its own
    this.#cells[next].element.focus();
  }

  /** @param {EventTarget | null} target @param {boolean} hasFocus */
  #point(target, hasFocus) {
    if (!this.#columns) return;
    const position = this.#cells.findIndex((cell) => cell.element === target);
    if (hasFocus && position >= 0 && position !== this.#active) {
      this.#cells[this.#active].element.tabIndex = -1;
      this.#active = position;
      this.#cells[position].element.tabIndex = 0;
    }
    this.#pointed = position;
    this.#read();
  }

  /** Say the cell that is pointed at in words; without one, the mean and the highest. */
  #read() {
    const { name, format, t } = this.options;
    const pointed = this.#values[this.#pointed];
    if (pointed !== undefined) {
      write(this.#readout, `${name(this.#pointed)}: ${format(pointed)}`);
      return;
    }
    let sum = 0;
    let count = 0;
    let highest = -1;
    this.#values.forEach((value, position) => {
      if (value === null) return;
      sum += value;
      count += 1;
      if (highest < 0 || value > (this.#values[highest] ?? 0)) highest = position;
    });
    write(this.#readout, count
      ? t("Mean {mean}, highest {name}: {value}", {
        mean: format(sum / count), name: name(highest), value: format(this.#values[highest]),
      })
      : t("no data"));
  }

  #fillLegend() {
    const { item, format, t } = this.options;
    this.#legend.append(make("span", "", format(0)), make("span", "ramp"), make("span", "", format(100)));
    const isLowBad = item.warning !== null && item.critical !== null && item.critical < item.warning;
    for (const level of /** @type {const} */ (["warning", "critical"])) {
      const limit = item[level];
      if (limit === null) continue;
      const swatch = make("span", "cell");
      swatch.dataset.level = level;
      const value = format(limit);
      const words = isLowBad ? t("up to {value}", { value }) : t("from {value}", { value });
      this.#legend.append(swatch, make("span", "", words));
    }
  }
}
