// What follows the time goes on by steps: a line of 300 pixels over 15 minutes is the same picture for 3 seconds.

/** Steps that a width has, at least: all that are about as wide go on together with time, and take turns at it. */
const PARTS = 300;

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
 * How many steps a stretch of time has that is so wide: one for about each pixel.
 * @param {number} pixels
 */
export const stepsIn = (pixels) => PARTS * 2 ** Math.round(Math.log2(pixels / PARTS));
