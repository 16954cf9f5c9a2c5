// The panels of the dashboard in step with the probes: one for each, made anew where a probe declares something else.
import { phrase } from "./amount.js";
import { set } from "./dom.js";
import { describe } from "./fields.js";
import { refocus } from "./focus.js";
import { arrange } from "./grid.js";
import { language, t } from "./i18n.js";
import { icon } from "./icons.js";
import { Panel } from "./panel.js";

/** @import {Probe} from "./monitor.d.ts" */
/** @import {Store} from "./store.js" */
/** @import {Range} from "./range.js" */
/** @import {View} from "./view.js" */

const host = /** @type {HTMLElement} */ (document.getElementById("panels"));
const system = /** @type {HTMLElement} */ (document.getElementById("system"));

export class Panels {
  #view;
  #onCursor;
  #onCopy;
  #isEmpty = true; // but for the frames that the server drew in place of the panels
  /** @type {Map<string, Probe>} by name */
  #probes = new Map();
  /** @type {Map<string, Panel>} by the name of the probe */
  #panels = new Map();
  /** What a probe declared, when its panel was made. @type {Map<string, string>} */
  #shapes = new Map();
  #placed = ""; // what stands in the grid, in short

  /**
   * @param {View} view
   * @param {object} page
   * @param {(timestamp: number|null) => void} page.onCursor   what is pointed at in a chart
   * @param {(panel: HTMLElement) => void} page.onCopy         a picture of it is wanted
   */
  constructor(view, { onCursor, onCopy }) {
    this.#view = view;
    this.#onCursor = onCursor;
    this.#onCopy = onCopy;
    view.addEventListener("change", () => this.#showAlone());
    addEventListener("resize", () => this.#place());
    this.#place();
  }

  /** The fields of the panel that is shown alone; undefined where all are shown. @returns {string[]|undefined} */
  get fields() {
    const { focus } = this.#view;
    return focus === null ? undefined : this.#panels.get(focus)?.description.items.map((item) => item.path);
  }

  /** Take in what probes there are now. @param {readonly Probe[]} probes */
  declare(probes) {
    this.#probes = new Map(probes.map((probe) => [probe.name, probe]));
    if (!this.#isEmpty) this.#arrange();
  }

  /** Put the panels there, with numbers or without, as soon as it is known which. */
  begin() {
    if (this.#isEmpty) this.#arrange();
  }

  /**
   * Show a row of the store, and the range around it.
   *
   * @param {Store} store
   * @param {number} index  of the row; -1 where there is none
   * @param {Range} range
   * @param {boolean} isFollowing  see Moment
   */
  update(store, index, range, isFollowing) {
    const stale = store.staleAt(index);
    for (const [name, panel] of this.#panels) {
      const probe = this.#probes.get(name) ?? null;
      panel.update({ probe, store, index, range, isFollowing, stale: stale[name] ?? null });
    }
    this.#place(); // now it is known how large they are
    if (store.length && this.#panels.size) set(host, "data-filled", "");
  }

  /** Mark these fields or elements, and no others. @param {string[]} paths */
  highlight(paths) {
    for (const panel of this.#panels.values()) panel.highlight(paths);
  }

  /**
   * What a field is called; itself where no panel has it.
   *
   * @param {string} path of a field, or of one of its elements
   */
  label(path) {
    const field = path.split("[", 1)[0];
    const panel = this.#panels.get(field.split(".", 1)[0]);
    return panel?.description.items.find((item) => item.path === field)?.label ?? path;
  }

  /**
   * The big numbers of a row, in words.
   *
   * @param {Store} store
   * @param {number} index
   */
  summary(store, index) {
    const items = [...this.#panels.values()].flatMap((panel) => panel.description.headline?.items ?? []);
    return items
      .map(({ label, path, unit, decimals }) => `${label}: ${phrase(store.value(path, index), unit, decimals)}`)
      .join(". ");
  }

  /** Give all that stands in the grid its place, where its size or that of the window is another one. */
  #place() {
    const all = /** @type {HTMLElement[]} */ ([...host.children]);
    const sizes = all.map(sizeOf);
    const placed = `${innerWidth} ${sizes.join(" ")} ${all.map(({ id }) => id).join(" ")}`;
    if (placed === this.#placed) return;
    this.#placed = placed;
    const places = arrange(sizes, Number(getComputedStyle(host).getPropertyValue("--columns")));
    for (const [index, { row, column, width, height }] of places.entries()) {
      all[index].style.setProperty("--place", `${row} / ${column} / span ${height} / span ${width}`);
    }
    if (!this.#isEmpty) set(host, "data-arranged", "");
  }

  #arrange() {
    if (!this.#probes.size) return;
    if (this.#isEmpty) host.querySelectorAll(".skeleton").forEach((each) => each.remove());
    this.#isEmpty = false;
    for (const probe of this.#probes.values()) this.#put(probe);
    for (const [name, panel] of this.#panels) if (!this.#probes.has(name)) this.#remove(name, panel);
    this.#showAlone();
  }

  /** @param {Probe} probe */
  #put(probe) {
    const { name } = probe;
    const shape = JSON.stringify(probe.fields);
    const before = this.#panels.get(name);
    if (before && this.#shapes.get(name) === shape) return;
    const panel = this.#made(probe);
    const hadFocus = before?.element.contains(document.activeElement);
    if (before) before.element.replaceWith(panel.element);
    else host.insertBefore(panel.element, system);
    panel.element.classList.toggle("is-focused", name === this.#view.focus); // what is not shown takes no focus
    if (hadFocus) /** @type {HTMLElement|null} */ (panel.element.querySelector("button:enabled"))?.focus();
    before?.destroy();
    this.#shapes.set(name, shape);
    this.#panels.set(name, panel);
  }

  /**
   * A panel with its buttons: alone on the page, and as a picture.
   *
   * @param {Probe} probe
   */
  #made(probe) {
    const { name } = probe;
    const view = this.#view;
    const panel = new Panel(describe(probe, language), {
      t,
      onZoom: (range, isPassing) => view.setZoom(range, isPassing),
      onScale: (factor, at) => view.scale(factor, at),
      onCursor: this.#onCursor,
    });
    const said = { panel: panel.description.label };
    const actions = document.createElement("div");
    actions.className = "panel-actions";
    actions.append(
      action("enlarge", t("Enlarge {panel}", said), () => view.setFocus(view.focus === name ? null : name)),
      action("copy", t("Copy {panel} as a picture", said), () => this.#onCopy(panel.element)),
    );
    panel.element.querySelector(".panel-head")?.append(actions);
    return panel;
  }

  /**
   * @param {string} name
   * @param {Panel} panel
   */
  #remove(name, panel) {
    if (panel.element.contains(document.activeElement)) refocus(this.#view);
    panel.element.remove();
    panel.destroy();
    this.#panels.delete(name);
    this.#shapes.delete(name);
  }

  #showAlone() {
    const { focus } = this.#view;
    host.classList.toggle("has-focus", focus !== null && this.#panels.has(focus));
    for (const [name, panel] of this.#panels) {
      const isAlone = name === focus;
      panel.element.classList.toggle("is-focused", isAlone);
      const enlarge = panel.element.querySelector("[data-action=enlarge]");
      if (enlarge) set(enlarge, "aria-pressed", String(isAlone));
    }
  }
}

/** @param {HTMLElement} panel @returns {[width: number, height: number]} in the grid, at least */
function sizeOf({ dataset }) {
  return [dataset.width ? 2 : 1, dataset.height ? 2 : 1];
}

/**
 * @param {"copy"|"enlarge"} name
 * @param {string} label
 * @param {() => void} run
 */
function action(name, label, run) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.action = name;
  button.append(icon(name));
  button.title = label;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", run);
  return button;
}
