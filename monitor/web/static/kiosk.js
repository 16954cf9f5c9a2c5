// Kiosk mode: the numbers alone, on a screen that stays on. Escape leaves it, and so does a button that a touch shows.

/** @import {View} from "./view.js" */

// Milliseconds after a touch for which the way out is shown.
const SHOWN = 5000;

/**
 * Let the page follow the view into kiosk mode and out of it.
 *
 * @param {View} view
 */
export function kiosk(view) {
  const out = /** @type {HTMLElement} */ (document.getElementById("leave-kiosk"));
  const { classList } = document.body;
  /** @type {Promise<WakeLockSentinel|null>|null} */
  let awake = null;
  let hiding = 0;

  function follow() {
    classList.toggle("kiosk", view.kiosk);
    keepAwake();
  }

  // One request at a time, and what it got is given back. A hidden page loses it by itself.
  function keepAwake() {
    if (!view.kiosk) {
      awake?.then((sentinel) => sentinel?.release());
      awake = null;
    } else if (document.visibilityState === "visible") {
      awake ??= navigator.wakeLock?.request("screen").catch(() => null) ?? null;
    } else {
      awake = null;
    }
  }

  function showTheWayOut() {
    if (!view.kiosk) return;
    classList.add("is-touched");
    clearTimeout(hiding);
    hiding = window.setTimeout(() => classList.remove("is-touched"), SHOWN);
  }

  for (const type of ["pointerdown", "pointermove"]) document.addEventListener(type, showTheWayOut, { passive: true });
  out.addEventListener("click", () => view.setKiosk(false));
  view.addEventListener("change", follow);
  document.addEventListener("visibilitychange", keepAwake);
  follow();
}
