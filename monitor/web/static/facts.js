// The further single numbers of a panel, each with a line of its past where it varies; of a counter, its total too.
import { phrase } from "./amount.js";
import { quantity } from "./i18n.js";
import { make, set, write, writeName } from "./dom.js";
import { Figure } from "./figure.js";
import { Sparkline } from "./sparkline.js";
/** @import {Item, Translate} from "./fields.js" */
/** @import {Moment} from "./moment.js" */

/** More of them stand in a box of their own that scrolls. */
const MANY = 12;

class Fact {
  /**
   * @param {Item} item
   * @param {boolean} isTotal   only what a counter has counted; its rate is elsewhere
   * @param {Translate} t
   */
  constructor(item, isTotal, t) {
    this.item = item;
    this.isTotal = isTotal;
    this.element = make("div", "fact");
    this.element.dataset.path = item.path;
    const term = make("dt", "name");
    writeName(term, item.label);
    term.title = item.help;
    this.figure = isTotal ? null : new Figure(item, t);
    this.total = item.kind === "counter" ? make("span", "total") : null;
    this.line = isTotal ? null : new Sparkline();
    const value = make("dd");
    if (this.figure) value.append(this.figure.element);
    if (this.total) value.append(this.total);
    if (this.line) value.append(this.line.element);
    this.element.append(term, value);
    this.t = t;
  }

  /** @param {Moment} moment */
  update(moment) {
    const { store, index } = moment;
    const { t } = this;
    this.figure?.update(index < 0 ? null : store.value(this.item.path, index));
    if (this.total) {
      const counted = index < 0 ? null : (store.raw(this.item.path)[index] ?? null);
      const total = phrase(counted, this.item.fieldUnit);
      write(this.total, this.isTotal ? total : t("{total} in total", { total }));
      set(this.total, "title", quantity(counted, this.item.fieldUnit).full ?? null);
    }
    this.line?.draw(moment, this.item.path);
  }
}

export class Facts {
  /**
   * @param {Item[]} items
   * @param {Item[]} counters   of the headline, of which the totals are shown
   * @param {string} label
   * @param {Translate} t
   */
  constructor(items, counters, label, t) {
    this.facts = [...counters.map((item) => new Fact(item, true, t)), ...items.map((item) => new Fact(item, false, t))];
    const list = make("dl", "facts");
    list.append(...this.facts.map((fact) => fact.element));
    this.element = make("div", "facts-box");
    if (this.facts.length > MANY) {
      this.element.classList.add("scroll");
      this.element.tabIndex = 0;
      this.element.setAttribute("role", "group");
      this.element.setAttribute("aria-label", label);
    }
    this.element.append(list);
  }

  /** @param {Moment} moment */
  update(moment) {
    for (const fact of this.facts) fact.update(moment);
  }

  /** @param {string} path @returns {Element | null} */
  find(path) {
    return this.facts.find((fact) => fact.item.path === path)?.element ?? null;
  }
}
