// Many elements of a list or table, by name or by value. Its rows are used again, whatever comes and goes.
import { make, set, show, write, writeName } from "./dom.js";
import { Figure } from "./figure.js";
import { number } from "./i18n.js";
import { phases, stepOf } from "./steps.js";
/** @import {Item, Translate} from "./fields.js" */
/** @import {Moment} from "./moment.js" */

/** The most rows; the others are counted. */
export const MOST_ROWS = 200;
/** Rows on each side of those in sight that are as new as these. */
const AROUND = 3;
/** Seconds after which the others are written too: they are read aloud, searched and copied. */
const UNSEEN_EVERY = 10;

const collator = new Intl.Collator(undefined, { numeric: true });

/** @typedef {[string, number | null]} Entry */
/** @typedef {"name" | "value"} Order */

/** Compare by name. @param {Entry} a @param {Entry} b */
const byName = ([a], [b]) => collator.compare(a, b);

/** Compare by value, those that are not known last. @param {Entry} a @param {Entry} b @param {number} sign */
const byValue = ([, a], [, b], sign) =>
  a === null || b === null ? Number(a === null) - Number(b === null) : sign * (a - b);

const nextPhase = phases();

class Row {
  key = "";
  /** When it was written, as a step of the time that goes on; a moment where time stands still. */
  step = NaN;
  phase = nextPhase();
  element = make("tr");
  name = make("th", "name");

  /** @param {Item} item @param {Translate} t */
  constructor(item, t) {
    this.name.scope = "row";
    this.figure = new Figure(item, t, "td");
    this.element.append(this.name, this.figure.element);
  }

  /** @param {string} key @param {string} name @param {number | null} value */
  update(key, name, value) {
    this.key = key;
    writeName(this.name, name);
    this.figure.update(value);
  }
}

export class Table {
  /** @type {Row[]} */
  #rows = [];
  /** @type {Order} */
  #order = "name";
  #sign = 1;
  /** @type {Entry[]} */
  #entries = [];
  #omitted = 0;
  /** @type {Moment | null} */
  #moment = null;
  /** @type {string[]} */
  #keys = []; // in the order that is shown
  /** @type {Map<string, number | null>} */
  #values = new Map();
  #sight = [0, MOST_ROWS]; // the first row that people see, and the last one
  #body = make("tbody");
  #rest = make("p", "rest");
  #scroll = make("div", "scroll");
  #observer = new ResizeObserver(() => this.#look());
  /** @type {Record<Order, HTMLTableCellElement>} */
  #heads = { name: make("th"), value: make("th") };

  /** @param {Item} item @param {string} per @param {(key: string) => string} nameOf @param {Translate} t */
  constructor(item, per, nameOf, t) {
    this.options = { item, nameOf, t };
    this.element = make("div", "table-box");
    this.#scroll.tabIndex = 0;
    this.#scroll.setAttribute("role", "group");
    this.#scroll.setAttribute("aria-label", item.label);
    const row = make("tr");
    row.append(this.#head("name", per), this.#head("value", item.label));
    const head = make("thead");
    head.append(row);
    const table = make("table");
    table.append(head, this.#body);
    this.#scroll.append(table);
    this.element.append(this.#scroll, this.#rest);
    this.#scroll.addEventListener("scroll", () => this.#look(), { passive: true });
    this.#observer.observe(this.#scroll);
    this.#showOrder();
  }

  /**
   * @param {Entry[]} entries
   * @param {number} omitted   how many more there are that nobody has
   * @param {Moment} moment
   */
  update(entries, omitted, moment) {
    const { item, t } = this.options;
    this.#entries = entries;
    this.#omitted = omitted;
    this.#moment = moment;
    this.#values = new Map(entries);
    this.#arrange(this.#values);
    const count = Math.min(this.#keys.length, MOST_ROWS);
    if (count !== this.#rows.length) this.#lookAgain();
    while (this.#rows.length > count) this.#rows.pop()?.element.remove();
    while (this.#rows.length < count) {
      const made = new Row(item, t);
      this.#rows.push(made);
      this.#body.append(made.element);
    }
    this.#write();
    const left = this.#keys.length - count + omitted;
    write(this.#rest, left ? t("and {count} more", { count: number(left, 0) }) : "");
    show(this.#rest, left > 0);
  }

  destroy() {
    this.#observer.disconnect();
  }

  /** Find a row, and have it in sight. @param {string} key @returns {Element | null} */
  find(key) {
    return this.#rows.find((row) => row.key === key)?.element ?? null;
  }

  /** Bring an element of it into sight, without moving the page. @param {Element} element */
  reveal(element) {
    if (!(element instanceof HTMLElement)) return;
    const { offsetTop, offsetHeight } = element;
    const { scrollTop, clientHeight } = this.#scroll;
    if (offsetTop < scrollTop || offsetTop + offsetHeight > scrollTop + clientHeight) {
      this.#scroll.scrollTop = offsetTop - clientHeight / 2;
    }
  }

  /** Write the rows that people see, those that are another element's now, and of the others those whose turn it is. */
  #write() {
    const moment = this.#moment;
    if (!moment) return;
    const { store, index, isFollowing } = moment;
    const [first, last] = this.#sight;
    this.#rows.forEach((row, place) => {
      const key = this.#keys[place];
      const time = store.timestamps[index];
      const step = isFollowing ? stepOf(time, UNSEEN_EVERY, row.phase) : time;
      if ((place < first || place > last) && row.key === key && row.step === step) return;
      row.step = step;
      row.update(key, this.options.nameOf(key), this.#values.get(key) ?? null);
    });
  }

  /** There are more rows, or fewer: all are written until it is known again which are in sight. */
  #lookAgain() {
    this.#sight = [0, MOST_ROWS];
    requestAnimationFrame(() => this.#look());
  }

  /** See which rows are in sight: they are all of about the same height, as is their head. */
  #look() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroll;
    const height = scrollHeight / (this.#rows.length + 1);
    if (!(height > 0)) return;
    const [above, below] = [scrollTop / height - 1, (scrollTop + clientHeight) / height];
    this.#sight = [Math.floor(above) - AROUND, Math.ceil(below) + AROUND];
    this.#write();
  }

  /**
   * Put the keys in order. By name it changes with the keys alone; by value, rows hold still while somebody reads them.
   * @param {Map<string, number | null>} values
   */
  #arrange(values) {
    const isSame = this.#keys.length === values.size && this.#keys.every((key) => values.has(key));
    if (isSame && (this.#order === "name" || this.#scroll.matches(":hover, :focus-within"))) return;
    this.#sort();
  }

  #sort() {
    const order = this.#order === "name"
      ? (/** @type {Entry} */ a, /** @type {Entry} */ b) => this.#sign * byName(a, b)
      : (/** @type {Entry} */ a, /** @type {Entry} */ b) => byValue(a, b, this.#sign) || byName(a, b);
    this.#keys = [...this.#entries].sort(order).map(([key]) => key);
  }

  /** @param {Order} order @param {string} label */
  #head(order, label) {
    const head = this.#heads[order];
    const button = make("button", "sort");
    button.type = "button";
    const name = make("span", "name");
    writeName(name, label);
    button.append(name);
    button.addEventListener("click", () => this.#orderBy(order));
    head.scope = "col";
    head.append(button);
    return head;
  }

  /** @param {Order} order */
  #orderBy(order) {
    this.#sign = order === this.#order ? -this.#sign : order === "name" ? 1 : -1; // the highest value first
    this.#order = order;
    this.#showOrder();
    this.#sort();
    if (this.#moment) this.update(this.#entries, this.#omitted, this.#moment);
  }

  #showOrder() {
    for (const [order, head] of Object.entries(this.#heads)) {
      set(head, "aria-sort", order !== this.#order ? null : this.#sign > 0 ? "ascending" : "descending");
    }
  }
}
