// What the charts of a page have around them: how large they are, whether anybody sees them, and the colours.

/**
 * A chart, as it is told of changes.
 *
 * @typedef {object} Surrounded
 * @property {() => void} resize                  it may have another size now
 * @property {(isSeen: boolean) => void} see      someone sees it now, or no more
 * @property {() => void} catchUp                 the page is looked at again, or no more
 * @property {() => void} recolor                 colours are others now
 */

/** One for a page, made when that is there. */
export class Surroundings {
  /** @type {Map<Element, Surrounded>} */
  #watched = new Map();
  /** @type {Map<string, string>} what can be drawn with, by CSS colour */
  #colors = new Map();
  #probe = document.createElement("span");
  #resize = new ResizeObserver((entries) => entries.forEach(({ target }) => this.#watched.get(target)?.resize()));
  #sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) this.#watched.get(target)?.see(isIntersecting);
  }, { rootMargin: "25%" });

  constructor() {
    this.#probe.hidden = true;
    document.body.append(this.#probe);
    const recolor = () => {
      this.#colors.clear();
      this.#watched.forEach((chart) => chart.recolor());
    };
    document.addEventListener("themechange", recolor);
    for (const query of ["print", "(forced-colors: active)", "(prefers-color-scheme: dark)"]) {
      matchMedia(query).addEventListener("change", recolor);
    }
    // uPlot's, for another screen.
    addEventListener("dppxchange", () => this.#watched.forEach((chart) => chart.resize()));
    document.addEventListener("visibilitychange", () => this.#watched.forEach((chart) => chart.catchUp()));
    addEventListener("beforeprint", () => this.#watched.forEach((chart) => chart.see(true)));
  }

  /**
   * @param {Element} element   that has the chart's size
   * @param {Surrounded} chart
   */
  watch(element, chart) {
    this.#watched.set(element, chart);
    this.#resize.observe(element);
    this.#sight.observe(element);
  }

  /** @param {Element} element */
  leave(element) {
    this.#resize.unobserve(element);
    this.#sight.unobserve(element);
    this.#watched.delete(element);
  }

  /**
   * A colour as a canvas takes it.
   *
   * @param {string} expression a CSS colour, with custom properties
   */
  color = (expression) => {
    let color = this.#colors.get(expression);
    if (color === undefined) {
      this.#probe.style.color = "";
      this.#probe.style.color = expression;
      color = getComputedStyle(this.#probe).color;
      this.#colors.set(expression, color);
    }
    return color;
  };
}
