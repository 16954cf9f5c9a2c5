// The menu of the toolbar, for what is seldom wanted.

const details = /** @type {HTMLDetailsElement} */ (document.getElementById("more"));
const summoner = /** @type {HTMLElement} */ (details.querySelector("summary"));

/**
 * Tie the buttons of the menu to what they do.
 *
 * @param {Record<string, () => void>} actions by the id of their button
 */
export function menu(actions) {
  for (const [id, run] of Object.entries(actions)) {
    document.getElementById(id)?.addEventListener("click", () => {
      closeMenu();
      run();
    });
  }
  // Whoever goes on elsewhere is done with it.
  for (const type of ["focusin", "pointerdown"]) {
    document.addEventListener(type, ({ target }) => {
      if (!details.contains(/** @type {Node|null} */ (target))) details.open = false;
    });
  }
}

/**
 * The focus goes back to what opened it: what is in a closed menu cannot have it.
 *
 * @returns {boolean} whether it was open
 */
export function closeMenu() {
  const wasOpen = details.open;
  if (details.contains(document.activeElement)) summoner.focus();
  details.open = false;
  return wasOpen;
}
