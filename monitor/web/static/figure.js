// One number for people: the number with its unit, and its level as a word beside it.
import { make, set, show, write } from "./dom.js";
import { quantity } from "./i18n.js";
/** @import {Item, Translate} from "./fields.js" */

/** Characters from which on a number is written smaller. */
const LONG = 9;

/** The word for a level. @param {string} level @param {Translate} t */
const wordOf = (level, t) => (level === "critical" ? t("critical") : level === "warning" ? t("warning") : "");

export class Figure {
  #number = make("span", "number");
  #unit = make("span", "unit");
  #mark = make("span", "mark");

  /**
   * @param {Item} item
   * @param {Translate} t
   * @param {"span" | "dd" | "td" | "p"} [tag]
   * @param {string} [className]
   */
  constructor(item, t, tag = "span", className = "figure") {
    this.item = item;
    this.t = t;
    this.element = make(tag, className);
    this.element.append(this.#number, " ", this.#unit, this.#mark);
    this.#mark.hidden = true;
  }

  /** @param {number | null} value   in the unit of the item */
  update(value) {
    const { text, unit, full = text } = quantity(value, this.item.unit, this.item.decimals);
    write(this.#number, text);
    write(this.#unit, unit);
    const isLong = text.length > LONG;
    set(this.#number, "data-length", isLong ? "long" : null);
    set(this.#number, "title", isLong || full !== text ? full : null);
    const level = this.item.level(value);
    if ((this.element.dataset.level ?? "") === level) return;
    set(this.element, "data-level", level || null);
    write(this.#mark, wordOf(level, this.t));
    show(this.#mark, level !== "");
  }
}

/** A bar of a percentage, with marks where its thresholds are. */
export class Bar {
  #fill = make("span", "fill");
  #text = "";

  /** @param {Item} item @param {string} label */
  constructor(item, label) {
    this.item = item;
    this.element = make("div", "bar");
    this.element.setAttribute("role", "meter");
    this.element.setAttribute("aria-valuemin", "0");
    this.element.setAttribute("aria-valuemax", "100");
    this.label(label);
    this.element.append(this.#fill);
    for (const limit of [item.warning, item.critical]) {
      if (limit === null || limit <= 0 || limit >= 100) continue;
      const tick = make("span", "tick");
      tick.style.left = `${limit}%`;
      this.element.append(tick);
    }
  }

  /** @param {string} label */
  label(label) {
    set(this.element, "aria-label", label);
  }

  /** @param {number | null} value */
  update(value) {
    const parts = quantity(value, "percent", this.item.decimals);
    const text = `${parts.text} ${parts.unit}`;
    if (text === this.#text) return;
    this.#text = text;
    set(this.element, "data-level", this.item.level(value) || null);
    this.#fill.style.transform = `scaleX(${Math.min(Math.max(value ?? 0, 0), 100) / 100})`;
    this.element.setAttribute("aria-valuenow", String(Math.min(Math.max(value ?? 0, 0), 100)));
    this.element.setAttribute("aria-valuetext", text);
  }
}
