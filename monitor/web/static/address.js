// The address of the page in step with the view: each change of one is brought to the other.

/** @import {View} from "./view.js" */

/** @param {View} view */
export function address(view) {
  let place = placeOf(view);

  function show() {
    if (view.isPassing) return; // browsers take only so many addresses
    const wanted = location.pathname + view.search(location.search) + location.hash;
    if (wanted !== location.pathname + location.search + location.hash) {
      // The way back leads out of a closer look, and of a panel alone; not through each second of a pause, nor through
      // all that was looked at closer.
      if (placeOf(view) === place) history.replaceState(null, "", wanted);
      else history.pushState(null, "", wanted);
    }
    place = placeOf(view);
  }

  view.addEventListener("change", show);
  addEventListener("popstate", () => {
    place = "";
    view.read(location.search);
    place = placeOf(view);
  });
  show();
}

/** What of the page is looked at, and whether closer. @param {View} view */
function placeOf({ focus, zoom }) {
  return `${focus} ${zoom !== null}`;
}
