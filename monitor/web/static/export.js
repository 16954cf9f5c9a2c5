// What is on screen, to take along: as CSV, as JSON in the form of /api/history, and a panel as a picture.
import { fillGradient, layersOf } from "./gradient.js";
import { rowsOf } from "./rows.js";

/** @import {Store} from "./store.js" */
/** @import {Range} from "./range.js" */

// A spreadsheet takes a text that begins with one of these for a formula, and names come from the machine.
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u;
const SPECIAL = /[",\r\n]/;
const NAME_LENGTH = 64;
// A browser may still read the file after the click.
const KEEP_FILE = 60_000;

const SCALE = 2;
const MARGIN = 16;
const ELLIPSIS = "…";
// What is for the hand, or only for screen readers, is not in a picture.
const LEFT_OUT = "button, input, select, textarea, details, script, style, template, [hidden], [data-no-picture]";

/**
 * One cell of a CSV file. A text that a spreadsheet would run is quoted; a number never is.
 *
 * @param {string|number|null} value
 */
export function cell(value) {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return SPECIAL.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A stretch of the store as RFC 4180 has it: the moment (UTC, and Unix seconds), then a column for each number.
 * Counters are counts, as in the frames.
 *
 * @param {Store} store
 * @param {Range} range
 * @param {readonly string[]} [fields] "cpu.percent_total", "cpu.percent_per_core"; all by default
 * @returns {string}
 */
export function csv(store, range, fields) {
  const rows = framesOf(store, range);
  const paths = chosen(store, fields).flatMap(({ path, shape }) =>
    shape === "number" ? [path] : store.elements(path, range[0]).map((key) => `${path}[${key}]`),
  );
  const columns = paths.map((path) => store.raw(path));
  const lines = [["time", "timestamp", ...paths].map(cell).join(",")];
  for (const row of rows) {
    const timestamp = store.timestamps[row];
    const values = columns.map((column) => cell(column[row]));
    lines.push([new Date(timestamp * 1000).toISOString(), cell(timestamp), ...values].join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

/**
 * A stretch of the store as GET /api/history would answer: `{"interval": 1, "timestamp": [...], "fields": {...}}`.
 *
 * @param {Store} store
 * @param {Range} range
 * @param {readonly string[]} [fields] "cpu.percent_total", "cpu.percent_per_core"; all by default
 * @returns {string}
 */
export function json(store, range, fields) {
  const rows = framesOf(store, range);
  /** @type {[string, unknown[]][]} */
  const columns = chosen(store, fields).map(({ path, shape }) => {
    if (shape === "number") return [path, rows.map((row) => store.raw(path)[row])];
    const elements = store.elements(path, range[0]).map((key) =>
      /** @type {const} */ ([key, store.raw(`${path}[${key}]`)]));
    return [path, rows.map((row) => (shape === "list" ? listed(elements, row) : tabled(elements, row)))];
  });
  return JSON.stringify({
    interval: store.interval,
    timestamp: rows.map((row) => store.timestamps[row]),
    fields: Object.fromEntries(columns),
  });
}

/**
 * A name for a file: whose numbers, of when, of what kind.
 *
 * @param {string} host       name of the machine
 * @param {number} timestamp  Unix time in seconds
 * @param {string} extension  "csv", "json", "png"
 * @returns {string} "monitor-host-20231016T113309Z.csv"
 */
export function fileName(host, timestamp, extension) {
  const name = host.replace(/[^A-Za-z0-9.-]+/g, "-").replace(/^[.-]+|[.-]+$/g, "").slice(0, NAME_LENGTH);
  const time = new Date(timestamp * 1000).toISOString().replace(/[-:]|\.\d+/g, "");
  return `${["monitor", name, time].filter((part) => part !== "").join("-")}.${extension}`;
}

/**
 * Hand a file to the person.
 *
 * @param {string} name
 * @param {string} type  its media type: "text/csv", "application/json"
 * @param {BlobPart} content
 */
export function download(name, type, content) {
  const full = type.startsWith("text/") ? `${type};charset=utf-8` : type;
  const url = URL.createObjectURL(new Blob([content], { type: full }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_FILE);
}

/**
 * Copy a panel as a picture, as it looks now; save it where the clipboard does not take it. Call it in answer to a
 * click: browsers give the clipboard to nobody else.
 *
 * @param {HTMLElement} panel
 * @param {string} name  of the file, where it has to be one
 * @returns {Promise<"copied"|"saved">}
 */
export async function copyPng(panel, name) {
  const picture = blob(painted(panel));
  try {
    // The clipboard gets a promise: Safari forgets the click while a picture is made.
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
    return "copied";
  } catch {
    // It is refused, or there is none: a page that came over plain HTTP has no clipboard.
    download(name, "image/png", await picture);
    return "saved";
  }
}

/**
 * Copy a text. Call it in answer to a click or a key.
 *
 * @param {string} text
 * @returns {Promise<boolean>} whether it was copied
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // A page that came over plain HTTP has no clipboard, but may copy what is selected.
    const before = /** @type {HTMLElement|null} */ (document.activeElement);
    const field = document.createElement("textarea");
    field.value = text;
    field.readOnly = true;
    document.body.append(field);
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    before?.focus();
    return isCopied;
  }
}

/**
 * A panel on a canvas: its grounds, texts, lines and canvases where they stand, twice as large.
 *
 * @param {HTMLElement} panel
 * @returns {HTMLCanvasElement}
 */
export function painted(panel) {
  const { left, top, width, height } = panel.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil((width + 2 * MARGIN) * SCALE);
  canvas.height = Math.ceil((height + 2 * MARGIN) * SCALE);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = ground(panel);
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.scale(SCALE, SCALE);
  context.translate(MARGIN - left, MARGIN - top);
  paint(context, panel);
  return canvas;
}

/**
 * The rows of frames within a range, without the holes.
 *
 * @param {Store} store
 * @param {Range} range
 */
function framesOf(store, range) {
  const [first, end] = rowsOf(store, range);
  return Array.from({ length: end - first }, (_, place) => first + place).filter((row) => !store.isHole(row));
}

/**
 * @param {Store} store
 * @param {readonly string[]} [fields]
 */
function chosen(store, fields) {
  return store.fields().filter(({ path }) => fields === undefined || fields.includes(path));
}

/** @typedef {readonly (readonly [key: string, values: readonly (number|null)[]])[]} Elements */

/**
 * A list as a frame has it: as long as it was; null where it was not known.
 *
 * @param {Elements} elements
 * @param {number} row
 */
function listed(elements, row) {
  const values = elements.map(([, column]) => column[row]);
  while (values.at(-1) === null) values.pop();
  return values.length === 0 ? null : values;
}

/**
 * A table as a frame has it, without what was not known.
 *
 * @param {Elements} elements
 * @param {number} row
 */
function tabled(elements, row) {
  const known = elements.flatMap(([key, column]) => (column[row] === null ? [] : [[key, column[row]]]));
  return known.length === 0 ? null : Object.fromEntries(known);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
function blob(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => {
      if (made === null) reject(new Error("The picture is too large."));
      else resolve(made);
    }, "image/png");
  });
}

/**
 * The colour behind an element.
 *
 * @param {Element|null} element
 * @returns {string}
 */
function ground(element) {
  for (let each = element?.parentElement ?? null; each !== null; each = each.parentElement) {
    const { backgroundColor } = getComputedStyle(each);
    if (isVisible(backgroundColor)) return backgroundColor;
  }
  return "Canvas";
}

/** @param {string} color as computed */
function isVisible(color) {
  return color !== "transparent" && !/^rgba\(.*, 0\)$/.test(color);
}

/**
 * @param {CanvasRenderingContext2D} context  whose origin is that of the viewport
 * @param {Element} element
 */
function paint(context, element) {
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  if (element.matches(LEFT_OUT) || style.display === "none" || style.visibility !== "visible") return;
  if (style.clipPath !== "none") return; // only for screen readers
  context.save();
  context.globalAlpha *= Number(style.opacity);
  frame(context, box, style);
  if (style.overflowX !== "visible" || style.overflowY !== "visible") {
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
  }
  if (element instanceof HTMLCanvasElement) context.drawImage(element, box.left, box.top, box.width, box.height);
  else if (element instanceof HTMLProgressElement) bar(context, box, element, style);
  else if (element instanceof SVGSVGElement) drawing(context, box, element);
  else for (const child of element.childNodes) inside(context, child, style);
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Node} child
 * @param {CSSStyleDeclaration} style of its parent
 */
function inside(context, child, style) {
  if (child instanceof Element) paint(context, child);
  else if (child instanceof Text) text(context, child, style);
}

/**
 * Ground and border of an element.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {DOMRect} box
 * @param {CSSStyleDeclaration} style
 */
function frame(context, box, style) {
  const border = parseFloat(style.borderTopWidth) || 0;
  const radius = Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.width / 2, box.height / 2);
  const isFramed = border > 0 && style.borderTopStyle !== "none" && isVisible(style.borderTopColor);
  const hasImage = style.backgroundImage !== "none";
  if (!isFramed && !hasImage && !isVisible(style.backgroundColor)) return;
  context.beginPath();
  const width = Math.max(0, box.width - border);
  const height = Math.max(0, box.height - border);
  context.roundRect(box.left + border / 2, box.top + border / 2, width, height, radius);
  context.fillStyle = style.backgroundColor;
  context.fill();
  if (hasImage) {
    context.save();
    context.clip();
    pattern(context, box, style);
    context.restore();
  }
  // A line under a row is no frame.
  if (!isFramed || style.borderLeftStyle === "none" || parseFloat(style.borderLeftWidth) === 0) return;
  context.lineWidth = border;
  context.strokeStyle = style.borderTopColor;
  context.stroke();
}

/**
 * Gradients of a ground; the first layer is the uppermost one.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {DOMRect} box
 * @param {CSSStyleDeclaration} style
 */
function pattern(context, box, style) {
  const sizes = layersOf(style.backgroundSize);
  const places = layersOf(style.backgroundPosition);
  const layers = layersOf(style.backgroundImage);
  for (let layer = layers.length - 1; layer >= 0; layer -= 1) {
    const [width, height] = shares(sizes[layer % sizes.length], 1).map((share, axis) =>
      share * (axis === 0 ? box.width : box.height));
    const [x, y] = shares(places[layer % places.length], 0);
    const left = box.left + (box.width - width) * x;
    const top = box.top + (box.height - height) * y;
    fillGradient(context, { left, top, width, height }, layers[layer]);
  }
}

/**
 * @param {string} text  "34% 34%", "auto"
 * @param {number} otherwise
 */
function shares(text, otherwise) {
  const parts = text.split(" ");
  return [parts[0], parts[1] ?? parts[0]].map((part) => (part.endsWith("%") ? parseFloat(part) / 100 : otherwise));
}

/**
 * The words of a text, each where the browser has put it.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Text} node
 * @param {CSSStyleDeclaration} style of its element
 */
function text(context, node, style) {
  const range = document.createRange();
  context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.letterSpacing = style.letterSpacing === "normal" ? "0px" : style.letterSpacing;
  context.fillStyle = style.color;
  context.textBaseline = "alphabetic";
  const edge = edgeOf(node, style);
  const room = edge - context.measureText(ELLIPSIS).width;
  for (const { index, 0: word } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const box = range.getBoundingClientRect();
    if (box.width === 0) continue;
    const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = context.measureText(word);
    const shown = style.textTransform === "uppercase" ? word.toUpperCase() : word;
    const base = box.top + (box.height - above - below) / 2 + above;
    if (box.right > room && edge < Infinity) {
      context.fillText(`${fitting(context, shown, room - box.left)}${ELLIPSIS}`, Math.min(box.left, room), base);
      return;
    }
    context.fillText(shown, box.left, base);
  }
}

/**
 * Where the browser cuts a text and sets an ellipsis; infinite where it does not. Text from right to left is clipped.
 *
 * @param {Text} node
 * @param {CSSStyleDeclaration} style of its element
 */
function edgeOf(node, style) {
  const element = node.parentElement;
  const isCut = element !== null && style.textOverflow === "ellipsis" && style.overflowX !== "visible"
    && style.direction === "ltr" && element.scrollWidth > element.clientWidth;
  return isCut ? element.getBoundingClientRect().right - (parseFloat(style.paddingRight) || 0) : Infinity;
}

/**
 * The beginning of a word that has room.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} word
 * @param {number} room  pixels
 */
function fitting(context, word, room) {
  const characters = [...word].slice(0, Math.max(0, Math.ceil(room))); // none is narrower than a pixel
  while (characters.length > 0 && context.measureText(characters.join("")).width > room) characters.pop();
  return characters.join("");
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {DOMRect} box
 * @param {HTMLProgressElement} progress
 * @param {CSSStyleDeclaration} style
 */
function bar(context, box, progress, style) {
  if (progress.position < 0) return;
  context.beginPath();
  const radius = parseFloat(style.borderTopLeftRadius) || 0;
  context.roundRect(box.left, box.top, box.width * progress.position, box.height, radius);
  context.fillStyle = style.color;
  context.fill();
}

/**
 * A drawing made of lines and paths: the key of a legend, the past of a number.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {DOMRect} box
 * @param {SVGSVGElement} svg
 */
function drawing(context, box, svg) {
  const { width, height } = svg.viewBox.baseVal;
  if (width === 0 || height === 0) return;
  const scale = box.width / width;
  const place = new DOMMatrix([scale, 0, 0, box.height / height, box.left, box.top]);
  for (const shape of svg.querySelectorAll("line, path")) {
    const { fill, stroke, strokeDasharray, strokeLinecap, strokeLinejoin, strokeWidth, vectorEffect } =
      getComputedStyle(shape);
    const path = new Path2D();
    path.addPath(new Path2D(outline(shape)), place);
    if (fill !== "none" && shape instanceof SVGPathElement) {
      context.fillStyle = fill;
      context.fill(path);
    }
    if (stroke === "none") continue;
    const unit = vectorEffect === "non-scaling-stroke" ? 1 : scale;
    context.strokeStyle = stroke;
    context.lineCap = /** @type {CanvasLineCap} */ (strokeLinecap);
    context.lineJoin = /** @type {CanvasLineJoin} */ (strokeLinejoin);
    context.lineWidth = (parseFloat(strokeWidth) || 1) * unit;
    context.setLineDash((strokeDasharray.match(/[\d.]+/g) ?? []).map((length) => Number(length) * unit));
    context.stroke(path);
  }
}

/** @param {Element} shape @returns {string} as a path has it */
function outline(shape) {
  if (!(shape instanceof SVGLineElement)) return shape.getAttribute("d") ?? "";
  const [x1, y1, x2, y2] = [shape.x1, shape.y1, shape.x2, shape.y2].map(({ baseVal }) => baseVal.value);
  return `M${x1} ${y1}L${x2} ${y2}`;
}
