// The focus of the keyboard, where what had it goes away.

/** @import {View} from "./view.js" */

const heading = /** @type {HTMLElement} */ (document.querySelector("h1"));
const pause = /** @type {HTMLElement} */ (document.getElementById("pause"));
const summoner = /** @type {HTMLElement} */ (document.querySelector("#more > summary"));

/**
 * Give the focus to what is there in any case.
 *
 * @param {View} view
 */
export function refocus(view) {
  if (view.kiosk) heading.tabIndex = -1;
  (view.kiosk ? heading : pause).focus();
}

/**
 * Let no change of the view leave the focus on what it hides: kiosk mode hides much of the page. To be called last of
 * all that follows the view.
 *
 * @param {View} view
 */
export function keepFocus(view) {
  view.addEventListener("change", () => {
    if (view.isPassing) return; // it hides nothing, and to look makes the browser lay the page out
    const active = document.activeElement;
    if (active?.getClientRects().length === 0) refocus(view);
    else if (active === heading && !view.kiosk) summoner.focus();
  });
}
