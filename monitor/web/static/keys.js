// Single-key shortcuts and the sheet that lists them. They can be switched off, for those who speak to their computer
// (WCAG 2.1.4).

const STORED = "monitor-shortcuts";

/** @typedef {{key: string, name: string, about: string, run: () => void}} Shortcut */

/**
 * Listen for the shortcuts, and list them.
 *
 * @param {Shortcut[]} shortcuts       `name` is what stands on the key cap
 * @param {HTMLElement} list           a <dl>
 * @param {HTMLInputElement} choice    switches them on and off
 */
export function keys(shortcuts, list, choice) {
  for (const { name, about } of shortcuts) {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const cap = document.createElement("kbd");
    cap.textContent = name;
    term.append(cap);
    const text = document.createElement("dd");
    text.textContent = about;
    row.append(term, text);
    list.append(row);
  }
  choice.checked = stored() !== "off";
  choice.addEventListener("change", () => store(choice.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (isWriting(target) || target.closest("dialog[open]")) return;
    // The space bar presses the button that has the focus.
    if (event.key === " " && target.closest("button, a, summary, select, [role=button]")) return;
    const found = shortcuts.find((each) => each.key === event.key);
    if (!found || (!choice.checked && found.key.length === 1)) return;
    event.preventDefault();
    found.run();
  });
}

// Where a browser keeps nothing for this site, asking it for what it has kept is an error.
function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** @param {string} text */
function store(text) {
  try {
    localStorage.setItem(STORED, text);
  } catch {
    // It holds for as long as the page is open.
  }
}

/** @param {HTMLElement} element */
function isWriting(element) {
  return element.isContentEditable || element.matches("input:not([type=checkbox]), textarea, select");
}
