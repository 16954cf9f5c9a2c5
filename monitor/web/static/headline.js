// The big numbers of a panel, each with its trend, and their chart.
import { phrase } from "./amount.js";
import { Chart } from "./chart.js";
import { make, set, write, writeName } from "./dom.js";
import { Bar, Figure } from "./figure.js";
import { duration, number, quantity, unitName } from "./i18n.js";
import { figuresOf } from "./rows.js";
import { phases, stepOf } from "./steps.js";
/** @import {Group, Item, Translate} from "./fields.js" */
/** @import {Moment} from "./moment.js" */

/** Seconds for which a trend is left alone, unless the number has changed by more than this share of itself. */
const TREND_EVERY = 3;
const LEAP = 0.1;

const nextPhase = phases();

/** How a number stands to the mean of the window: an arrow and the difference, as words for those who do not see it. */
class Trend {
  #seen = make("span", "trend-seen");
  #time = make("span", "trend-time");
  #words = make("span", "visually-hidden");

  /** @param {Translate} t */
  constructor(t) {
    this.t = t;
    this.element = make("span", "trend");
    this.#seen.setAttribute("aria-hidden", "true");
    this.#time.setAttribute("aria-hidden", "true");
    this.element.append(this.#seen, this.#time, this.#words);
  }

  /** @param {number | null} value @param {number | null} mean @param {Item} item @param {number} seconds */
  update(value, mean, { unit, decimals }, seconds) {
    const { t } = this;
    if (value === null || mean === null) {
      this.#say("", "", "", "");
      return;
    }
    const difference = Math.abs(value - mean);
    const time = seconds < 60 ? duration(seconds) : `${number(Math.round(seconds / 60))} ${unitName("min")}`;
    if (quantity(difference, unit, decimals).text === quantity(0, unit).text) {
      this.#say("same", "≈", time, t("at the mean of {time}", { time }));
      return;
    }
    // A share that grew from 40 to 50 % grew by 10 points, and by a quarter.
    const text = unit === "percent"
      ? t("{number} pts", { number: number(difference, 1) })
      : phrase(difference, unit, decimals);
    const said = { difference: text, time };
    if (value > mean) this.#say("up", `▲ ${text}`, time, t("{difference} above the mean of {time}", said));
    else this.#say("down", `▼ ${text}`, time, t("{difference} below the mean of {time}", said));
  }

  /** @param {string} direction @param {string} seen @param {string} time @param {string} words */
  #say(direction, seen, time, words) {
    set(this.element, "data-trend", direction || null);
    write(this.#seen, seen);
    write(this.#time, time && `\u00a0· ${time}`);
    write(this.#words, words);
    set(this.element, "title", words || null);
  }
}

/** @param {number | null} value @param {number | null} before */
const isNear = (value, before) =>
  value === before || (value !== null && before !== null && Math.abs(value - before) <= LEAP * Math.abs(before));

/** One number of the headline. */
class Headliner {
  #phase = nextPhase();
  #compared = "";
  /** @type {number | null} */
  #value = null; // at that time

  /** @param {Item} item @param {boolean} isShare @param {number} series @param {Translate} t */
  constructor(item, isShare, series, t) {
    this.item = item;
    this.element = make("div", "headliner");
    this.element.dataset.path = item.path;
    this.element.dataset.series = String(series);
    this.name = make("span", "name");
    writeName(this.name, item.label);
    this.name.title = item.help;
    this.figure = new Figure(item, t, "p", "big");
    this.trend = new Trend(t);
    this.bar = isShare ? new Bar(item, item.label) : null;
    const line = make("p", "headliner-line");
    line.append(make("span", "key"), this.name, " ", this.trend.element);
    this.element.append(this.figure.element, ...(this.bar ? [this.bar.element] : []), line);
  }

  /** @param {Moment} moment */
  update(moment) {
    const { store, index } = moment;
    const value = index < 0 ? null : store.value(this.item.path, index);
    this.figure.update(value);
    this.bar?.update(value);
    this.#compare(value, moment);
  }

  /** @param {number | null} value @param {Moment} moment */
  #compare(value, moment) {
    const { store, range, first, end } = moment;
    const step = moment.isFollowing ? stepOf(range[1], TREND_EVERY, this.#phase) : `${range[1]} ${end}`;
    const compared = `${range[1] - range[0]} ${step} ${store.revision}`;
    if (compared === this.#compared && isNear(value, this.#value)) return;
    this.#compared = compared;
    this.#value = value;
    const mean = figuresOf(store.column(this.item.path), first, end)?.mean ?? null;
    this.trend.update(value, mean, this.item, range[1] - range[0]);
  }
}

export class Headline {
  /** @type {Chart | null} */
  chart = null;
  #host = make("div", "chart");

  /**
   * @param {Group} group
   * @param {object} options
   * @param {string} options.label
   * @param {Translate} options.t
   * @param {(range: [number, number] | null, isPassing?: boolean) => void} [options.onZoom]
   * @param {(factor: number, at: number | null) => void} [options.onScale]
   * @param {(timestamp: number | null) => void} [options.onCursor]
   */
  constructor(group, { label, t, onZoom = () => {}, onScale = () => {}, onCursor = () => {} }) {
    this.group = group;
    this.element = make("div", "headline");
    this.element.dataset.count = String(group.items.length);
    this.numbers = group.items.map((item, place) => new Headliner(item, group.isShare, place + 1, t));
    const row = make("div", "headliners");
    row.append(...this.numbers.map((each) => each.element));
    this.element.append(row, this.#host);
    this.options = { label, onZoom, onScale, onCursor };
  }

  /** @param {Moment} moment */
  update(moment) {
    for (const each of this.numbers) each.update(moment);
    this.chart ??= this.#makeChart(); // with the first numbers, when the element stands in the page
    // A canvas that draws text has the page laid out first. Once for all panels, when each has written its numbers.
    queueMicrotask(() => this.chart?.draw(moment.store, moment.range, moment.isFollowing));
  }

  /** @param {string} path @returns {Element | null} */
  find(path) {
    return this.numbers.find((each) => each.item.path === path)?.element ?? null;
  }

  destroy() {
    this.chart?.destroy();
    this.chart = null;
  }

  #makeChart() {
    const { items, unit, bounds } = this.group;
    const [{ warning, critical }] = items;
    const decimals = Math.max(...items.map((item) => item.decimals));
    const isAlike = items.every((item) => item.warning === warning && item.critical === critical);
    return new Chart(this.#host, {
      series: items.map(({ label, path }, place) => ({ label, path, color: place + 1 })),
      unit,
      bounds,
      levels: isAlike && (warning !== null || critical !== null) ? { warning, critical } : null,
      label: this.options.label,
      format: (value) => phrase(value, unit, decimals),
      onZoom: this.options.onZoom,
      onScale: this.options.onScale,
      onCursor: this.options.onCursor,
    });
  }
}
