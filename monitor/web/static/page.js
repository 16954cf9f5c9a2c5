// Keeps a page live: fills in what its elements ask for by attribute. Text from the machine is text, never markup.
//   data-value="cpu.count"        the number at that path of the frame
//   data-rate="network.sent"      its growth per second since the frame before; none is shown for a counter that fell
//   data-bar="cpu.percent_total"  a <progress> of 100
//   data-section="cpu"            gets a badge while that probe is stale
//   data-since="1697456789"       the time since then
import { follow } from "./stream.js";
import { showOthers } from "./others.js";
import { duration, number } from "./format.js";

const WARN = 75;
const ALARM = 90;

const all = (selector) => [...document.querySelectorAll(selector)];
const values = all("[data-value]");
const rates = all("[data-rate]");
const bars = all("[data-bar]");
const since = all("[data-since]");
const cards = document.getElementById("cards");
const cores = document.getElementById("cores");
const clock = document.getElementById("clock");
const state = document.getElementById("state");

let newest = null;
let previous = null; // the frame before it, also from before a break: counters are the machine's, and go on
let drawing = 0;
let countdown = 0;

function at(frame, path) {
  const [section, field] = path.split(".");
  return frame[section]?.[field] ?? null;
}

// Draws the newest frame of a burst alone, and in a hidden tab none.
function receive(frame) {
  previous = newest;
  newest = frame;
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    show(newest);
  });
}

function show(frame) {
  for (const element of values) {
    element.textContent = number(at(frame, element.dataset.value), Number(element.dataset.digits));
  }
  for (const element of rates) element.textContent = number(rate(frame, element.dataset.rate), 2);
  for (const element of bars) setBar(element, at(frame, element.dataset.bar));
  if (cores) showCores(frame.cpu?.percent_per_core ?? []);
  if (cards) showOthers(cards, frame);
  if (clock) clock.textContent = new Date(frame.timestamp * 1000).toLocaleTimeString();
  showStale(frame.stale ?? {});
  document.dispatchEvent(new CustomEvent("frame", { detail: frame }));
}

function rate(frame, path) {
  const before = previous && at(previous, path);
  const now = at(frame, path);
  const seconds = previous ? frame.timestamp - previous.timestamp : 0;
  return before === null || now === null || seconds <= 0 || now < before ? null : (now - before) / seconds;
}

function setBar(bar, percent) {
  bar.value = percent ?? 0;
  bar.dataset.level = percent >= ALARM ? "alarm" : percent >= WARN ? "warn" : "";
}

function showCores(percents) {
  while (cores.children.length > percents.length) cores.lastElementChild.remove();
  while (cores.children.length < percents.length) cores.append(core(cores.children.length));
  percents.forEach((percent, index) => {
    const [, output, bar] = cores.children[index].children;
    output.textContent = `${number(percent, 0)} %`;
    setBar(bar, percent);
  });
}

function core(index) {
  const row = document.createElement("div");
  const label = document.createElement("span");
  label.textContent = `Core ${index}`;
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.setAttribute("aria-label", label.textContent);
  row.append(label, document.createElement("output"), bar);
  return row;
}

function showStale(stale) {
  for (const card of all("[data-section]")) {
    const age = stale[card.dataset.section];
    let badge = card.querySelector(".badge");
    if (age === undefined) {
      badge?.remove();
    } else {
      if (!badge) {
        badge = document.createElement("span");
        badge.className = "badge";
        card.querySelector("h2").append(badge);
      }
      badge.textContent = `${duration(age)} old`;
    }
  }
}

function tell(name, seconds) {
  clearInterval(countdown);
  if (state.dataset.state !== name) state.dataset.state = name;
  if (name !== "waiting") {
    const text = name === "live" ? "Live" : "Connecting…";
    if (state.textContent !== text) state.textContent = text;
    return;
  }
  checkLogin();
  const until = Date.now() + seconds * 1000;
  const count = () => {
    state.textContent = `Disconnected, trying again in ${Math.max(1, Math.ceil((until - Date.now()) / 1000))} s`;
  };
  count();
  countdown = setInterval(count, 1000);
}

// A page whose login has ended cannot come back by itself: loaded anew, it is sent to log in.
const logout = document.getElementById("logout");
let leaving = false; // it ends the stream too, and the answer to it says where to go
logout?.addEventListener("submit", () => { leaving = true; });

async function checkLogin() {
  if (!logout) return;
  const answer = await fetch(location.pathname, { method: "HEAD", redirect: "manual", cache: "no-store" }).catch(() => null);
  if (answer?.type === "opaqueredirect" && !leaving) location.reload();
}

function showUptime() {
  for (const element of since) element.textContent = duration(Date.now() / 1000 - Number(element.dataset.since));
}

showUptime();
setInterval(showUptime, 1000);
const stream = new URL("../api/ws/metrics", import.meta.url); // wherever in a site these scripts stand
stream.protocol = stream.protocol.replace("http", "ws");
follow(
  stream.href,
  Number(document.body.dataset.interval),
  receive,
  tell,
);
