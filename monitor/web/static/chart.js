// A chart over time: one uPlot with our axes, colours and keys. All charts of a page have one cursor.
import { Cursor } from "./cursor.js";
import { make } from "./dom.js";
import { time } from "./i18n.js";
import { colorOf, drawLevels, lineOf, swatch } from "./lines.js";
import { Narrator } from "./narrator.js";
import { rowsOf } from "./rows.js";
import { axisWidth, ends } from "./scale.js";
import { phases, stepOf, stepsIn } from "./steps.js";
import { Surroundings } from "./surroundings.js";
import { SECONDS, increments, tickTexts, timeRoom, timeTexts } from "./ticks.js";
import { touch } from "./touch.js";
import uPlot from "./vendor/uplot.js";

/** @import {Reader} from "./cursor.js" */
/** @import {Levels, Series} from "./lines.js" */
/** @import {Range} from "./range.js" */
/** @import {Store} from "./store.js" */

/**
 * @typedef {object} Options
 * @property {readonly Series[]} series
 * @property {string} unit     of the values
 * @property {Range|null} bounds   of the y axis, and beyond them where the data is; null follows the data
 * @property {Levels|null} levels  drawn as thin lines
 * @property {string} label    what the chart shows
 * @property {(value: number|null) => string} format  a value as people read it, with its unit
 * @property {(range: Range|null, isPassing?: boolean) => void} onZoom   null: show everything again; passing: fingers
 *   are still moving
 * @property {(factor: number, at: number|null) => void} onScale   show so many times as much; what the cursor is at,
 *   if anything, stays in its place
 * @property {(timestamp: number|null) => void} onCursor  moved by pointer or key; null: gone
 */

// A drag of fewer pixels is a click.
const DRAG = 5;
// Pixels between the pointer and what is said beside it.
const READOUT_GAP = 10;
// Rows that Shift with an arrow key goes.
const PAGE = 10;

/** @type {Surroundings|null} */
let surroundings = null;
const cursor = new Cursor();
const nextPhase = phases();

/** One chart. It draws when it is told to, and only while someone can see it. */
export class Chart {
  #host;
  #options;
  #around;
  #narrator;
  #plot = make("div", "chart-plot");
  #readout = make("div", "chart-readout");
  #moment = make("div", "chart-moment");
  /** @type {HTMLElement[]} where the readout has the value of each series */
  #values = [];
  /** @type {uPlot|null} made when there is something to draw, and room */
  #uplot = null;
  /** @type {{store: Store, range: Range, isFollowing: boolean}|null} what was asked for last */
  #asked = null;
  /** What is on the canvas. */
  #drawn = "";
  #isSeen = false;
  /** Whether the cursor is where our own code put it. */
  #isPlacing = false;
  #phase = nextPhase();
  /** Ends what fingers do. */
  #untouch;
  /** @type {Reader} */
  #reader = {
    pointed: () => this.#pointed(), show: (at) => this.#place(at), tell: (at) => this.#options.onCursor(at),
  };

  /**
   * @param {HTMLElement} host an empty element in the page
   * @param {Options} options
   */
  constructor(host, options) {
    this.#host = host;
    this.#options = options;
    this.#around = surroundings ??= new Surroundings();
    this.#narrator = new Narrator(host, options);
    host.classList.add("chart");
    host.tabIndex = 0;
    host.setAttribute("role", "img");
    host.setAttribute("aria-label", options.label);
    if (options.series.length > 1) host.append(this.#legend());
    host.append(this.#plot);
    this.#furnish();
    host.addEventListener("keydown", this.#press);
    host.addEventListener("focus", this.#describe);
    this.#untouch = touch(this.#plot, {
      area: () => this.#area(), point: (timestamp) => this.#pointAt(timestamp), zoom: options.onZoom,
    });
    cursor.join(this.#reader);
    this.#around.watch(this.#plot, this);
  }

  /** What is drawn on; null before anything was. */
  get canvas() {
    return this.#uplot?.ctx.canvas ?? null;
  }

  /**
   * Show a stretch of the store; caught up with later where nobody can see it now.
   *
   * @param {Store} store
   * @param {Range} range
   * @param {boolean} [isFollowing]  time goes on: what differs by less than a pixel may wait for the next call
   */
  draw(store, range, isFollowing = false) {
    this.#asked = { store, range, isFollowing };
    this.catchUp();
  }

  /** Take the size that the page gives. */
  resize() {
    const { width, height } = this.#room();
    const uplot = this.#uplot;
    if (width === 0 || height === 0) return;
    if (uplot === null) this.catchUp();
    else if (uplot.width !== width || uplot.height !== height) uplot.batch(() => uplot.setSize({ width, height }));
  }

  /** Leave the page. */
  destroy() {
    this.#untouch();
    this.#around.leave(this.#plot);
    this.#host.removeEventListener("keydown", this.#press);
    this.#host.removeEventListener("focus", this.#describe);
    this.#uplot?.destroy();
    this.#uplot = null;
    this.#asked = null;
    cursor.leave(this.#reader);
    this.#host.replaceChildren();
  }

  /**
   * Someone sees it now, or no more.
   *
   * @param {boolean} isSeen
   */
  see(isSeen) {
    this.#isSeen = isSeen;
    this.catchUp();
  }

  /** Draw with the colours as they are now. */
  recolor() {
    this.#uplot?.redraw(false);
  }

  /** Draw what was asked for, where it is not drawn yet and someone sees it. */
  catchUp() {
    const asked = this.#asked;
    if (asked === null || !this.#isSeen || document.hidden) return;
    if (this.#uplot !== null && this.#uplot.select.width > 0) return; // it stands still under a drag
    const { store, range: [min, max], isFollowing } = asked;
    const drawn = this.#picture(asked);
    if (drawn === this.#drawn) return;
    const uplot = this.#uplot ??= this.#made();
    if (uplot === null) return;
    this.#drawn = drawn;
    const data = /** @type {uPlot.AlignedData} */ ([
      store.timestamps, ...this.#options.series.map(({ path }) => store.column(path)),
    ]);
    this.#quietly(() => uplot.batch(() => {
      uplot.setData(data, false);
      uplot.setScale("x", { min, max });
    }));
    cursor.follow(this.#reader);
    this.#narrator.follow(store, asked.range, isFollowing);
  }

  /**
   * What the canvas would show, in short. Time that goes on is another picture once it has gone on by a pixel: until
   * then the same one would be drawn again.
   *
   * @param {{store: Store, range: Range, isFollowing: boolean}} asked
   */
  #picture({ store, range: [min, max], isFollowing }) {
    const { revision } = store;
    const pixels = this.#uplot?.bbox.width ?? 0;
    if (!isFollowing || pixels === 0) return `${min} ${max} ${store.at(max)} ${revision}`;
    const length = max - min;
    return `${length} ${stepOf(max, length / stepsIn(pixels), this.#phase)} ${pixels} ${revision}`;
  }

  #legend() {
    const legend = make("div", "chart-legend");
    this.#options.series.forEach((series, index) => {
      const entry = make("span", "chart-entry");
      entry.append(swatch(series, index), make("span", "chart-label", series.label));
      legend.append(entry);
    });
    return legend;
  }

  /** CSS pixels, as whole ones of the screen: a canvas stretched by a part of one is blurred in its middle. */
  #room() {
    const { width, height } = this.#plot.getBoundingClientRect();
    const [columns, rows] = [width, height].map((length) => Math.floor(length * devicePixelRatio));
    return { width: columns / devicePixelRatio, height: rows / devicePixelRatio };
  }

  /** Build the readout. */
  #furnish() {
    this.#readout.hidden = true;
    this.#readout.append(this.#moment);
    this.#options.series.forEach((series, index) => {
      const row = make("div", "chart-entry");
      const value = make("span", "chart-value");
      if (this.#options.series.length > 1) row.append(swatch(series, index), make("span", "chart-label", series.label));
      row.append(value);
      this.#values.push(value);
      this.#readout.append(row);
    });
  }

  /** @returns {uPlot|null} null while there is no room */
  #made() {
    const { width, height } = this.#room();
    if (width === 0 || height === 0) return null;
    const { series, bounds, levels, unit } = this.#options;
    const paint = this.#around.color;
    const style = getComputedStyle(this.#plot);
    const font = `${Math.round(parseFloat(style.fontSize))}px ${style.fontFamily}`;
    const axis = {
      font, stroke: () => paint("var(--quiet)"), ticks: { show: false },
      grid: { stroke: () => paint("var(--line)"), width: 1 },
    };
    const uplot = new uPlot({
      width,
      height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      select: { show: true, left: 0, top: 0, width: 0, height: 0 },
      scales: {
        x: { time: true, auto: false, range: (_, min, max) => [min, max] },
        y: { range: (_, low, high) => ends(low, high, unit, bounds) },
      },
      axes: [
        {
          ...axis, space: (_, _axis, from, to, width) => timeRoom((to - from) / width), gap: 4, incrs: SECONDS,
          size: Math.round(parseFloat(style.fontSize) * 1.9),
          values: (_, splits, _axis, _space, increment) => timeTexts(splits, increment),
        },
        {
          ...axis, space: 26, gap: 6, incrs: increments(unit), size: axisWidth(),
          values: (_, splits) => tickTexts(splits, unit),
        },
      ],
      series: [{}, ...series.map((each, index) => lineOf(each, index, paint))],
      cursor: {
        y: false,
        points: {
          size: 7, width: 1.5, stroke: () => paint("var(--card)"),
          fill: (_, index) => paint(colorOf(series[index - 1], index - 1)),
        },
        drag: { setScale: false, x: true, y: false, dist: DRAG },
        bind: { dblclick: () => () => { this.#options.onZoom(null); return null; } },
      },
      hooks: {
        drawAxes: [(self) => { if (levels !== null) drawLevels(self, levels, paint); }],
        setCursor: [(self) => this.#moved(self)],
        setSelect: [(self) => this.#selected(self)],
      },
    }, [[], ...series.map(() => [])], this.#plot);
    uplot.over.append(this.#readout);
    return uplot;
  }

  /**
   * The cursor has moved, by whomever.
   *
   * @param {uPlot} self
   */
  #moved(self) {
    const index = self.cursor.idx ?? null;
    const left = self.cursor.left ?? -1;
    this.#readout.hidden = index === null || left < 0;
    if (index !== null && !this.#readout.hidden) {
      this.#moment.textContent = time(self.data[0][index]);
      this.#values.forEach((value, place) => {
        value.textContent = this.#options.format(self.data[place + 1][index] ?? null);
      });
      const middle = self.bbox.width / uPlot.pxRatio / 2;
      this.#readout.dataset.side = left < middle ? "right" : "left";
      this.#readout.style.maxWidth = `${Math.max(left, 2 * middle - left) - READOUT_GAP}px`;
    }
    // The cursor of a chart that follows another one has no event.
    if (!this.#isPlacing && self.cursor.event) cursor.point(this.#reader, left >= 0);
  }

  /** The moment under the cursor of the canvas. */
  #pointed() {
    const uplot = this.#uplot;
    const index = uplot?.cursor.idx ?? null;
    return uplot && index !== null ? uplot.data[0][index] : null;
  }

  /** @param {uPlot} self */
  #selected(self) {
    const { left, width } = self.select;
    self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (width >= DRAG) this.#options.onZoom([self.posToVal(left, "x"), self.posToVal(left + width, "x")]);
    this.catchUp();
  }

  /** Put the cursor of the canvas at a moment; nowhere, where that is not shown. @param {number|null} at */
  #place(at) {
    const uplot = this.#uplot;
    if (uplot === null || !this.#isSeen) return;
    const { min, max } = uplot.scales.x;
    const isInside = at !== null && at >= (min ?? Infinity) && at <= (max ?? -Infinity);
    const left = isInside ? uplot.valToPos(at, "x") : -10;
    const top = isInside ? uplot.bbox.height / uPlot.pxRatio / 2 : -10;
    this.#quietly(() => uplot.setCursor({ left, top }));
  }

  /** @param {() => void} act what moves the cursor though nobody has */
  #quietly(act) {
    this.#isPlacing = true;
    try {
      act();
    } finally {
      this.#isPlacing = false;
    }
  }

  /** Say to screen readers what there is to see. */
  #describe = () => {
    if (this.#asked !== null) this.#narrator.describe(this.#asked.store, this.#asked.range);
  };

  /** @param {KeyboardEvent} event */
  #press = (event) => {
    if (this.#asked === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const { store, range } = this.#asked;
    const [first, end] = rowsOf(store, range);
    const last = end - 1;
    const from = cursor.on(this.#reader);
    const row = from === null ? null : Math.max(first, Math.min(last, store.at(from)));
    const stride = event.shiftKey ? PAGE : 1;
    if (event.key === "Escape" && from !== null) this.#goTo(null);
    else if (event.key === "+") this.#options.onScale(0.5, from);
    else if (event.key === "-") this.#options.onScale(2, from);
    else if (event.key === "0") this.#options.onZoom(null);
    else if (last < first) return; // nothing is known of this time, and a closer look at it has to end all the same
    else if (event.key === "Home") this.#goTo(first);
    else if (event.key === "End") this.#goTo(last);
    else if (event.key === "ArrowLeft") this.#goTo(row === null ? last : Math.max(first, row - stride));
    else if (event.key === "ArrowRight") this.#goTo(row === null ? first : Math.min(last, row + stride));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /**
   * Move the cursor of all charts.
   *
   * @param {number|null} row
   */
  #goTo(row) {
    if (this.#asked === null) return;
    const { store } = this.#asked;
    cursor.put(this.#reader, row === null ? null : store.timestamps[row]);
    if (row !== null) this.#narrator.read(store, row);
  }

  /**
   * A finger is at a moment: the cursors go to what is known of it.
   *
   * @param {number|null} timestamp
   */
  #pointAt(timestamp) {
    if (this.#asked === null) return;
    const { store, range } = this.#asked;
    const [first, end] = rowsOf(store, range);
    if (timestamp === null) {
      cursor.put(this.#reader, null);
    } else if (end > first) {
      const row = Math.max(first, Math.min(end - 1, store.at(timestamp)));
      cursor.put(this.#reader, store.timestamps[row]);
    }
  }

  /** Where time is on the page, and which. */
  #area() {
    if (this.#uplot === null || this.#asked === null) return null;
    const { left, width } = this.#uplot.over.getBoundingClientRect();
    return width > 0 ? { left, width, range: this.#asked.range } : null;
  }
}
