// The header of every page: which colours, which language.
import { setTheme, theme } from "./theme.js";

const colors = /** @type {HTMLSelectElement} */ (document.getElementById("theme"));
colors.value = theme(); // a browser that comes back to a page restores what was chosen then
colors.addEventListener("change", () => setTheme(/** @type {import("./theme.js").Theme} */ (colors.value)));
document.addEventListener("themechange", () => { colors.value = theme(); });
addEventListener("pageshow", () => { colors.value = theme(); });

// The server wrote these links when it drew the page; scripts may have changed its address since.
for (const link of document.querySelectorAll("#languages a")) {
  if (!(link instanceof HTMLAnchorElement)) continue;
  link.addEventListener("click", () => {
    const address = new URL(location.href);
    address.searchParams.set("lang", link.lang);
    link.href = address.href;
  });
}
