// A list or table of a panel: as cells, multiples or a table, whichever suits how many elements it has.
import { wholePercent } from "./amount.js";
import { Cells } from "./cells.js";
import { make, set, show, write } from "./dom.js";
import { spoken } from "./fields.js";
import { number } from "./i18n.js";
import { elementsAt, omittedAt } from "./moment.js";
import { Multiples } from "./multiples.js";
import { Table } from "./table.js";
import { word } from "./words.js";
/** @import {Layout, ListItem, Translate} from "./fields.js" */
/** @import {Moment} from "./moment.js" */

export class Elements {
  /** @type {Layout | null} */
  layout = null;
  /** How many there are. */
  count = 0;
  /** @type {Cells | null} */
  #cells = null;
  /** @type {Multiples | null} */
  #multiples = null;
  /** @type {Table | null} */
  #table = null;
  #rest = make("p", "rest");

  /** @param {ListItem} list @param {Translate} t */
  constructor(list, t) {
    this.list = list;
    this.t = t;
    this.element = make("div", "elements");
    this.element.dataset.path = list.item.path;
    this.per = spoken(word(list.per, t));
    const head = make("h3", "name", list.item.label);
    head.title = list.item.help;
    this.element.append(head, this.#rest);
  }

  /** @param {Moment} moment */
  update(moment) {
    const { t } = this;
    const elements = elementsAt(moment, this.list);
    this.count = elements.length;
    const omitted = omittedAt(moment, this.list);
    if (elements.length) this.#choose(this.list.layout(elements.length, this.layout));
    const more = omitted && this.layout !== "table" ? t("and {count} more", { count: number(omitted) }) : "";
    const rest = elements.length ? more : t("no data");
    write(this.#rest, rest);
    show(this.#rest, rest !== "");
    if (this.layout === "cells") this.#cells?.update(elements.map(([, value]) => value));
    if (this.layout === "multiples") this.#multiples?.update(elements, moment);
    if (this.layout === "table") this.#table?.update(elements, omitted, moment);
  }

  /** @param {string} path @returns {Element | null} */
  find(path) {
    const { path: own } = this.list.item;
    if (path === own) return this.element;
    if (!path.startsWith(`${own}[`) || !path.endsWith("]")) return null;
    const key = path.slice(own.length + 1, -1);
    if (this.layout === "cells") return this.#cells?.find(Number(key)) ?? null;
    if (this.layout === "multiples") return this.#multiples?.find(key) ?? null;
    return this.#table?.find(key) ?? null;
  }

  /** @param {Element} element */
  reveal(element) {
    if (this.layout === "table") this.#table?.reveal(element);
  }

  destroy() {
    this.#cells?.destroy();
    this.#table?.destroy();
  }

  /** @param {Layout} layout */
  #choose(layout) {
    if (layout === this.layout) return;
    this.layout = layout;
    set(this.element, "data-layout", layout);
    const { item } = this.list;
    const made = {
      cells: () => (this.#cells ??= new Cells({
        item, t: this.t, format: wholePercent, name: (position) => this.#nameOf(String(position)),
      })),
      multiples: () => (this.#multiples ??= new Multiples(item, (key) => this.#nameOf(key), this.t)),
      table: () => (this.#table ??= new Table(item, this.per, (key) => this.#nameOf(key), this.t)),
    }[layout]();
    while (this.element.children.length > 2) this.element.lastElementChild?.remove();
    this.element.append(made.element);
  }

  /** @param {string} key */
  #nameOf(key) {
    return this.list.isKeyed ? key : `${this.per} ${key}`;
  }
}
