// The colours of the page: light, dark, or those of the system. A cookie keeps the choice, so that the server can write
// it into the next page and nothing flashes. Whoever draws or tells of them listens for "themechange" on the document.

const COOKIE = "monitor-theme";
const YEAR = 31_536_000;

const root = document.documentElement;

/** @typedef {"" | "light" | "dark"} Theme empty: the system's */

/** @returns {Theme} what has been chosen */
export function theme() {
  return /** @type {Theme} */ (root.dataset.theme ?? "");
}

/** @param {Theme} chosen */
export function setTheme(chosen) {
  const path = new URL("..", import.meta.url).pathname; // wherever in a site these scripts stand
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=${chosen}; Path=${path}; Max-Age=${chosen ? YEAR : 0}; SameSite=Lax${secure}`;
  if (chosen) root.dataset.theme = chosen;
  else delete root.dataset.theme;
  tell();
}

/** Go on to the next one: light, dark, the system's. */
export function nextTheme() {
  setTheme(theme() === "" ? "light" : theme() === "light" ? "dark" : "");
}

function tell() {
  meta("color-scheme").forEach((each) => { each.content = theme() || "light dark"; });
  const ground = getComputedStyle(root).getPropertyValue("--ground").trim();
  meta("theme-color").forEach((each) => { each.content = ground; });
  document.dispatchEvent(new Event("themechange"));
}

/** @param {string} name @returns {HTMLMetaElement[]} */
function meta(name) {
  return [...document.head.querySelectorAll(`meta[name="${name}"]`)].filter((each) => each instanceof HTMLMetaElement);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (!theme()) tell();
});
