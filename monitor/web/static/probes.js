// The probes of the server: asked for when something seems to have changed, again and again until they are told.

/** @import {State} from "./client-types.d.ts" */
/** @import {Frame, PartOfFrame, Probe, Probes} from "./monitor.d.ts" */

// Milliseconds.
const AT_MOST_EVERY = 2000;
const EVERY = 60_000;
const LAST_RETRY = 30_000;
// What a frame has besides the sections of probes.
const NO_SECTIONS = new Set(["timestamp", "stale"]);

/**
 * Keep asking.
 *
 * @param {(probes: readonly Probe[]) => void} onProbes
 * @returns {{tell: (state: State) => void, look: (newest: Frame|PartOfFrame) => void}} to be told how the connection
 *          stands, and to look at the newest frame: where either says that the probes may be others, they are asked for
 *          now, or as soon as that may be
 */
export function probes(onProbes) {
  let asked = -Infinity;
  let timer = 0;
  let failures = 0;
  let isLive = false;
  let signature = ""; // of the newest frame: its sections, and those that are stale

  // A server that comes back may have other probes.
  /** @param {State} state */
  function tell({ name }) {
    if (name === "live" && !isLive) ask();
    isLive = name === "live";
  }

  /** @param {Frame|PartOfFrame} newest */
  function look(newest) {
    const sections = Object.keys(newest).filter((key) => !NO_SECTIONS.has(key));
    const now = `${sections.join()} ${Object.keys(newest.stale ?? {}).join()}`;
    if (signature !== "" && signature !== now) ask();
    signature = now;
  }

  function ask() {
    const wait = asked + AT_MOST_EVERY - performance.now();
    if (wait > 0) again(wait);
    else load();
  }

  /** @param {number} wait */
  function again(wait) {
    clearTimeout(timer);
    timer = window.setTimeout(load, wait);
  }

  async function load() {
    asked = performance.now();
    again(EVERY);
    try {
      const answer = await fetch(new URL("../api/probes", import.meta.url));
      if (!answer.ok) throw new Error(String(answer.status));
      const told = /** @type {Probes} */ (await answer.json());
      failures = 0;
      onProbes(told.probes);
    } catch {
      failures += 1;
      again(Math.min(LAST_RETRY, AT_MOST_EVERY * 2 ** (failures - 1)));
    }
  }

  ask();
  return { tell, look };
}
