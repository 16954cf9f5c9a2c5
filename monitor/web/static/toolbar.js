// The toolbar: shows what the view is, and changes it.
import { t } from "./i18n.js";

/** @import {View} from "./view.js" */

/**
 * Tie the buttons of the toolbar to the view.
 *
 * @param {View} view
 * @param {number} pace             seconds of the server's interval
 * @param {() => void} pause        stands still, or goes on
 */
export function toolbar(view, pace, pause) {
  const windows = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("[data-window]")]);
  const standing = button("pause");
  const live = button("live");
  const unzoom = button("unzoom");
  const interval = /** @type {HTMLSelectElement} */ (document.getElementById("interval"));

  // The server writes 0.5 s; some languages write 0,5 s.
  for (const each of interval.options) each.textContent = t("{seconds} s", { seconds: Number(each.value) });
  for (const each of windows) each.addEventListener("click", () => view.setWindow(Number(each.dataset.window)));
  standing.addEventListener("click", pause);
  live.addEventListener("click", () => view.live());
  unzoom.addEventListener("click", () => view.setZoom(null));
  button("back").addEventListener("click", () => view.step(-1));
  button("forward").addEventListener("click", () => view.step(1));
  interval.addEventListener("change", () => {
    const wanted = Number(interval.value);
    view.setInterval(wanted === pace ? null : wanted);
  });

  // An address may ask for one that is not among the choices.
  function showInterval() {
    const value = String(view.interval ?? pace);
    if (![...interval.options].some((each) => each.value === value)) interval.add(new Option(`${value} s`, value));
    interval.value = value;
  }

  function show() {
    for (const each of windows) each.setAttribute("aria-pressed", String(Number(each.dataset.window) === view.window));
    standing.setAttribute("aria-pressed", String(!view.isLive));
    standing.textContent = view.isLive ? t("Pause") : t("Paused");
    const active = document.activeElement;
    if ((active === live && view.isLive) || (active === unzoom && view.zoom === null)) standing.focus();
    live.hidden = view.isLive;
    unzoom.hidden = view.zoom === null;
    showInterval();
  }

  view.addEventListener("change", show);
  show();
}

/** @param {string} id */
function button(id) {
  return /** @type {HTMLButtonElement} */ (document.getElementById(id));
}
