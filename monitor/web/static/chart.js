// A chart over time: one uPlot with our axes, colours and keys. All charts of a page have one cursor.
import { lineAndArea } from "./area.js";
import { shortTime, t, time } from "./i18n.js";
import { figuresOf, rowsOf } from "./rows.js";
import { phases, stepOf, stepsIn } from "./steps.js";
import { SECONDS, increments as incrementsOf, tickTexts } from "./ticks.js";
import { touch } from "./touch.js";
import uPlot from "./vendor/uplot.js";

/** @import {Store} from "./store.js" */
/** @import {Range} from "./range.js" */

/**
 * @typedef {object} Series
 * @property {string} label
 * @property {string} path     of a column of the store
 * @property {number|string} [color] which --series-N, or a CSS colour; its place among the series otherwise
 */

/**
 * @typedef {object} Options
 * @property {readonly Series[]} series
 * @property {string} unit     of the values
 * @property {Range|null} bounds   of the y axis, and beyond them where the data is; null follows the data
 * @property {{warning: number|null, critical: number|null}|null} levels  drawn as thin lines
 * @property {string} label    what the chart shows
 * @property {(value: number|null) => string} format  a value as people read it, with its unit
 * @property {(range: Range|null, isPassing?: boolean) => void} onZoom   null: show everything again; passing: fingers
 *   are still moving
 * @property {(factor: number, at: number|null) => void} onScale   show so many times as much; what the cursor is at,
 *   if anything, stays in its place
 * @property {(timestamp: number|null) => void} onCursor  moved by pointer or key; null: gone
 */

const COLORS = 8;
// Lines differ by more than their colour. Lengths are CSS pixels. A line of one pixel is drawn in a third of the time
// of one that is wider, where no graphics processor helps.
const DASHES = [[], [6, 3], [2, 3], [10, 3, 2, 3], [14, 4], [4, 2, 1, 2], [1, 4], [8, 2, 2, 2, 2, 2]];
const LINE = 1;
// A drag of fewer pixels is a click.
const DRAG = 5;
// The widths of all y axes are multiples of this, so that most plots begin at the same x.
const AXIS_STEP = 8;
const AXIS_LEAST = 56;
const FEW_TICKS = 4;
// What a character of a time takes on the x axis, with the room between two of them.
const CHARACTER = 9;
// Pixels between the pointer and what is said beside it.
const READOUT_GAP = 10;
// Screen readers are told anew when the chart gets the focus; else it is enough now and then. Milliseconds.
const SUMMARY_EVERY = 15_000;
const KEYS_REST = 400;
const PAGE = 10;

/** Units of which zero is no natural end: a temperature is not drawn from the ground up. */
const FLOATING = new Set(["celsius", "V", "Hz", "MHz", "rpm", "s"]);

/** @type {Map<Element, Chart>} by what is watched of each */
const charts = new Map();

/** What the charts of a page share: who is on screen and how large, the colours, and a voice. */
class Surroundings {
  /** @type {Map<string, string>} what can be drawn with, by CSS colour */
  #colors = new Map();
  /** @type {number|null} where the page knows the cursor to be */
  told = null;
  /** @type {HTMLElement|null} */
  #voice = null;
  #speaking = 0;
  #probe = document.createElement("span");

  constructor() {
    const resize = new ResizeObserver((entries) => entries.forEach(({ target }) => charts.get(target)?.resize()));
    const sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) charts.get(target)?.see(isIntersecting);
    }, { rootMargin: "25%" });
    /** @param {Element} plot */
    this.watch = (plot) => { resize.observe(plot); sight.observe(plot); };
    /** @param {Element} plot */
    this.leave = (plot) => { resize.unobserve(plot); sight.unobserve(plot); };
    this.#probe.hidden = true;
    document.body.append(this.#probe);
    const recolor = () => {
      this.#colors.clear();
      charts.forEach((chart) => chart.recolor());
    };
    document.addEventListener("themechange", recolor);
    for (const query of ["print", "(forced-colors: active)", "(prefers-color-scheme: dark)"]) {
      matchMedia(query).addEventListener("change", recolor);
    }
    addEventListener("dppxchange", () => charts.forEach((chart) => chart.resize())); // uPlot's, for another screen
    document.addEventListener("visibilitychange", () => charts.forEach((chart) => chart.catchUp()));
    addEventListener("beforeprint", () => charts.forEach((chart) => chart.see(true)));
  }

  /**
   * A colour as a canvas takes it.
   *
   * @param {string} expression a CSS colour, with custom properties
   */
  color(expression) {
    let color = this.#colors.get(expression);
    if (color === undefined) {
      this.#probe.style.color = "";
      this.#probe.style.color = expression;
      color = getComputedStyle(this.#probe).color;
      this.#colors.set(expression, color);
    }
    return color;
  }

  /**
   * Tell screen readers, once the keys rest.
   *
   * @param {string} text
   */
  say(text) {
    if (this.#voice === null) {
      this.#voice = document.createElement("div");
      this.#voice.className = "chart-voice";
      this.#voice.setAttribute("role", "status");
      document.body.append(this.#voice);
    }
    const voice = this.#voice;
    clearTimeout(this.#speaking);
    this.#speaking = setTimeout(() => { voice.textContent = text; }, KEYS_REST);
  }
}

/** @type {Surroundings|null} */
let surroundings = null;
const nextPhase = phases();

/** One chart. It draws when it is told to, and only while someone can see it. */
export class Chart {
  #host;
  #options;
  #around;
  #plot = made("div", "chart-plot");
  #readout = made("div", "chart-readout");
  #moment = made("div", "chart-moment");
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
  /** Whether the pointer is on this chart. */
  #isPointed = false;
  /** @type {number|null} where the cursor stays when the chart moves on */
  #cursor = null;
  #axis = AXIS_LEAST;
  /** The labels that the axis is wide enough for. */
  #measured = "";
  #phase = nextPhase();
  #summarised = -Infinity;
  /** Seconds that it showed last. */
  #length = 0;
  /** Ends what fingers do. */
  #untouch;

  /**
   * @param {HTMLElement} host an empty element in the page
   * @param {Options} options
   */
  constructor(host, options) {
    this.#host = host;
    this.#options = options;
    this.#around = surroundings ??= new Surroundings();
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
    charts.set(this.#plot, this);
    this.#around.watch(this.#plot);
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

  /**
   * Put the cursor at a moment, until the pointer takes it. Tells nobody.
   *
   * @param {number|null} timestamp
   */
  setCursor(timestamp) {
    if (this.#isPointed) return;
    this.#cursor = timestamp;
    this.#place();
  }

  /** Leave the page. */
  destroy() {
    this.#untouch();
    this.#around.leave(this.#plot);
    charts.delete(this.#plot);
    this.#host.removeEventListener("keydown", this.#press);
    this.#host.removeEventListener("focus", this.#describe);
    this.#uplot?.destroy();
    this.#uplot = null;
    this.#asked = null;
    if (this.#isPointed) this.#tell(); // nobody points at it any more
    this.#host.replaceChildren();
  }

  /**
   * The chart in a sentence.
   *
   * @param {Store} store
   * @param {Range} range
   * @returns {string}
   */
  summary(store, range) {
    const { label, series, format } = this.#options;
    const [first, end] = rowsOf(store, range);
    const told = series.flatMap(({ label: name, path }) => {
      const figures = figuresOf(store.column(path), first, end);
      if (figures === null) return [];
      const texts = {
        newest: format(figures.newest), least: format(figures.least), most: format(figures.most),
        mean: format(figures.mean),
      };
      const text = t("last {newest}, lowest {least}, highest {most}, mean {mean}", texts);
      return [series.length === 1 ? text : `${name}: ${text}`];
    });
    if (told.length === 0) return t("{label}: no data for this time.", { label });
    const times = { label, from: time(range[0]), to: time(range[1]) };
    const head = t("{label}, {from} to {to}", times);
    return `${head}: ${told.join("; ")}.`;
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
    if (this.#isPointed) this.#tell();
    else if (this.#around.told !== null) this.#place();
    this.#tellScreenReaders(max - min, isFollowing);
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
    const legend = made("div", "chart-legend");
    this.#options.series.forEach((series, index) => {
      const entry = made("span", "chart-entry");
      entry.append(this.#swatch(index), made("span", "chart-label", series.label));
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
      const row = made("div", "chart-entry");
      const value = made("span", "chart-value");
      if (this.#options.series.length > 1) row.append(this.#swatch(index), made("span", "chart-label", series.label));
      row.append(value);
      this.#values.push(value);
      this.#readout.append(row);
    });
  }

  /** @param {number} index */
  #swatch(index) {
    const namespace = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(namespace, "svg");
    const line = document.createElementNS(namespace, "line");
    svg.classList.add("chart-swatch");
    svg.setAttribute("viewBox", "0 0 20 8");
    const ends = { x1: "0", x2: "20", y1: "4", y2: "4", "stroke-dasharray": DASHES[index % DASHES.length].join(" ") };
    for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value);
    line.style.stroke = this.#expression(index);
    svg.append(line);
    return svg;
  }

  /**
   * The CSS colour of a series.
   *
   * @param {number} index
   */
  #expression(index) {
    const color = this.#options.series[index].color ?? index % COLORS + 1;
    return typeof color === "number" ? `var(--series-${color})` : color;
  }

  /** @returns {uPlot|null} null while there is no room */
  #made() {
    const { width, height } = this.#room();
    if (width === 0 || height === 0) return null;
    const { series, bounds, unit } = this.#options;
    const { color } = this.#around;
    /** @param {string} expression */
    const paint = (expression) => color.call(this.#around, expression);
    const style = getComputedStyle(this.#plot);
    const font = `${Math.round(parseFloat(style.fontSize))}px ${style.fontFamily}`;
    const increments = incrementsOf(unit);
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
        y: bounds === null
          ? { range: (_, low, high) => spanned(low, high, increments, FLOATING.has(unit)) }
          : { range: (_, low, high) => bounded(low, high, bounds, increments) },
      },
      axes: [
        {
          ...axis, space: time(0).length * CHARACTER, gap: 4, incrs: SECONDS,
          size: Math.round(parseFloat(style.fontSize) * 1.9),
          values: (_, splits, _axis, _space, increment) =>
            splits.map((split) => (increment < 60 ? time(split) : shortTime(split))),
        },
        {
          ...axis, space: 26, gap: 6, incrs: increments, size: (self, values) => this.#axisSize(self, values),
          values: (_, splits) => tickTexts(splits, unit),
        },
      ],
      series: [{}, ...series.map((each, index) => this.#line(each, index, paint))],
      cursor: {
        y: false,
        points: {
          size: 7, width: 1.5, stroke: () => paint("var(--card)"),
          fill: (_, index) => paint(this.#expression(index - 1)),
        },
        drag: { setScale: false, x: true, y: false, dist: DRAG },
        bind: { dblclick: () => () => { this.#options.onZoom(null); return null; } },
      },
      hooks: {
        drawAxes: [(self) => this.#drawLevels(self, paint)],
        setCursor: [(self) => this.#moved(self)],
        setSelect: [(self) => this.#selected(self)],
      },
    }, [[], ...series.map(() => [])], this.#plot);
    uplot.over.append(this.#readout);
    return uplot;
  }

  /**
   * @param {Series} series
   * @param {number} index
   * @param {(expression: string) => string} paint
   * @returns {uPlot.Series}
   */
  #line(series, index, paint) {
    const stroke = () => paint(this.#expression(index));
    return {
      label: series.label,
      stroke,
      width: LINE,
      dash: DASHES[index % DASHES.length],
      fill: index === 0 ? (self) => shaded(self, stroke()) : undefined,
      fillTo: (self) => self.scales.y.min ?? 0,
      paths: lineAndArea,
      // Only a value that stands alone between two gaps is a point; it would not be seen otherwise.
      points: { show: false, size: 4, filter: (self, place, _show, gaps) => lonely(self, place, gaps) },
    };
  }

  /**
   * Wide enough for all its labels so far, so that the plot does not move to and fro.
   *
   * @param {uPlot} self
   * @param {string[]|null} values
   */
  #axisSize(self, values) {
    const labels = values?.join() ?? "";
    if (values === null || values.length === 0 || labels === this.#measured) return this.#axis;
    this.#measured = labels;
    self.ctx.font = String(/** @type {any} */ (self.axes[1].font)[0]);
    const widest = Math.max(...values.map((value) => self.ctx.measureText(value ?? "").width)) / uPlot.pxRatio;
    this.#axis = Math.max(this.#axis, Math.ceil((widest + 10) / AXIS_STEP) * AXIS_STEP);
    return this.#axis;
  }

  /**
   * @param {uPlot} self
   * @param {(expression: string) => string} paint
   */
  #drawLevels(self, paint) {
    const { levels } = this.#options;
    const { min, max } = self.scales.y;
    if (levels === null || !isKnown(min) || !isKnown(max)) return;
    const { ctx, bbox: { left, width } } = self;
    ctx.save();
    ctx.lineWidth = uPlot.pxRatio;
    ctx.globalAlpha = 0.7;
    const lines = /** @type {const} */ ([[levels.warning, "--warning"], [levels.critical, "--critical"]]);
    for (const [level, color] of lines) {
      if (level === null || level <= min || level >= max) continue;
      const y = Math.round(self.valToPos(level, "y", true)) + 0.5;
      ctx.strokeStyle = paint(`var(${color})`);
      ctx.setLineDash([2 * uPlot.pxRatio, 4 * uPlot.pxRatio]);
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
    }
    ctx.restore();
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
    if (this.#isPlacing || !self.cursor.event) return;
    this.#isPointed = left >= 0;
    charts.forEach((chart) => { chart.#cursor = null; });
    this.#tell();
  }

  /** Tell the page where the cursor is, where that is new. */
  #tell() {
    const uplot = this.#uplot;
    const index = uplot?.cursor.idx ?? null;
    const timestamp = this.#isPointed && uplot && index !== null ? uplot.data[0][index] : this.#cursor;
    if (timestamp === this.#around.told) return;
    this.#around.told = timestamp;
    this.#options.onCursor(timestamp);
    // uPlot would bring the others to the same place of the pointer; rounded to their pixels, that is another moment.
    charts.forEach((chart) => { if (!chart.#isPointed && chart.#cursor === null) chart.#place(); });
  }

  /** @param {uPlot} self */
  #selected(self) {
    const { left, width } = self.select;
    self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (width >= DRAG) this.#options.onZoom([self.posToVal(left, "x"), self.posToVal(left + width, "x")]);
    this.catchUp();
  }

  /** Put the cursor where it stays, or where the pointer is on another chart. */
  #place() {
    const uplot = this.#uplot;
    if (uplot === null || !this.#isSeen) return;
    const { min, max } = uplot.scales.x;
    const at = this.#cursor ?? this.#around.told;
    const isInside = at !== null && isKnown(min) && isKnown(max) && at >= min && at <= max;
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

  /**
   * Time that goes on is worth a word now and then; another stretch of it is told at once, aloud where the focus is.
   *
   * @param {number} length  of what is shown, in seconds
   * @param {boolean} isFollowing
   */
  #tellScreenReaders(length, isFollowing) {
    const hasFocus = document.activeElement === this.#host;
    const isAnother = Math.abs(length - this.#length) > 1;
    this.#length = length;
    const isDue = !isFollowing || isAnother || performance.now() - this.#summarised > SUMMARY_EVERY;
    if (isDue && !hasFocus) this.#describe();
    else if (isAnother && hasFocus) this.#sayRange();
  }

  #sayRange() {
    if (this.#asked === null) return;
    const [from, to] = this.#asked.range;
    this.#around.say(t("{label}, {from} to {to}", { label: this.#options.label, from: time(from), to: time(to) }));
    this.#describe();
  }

  /** Say to screen readers what there is to see. */
  #describe = () => {
    if (this.#asked === null) return;
    this.#summarised = performance.now();
    this.#host.setAttribute("aria-label", this.summary(this.#asked.store, this.#asked.range));
  };

  /** @param {KeyboardEvent} event */
  #press = (event) => {
    if (this.#asked === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const { store, range } = this.#asked;
    const [first, end] = rowsOf(store, range);
    const last = end - 1;
    const from = this.#isPointed ? this.#around.told : this.#cursor;
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
    this.#putCursors(row === null ? null : store.timestamps[row]);
    if (row === null) return;
    const { series, format } = this.#options;
    const values = series.map(({ label, path }) =>
      (series.length > 1 ? `${label} ` : "") + format(store.value(path, row)));
    this.#around.say(`${time(store.timestamps[row])}: ${values.join(", ")}`);
  }

  /**
   * Put the cursor of all charts at a moment.
   *
   * @param {number|null} at
   */
  #putCursors(at) {
    charts.forEach((chart) => {
      chart.#isPointed = false;
      chart.setCursor(at);
    });
    this.#tell();
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
    if (timestamp === null) this.#putCursors(null);
    else if (end > first) this.#putCursors(store.timestamps[Math.max(first, Math.min(end - 1, store.at(timestamp)))]);
  }

  /** Where time is on the page, and which. */
  #area() {
    if (this.#uplot === null || this.#asked === null) return null;
    const { left, width } = this.#uplot.over.getBoundingClientRect();
    return width > 0 ? { left, width, range: this.#asked.range } : null;
  }
}

/**
 * The ends of a y axis that holds these values: whole steps, from zero where that is a natural end.
 *
 * @param {number|null} low
 * @param {number|null} high  null where there are no values
 * @param {readonly number[]} increments
 * @param {boolean} isFloating
 * @returns {Range}
 */
function spanned(low, high, increments, isFloating) {
  if (low === null || high === null) return [0, 1];
  const isFromZero = !isFloating && low >= 0;
  const bottom = isFromZero ? 0 : low;
  const span = high - bottom || Math.abs(high) * 0.1 || 1;
  const step = increments.find((increment) => increment * FEW_TICKS >= span) ?? increments[increments.length - 1];
  const to = Math.ceil((high + span * 0.05) / step) * step;
  if (isFromZero) return [0, to];
  const from = Math.floor((low - span * 0.05) / step) * step;
  return [low >= 0 ? Math.max(0, from) : from, to];
}

/**
 * The ends of a y axis that has bounds: these, as long as all values are within them.
 *
 * @param {number|null} low
 * @param {number|null} high  null where there are no values
 * @param {Range} bounds
 * @param {readonly number[]} increments
 * @returns {Range}
 */
function bounded(low, high, bounds, increments) {
  if (low === null || high === null || (low >= bounds[0] && high <= bounds[1])) return [bounds[0], bounds[1]];
  return spanned(Math.min(low, bounds[0]), Math.max(high, bounds[1]), increments, false);
}

/**
 * A line's colour, from a third of it to almost nothing.
 *
 * @param {uPlot} self
 * @param {string} color
 */
function shaded(self, color) {
  const { top, height } = self.bbox;
  const channels = /^rgb\(([^)]+)\)$/.exec(color)?.[1];
  if (channels === undefined) return "transparent";
  const gradient = self.ctx.createLinearGradient(0, top, 0, top + height);
  gradient.addColorStop(0, `rgba(${channels}, 0.3)`);
  gradient.addColorStop(1, `rgba(${channels}, 0.04)`);
  return gradient;
}

/**
 * The rows whose value has none beside it.
 *
 * @param {uPlot} self
 * @param {number} place
 * @param {null|number[][]} [gaps]
 * @returns {number[]|null}
 */
function lonely(self, place, gaps) {
  const values = self.data[place];
  const [first, last] = self.series[0].idxs ?? [0, -1];
  if (last - first > 1 && (gaps ?? []).length === 0) return null;
  const rows = [];
  for (let index = first; index <= last; index += 1) {
    if (isKnown(values[index]) && !isKnown(values[index - 1]) && !isKnown(values[index + 1])) rows.push(index);
  }
  return rows.length > 0 ? rows : null;
}

/**
 * @param {number|null|undefined} value
 * @returns {value is number}
 */
function isKnown(value) {
  return typeof value === "number";
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} text
 */
function made(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
