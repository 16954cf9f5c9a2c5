// Badges on what shows old values: how old they are.
import { duration, t } from "./i18n.js";

/**
 * Bring the badges of all [data-section] up to date.
 *
 * @param {Record<string, number>} stale seconds, by probe, as a frame has them
 */
export function showStale(stale) {
  for (const card of document.querySelectorAll("[data-section]")) {
    const age = stale[/** @type {HTMLElement} */ (card).dataset.section ?? ""];
    const badge = card.querySelector(".badge");
    if (age === undefined) badge?.remove();
    else (badge ?? added(card)).textContent = t("{age} old", { age: duration(age) });
  }
}

/** @param {Element} card */
function added(card) {
  const badge = document.createElement("span");
  badge.className = "badge";
  card.querySelector("h2")?.append(badge);
  return badge;
}
