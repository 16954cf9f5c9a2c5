// The dashboard: frames come in, the view says which part of them is looked at, and the panels of all probes show it.
import { address } from "./address.js";
import { ask } from "./ask.js";
import { follow } from "./client.js";
import { write } from "./dom.js";
import { copyPng, copyText, csv, download, fileName, json } from "./export.js";
import { keepFocus } from "./focus.js";
import { t, time } from "./i18n.js";
import { keys } from "./keys.js";
import { kiosk } from "./kiosk.js";
import { closeMenu, menu } from "./menu.js";
import { Panels } from "./panels.js";
import { probes } from "./probes.js";
import { shortcuts } from "./shortcuts.js";
import { status } from "./status.js";
import { Store } from "./store.js";
import { showTitle } from "./title.js";
import { toolbar } from "./toolbar.js";
import { showUptime } from "./uptime.js";
import { KEPT, View } from "./view.js";

/** @import {Frame, PartOfFrame, Probe} from "./monitor.d.ts" */
/** @import {State} from "./client-types.d.ts" */
/** @import {Range} from "./range.js" */

// Milliseconds that panels wait for the first numbers, to come with them and move nothing; they come without them then.
const FIRST_NUMBERS_WITHIN = 1500;
// Paces from one frame to another after which that is late.
const LATE = 1.5;

const clock = /** @type {HTMLTimeElement} */ (document.getElementById("clock"));
const help = /** @type {HTMLDialogElement} */ (document.getElementById("help"));
const machine = document.getElementById("system")?.dataset.host ?? "";
const pace = Number(document.body.dataset.interval);

let drawing = 0;
let cursor = /** @type {number|null} */ (null); // where people point at
let silence = 0; // a timer, from one frame to the next
let isSilent = false;
let present = 0; // a moment after which frames are no past any more

const view = new View(location.search, pace);
let { interval } = view;
const store = new Store(KEPT);
store.pace = interval ?? pace;
const connection = status();
const panels = new Panels(view, { onCursor: point, onCopy: copy });
address(view);
view.addEventListener("change", schedule);
view.addEventListener("change", setPace);
const question = ask({
  view,
  onFacts: (paths) => panels.highlight(paths),
  label: (path) => panels.label(path),
  value: (path) => store.value(path, store.length - 1),
});
toolbar(view, pace, pause, scale);
kiosk(view);
menu({
  csv: saveCsv,
  json: saveJson,
  link: copyLink,
  kiosk: () => view.setKiosk(!view.kiosk),
  print: () => window.print(),
  "open-help": openHelp,
});
keys(
  shortcuts(view, {
    pause, leave, say, csv: saveCsv, json: saveJson, help: openHelp, ask: () => question.focus(),
    closer: () => scale(0.5), farther: () => scale(2),
  }),
  /** @type {HTMLElement} */ (document.getElementById("keys")),
  /** @type {HTMLInputElement} */ (document.getElementById("shortcuts")),
);
keepFocus(view);

findPresent();
const discovery = probes(take);
const subscription = follow({ interval: interval ?? undefined, history: KEPT, onFrame: receive, onState: tell });
document.addEventListener("visibilitychange", schedule);
setTimeout(() => {
  panels.begin();
  schedule();
}, FIRST_NUMBERS_WITHIN);

/** @param {Frame|PartOfFrame} frame */
function receive(frame) {
  store.add(frame);
  isSilent = false;
  clearTimeout(silence);
  silence = setTimeout(hush, LATE * (view.interval ?? pace) * 1000);
  schedule();
  // Nothing is drawn in a hidden tab, but its title is what is seen of it.
  if (document.hidden) showLoad(indexOf(range()), view.isLive);
}

/** @param {State} state */
function tell(state) {
  connection.tell(state);
  discovery.tell(state);
  // An address may ask for an interval that this server does not have: its own is shown instead.
  if (state.problem === "bad-query") view.setInterval(null);
}

/** @param {readonly Probe[]} now */
function take(now) {
  store.declare(now);
  panels.declare(now);
  schedule();
}

function setPace() {
  if (view.interval === interval) return;
  interval = view.interval;
  store.pace = interval ?? pace;
  subscription.update({ interval: interval ?? undefined });
}

// The past comes first, and fast; what is not newer than the newest frame there was at the beginning is no present.
async function findPresent() {
  const answer = await fetch(new URL("../api/system-stats", import.meta.url)).catch(() => null);
  if (!answer?.ok) return;
  present = (/** @type {Frame} */ (await answer.json())).timestamp;
  schedule();
}

// A hidden tab draws nothing: no animation frame comes. When it is seen again, it draws what has come meanwhile.
function schedule() {
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    draw();
  });
}

/** @param {boolean} [isExact]  nothing may wait for the next frame */
function draw(isExact = false) {
  if (store.length) panels.begin();
  const shownRange = range();
  const index = indexOf(shownRange);
  const isFollowing = !isExact && view.isLive && !isSilent && pointed(shownRange) === null;
  panels.update(store, index, shownRange, isFollowing);
  if (!store.length) return;
  const shown = store.timestamps[index] ?? shownRange[1];
  write(clock, time(shown));
  clock.dateTime = new Date(shown * 1000).toISOString();
  showLoad(index, isFollowing);
  showUptime(store.timestamps[Math.max(0, index)]);
  const isFilling = newest() < present;
  connection.tellMoment(index < 0 ? "forgotten" : isFilling ? "filling" : "known");
  question.update();
  if (store.newest) discovery.look(store.newest);
}

/** @param {number} index @param {boolean} isFollowing */
function showLoad(index, isFollowing) {
  showTitle(store.value("cpu.percent_total", index), store.timestamps[index] ?? 0, isFollowing);
}

// The row whose numbers are shown: the newest one; where time stands still, the one that people point at, or the last
// one that is looked at. -1 is before all that we have.
/** @param {Range} shownRange */
function indexOf(shownRange) {
  return view.isLive ? store.length - 1 : store.at(pointed(shownRange) ?? shownRange[1]);
}

// What people point at, as long as it is shown.
/** @param {Range} range @returns {number|null} */
function pointed([from, to]) {
  return cursor !== null && cursor >= from && cursor <= to ? cursor : null;
}

// No frame has come when it should have: what waits for the next one is drawn without.
function hush() {
  isSilent = true;
  schedule();
}

function range() {
  return view.range(newest());
}

function newest() {
  return store.timestamps[store.length - 1] ?? Date.now() / 1000;
}

/** @param {number|null} timestamp */
function point(timestamp) {
  cursor = timestamp;
  schedule();
}

/** @param {number} factor how many times as much is shown */
function scale(factor) {
  view.scale(factor, pointed(range()));
}

function pause() {
  if (view.isLive) view.pause(newest());
  else view.live();
}

function leave() {
  if (closeMenu()) return;
  if (view.focus) view.setFocus(null);
  else if (view.kiosk) view.setKiosk(false);
}

function say() {
  connection.announce(panels.summary(store, indexOf(range())));
}

function openHelp() {
  help.showModal();
}

function saveCsv() {
  download(fileName(machine, range()[1], "csv"), "text/csv", csv(store, range(), panels.fields));
}

function saveJson() {
  download(fileName(machine, range()[1], "json"), "application/json", json(store, range(), panels.fields));
}

async function copyLink() {
  if (await copyText(location.href)) connection.announce(t("Copied."));
}

/** @param {HTMLElement} panel */
async function copy(panel) {
  draw(true);
  await null; // charts draw when all numbers are written
  const way = await copyPng(panel, fileName(machine, range()[1], "png"));
  connection.announce(way === "copied" ? t("Copied.") : t("Saved as a file."));
}
