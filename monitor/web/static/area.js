// A line of a chart and the area under it. Where a line has a point for each pixel or more, the area is made of columns
// of whole pixels: a slope for each point takes three times as long to fill, where no graphics processor helps.
import uPlot from "./vendor/uplot.js";

const linear = /** @type {uPlot.Series.PathBuilder} */ (uPlot.paths.linear?.());

/**
 * The paths of a series, as uPlot asks for them.
 *
 * @type {uPlot.Series.PathBuilder}
 */
export function lineAndArea(self, place, first, end) {
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
