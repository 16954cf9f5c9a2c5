// Linear gradients of CSS, as a canvas takes them: patterns of bars and cells, the ramp of a legend.

/** @typedef {{at: number, color: string}} Stop */
/**
 * @typedef {object} Gradient
 * @property {[number, number]} from   in pixels, from the left upper corner of the box
 * @property {[number, number]} to
 * @property {Stop[]} stops            at 0 to 1, ascending
 */

const LINEAR = /^(repeating-)?linear-gradient\((.*)\)$/s;
const LENGTH = /\s(-?[\d.]+)(px|%)$/;
/** A finer pattern than this is a shade. */
const MOST_STOPS = 2000;

/**
 * The layers of a computed value, whose commas within brackets do not count.
 * @param {string} text
 * @returns {string[]}
 */
export function layersOf(text) {
  /** @type {string[]} */
  const layers = [];
  let depth = 0;
  let from = 0;
  for (let place = 0; place <= text.length; place += 1) {
    if (text[place] === "(") depth += 1;
    if (text[place] === ")") depth -= 1;
    if (place < text.length && (text[place] !== "," || depth > 0)) continue;
    layers.push(text.slice(from, place).trim());
    from = place + 1;
  }
  return layers;
}

/**
 * A gradient over a box; null for what is none, or goes around corners.
 * @param {string} image   one layer of a computed background-image
 * @param {number} width
 * @param {number} height
 * @returns {Gradient | null}
 */
export function gradientOf(image, width, height) {
  const [, repeating, inner] = LINEAR.exec(image) ?? [];
  if (inner === undefined) return null;
  const parts = layersOf(inner);
  const [, degrees = null] = /^(-?[\d.]+)deg/.exec(parts[0]) ?? [];
  if (degrees !== null || parts[0].startsWith("in ")) parts.shift();
  else if (parts[0].startsWith("to ")) return null;
  const angle = (Number(degrees ?? 180) * Math.PI) / 180;
  const [x, y] = [Math.sin(angle), -Math.cos(angle)];
  const length = Math.abs(width * x) + Math.abs(height * y);
  if (!(length > 0)) return null;
  const stops = stopsOf(parts, length);
  return {
    from: [(width - length * x) / 2, (height - length * y) / 2],
    to: [(width + length * x) / 2, (height + length * y) / 2],
    stops: repeating === undefined ? stops : repeated(stops),
  };
}

/** @param {string[]} parts @param {number} length @returns {Stop[]} */
function stopsOf(parts, length) {
  return parts.map((part, place) => {
    const [said = "", number = "", unit = ""] = LENGTH.exec(part) ?? [];
    const share = unit === "px" ? Number(number) / length : Number(number) / 100;
    const at = said === "" ? place / Math.max(1, parts.length - 1) : share;
    return { at: Math.max(0, at), color: part.slice(0, part.length - said.length) };
  });
}

/** @param {Stop[]} stops @returns {Stop[]} */
function repeated(stops) {
  const period = stops[stops.length - 1].at;
  if (!(period > 0)) return stops;
  const times = Math.min(Math.ceil(1 / period), Math.floor(MOST_STOPS / stops.length));
  return Array.from({ length: times }, (_, turn) => stops.map(({ at, color }) => ({ at: at + turn * period, color })))
    .flat();
}

/**
 * Fill a box with it.
 * @param {CanvasRenderingContext2D} context
 * @param {{left: number, top: number, width: number, height: number}} box
 * @param {string} image   one layer of a computed background-image
 */
export function fillGradient(context, { left, top, width, height }, image) {
  const gradient = gradientOf(image, width, height);
  if (gradient === null) return;
  const { from, to, stops } = gradient;
  const fill = context.createLinearGradient(left + from[0], top + from[1], left + to[0], top + to[1]);
  for (const { at, color } of stops) fill.addColorStop(Math.min(1, at), color);
  context.fillStyle = fill;
  context.fillRect(left, top, width, height);
}
