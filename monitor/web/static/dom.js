// Elements: made, and written to only where something changes, so that a selection stays and nothing is laid out anew.

/** Characters of a name that are shown; the rest would only be clipped. */
const LONGEST = 300;

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/**
 * Write text into an element that holds nothing else.
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  const node = element.firstChild;
  if (node instanceof Text) {
    if (node.data !== text) node.data = text;
  } else if (text) {
    element.textContent = text;
  }
}

/**
 * Write a name that a machine gave: of any length, in any direction, clipped by its element and whole in its title.
 * @param {HTMLElement} element
 * @param {string} name
 */
export function writeName(element, name) {
  if (element.title === name) return;
  element.dir = "auto";
  element.title = name;
  write(element, name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name);
}

/**
 * Set an attribute, or take it away where the value is null.
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value
 */
export function set(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Show or hide an element.
 * @param {HTMLElement} element
 * @param {boolean} isShown
 */
export function show(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}
