// The dashboard: frames come in, the view says which part of them is looked at, and the panels of all probes show it.
import { phrase, wholePercent } from "./amount.js";
import { ask } from "./ask.js";
import { follow } from "./client.js";
import { set, write } from "./dom.js";
import { copyPng, copyText, csv, download, fileName, json } from "./export.js";
import { describe } from "./fields.js";
import { duration, language, t, time } from "./i18n.js";
import { icon } from "./icons.js";
import { kiosk } from "./kiosk.js";
import { keys } from "./keys.js";
import { Panel } from "./panel.js";
import { probes } from "./probes.js";
import { stepOf } from "./steps.js";
import { status } from "./status.js";
import { Store } from "./store.js";
import { setTheme, theme } from "./theme.js";
import { toolbar } from "./toolbar.js";
import { View } from "./view.js";

/** @import {Frame, PartOfFrame, Probe} from "./monitor.d.ts" */
/** @import {State} from "./client-types.d.ts" */

const KEPT = 900; // seconds
// Milliseconds that panels wait for the first numbers, to come with them and move nothing; they come without them then.
const FIRST_NUMBERS_WITHIN = 1500;
// Seconds between two titles while time goes on: the whole browser takes part in a change of it.
const TITLE_EVERY = 3;
// What a frame has besides the sections of probes.
const NO_SECTIONS = new Set(["timestamp", "stale"]);

const host = /** @type {HTMLElement} */ (document.getElementById("panels"));
const system = element("system");
const clock = /** @type {HTMLTimeElement} */ (document.getElementById("clock"));
const uptime = element("uptime");
const help = /** @type {HTMLDialogElement} */ (document.getElementById("help"));
const more = /** @type {HTMLDetailsElement} */ (document.getElementById("more"));
const summoner = /** @type {HTMLElement} */ (more.querySelector("summary"));
const heading = /** @type {HTMLElement} */ (document.querySelector("h1"));
const machine = system.dataset.host ?? "";
const usualTitle = document.title;
const pace = Number(document.body.dataset.interval);

const view = new View(location.search);
const store = new Store(KEPT);
/** @type {Map<string, Panel>} */
const panels = new Map();
/** @type {Map<string, Probe>} */
const known = new Map();
/** What a probe declared, when its panel was made. @type {Map<string, string>} */
const shapes = new Map();
const connection = status();

let drawing = 0;
let isEmpty = true; // but for the frames that the server drew in place of the panels
let isLive = false;
let titled = NaN; // the step of the title
let cursor = /** @type {number|null} */ (null); // where people point at
let present = 0; // a moment after which frames are no past any more
let signature = ""; // of the frame: its sections, and those that are stale

findPresent();
const askForProbes = probes(take);
const subscription = follow({
  interval: view.interval ?? undefined,
  history: KEPT,
  onFrame: receive,
  onState: tell,
});

/** @param {Frame|PartOfFrame} frame */
function receive(frame) {
  store.add(frame);
  schedule();
  // Nothing is drawn in a hidden tab, but its title is what is seen of it.
  if (document.hidden) showTitle(indexOf(range()));
}

/** @param {State} state */
function tell(state) {
  connection.tell(state);
  // A server that comes back may have other probes.
  if (state.name === "live" && !isLive) askForProbes();
  isLive = state.name === "live";
  // An address may ask for an interval that this server does not have: its own is shown instead.
  if (state.problem === "bad-query") view.setInterval(null);
}

/** @param {readonly Probe[]} now */
function take(now) {
  store.declare(now);
  known.clear();
  for (const probe of now) known.set(probe.name, probe);
  if (!isEmpty) arrange();
  schedule();
}

// Bring the panels in step with the probes.
function arrange() {
  if (!known.size) return;
  if (isEmpty) host.querySelectorAll(".skeleton").forEach((each) => each.remove());
  isEmpty = false;
  for (const probe of known.values()) {
    const shape = JSON.stringify(probe.fields);
    const before = panels.get(probe.name);
    if (before && shapes.get(probe.name) === shape) continue;
    const panel = new Panel(describe(probe, language), {
      t,
      onZoom: (/** @type {[number, number]|null} */ range) => view.setZoom(range),
      onCursor: (/** @type {number|null} */ timestamp) => {
        cursor = timestamp;
        schedule();
      },
    });
    shapes.set(probe.name, shape);
    addActions(panel, probe.name);
    const hadFocus = before?.element.contains(document.activeElement);
    if (before) before.element.replaceWith(panel.element);
    else host.insertBefore(panel.element, system);
    if (hadFocus) /** @type {HTMLElement|null} */ (panel.element.querySelector("button:enabled"))?.focus();
    before?.destroy();
    panels.set(probe.name, panel);
  }
  for (const [name, panel] of panels) {
    if (known.has(name)) continue;
    if (panel.element.contains(document.activeElement)) refuge().focus();
    panel.element.remove();
    panel.destroy();
    panels.delete(name);
  }
  applyFocus();
}

/**
 * Give a panel its buttons: alone on the page, and as a picture.
 *
 * @param {Panel} panel
 * @param {string} name
 */
function addActions(panel, name) {
  const actions = document.createElement("div");
  actions.className = "panel-actions";
  actions.append(
    action("enlarge", t("Enlarge {panel}", { panel: panel.description.label }), () => {
      view.setFocus(view.focus === name ? null : name);
    }),
    action("copy", t("Copy {panel} as a picture", { panel: panel.description.label }), async () => {
      const way = await copyPng(panel.element, fileName(machine, newest(), "png"));
      connection.announce(way === "copied" ? t("Copied.") : t("Saved as a file."));
    }),
  );
  panel.element.querySelector(".panel-head")?.append(actions);
}

/**
 * @param {"copy"|"enlarge"} name
 * @param {string} label
 * @param {() => void} run
 */
function action(name, label, run) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.action = name;
  button.append(icon(name));
  button.title = label;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", run);
  return button;
}

// A hidden tab draws nothing: no animation frame comes. When it is seen again, it draws what has come meanwhile.
function schedule() {
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    draw();
  });
}

function draw() {
  if (isEmpty && store.length) arrange();
  const shownRange = range();
  const index = indexOf(shownRange);
  const stale = store.staleAt(index);
  for (const [name, panel] of panels) {
    const probe = known.get(name) ?? null;
    panel.update({ probe, store, index, range: shownRange, stale: stale[name] ?? null, isDrawn: true });
  }
  if (!store.length) return;
  const shown = store.timestamps[index] ?? shownRange[1];
  write(clock, time(shown));
  clock.dateTime = new Date(shown * 1000).toISOString();
  showTitle(index);
  showUptime();
  const isFilling = store.timestamps[store.length - 1] < present;
  connection.tellMoment(index < 0 ? "forgotten" : isFilling ? "filling" : "known");
  question.update();
  look();
  if (panels.size) set(host, "data-filled", "");
}

// The row whose numbers are shown: the newest one; where time stands still, the one that people point at, or the last
// one that is looked at. -1 is before all that we have.
/** @param {[number, number]} range */
function indexOf([, end]) {
  return view.isLive ? store.length - 1 : store.at(cursor ?? end);
}

/** @param {number} index */
function showTitle(index) {
  const cpu = store.value("cpu.percent_total", index);
  const time = store.timestamps[index] ?? 0;
  const step = view.isLive ? stepOf(time, TITLE_EVERY, 0) : time;
  if (cpu !== null && step === titled) return;
  titled = step;
  document.title = cpu === null ? usualTitle : `${wholePercent(cpu)} CPU · ${usualTitle}`;
}

// Looks whether the newest frame is about other probes, or in another state, than the one before.
function look() {
  const frame = store.newest;
  if (!frame) return;
  const sections = Object.keys(frame).filter((key) => !NO_SECTIONS.has(key));
  const now = `${sections.join()} ${Object.keys(frame.stale ?? {}).join()}`;
  if (now === signature) return;
  const isFirst = signature === "";
  signature = now;
  if (!isFirst) askForProbes();
}

function applyFocus() {
  host.classList.toggle("has-focus", view.focus !== null && panels.has(view.focus));
  for (const [name, panel] of panels) {
    const isAlone = name === view.focus;
    panel.element.classList.toggle("is-focused", isAlone);
    const enlarge = panel.element.querySelector("[data-action=enlarge]");
    if (enlarge) set(enlarge, "aria-pressed", String(isAlone));
  }
}

function newest() {
  return store.timestamps[store.length - 1] ?? Date.now() / 1000;
}

function applyView() {
  applyFocus();
  const address = location.pathname + view.search(location.search) + location.hash;
  if (address !== location.pathname + location.search + location.hash) {
    // The way back leads out of a closer look, and of a panel alone; not through each second of a pause.
    const place = `${view.focus} ${view.zoom}`;
    if (place === shownPlace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  }
  shownPlace = `${view.focus} ${view.zoom}`;
  schedule();
}

addEventListener("popstate", () => {
  shownPlace = "";
  view.read(location.search);
  shownPlace = `${view.focus} ${view.zoom}`;
});

let shownPlace = `${view.focus} ${view.zoom}`;
let interval = view.interval;
view.addEventListener("change", () => {
  applyView();
  if (view.interval !== interval) {
    interval = view.interval;
    store.pace = interval ?? pace;
    subscription.update({ interval: interval ?? undefined });
  }
});

/** @returns {[number, number]} */
function range() {
  return view.range(newest());
}

// The fields of the panel that is shown alone; all, where all are shown.
function shownFields() {
  return (view.focus === null ? null : panels.get(view.focus))?.description.items.map((item) => item.path);
}

const actions = {
  csv: () => download(fileName(machine, range()[1], "csv"), "text/csv", csv(store, range(), shownFields())),
  json: () => download(fileName(machine, range()[1], "json"), "application/json", json(store, range(), shownFields())),
  link: async () => {
    if (await copyText(location.href)) connection.announce(t("Copied."));
  },
  kiosk: () => view.setKiosk(!view.kiosk),
  print: () => window.print(),
  "open-help": () => help.showModal(),
};
for (const [id, run] of Object.entries(actions)) {
  element(id).addEventListener("click", () => {
    closeMenu();
    run();
  });
}
// Whoever goes on elsewhere is done with the menu.
for (const type of ["focusin", "pointerdown"]) {
  document.addEventListener(type, ({ target }) => {
    if (!more.contains(/** @type {Node|null} */ (target))) more.open = false;
  });
}

// The focus goes back to what opened it: what is in a closed menu cannot have it.
function closeMenu() {
  if (more.contains(document.activeElement)) summoner.focus();
  more.open = false;
}

// Where the focus goes when what had it is gone.
function refuge() {
  if (!view.kiosk) return element("pause");
  heading.tabIndex = -1;
  return heading;
}

// Kiosk mode hides what the keyboard may be at.
function keepFocus() {
  const active = document.activeElement;
  if (active?.getClientRects().length === 0) refuge().focus();
  else if (active === heading && !view.kiosk) summoner.focus();
}

function summary() {
  const index = indexOf(range());
  const items = [...panels.values()].flatMap((panel) => panel.description.headline?.items ?? []);
  const said = items.map((item) => `${item.label}: ${phrase(store.value(item.path, index), item.unit, item.decimals)}`);
  connection.announce(said.join(". "));
}

const question = ask({
  view,
  onFacts: (paths) => {
    for (const panel of panels.values()) panel.highlight(paths);
  },
  label: (path) => itemOf(path)?.label ?? path,
  value: (path) => store.value(path, store.length - 1),
});
toolbar(view, pace, pause);
kiosk(view);
view.addEventListener("change", keepFocus);
keys(
  [
    { key: " ", name: t("space bar"), about: t("Pause or continue"), run: pause },
    { key: ",", name: ",", about: t("Step back"), run: () => view.step(-1) },
    { key: ".", name: ".", about: t("Step forward"), run: () => view.step(1) },
    { key: "l", name: "L", about: t("Back to live"), run: () => view.live() },
    { key: "1", name: "1", about: t("The last minute"), run: () => view.setWindow(60) },
    { key: "2", name: "2", about: t("The last 5 minutes"), run: () => view.setWindow(300) },
    { key: "3", name: "3", about: t("The last 15 minutes"), run: () => view.setWindow(900) },
    { key: "z", name: "Z", about: t("Undo zoom"), run: () => view.setZoom(null) },
    { key: "s", name: "S", about: t("Read the numbers aloud (screen readers)"), run: summary },
    { key: "c", name: "C", about: t("Download as CSV"), run: actions.csv },
    { key: "j", name: "J", about: t("Download as JSON"), run: actions.json },
    { key: "k", name: "K", about: t("Kiosk mode"), run: actions.kiosk },
    { key: "t", name: "T", about: t("Theme: light, dark or as the system has it"), run: nextTheme },
    { key: "/", name: "/", about: t("Ask a question"), run: () => question.focus() },
    { key: "?", name: "?", about: t("Show this help"), run: () => help.showModal() },
    { key: "Escape", name: "Esc", about: t("Leave kiosk mode, show all panels"), run: leave },
  ],
  element("keys"),
  /** @type {HTMLInputElement} */ (document.getElementById("shortcuts")),
);

function pause() {
  if (view.isLive) view.pause(newest());
  else view.live();
}

function nextTheme() {
  setTheme(theme() === "" ? "light" : theme() === "light" ? "dark" : "");
  /** @type {HTMLSelectElement} */ (document.getElementById("theme")).value = theme();
}

function leave() {
  if (more.open) closeMenu();
  else if (view.focus) view.setFocus(null);
  else if (view.kiosk) view.setKiosk(false);
}

store.pace = view.interval ?? pace;

document.addEventListener("visibilitychange", () => {
  schedule();
});
setTimeout(() => {
  arrange();
  schedule();
}, FIRST_NUMBERS_WITHIN);
applyView();

// By the clock of the server, which knows when it was started.
function showUptime() {
  const shown = store.timestamps[Math.max(0, indexOf(range()))];
  if (shown !== undefined) write(uptime, duration(shown - Number(uptime.dataset.since)));
}

/** @param {string} path of a field, or of one of its elements */
function itemOf(path) {
  const field = path.split("[", 1)[0];
  const panel = panels.get(field.split(".", 1)[0]);
  return panel?.description.items.find((item) => item.path === field);
}

// The past comes first, and fast; what is not newer than the newest frame there was at the beginning is no present.
async function findPresent() {
  const answer = await fetch(new URL("../api/system-stats", import.meta.url)).catch(() => null);
  if (!answer?.ok) return;
  present = (/** @type {Frame} */ (await answer.json())).timestamp;
  schedule();
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
