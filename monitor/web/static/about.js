// What there is to know about a probe: what its fields mean, what they cost, and its chart as a table.
import { phrase } from "./amount.js";
import { make, writeName } from "./dom.js";
import { date, duration, number, quantity, time, unitName } from "./i18n.js";
import { word } from "./words.js";
/** @import {Description, Item, Translate} from "./fields.js" */
/** @import {Moment} from "./moment.js" */
/** @import {Probe} from "./monitor.d.ts" */

/** Rows of the table of data at most: of a longer window, every second, third... row. */
const MOST_ROWS = 100;

/**
 * Open it above the page. It is of the moment at which it is opened, and gone when it is closed.
 * @param {Description} description
 * @param {Probe} probe
 * @param {Moment} moment
 * @param {Translate} t
 */
export function openAbout(description, probe, moment, t) {
  const dialog = make("dialog", "about");
  const title = make("h2", "name");
  title.id = "about-title";
  writeName(title, description.label);
  dialog.setAttribute("aria-labelledby", title.id);
  const close = make("button", "about-close", t("Close"));
  close.type = "button";
  close.addEventListener("click", () => dialog.close());
  const head = make("header", "panel-head");
  head.append(title, close);
  dialog.append(head, source(probe, t), fields(description.items, probe, t));
  if (description.headline) dialog.append(...data(description.headline.items, moment, t));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {Probe} probe @param {Translate} t */
function source(probe, t) {
  const list = make("dl", "facts rows");
  const cost = probe.cost_ms;
  const pace = probe.interval < 1 ? phrase(probe.interval * 1000, "ms") : duration(probe.interval);
  /** @type {[string, string][]} */
  const rows = [
    [t("From"), probe.distribution],
    [t("State"), word(probe.state, t)],
    ...(probe.error ? [/** @type {[string, string]} */ ([t("Reason"), probe.error])] : []),
    [t("Interval"), t("every {time}", { time: pace })],
    [t("Cost"), t("{mean} per sample, {max} at most", { mean: phrase(cost.mean, "ms"), max: phrase(cost.max, "ms") })],
    [t("Samples"), t("{samples}, of which {failures} failed, {missed} missed", {
      samples: number(probe.samples, 0), failures: number(probe.failures, 0), missed: number(probe.missed, 0),
    })],
  ];
  for (const [term, text] of rows) {
    const row = make("div");
    row.append(make("dt", "", term), make("dd", "", text));
    list.append(row);
  }
  return list;
}

/** @param {Item[]} items @param {Probe} probe @param {Translate} t */
function fields(items, probe, t) {
  const list = make("dl", "about-fields");
  items.forEach((item, place) => {
    const row = make("div");
    const term = make("dt");
    const name = make("span", "name");
    writeName(name, item.label);
    term.append(name, " ", make("code", "", item.path));
    const said = make("dd", "", item.help);
    const unit = unitName(item.fieldUnit) || word(item.fieldUnit, t);
    const { per } = probe.fields[place];
    const about = [
      per === null ? unit : t("{unit}, one per {per}", { unit, per: word(per, t) }),
      word(item.kind, t),
      item.warning === null ? "" : t("warning: {value}", { value: phrase(item.warning, item.unit, item.decimals) }),
      item.critical === null ? "" : t("critical: {value}", { value: phrase(item.critical, item.unit, item.decimals) }),
    ];
    row.append(term, said, make("dd", "quiet", about.filter(Boolean).join(" · ")));
    list.append(row);
  });
  return list;
}

/** @param {Item[]} items @param {Moment} moment @param {Translate} t */
function data(items, { store, first, end, range }, t) {
  const count = end - first;
  const stride = Math.max(1, Math.ceil(count / MOST_ROWS));
  const table = make("table");
  const caption = make("caption");
  const stretch = { from: date(range[0]), to: time(range[1]) };
  caption.textContent = stride === 1
    ? t("{from} to {to}", stretch)
    : t("{from} to {to}, one row in {stride}", { ...stretch, stride });
  const heads = make("tr");
  heads.append(headOf(t("Time")), ...items.map((item) => {
    const unit = unitName(item.unit);
    return headOf(unit ? `${item.label} (${unit})` : item.label);
  }));
  const head = make("thead");
  head.append(heads);
  const body = make("tbody");
  const columns = items.map((item) => store.column(item.path));
  for (let row = end - 1; row >= first; row -= stride) {
    const line = make("tr");
    const moment = make("th", "", time(store.timestamps[row]));
    moment.scope = "row";
    line.append(moment, ...columns.map((column, place) => make("td", "", cellText(column[row], items[place]))));
    body.append(line);
  }
  table.append(caption, head, body);
  const scroll = make("div", "scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "group");
  scroll.setAttribute("aria-label", t("Data of the chart"));
  scroll.append(table);
  return [make("h3", "", t("Data of the chart")), scroll];
}

/**
 * In the unit of the column's head, where people say it in that one.
 * @param {number | null | undefined} value
 * @param {Item} item
 */
function cellText(value, { unit, decimals }) {
  const parts = quantity(value, unit, decimals);
  return parts.unit === unitName(unit) ? parts.text : `${parts.text}\u00a0${parts.unit}`;
}

/** @param {string} text */
function headOf(text) {
  const head = make("th");
  head.scope = "col";
  const name = make("span", "name");
  writeName(name, text);
  head.append(name);
  return head;
}
