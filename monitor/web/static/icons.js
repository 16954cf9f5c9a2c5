// Small pictures on buttons, drawn in the colour of their text.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  copy: "M9 9h10v10H9zM15 5H5v10",
  enlarge: "M14 5h5v5M10 19H5v-5M19 5l-6 6M5 19l6-6",
};

/**
 * @param {keyof typeof PATHS} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
