// What follows the time goes on by steps: a line of 300 pixels over 15 minutes is the same picture for 3 seconds.

/** Steps that a width has: all that are about as wide go on as often, and take turns at it. */
const PARTS = 300;
/** Pixels that a step has at most. */
const WIDEST = 2.5;

/**
 * Phases for things of a kind, so that each makes its steps at moments of its own and no tick has the work of all:
 * a third of them each, where a step is three ticks long.
 * @returns {() => number}   the next one, from 0 to 1
 */
export function phases() {
  let count = 0;
  return () => {
    let phase = 0;
    for (let [rest, share] = [count++, 1 / 3]; rest > 0; [rest, share] = [Math.floor(rest / 3), share / 3]) {
      phase += (rest % 3) * share;
    }
    return phase;
  };
}

/**
 * In which step a moment is.
 * @param {number} time    Unix time
 * @param {number} length  of a step, in seconds
 * @param {number} phase
 */
export const stepOf = (time, length, phase) => Math.floor(time / length + phase);

/**
 * How many steps a stretch of time has that is so wide: 300, or twice as many as often as its pixels ask for it.
 * @param {number} pixels
 */
export const stepsIn = (pixels) => PARTS * 2 ** Math.max(0, Math.ceil(Math.log2(pixels / PARTS / WIDEST)));
