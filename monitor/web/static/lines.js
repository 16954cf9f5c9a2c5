// The lines of a chart: of its series, with the area under the first one, and of its levels. Where a line has a point
// for each pixel or more, the area is made of columns of whole pixels: a slope for each point takes three times as long
// to fill, where no graphics processor helps.
import uPlot from "./vendor/uplot.js";

/**
 * @typedef {object} Series
 * @property {string} label
 * @property {string} path     of a column of the store
 * @property {number|string} [color] which --series-N, or a CSS colour; its place among the series otherwise
 */

/** @typedef {{warning: number|null, critical: number|null}} Levels */

/** @typedef {(expression: string) => string} Paint a CSS colour, with custom properties, as a canvas takes it */

const COLORS = 8;
// Lines differ by more than their colour. Lengths are CSS pixels. A line of one pixel is drawn in a third of the time
// of one that is wider, where no graphics processor helps.
const DASHES = [[], [6, 3], [2, 3], [10, 3, 2, 3], [14, 4], [4, 2, 1, 2], [1, 4], [8, 2, 2, 2, 2, 2]];
const LINE = 1;
const LEVEL = [2, 4];

const linear = /** @type {uPlot.Series.PathBuilder} */ (uPlot.paths.linear?.());

/**
 * The CSS colour of a series.
 *
 * @param {Series} series
 * @param {number} index   its place among the series
 */
export function colorOf(series, index) {
  const color = series.color ?? index % COLORS + 1;
  return typeof color === "number" ? `var(--series-${color})` : color;
}

/**
 * A piece of a line, for a legend.
 *
 * @param {Series} series
 * @param {number} index   its place among the series
 */
export function swatch(series, index) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const line = document.createElementNS(namespace, "line");
  svg.classList.add("chart-swatch");
  svg.setAttribute("viewBox", "0 0 20 8");
  const ends = { x1: "0", x2: "20", y1: "4", y2: "4", "stroke-dasharray": DASHES[index % DASHES.length].join(" ") };
  for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value);
  line.style.stroke = colorOf(series, index);
  svg.append(line);
  return svg;
}

/**
 * A series as uPlot takes it.
 *
 * @param {Series} series
 * @param {number} index   its place among the series
 * @param {Paint} paint
 * @returns {uPlot.Series}
 */
export function lineOf(series, index, paint) {
  const stroke = () => paint(colorOf(series, index));
  return {
    label: series.label,
    stroke,
    width: LINE,
    dash: DASHES[index % DASHES.length],
    fill: index === 0 ? (self) => shade(self, stroke()) : undefined,
    fillTo: (self) => self.scales.y.min ?? 0,
    paths: lineAndArea,
    // Only a value that stands alone between two gaps is a point; it would not be seen otherwise.
    points: {
      show: false, size: 4,
      filter: ({ data, series: [{ idxs }] }, place, _show, gaps) => lonely(data[place], idxs ?? [0, -1], gaps),
    },
  };
}

/**
 * Draw those levels that are within the chart.
 *
 * @param {uPlot} self
 * @param {Levels} levels
 * @param {Paint} paint
 */
export function drawLevels(self, levels, paint) {
  const { ctx, bbox: { left, width }, scales: { y: { min, max } } } = self;
  if (!isKnown(min) || !isKnown(max)) return;
  ctx.save();
  ctx.lineWidth = uPlot.pxRatio;
  ctx.globalAlpha = 0.7;
  ctx.setLineDash(LEVEL.map((length) => length * uPlot.pxRatio));
  const lines = /** @type {const} */ ([[levels.warning, "--warning"], [levels.critical, "--critical"]]);
  for (const [level, color] of lines) {
    if (level === null || level <= min || level >= max) continue;
    const y = Math.round(self.valToPos(level, "y", true)) + 0.5;
    ctx.strokeStyle = paint(`var(${color})`);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
  }
  ctx.restore();
}

/**
 * The rows whose value has none beside it.
 *
 * @param {ArrayLike<number|null|undefined>} values
 * @param {readonly number[]} rows   the first and the last one
 * @param {null|number[][]} [gaps]   that uPlot has found among them
 * @returns {number[]|null}   null where there are none
 */
export function lonely(values, [first, last], gaps) {
  if (last - first > 1 && (gaps ?? []).length === 0) return null;
  const rows = [];
  for (let index = first; index <= last; index += 1) {
    if (isKnown(values[index]) && !isKnown(values[index - 1]) && !isKnown(values[index + 1])) rows.push(index);
  }
  return rows.length > 0 ? rows : null;
}

/**
 * A line's colour, from a third of it to almost nothing.
 *
 * @param {uPlot} self
 * @param {string} color
 */
function shade(self, color) {
  const { top, height } = self.bbox;
  const channels = /^rgb\(([^)]+)\)$/.exec(color)?.[1];
  if (channels === undefined) return "transparent";
  const gradient = self.ctx.createLinearGradient(0, top, 0, top + height);
  gradient.addColorStop(0, `rgba(${channels}, 0.3)`);
  gradient.addColorStop(1, `rgba(${channels}, 0.04)`);
  return gradient;
}

/**
 * The paths of a series, as uPlot asks for them.
 *
 * @type {uPlot.Series.PathBuilder}
 */
function lineAndArea(self, place, first, end) {
  const paths = linear(self, place, first, end);
  const { bbox: { left, top, width, height }, scales: { x, y }, data } = self;
  if (!paths?.fill || end - first < width) return paths;
  const across = scaled(x, left, left + width);
  const down = scaled(y, top + height, top);
  paths.fill = areaOf(cornersOf(data[0], data[place], [first, end], across, down), top + height);
  return paths;
}

/**
 * The corners of what stays under a line, from left to right: in each pixel as high as the lowest of its points, so
 * that the line hides the edge.
 *
 * @param {ArrayLike<number|null|undefined>} times   ascending
 * @param {ArrayLike<number|null|undefined>} values
 * @param {[number, number]} rows   the first and the last one
 * @param {(time: number) => number} across   the whole pixel of a time
 * @param {(value: number) => number} down   and of a value, from above
 * @returns {number[]}   x and y of one after the other
 */
export function cornersOf(times, values, [first, last], across, down) {
  const corners = [];
  let [column, lowest] = [NaN, NaN];
  /** @type {number|null} */
  let edge = null;
  const close = () => {
    if (lowest === edge || Number.isNaN(column)) return;
    if (edge !== null) corners.push(column, edge);
    corners.push(column, lowest);
    edge = lowest;
  };
  for (let row = first; row <= last; row += 1) {
    const value = values[row];
    if (value === null || value === undefined) continue;
    const x = across(Number(times[row]));
    const y = down(value);
    if (x === column) {
      if (y > lowest) lowest = y;
      continue;
    }
    close();
    column = x;
    lowest = y;
  }
  close();
  if (edge !== null) corners.push(column + 1, edge);
  return corners;
}

/** @param {uPlot.Scale} scale @param {number} from   pixel of its least value @param {number} to   of the greatest */
function scaled({ min, max }, from, to) {
  const factor = (to - from) / (Number(max) - Number(min));
  const start = from - Number(min) * factor;
  return (/** @type {number} */ value) => Math.round(start + value * factor);
}

/** @param {number[]} corners @param {number} bottom */
function areaOf(corners, bottom) {
  // uPlot draws half a pixel further where lines are of an odd width, for them to be sharp; here that would blur.
  const shift = Math.round(uPlot.pxRatio) % 2 / 2;
  const path = new Path2D();
  for (let place = 0; place < corners.length; place += 2) {
    path.lineTo(corners[place] - shift, corners[place + 1] - shift);
  }
  path.lineTo(corners[corners.length - 2] - shift, bottom - shift);
  path.lineTo(corners[0] - shift, bottom - shift);
  path.closePath();
  return path;
}

/**
 * @param {number|null|undefined} value
 * @returns {value is number}
 */
function isKnown(value) {
  return typeof value === "number";
}
