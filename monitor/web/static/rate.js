// The rate of a counter: from the counts of frames, one after the other, to the growth per second.

// A sample is new in each row whose distance to the row before is about the interval of the probe.
const ABOUT = 0.75;

/** The rate of one counter, row by row. */
export class Rate {
  /** Seconds between two samples of the probe. */
  #interval;
  /** @type {number|null} the newest value */
  #value = null;
  /** When that value was last seen, and when it was seen first. */
  #time = 0;
  #since = 0;
  /** @type {number|null} when it was sampled, where that is known */
  #sampled = null;
  /** @type {number|null} */
  #rate = null;

  /** @param {number} interval seconds between two samples of its probe; 0 where nobody has told */
  constructor(interval) {
    this.#interval = interval;
  }

  /** Forget what was: the clock was set. */
  reset() {
    this.#value = this.#sampled = this.#rate = null;
  }

  /**
   * The rate per second at this moment. A probe that is slower than the frames repeats its value in between: those rows
   * have the rate of its last two samples, not zeros and a peak.
   *
   * @param {number} time
   * @param {number} value
   * @param {number} gap   seconds since the row before
   * @returns {number|null} null where there is nothing to compare with, and where the counter fell
   */
  next(time, value, gap) {
    const before = this.#value;
    if (before === null || value < before) {
      this.#value = value;
      this.#sampled = before === null ? null : time;
      this.#since = time;
      this.#rate = null;
    } else if (gap >= ABOUT * this.#interval) {
      this.#rate = (value - before) / (time - this.#time);
      this.#take(time, value);
    } else if (value !== before) {
      this.#rate = this.#lasted(time, value - before);
      this.#take(time, value);
    } else if (time - this.#since > 1.5 * this.#interval) {
      // Sampled again, and the same; when exactly, nobody sees.
      this.#rate = 0;
      this.#since += this.#interval;
      if (this.#sampled !== null) this.#sampled = this.#since;
    }
    this.#time = time;
    return this.#rate;
  }

  /**
   * @param {number} time
   * @param {number} growth since the sample before
   * @returns {number|null} null where nobody saw how long it took
   */
  #lasted(time, growth) {
    if (this.#sampled !== null) return growth / (time - this.#sampled);
    // It stood still until now: the sample before was one interval ago, whenever that was exactly.
    return this.#rate === 0 ? growth / this.#interval : null;
  }

  /**
   * @param {number} time
   * @param {number} value
   */
  #take(time, value) {
    this.#value = value;
    this.#sampled = this.#since = time;
  }
}
