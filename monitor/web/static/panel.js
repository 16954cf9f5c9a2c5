// The panel of one probe, whoever wrote it: made of what the probe declares, and drawn where something changes.
import { openAbout } from "./about.js";
import { make, set, show, write, writeName } from "./dom.js";
import { Elements } from "./elements.js";
import { Facts } from "./facts.js";
import { Headline } from "./headline.js";
import { duration } from "./i18n.js";
import { momentOf } from "./moment.js";
/** @import {Description, Translate} from "./fields.js" */
/** @import {Moment} from "./moment.js" */
/** @import {Probe} from "./monitor.d.ts" */
/** @import {Store} from "./store.js" */

/** Cells from which on a panel takes the width of two. */
const WIDE = 64;
/** What the parts of a panel take in height, in lines of facts, about; and how many lines are two panels high. */
const HEIGHTS = { headline: 5, cells: 1.5, multiples: 0.6, table: 5, facts: 0.35 };
const MOST_FACTS = 5;
const TALL = 9;

/**
 * @typedef {object} Update
 * @property {Probe | null} probe            what /api/probes says of it now; null where that is not known
 * @property {Store} store
 * @property {number} index                  the row whose numbers are shown; -1 where there is none
 * @property {[number, number]} range        of the charts, in Unix time
 * @property {boolean} isFollowing           see Moment
 * @property {number | null | undefined} stale   seconds since its last good sample, where it is late or fails
 */

export class Panel {
  #title = make("h2", "name");
  #badge = make("span", "badge");
  #about = make("button", "about-button");
  #reason = make("p", "reason");
  /** @type {Headline | null} */
  #headline = null;
  /** @type {Facts | null} */
  #facts = null;
  /** @type {Elements[]} */
  #lists;
  /** @type {Update | null} */
  #update = null;
  /** @type {Moment | null} */
  #moment = null;
  #drawn = ""; // what it shows, in short
  #isOnScreen = true; // until the observer has looked
  /** @type {string[]} */
  #paths = [];
  /** @type {Set<Element>} */
  #marked = new Set();
  #staleSince = 0;
  #clock = 0;
  #ended = new AbortController();
  #observer = new IntersectionObserver(
    (entries) => this.#seen(entries.at(-1)?.isIntersecting ?? true),
    { rootMargin: "200px" }, // so that what scrolls in is there
  );

  /**
   * @param {Description} description
   * @param {object} options
   * @param {Translate} options.t
   * @param {(range: [number, number] | null, isPassing?: boolean) => void} [options.onZoom]
   * @param {(factor: number, at: number | null) => void} [options.onScale]
   * @param {(timestamp: number | null) => void} [options.onCursor]
   */
  constructor(description, { t, onZoom, onScale, onCursor }) {
    const { name, label, headline, facts, lists } = description;
    this.description = description;
    this.t = t;
    this.element = make("section", "panel");
    this.element.dataset.probe = name;
    this.element.id = `panel-${name}`;
    this.#title.id = `panel-${name}-title`;
    this.element.setAttribute("aria-labelledby", this.#title.id);
    writeName(this.#title, label);
    this.#title.title = description.help;
    this.#badge.hidden = this.#reason.hidden = true;
    this.#about.type = "button";
    this.#about.textContent = t("About");
    this.#about.setAttribute("aria-label", t("About {name}", { name: label }));
    this.#about.setAttribute("aria-haspopup", "dialog");
    this.#about.disabled = true;
    this.#about.addEventListener("click", () => this.#openAbout());
    const head = make("header", "panel-head");
    head.append(this.#title, this.#badge, this.#about);
    this.element.append(head, this.#reason);
    if (headline) this.#headline = new Headline(headline, { label, t, onZoom, onScale, onCursor });
    const counters = headline?.kind === "counter" ? headline.items : [];
    if (facts.length || counters.length) this.#facts = new Facts(facts, counters, label, t);
    this.#lists = lists.map((list) => new Elements(list, t));
    for (const part of [this.#headline, ...this.#lists, this.#facts]) if (part) this.element.append(part.element);
    this.#observer.observe(this.element);
    addEventListener("beforeprint", () => this.#draw(true), { signal: this.#ended.signal });
  }

  /** Show a moment: at once where the panel is seen, and else when it is. @param {Update} update */
  update(update) {
    this.#update = update;
    this.#about.disabled = update.probe === null;
    this.#draw(false);
  }

  /** Mark these fields or elements, and no others: "cpu.percent_per_core[3]". @param {string[]} paths */
  highlight(paths) {
    this.#paths = paths;
    this.#mark();
    for (const list of this.#lists) {
      for (const element of this.#marked) if (list.element.contains(element)) list.reveal(element);
    }
  }

  destroy() {
    this.#ended.abort();
    this.#observer.disconnect();
    clearInterval(this.#clock);
    this.#headline?.destroy();
    for (const list of this.#lists) list.destroy();
    this.element.remove();
  }

  /** @param {boolean} isOnScreen */
  #seen(isOnScreen) {
    this.#isOnScreen = isOnScreen;
    if (isOnScreen) this.#draw(false);
  }

  /** @param {boolean} isForced   it is wanted, seen or not: on paper */
  #draw(isForced) {
    if (!this.#update || !(isForced || this.#isOnScreen)) return;
    const { probe, store, index, range, stale } = this.#update;
    const isFollowing = this.#update.isFollowing && !isForced;
    const { length, revision, timestamps } = store;
    const shown = [revision, length, index, timestamps.at(-1), ...range, isFollowing];
    const key = [...shown, stale, probe?.state, probe?.error].join(" ");
    if (key === this.#drawn) return;
    this.#drawn = key;
    const moment = momentOf(store, index, range, isFollowing);
    this.#moment = moment;
    this.#headline?.update(moment);
    this.#facts?.update(moment);
    for (const list of this.#lists) list.update(moment);
    this.#showSize();
    this.#showState(moment, probe, stale ?? null);
    if (this.#paths.length) this.#mark(); // rows of a table are of other elements now and then
  }

  /** Take the room that is needed. It is not given back: a list whose length wavers must not move the others about. */
  #showSize() {
    let height = this.#headline ? HEIGHTS.headline : 0;
    height += Math.min(MOST_FACTS, (this.#facts?.facts.length ?? 0) * HEIGHTS.facts);
    for (const { layout, count } of this.#lists) {
      if (layout === "cells" && count >= WIDE) set(this.element, "data-width", "wide");
      height += layout === "multiples" ? count * HEIGHTS.multiples : layout ? HEIGHTS[layout] : 0;
    }
    if (height >= TALL) set(this.element, "data-height", "tall");
  }

  /** @param {Moment} moment @param {Probe | null} probe @param {number | null} stale */
  #showState(moment, probe, stale) {
    clearInterval(this.#clock);
    const { t } = this;
    let state = "";
    let text = "";
    if (stale !== null) {
      state = "stale";
      this.#staleSince = Date.now() - stale * 1000;
      // An earlier moment is as old as it was.
      if (moment.index === moment.store.length - 1) this.#clock = setInterval(() => this.#count(), 1000);
    } else if (probe?.state === "no data") {
      state = text = "no data";
    } else if (!this.#isKnown(moment)) {
      state = text = probe?.state === "starting" || moment.store.length === 0 ? "waiting" : "no data";
    }
    set(this.element, "data-state", state || null);
    show(this.#badge, state !== "");
    if (state === "stale") this.#count();
    else write(this.#badge, text && (text === "waiting" ? t("waiting") : t("no data")));
    const reason = state === "" ? "" : (probe?.error ?? "");
    write(this.#reason, reason);
    set(this.#reason, "title", reason || null);
    show(this.#reason, reason !== "");
  }

  #count() {
    const { t } = this;
    const age = duration((Date.now() - this.#staleSince) / 1000);
    write(this.#badge, t("{age} old", { age }));
  }

  /** Whether there is any number at all. @param {Moment} moment */
  #isKnown({ store, index }) {
    if (index < 0) return false;
    return this.#lists.some((list) => list.count > 0)
      || this.description.items.some((item) => (store.raw(item.path)[index] ?? null) !== null);
  }

  #mark() {
    /** @type {Set<Element>} */
    const marked = new Set();
    for (const path of this.#paths) {
      const found = [this.#headline, this.#facts, ...this.#lists].map((part) => part?.find(path) ?? null);
      for (const element of found) if (element) marked.add(element);
    }
    const own = `${this.description.name}.`;
    if (this.#paths.some((path) => path.startsWith(own))) marked.add(this.element);
    for (const element of this.#marked) if (!marked.has(element)) element.removeAttribute("data-highlight");
    for (const element of marked) set(element, "data-highlight", "");
    this.#marked = marked;
  }

  #openAbout() {
    const probe = this.#update?.probe;
    if (probe && this.#moment) openAbout(this.description, probe, this.#moment, this.t);
  }
}
