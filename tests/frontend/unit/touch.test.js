// Fingers on a chart: which of them count, and what they do.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.visualViewport = Object.assign(new EventTarget(), { scale: 1 });
const classes = new Map();
globalThis.document = Object.assign(new EventTarget(), {
  documentElement: { classList: { toggle: (name, isOn) => classes.set(name, isOn) } },
});
const { touch } = await import("../../../monitor/web/static/touch.js");

const RANGE = [1000, 1100];

function chart() {
  const told = { points: [], zooms: [] };
  const parts = { plot: "plot", axis: "axis" };
  const element = Object.assign(new EventTarget(), { contains: (node) => Object.values(parts).includes(node) });
  touch(element, {
    area: () => ({ left: 0, width: 100, range: RANGE }),
    point: (timestamp) => told.points.push(timestamp),
    zoom: (range, isPassing) => told.zooms.push([range, isPassing]),
  });
  /** @returns whether it lets the browser go on with it */
  const tell = (type, ...touches) => {
    const event = new Event(type, { cancelable: true });
    return element.dispatchEvent(Object.assign(event, { touches, targetTouches: touches.slice(0, 1) }));
  };
  return { told, tell };
}

const finger = (clientX, clientY = 50, target = "plot") => ({ clientX, clientY, target });

test("a finger that goes across reads, one that goes up does not", () => {
  const { told, tell } = chart();
  tell("touchstart", finger(10));
  assert.equal(tell("touchmove", finger(30)), false);
  tell("touchend");
  tell("touchstart", finger(10));
  assert.equal(tell("touchmove", finger(10, 20)), true);
  assert.equal(tell("touchmove", finger(50, 20)), true);
  assert.deepEqual(told, { points: [1030], zooms: [] });
});

test("two fingers zoom, one of them on the axis too", () => {
  const { told, tell } = chart();
  tell("touchstart", finger(40));
  tell("touchstart", finger(40), finger(60, 50, "axis"));
  assert.equal(tell("touchmove", finger(30), finger(70, 50, "axis")), false);
  tell("touchend", finger(30));
  assert.equal(tell("touchmove", finger(80)), true, "the finger that stays reads nothing");
  assert.deepEqual(told, { points: [], zooms: [[[1025, 1075], true], [[1025, 1075], false]] });
});

test("a finger elsewhere on the page does not count", () => {
  const { told, tell } = chart();
  tell("touchstart", finger(10), finger(500, 500, "menu"));
  tell("touchmove", finger(30), finger(500, 500, "menu"));
  assert.deepEqual(told, { points: [1030], zooms: [] });
});

test("on a page that the browser has magnified, fingers are the browser's", () => {
  const { told, tell } = chart();
  const magnify = (scale) => {
    globalThis.visualViewport.scale = scale;
    globalThis.visualViewport.dispatchEvent(new Event("resize"));
  };
  magnify(2);
  assert.equal(classes.get("is-magnified"), true);
  tell("touchstart", finger(10));
  assert.equal(tell("touchmove", finger(30)), true);
  tell("touchstart", finger(30), finger(60));
  assert.equal(tell("touchmove", finger(10), finger(80)), true);
  tell("touchend");
  assert.deepEqual(told, { points: [], zooms: [] });
  magnify(1);
  assert.equal(classes.get("is-magnified"), false);
  tell("touchstart", finger(10));
  assert.equal(tell("touchmove", finger(30)), false);
});

test("a tap beside the chart puts away what was read; one on a control or another chart does not", () => {
  const { told, tell } = chart();
  const tap = (selector) => {
    const event = new Event("click");
    const target = { closest: (selectors) => (selectors.split(", ").includes(selector) ? target : null) };
    Object.defineProperty(event, "target", { value: target });
    globalThis.document.dispatchEvent(event);
  };
  tell("touchstart", finger(10));
  tell("touchmove", finger(30));
  tell("touchend");
  tap("button");
  tap(".chart-plot");
  assert.deepEqual(told.points, [1030]);
  tap("h2");
  tap("h2");
  assert.deepEqual(told.points, [1030, null]);
});
