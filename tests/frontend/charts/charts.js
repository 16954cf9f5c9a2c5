// Eight charts over made-up frames, for the tests of the charts alone: no server, no stream, no panels.
/* global document, requestAnimationFrame */
import { Chart } from "/static/chart.js";
import { quantity } from "/static/i18n.js";
import { copyPng, csv, json } from "/static/export.js";
import { Store } from "/static/store.js";

const START = 1_700_000_000;
const GAUGE = { kind: "gauge", shape: "number" };
const PROBES = [
  {
    name: "cpu", interval: 1,
    fields: [{ name: "percent", ...GAUGE }, { name: "cores", kind: "gauge", shape: "list" }],
  },
  { name: "memory", interval: 1, fields: [{ name: "percent", ...GAUGE }] },
  {
    name: "network", interval: 1,
    fields: ["sent", "received"].map((name) => ({ name, kind: "counter", shape: "table" })),
  },
  { name: "disk", interval: 1, fields: [{ name: "used", ...GAUGE }] },
  { name: "heat", interval: 1, fields: [{ name: "sensors", kind: "gauge", shape: "table" }] },
  { name: "process", interval: 1, fields: [{ name: "memory", ...GAUGE }] },
];
const PANELS = [
  ["CPU", "percent", [0, 100], { warning: 75, critical: 90 }, ["cpu.percent"]],
  ["Memory", "percent", [0, 100], { warning: 80, critical: 95 }, ["memory.percent"]],
  ["Network", "MB/s", null, null, ["network.sent[eth0]", "network.received[eth0]"]],
  ["Cores", "percent", [0, 100], null, ["cpu.cores[0]", "cpu.cores[1]", "cpu.cores[2]", "cpu.cores[3]"]],
  ["Disk", "GB", null, null, ["disk.used"]],
  ["Temperature", "celsius", null, { warning: 70, critical: null }, ["heat.sensors[one]", "heat.sensors[two]"]],
  ["This server", "MB", null, null, ["process.memory"]],
  ["Eight of them", "percent", null, null, Array.from({ length: 8 }, (_, core) => `cpu.cores[${core}]`)],
];

/** @param {number} at seconds; the same one has the same frame */
function frame(at) {
  const wave = (period, low, high) => low + (high - low) * (0.5 + 0.5 * Math.sin((2 * Math.PI * at) / period));
  const noise = (seed) => Math.abs(Math.sin(at * 12.9898 + seed * 78.233) * 43758.5453) % 1;
  const traffic = at * 2.2 + 60 * Math.sin(at / 40);
  return {
    timestamp: START + at,
    cpu: {
      percent: wave(240, 15, 85) + 10 * noise(1),
      cores: Array.from({ length: 8 }, (_, core) => wave(90 + 40 * core, 5, 40 + 6 * core) + 12 * noise(core)),
    },
    memory: { percent: wave(900, 40, 62) },
    network: {
      sent: { eth0: 1000 + traffic, [`tun${Math.floor(at / 40)}`]: at },
      received: { eth0: 2000 + 3 * traffic, [`tun${Math.floor(at / 40)}`]: at },
    },
    disk: { used: 230 + at / 3000 },
    heat: { sensors: { one: wave(300, 51, 64) + noise(9), two: wave(420, 44, 49) } },
    process: { memory: 84 + 3 * noise(4) },
  };
}

const store = new Store();
store.declare(PROBES);
const charts = [];
const told = { zoom: [], scale: [], cursor: [] };
let next = 0;

function format(unit) {
  return (value) => {
    const { text, unit: name } = quantity(value, unit);
    return name === "" ? text : `${text} ${name}`;
  };
}

function build() {
  for (const [label, unit, bounds, levels, paths] of PANELS) {
    const panel = document.createElement("section");
    const title = document.createElement("h2");
    const value = document.createElement("p");
    const host = document.createElement("div");
    title.textContent = label;
    panel.append(title, value, host);
    document.getElementById("panels").append(panel);
    const series = paths.map((path) => ({ label: path.slice(path.indexOf(".") + 1), path }));
    charts.push(new Chart(host, {
      series, unit, bounds, levels, label, format: format(unit),
      onZoom: (range) => told.zoom.push([label, range]),
      onScale: (factor, at) => told.scale.push([label, factor, at]),
      onCursor: (timestamp) => told.cursor.push([label, timestamp]),
    }));
  }
}

/** Draw the last 900 seconds as the dashboard does, or another range exactly. */
function draw(range = null) {
  const isFollowing = range === null && (told.cursor.at(-1)?.[1] ?? null) === null;
  const newest = store.timestamps.at(-1);
  charts.forEach((chart) => chart.draw(store, range ?? [newest - 900, newest], isFollowing));
}

/** Add so many frames, then draw once. */
function fill(frames, from = next) {
  for (next = from; next < from + frames; next += 1) store.add(frame(next));
  draw();
}

/** Milliseconds for one frame in eight charts: of our code, and until the browser has painted it. */
function tick() {
  return new Promise((resolve) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    const begin = performance.now();
    store.add(frame(next));
    next += 1;
    draw();
    const code = performance.now() - begin;
    port1.onmessage = () => resolve([code, performance.now() - begin]);
    port2.postMessage(null);
  }));
}

build();
globalThis.harness = { START, charts, copyPng, csv, draw, fill, frame, json, store, tick, told };
