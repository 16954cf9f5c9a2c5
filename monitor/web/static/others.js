// A card for each probe that the page does not know: what it shows comes from the fields that the probe declares.
import { number } from "./format.js";

const KNOWN = new Set(["timestamp", "stale", "cpu", "memory", "disk", "network", "process"]);
const UNITS = { percent: "%", count: "", ratio: "", celsius: "°C" };
const cards = new Map();
let declared = null;

/** Bring the cards of all further probes of the frame up to date, inside `parent`. */
export function showOthers(parent, frame) {
  for (const [name, section] of Object.entries(frame)) {
    if (KNOWN.has(name)) continue;
    if (!cards.has(name)) cards.set(name, makeCard(parent, name));
    fill(cards.get(name), name, section);
  }
  for (const [name, card] of cards) {
    if (!(name in frame)) {
      card.remove();
      cards.delete(name);
    }
  }
}

function makeCard(parent, name) {
  const card = element("section", "card");
  card.dataset.section = name;
  card.setAttribute("aria-label", name);
  card.append(element("h2", "", name.replaceAll("_", " ")), element("dl", "facts two"));
  parent.append(card);
  declared ??= load();
  return card;
}

async function load() {
  try {
    const { probes } = await (await fetch(new URL("../api/probes", import.meta.url))).json();
    return new Map(probes.map((probe) => [probe.name, new Map(probe.fields.map((field) => [field.name, field]))]));
  } catch {
    declared = null; // asked again with the next new card; until then the numbers stand without units
    return new Map();
  }
}

async function fill(card, name, section) {
  const fields = (await declared)?.get(name);
  const rows = Object.entries(section).flatMap(([key, value]) => lines(key, value, fields?.get(key)));
  card.querySelector("dl").replaceChildren(...rows);
}

function lines(key, value, field) {
  const label = key.replaceAll("_", " ");
  if (value === null || typeof value !== "object") return [line(label, value, field)];
  return Object.entries(value).map(([part, item]) => line(`${label} ${part}`, item, field));
}

function line(label, value, field) {
  const row = element("div");
  const term = element("dt", "", label);
  if (field) term.title = field.help;
  const unit = UNITS[field?.unit] ?? field?.unit ?? "";
  row.append(term, element("dd", "", `${number(value, Number.isInteger(value) ? 0 : 2)} ${unit}`.trim()));
  return row;
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
