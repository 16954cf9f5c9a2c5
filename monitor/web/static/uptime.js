// How long the machine has been up: in each [data-since="1697456789"], the time since then. By the clock of the server,
// which knows when it was started: the browser's may be wrong.
import { write } from "./dom.js";
import { duration } from "./i18n.js";

const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-since]"));

/** @param {number} now timestamp of the row that is shown */
export function showUptime(now) {
  for (const each of places) write(each, duration(now - Number(each.dataset.since)));
}
