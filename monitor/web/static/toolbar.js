// The toolbar: shows what the view is, and changes it.
import { write } from "./dom.js";
import { t } from "./i18n.js";

/** @import {View} from "./view.js" */

/**
 * Tie the buttons of the toolbar to the view.
 *
 * @param {View} view
 * @param {number} pace             seconds of the server's interval
 * @param {() => void} pause        stands still, or goes on
 * @param {(factor: number) => void} scale   shows so many times as much
 */
export function toolbar(view, pace, pause, scale) {
  const windows = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("[data-window]")]);
  const standing = button("pause");
  const live = button("live");
  const [farther, closer, unzoom] = ["farther", "closer", "unzoom"].map(button);
  const interval = /** @type {HTMLSelectElement} */ (document.getElementById("interval"));

  // The server writes 0.5 s; some languages write 0,5 s.
  for (const each of interval.options) each.textContent = t("{seconds} s", { seconds: Number(each.value) });
  for (const each of windows) each.addEventListener("click", () => view.setWindow(Number(each.dataset.window)));
  standing.addEventListener("click", pause);
  live.addEventListener("click", () => view.live());
  unzoom.addEventListener("click", () => view.setZoom(null));
  farther.addEventListener("click", () => scale(2));
  closer.addEventListener("click", () => scale(0.5));
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
    write(/** @type {HTMLElement} */ (standing.querySelector(".word")), view.isLive ? t("Pause") : t("Paused"));
    if (document.activeElement === live && view.isLive) standing.focus();
    live.hidden = view.isLive;
    // They keep the focus, and their place under a pointer that presses them again and again.
    for (const each of [farther, unzoom]) each.setAttribute("aria-disabled", String(view.zoom === null));
    closer.setAttribute("aria-disabled", String(view.isClosest));
    showInterval();
  }

  view.addEventListener("change", show);
  show();
  /** @type {HTMLElement} */ (document.getElementById("toolbar")).inert = false; // the server's: nobody listened yet
}

/** @param {string} id */
function button(id) {
  return /** @type {HTMLButtonElement} */ (document.getElementById(id));
}
