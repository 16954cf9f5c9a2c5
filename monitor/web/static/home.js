// The home page, live: four numbers, what stands behind them, and how long the machine has been up.
//   data-value="cpu.percent_total"        a percentage of the frame; data-bar: a <progress> of it
//   data-rate="network.bytes_recv_mb"     how fast a counter grows
//   data-note="cpu"                       a line about a section
//   data-spark="cpu.percent_total"        a line of its last minute; of a counter's rate
import { phrase } from "./amount.js";
import { follow } from "./client.js";
import { describe } from "./fields.js";
import { language, number, quantity, t } from "./i18n.js";
import { momentOf } from "./moment.js";
import { probes } from "./probes.js";
import { figuresOf } from "./rows.js";
import { areaOf, pathOf } from "./sparkline.js";
import { showStale } from "./stale.js";
import { status } from "./status.js";
import { Store } from "./store.js";
import { showUptime } from "./uptime.js";

/** @import {State} from "./client-types.d.ts" */
/** @import {Item} from "./fields.js" */
/** @import {Moment} from "./moment.js" */
/** @import {Frame, PartOfFrame, Probe} from "./monitor.d.ts" */

/** Seconds that the lines show. */
const SHOWN = 60;

/** @param {string} name @returns {HTMLElement[]} */
const all = (name) => [...document.querySelectorAll(`[data-${name}]`)].filter((each) => each instanceof HTMLElement);

const store = new Store(SHOWN);
const connection = status();
/** @type {Map<string, Item>} what the probes declare, by path; none until they have come */
const items = new Map();
let drawing = 0;

// Draws the newest frame of a burst alone, and in a hidden tab none.
/** @param {Frame | PartOfFrame} frame */
function receive(frame) {
  if (store.add(frame)) schedule();
}

function schedule() {
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    if (store.length) show(momentOf(store, store.length - 1, [newest() - SHOWN, newest()]));
  });
}

const newest = () => store.timestamps[store.length - 1];

/** @param {State} state */
function tell(state) {
  connection.tell(state);
  discovery.tell(state);
}

// Which fields are counters, how often they are sampled, and from where on a value is bad.
/** @param {readonly Probe[]} now */
function take(now) {
  store.declare(now);
  items.clear();
  for (const item of now.flatMap((probe) => describe(probe, language).items)) items.set(item.path, item);
  schedule();
}

/** @param {string | undefined} path @returns {number | null} what the frame has */
const at = (path = "") => store.raw(path)[store.length - 1] ?? null;

/** @param {string | undefined} path @returns {number | null} a second; null where it is not known to be a counter */
const rate = (path = "") => (items.has(path) ? store.value(path, store.length - 1) : null);

/** @param {Moment} moment */
function show(moment) {
  for (const tile of all("section")) tile.hidden = !((tile.dataset.section ?? "") in (store.newest ?? {}));
  for (const each of all("value")) each.textContent = number(at(each.dataset.value), 1);
  for (const each of all("bar")) setBar(/** @type {HTMLProgressElement} */ (each), each.dataset.bar ?? "");
  for (const each of all("rate")) {
    const { text, unit } = quantity(rate(each.dataset.rate), "MB/s");
    each.children[1].textContent = text;
    each.children[2].textContent = unit;
  }
  for (const each of all("note")) each.textContent = note(each.dataset.note);
  for (const each of document.querySelectorAll("svg[data-spark]")) {
    drawLine(/** @type {SVGSVGElement} */ (each), moment);
  }
  showStale(store.stale);
  showUptime(newest());
}

/** @param {SVGSVGElement} svg @param {Moment} moment */
function drawLine(svg, moment) {
  const path = svg.dataset.spark ?? "";
  const item = items.get(path);
  const column = store.column(path);
  const most = item?.unit === "percent" ? 100 : figuresOf(column, moment.first, moment.end)?.most;
  const line = item ? pathOf(column, store.timestamps, moment, [0, most || 1]) : "";
  const [area, stroke] = svg.children;
  stroke.setAttribute("d", line);
  area.setAttribute("d", areaOf(line));
}

/** @param {HTMLProgressElement} bar @param {string} path */
function setBar(bar, path) {
  const share = at(path);
  bar.value = share ?? 0;
  bar.dataset.level = items.get(path)?.level(share) ?? "";
}

/** @param {string | undefined} section */
function note(section) {
  if (section === "memory") {
    const used = phrase(at("memory.used_mb"), "MB");
    return t("{used} of {total}", { used, total: phrase(at("memory.total_mb"), "MB") });
  }
  if (section === "disk") {
    const used = phrase(at("disk.used_gb"), "GB");
    return t("{used} of {total}", { used, total: phrase(at("disk.total_gb"), "GB") });
  }
  if (section === "network") {
    const received = phrase(at("network.bytes_recv_mb"), "MB");
    return t("{received} received, {sent} sent", { received, sent: phrase(at("network.bytes_sent_mb"), "MB") });
  }
  const cores = number(at("cpu.count"));
  const frequency = at("cpu.frequency_mhz");
  return frequency === null ? t("Cores: {cores}", { cores }) : `${cores} × ${phrase(frequency, "MHz")}`;
}

const discovery = probes(take);
follow({ history: SHOWN, onFrame: receive, onState: tell });
