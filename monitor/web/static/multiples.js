// A few elements of a list or table, each with its name, its number and a line of its past.
import { make, writeName } from "./dom.js";
import { Bar, Figure } from "./figure.js";
import { Sparkline } from "./sparkline.js";
/** @import {Item, Translate} from "./fields.js" */
/** @import {Moment} from "./moment.js" */

class Multiple {
  key = "";

  /** @param {Item} item @param {Translate} t */
  constructor(item, t) {
    this.item = item;
    this.element = make("li", "multiple");
    this.name = make("span", "name");
    this.figure = new Figure(item, t);
    this.line = new Sparkline();
    this.bar = item.unit === "percent" ? new Bar(item, "") : null;
    this.element.append(this.name, this.figure.element, ...(this.bar ? [this.bar.element] : []), this.line.element);
  }

  /** @param {string} key @param {string} name @param {number | null} value @param {Moment} moment */
  update(key, name, value, moment) {
    this.key = key;
    writeName(this.name, name);
    this.bar?.label(name);
    this.figure.update(value);
    this.bar?.update(value);
    this.line.draw(moment, `${this.item.path}[${key}]`);
  }
}

export class Multiples {
  /** @type {Multiple[]} */
  #shown = [];

  /** @param {Item} item @param {(key: string) => string} nameOf @param {Translate} t */
  constructor(item, nameOf, t) {
    this.options = { item, nameOf, t };
    this.element = make("ul", "multiples");
    this.element.setAttribute("aria-label", item.label);
  }

  /** @param {[string, number | null][]} elements @param {Moment} moment */
  update(elements, moment) {
    const { item, nameOf, t } = this.options;
    while (this.#shown.length > elements.length) this.#shown.pop()?.element.remove();
    while (this.#shown.length < elements.length) {
      const made = new Multiple(item, t);
      this.#shown.push(made);
      this.element.append(made.element);
    }
    elements.forEach(([key, value], place) => this.#shown[place].update(key, nameOf(key), value, moment));
  }

  /** @param {string} key @returns {Element | null} */
  find(key) {
    return this.#shown.find((each) => each.key === key)?.element ?? null;
  }
}
