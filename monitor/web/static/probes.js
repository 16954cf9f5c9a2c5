// The probes of the server: asked for when something seems to have changed, again and again until they are told.

/** @import {Probe, Probes} from "./monitor.d.ts" */

// Milliseconds.
const AT_MOST_EVERY = 2000;
const EVERY = 60_000;
const LAST_RETRY = 30_000;

/**
 * Keep asking.
 *
 * @param {(probes: readonly Probe[]) => void} onProbes
 * @returns {() => void} asks now, or as soon as it may
 */
export function probes(onProbes) {
  let asked = -Infinity;
  let timer = 0;
  let failures = 0;

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
  return ask;
}
