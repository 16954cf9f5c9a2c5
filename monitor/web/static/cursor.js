// The cursor of all charts of a page: where the pointer is on one of them, or where keys and fingers have put it.

/**
 * A chart, as the cursor knows it.
 *
 * @typedef {object} Reader
 * @property {() => number|null} pointed   the moment under its pointer; null where nothing is known of any
 * @property {(at: number|null) => void} show   draw the cursor there; null: nowhere
 * @property {(at: number|null) => void} tell   tell the page that the cursor is there now, by this chart
 */

/** Moments are Unix time, each that of a row. */
export class Cursor {
  /** @type {Set<Reader>} */
  #readers = new Set();
  /** @type {Reader|null} where the pointer is */
  #pointed = null;
  /** @type {number|null} where it stays when the charts move on; null where the pointer has it, or nobody */
  #kept = null;
  /** @type {number|null} where the page knows it to be */
  #told = null;

  /** @param {Reader} reader */
  join(reader) {
    this.#readers.add(reader);
  }

  /** @param {Reader} reader */
  leave(reader) {
    this.#readers.delete(reader);
    if (this.#pointed !== reader) return;
    this.#pointed = null;
    this.#tell(reader);
  }

  /**
   * Where keys find it on a chart: a pointer on another one is not theirs to move.
   *
   * @param {Reader} reader
   */
  on(reader) {
    return this.#pointed === reader ? this.#told : this.#kept;
  }

  /**
   * The pointer has moved on a chart, or off it: it takes the cursor from wherever that was.
   *
   * @param {Reader} reader
   * @param {boolean} isOver
   */
  point(reader, isOver) {
    if (isOver) this.#pointed = reader;
    else if (this.#pointed === reader) this.#pointed = null;
    this.#kept = null;
    this.#tell(reader);
  }

  /**
   * Put it at a moment, on all charts, until it is put elsewhere or a pointer takes it.
   *
   * @param {Reader} reader   who does
   * @param {number|null} at
   */
  put(reader, at) {
    this.#pointed = null;
    this.#kept = at;
    this.#readers.forEach((each) => each.show(at));
    this.#tell(reader);
  }

  /**
   * A chart has moved on: another moment is under its pointer now, or the cursor's moment is at another place.
   *
   * @param {Reader} reader
   */
  follow(reader) {
    if (this.#pointed === reader) this.#tell(reader);
    else if (this.#told !== null) reader.show(this.#told);
  }

  /**
   * Tell the page where the cursor is, and the other charts, where that is new.
   *
   * @param {Reader} reader   who does
   */
  #tell(reader) {
    const at = this.#pointed?.pointed() ?? this.#kept;
    if (at === this.#told) return;
    this.#told = at;
    reader.tell(at);
    if (this.#kept !== null) return; // they have it
    // uPlot would bring the others to the same place of the pointer; rounded to their pixels, that is another moment.
    this.#readers.forEach((each) => { if (each !== this.#pointed) each.show(at); });
  }
}
