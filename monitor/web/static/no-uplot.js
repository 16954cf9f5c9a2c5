// @ts-nocheck - it answers to every name, which no type can say
// Stands in for uPlot in a checkout where nothing has been built: draws nothing, and says so where charts would be.

const TEXT = "No chart: uPlot is not installed here. `make install` brings it.";

// Whatever is asked of it, asked again or called: itself; as a number, 0.
const nothing = new Proxy(() => {}, {
  get: (_, key) => {
    if (key === Symbol.toPrimitive) return () => 0;
    return key === "then" || key === Symbol.iterator ? undefined : nothing;
  },
  apply: () => nothing,
  construct: () => nothing,
});

const known = { get: (own, key) => (key in own ? own[key] : nothing) };

class NoChart {
  constructor(options, data, host) {
    this.root = document.createElement("p");
    this.root.textContent = TEXT;
    this.over = document.createElement("div");
    this.ctx = document.createElement("canvas").getContext("2d");
    this.data = data;
    this.series = options.series;
    if (host instanceof Element) host.append(this.root);
    return new Proxy(this, known);
  }

  destroy() {
    this.root.remove();
  }
}

export default new Proxy(NoChart, known);
