// What a panel holds, read from what a probe declares in /api/probes. Knows no page and no number.
import { t as translate } from "./i18n.js";
import { helpOf } from "./words.js";
/** @import {Probe, ProbeField} from "./monitor.d.ts" */

/** @typedef {"" | "warning" | "critical"} Level */
/** @typedef {(text: string, values?: Record<string, string | number>) => string} Translate */
/**
 * One number of a probe, or one list or table of them. Of a counter, `unit`, `warning` and `critical` are its rate's.
 * @typedef {object} Item
 * @property {string} path       "cpu.percent_total"
 * @property {string} label      for people
 * @property {string} unit       of what is drawn
 * @property {string} fieldUnit  of what the frame has
 * @property {"gauge" | "counter"} kind
 * @property {string} help
 * @property {number} decimals   digits after the point that it has, at most
 * @property {number | null} warning
 * @property {number | null} critical
 * @property {(value: number | null) => Level} level
 */
/**
 * Numbers that share one chart.
 * @typedef {object} Group
 * @property {Item[]} items
 * @property {string} unit
 * @property {"gauge" | "counter"} kind
 * @property {[number, number] | null} bounds   of its axis; values may be beyond them
 * @property {boolean} isShare   percentages, each with a bar
 */
/** @typedef {"cells" | "multiples" | "table"} Layout */
/**
 * @typedef {object} ListItem
 * @property {Item} item
 * @property {string} per        what there is one value for
 * @property {boolean} isKeyed   by name, else by position
 * @property {(count: number, before?: Layout | null) => Layout} layout   of so many elements, after another layout
 */
/**
 * @typedef {object} Description
 * @property {string} name
 * @property {string} label
 * @property {Group | null} headline
 * @property {Item[]} facts      every further single number
 * @property {ListItem[]} lists
 * @property {Item[]} items      all of them, as the probe declares them
 * @property {string} help       of the first of them
 */

/** The most numbers that share one chart, and the most elements that are drawn one by one. */
export const MOST_SERIES = 6;
export const MOST_MULTIPLES = 12;
/** Elements that must have gone before a table is multiples again: a count that wavers must not change the layout. */
const SLACK = 4;

/** @type {Record<string, string>} */
const RATES = { count: "1/s", s: "ratio" };

/** The unit of a counter's growth per second. @param {string} unit */
export const rateUnit = (unit) => RATES[unit] ?? `${unit}/s`;

/**
 * Where a value stands. From a threshold on counts as beyond it; where critical is below warning, low values are bad.
 * @param {number | null | undefined} value
 * @param {number | null} warning
 * @param {number | null} critical
 * @returns {Level}
 */
export function levelOf(value, warning, critical) {
  if (value === null || value === undefined) return "";
  const isLowBad = warning !== null && critical !== null && critical < warning;
  /** @param {number | null} limit */
  const isBeyond = (limit) => limit !== null && (isLowBad ? value <= limit : value >= limit);
  return isBeyond(critical) ? "critical" : isBeyond(warning) ? "warning" : "";
}

/**
 * What the panel of a probe holds.
 * @param {Probe} probe       one of /api/probes
 * @param {string} language   of the labels, "en" or "fr"
 * @param {Translate} [t]     translates the words of this page and the help of the built-in probes
 * @returns {Description}
 */
export function describe(probe, language, t = translate) {
  const pairs = probe.fields.map((field) => ({ field, item: itemOf(probe.name, field, language, t) }));
  const singles = pairs.filter(({ field }) => field.shape === "number").map(({ item }) => item);
  const headline = headlineOf(singles);
  return {
    name: probe.name,
    label: builtIn(t).get(probe.name) ?? spoken(probe.name),
    headline,
    facts: singles.filter((item) => !headline?.items.includes(item)),
    lists: pairs.filter(({ field }) => field.shape !== "number").map(({ field, item }) => ({
      item,
      per: field.per ?? "",
      isKeyed: field.shape === "table",
      layout: (count, before = null) => layoutOf(field, count, before),
    })),
    items: pairs.map(({ item }) => item),
    help: pairs[0]?.item.help ?? "",
  };
}

/** @param {Translate} t */
const builtIn = (t) => new Map([
  ["cpu", t("CPU")],
  ["memory", t("Memory")],
  ["disk", t("Disk")],
  ["network", t("Network")],
  ["process", t("This server")],
]);

/**
 * @param {string} section
 * @param {ProbeField} field
 * @param {string} language
 * @param {Translate} t
 * @returns {Item}
 */
function itemOf(section, field, language, t) {
  const { warning = null, critical = null } = field;
  return {
    path: `${section}.${field.name}`,
    label: capital(field.phrases[language]?.[0] ?? field.name.replaceAll("_", " ")),
    unit: field.kind === "counter" ? rateUnit(field.unit) : field.unit,
    fieldUnit: field.unit,
    kind: field.kind,
    help: helpOf(field.help, t),
    decimals: field.kind === "counter" ? decimalsOf(rateUnit(field.unit)) : field.decimals,
    warning,
    critical,
    level: (value) => levelOf(value, warning, critical),
  };
}

/** Of a rate: an error in ten minutes is one, while nobody counts single bytes. @param {string} unit */
const decimalsOf = (unit) => (unit.endsWith("B/s") ? 2 : 6);

/** @param {Item[]} singles @returns {Group | null} */
function headlineOf(singles) {
  const gauges = singles.filter((item) => item.kind === "gauge");
  const share = gauges.find((item) => item.unit === "percent");
  const first = share ?? singles.find((item) => item.kind === "counter") ?? gauges[0];
  if (!first) return null;
  const { unit, kind } = first;
  const isShare = unit === "percent";
  return {
    items: singles.filter((item) => item.unit === unit && item.kind === kind).slice(0, MOST_SERIES),
    unit,
    kind,
    bounds: isShare ? [0, 100] : null,
    isShare,
  };
}

/** @param {ProbeField} field @param {number} count @param {Layout | null} before @returns {Layout} */
function layoutOf(field, count, before) {
  if (field.shape === "list" && field.unit === "percent" && field.kind === "gauge") return "cells";
  return count <= MOST_MULTIPLES - (before === "table" ? SLACK : 0) ? "multiples" : "table";
}

/** A name of the contract as words. @param {string} name */
export const spoken = (name) => capital(name.replaceAll("_", " "));

/** @param {string} text */
function capital(text) {
  const [first = ""] = text; // a whole character, be it two units long
  return first.toLocaleUpperCase() + text.slice(first.length);
}
