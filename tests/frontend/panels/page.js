/* global document, location */
// The panels over recorded frames: ?frames=four_cores. What the tests steer it with is window.panels.
import { describe } from "/static/fields.js";
import { language, t } from "/static/i18n.js";
import { Panel } from "/static/panel.js";
import { Store } from "/static/store.js";

const query = new URLSearchParams(location.search);
document.body.classList.toggle("kiosk", query.has("kiosk"));
if (query.has("theme")) document.documentElement.dataset.theme = query.get("theme");

const answer = await fetch(`/fixtures/${query.get("frames")}.json`);
const { probes: { probes }, frames } = await answer.json();
const window_ = Number(query.get("window") ?? 300);
const store = new Store(900);
store.declare(probes);
const host = document.getElementById("panels");
const system = document.getElementById("panel-system");
const panels = new Map();
for (const probe of probes) {
  const panel = new Panel(describe(probe, language), { t });
  panels.set(probe.name, panel);
  host.insertBefore(panel.element, system);
}

/** Add a frame and bring every panel up to date; return the milliseconds that takes, without painting. */
function add(frame) {
  const began = performance.now();
  store.add(frame);
  show();
  return performance.now() - began;
}

function show(index = store.length - 1) {
  const newest = store.timestamps.at(-1) ?? 0;
  for (const probe of probes) {
    const stale = store.newest?.stale?.[probe.name] ?? null;
    panels.get(probe.name).update({
      probe, store, index, range: [newest - window_, newest], isFollowing: index === store.length - 1, stale });
  }
}

show();
const held = Number(query.get("hold") ?? 0);
for (const frame of frames.slice(0, frames.length - held)) store.add(frame);
show();
globalThis.panels = { panels, probes, frames, store, add, show };
document.documentElement.dataset.ready = "";
