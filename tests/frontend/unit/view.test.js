// The view: what a query says, and what a person does to it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { View, WINDOWS } from "../../../monitor/web/static/view.js";

const T = 1_700_000_000;

function watched(search = "") {
  const view = new View(search);
  const changes = [];
  view.addEventListener("change", () => changes.push(view.search()));
  view.range(T);
  return [view, changes];
}

test("without a query it is live, five minutes long, and has no query", () => {
  const view = new View("");
  assert.deepEqual(view.range(T), [T - 300, T]);
  assert.equal(view.isLive, true);
  assert.equal(view.search(), "");
  assert.equal(view.interval, null);
  assert.equal(view.kiosk, false);
  assert.equal(view.focus, null);
});

test("before the first frame there is a range", () => {
  const [from, to] = new View().range(null);
  assert.ok(from < to);
});

test("every query that it writes is read as the same view", () => {
  const queries = [
    "?window=60", "?window=900", `?at=${T}.25`, `?from=${T}&to=${T + 5}`, "?interval=0.1", "?interval=5", "?kiosk=1",
    "?focus=network_2", `?window=60&at=${T}&from=${T}&to=${T + 1}&interval=2&kiosk=1&focus=cpu`,
  ];
  for (const query of queries) {
    const view = new View(query);
    assert.equal(view.search(), query);
    assert.deepEqual(new View(view.search()).range(T), view.range(T));
  }
});

test("wrong values are ignored, each for itself", () => {
  const queries = [
    "window=7", "window=", "window=60s", "window=6e1", "window=0x3c", "at=soon", "at=-5", "at=0", "at=1e9",
    "at=Infinity", "from=1", "to=5", "from=5&to=5", "from=9&to=5", "from=x&to=5", "interval=0", "interval=-1",
    "interval=99999", "interval=NaN", "kiosk=0", "kiosk=false", "kiosk=maybe", "focus=", "focus=<b>", "focus=A",
    `focus=${"a".repeat(65)}`,
    `at=${"9".repeat(400)}`,
  ];
  for (const query of queries) assert.equal(new View(`?${query}`).search(), "", query);
  assert.equal(new View("?window=7&kiosk").search(), "?kiosk=1");
  assert.equal(new View("?secret=1&window=60").search(), "?window=60");
});

test("kiosk needs no value", () => {
  const queries = ["?kiosk", "?kiosk=1", "?kiosk=true", "?kiosk=YES"];
  for (const query of queries) assert.equal(new View(query).kiosk, true, query);
});

test("paused, it stands still while frames come; live, it goes on", () => {
  const [view, changes] = watched();
  view.pause(T - 10);
  assert.deepEqual(view.range(T + 50), [T - 310, T - 10]);
  assert.equal(view.isLive, false);
  view.live();
  assert.deepEqual(view.range(T + 50), [T - 250, T + 50]);
  assert.deepEqual(changes, [`?at=${T - 10}`, ""]);
});

test("a step back is a tenth of the window, and pauses", () => {
  const [view] = watched("?window=60");
  view.step(-1);
  assert.equal(view.end, T - 6);
  view.range(T + 30);
  view.step(-1);
  assert.equal(view.end, T - 12);
  view.step(1);
  assert.equal(view.end, T - 6);
});

test("a step forward to the newest frame is live again; live, there is nothing ahead", () => {
  const [view, changes] = watched("?window=60");
  view.step(1);
  assert.deepEqual(changes, []);
  view.step(-1);
  view.step(1);
  assert.equal(view.isLive, true);
});

test("nobody steps out of the fifteen minutes that are kept", () => {
  for (const window of WINDOWS) {
    const [view] = watched(`?window=${window}`);
    for (let step = 0; step < 500; step += 1) view.step(-1);
    assert.ok(Math.abs(view.end - (T - 900 + window / 10)) < 0.01, String(view.end - T));
  }
});

test("a closer look is what is shown, whatever comes, and steps keep its length", () => {
  const [view] = watched();
  view.setZoom([T - 20, T - 40]);
  assert.deepEqual(view.range(T + 9), [T - 40, T - 20]);
  assert.equal(view.isLive, false);
  view.step(-1);
  assert.deepEqual(view.range(T + 9), [T - 42, T - 22]);
  for (let step = 0; step < 50; step += 1) view.step(1);
  assert.deepEqual(view.range(T + 9), [T - 11, T + 9]);
  for (let step = 0; step < 900; step += 1) view.step(-1);
  assert.deepEqual(view.range(T + 9), [T - 891, T - 871]);
});

test("a closer look ends with null, with another window, and with live", () => {
  for (const end of [(view) => view.setZoom(null), (view) => view.setWindow(60), (view) => view.live()]) {
    const [view] = watched();
    view.setZoom([T - 40, T - 20]);
    end(view);
    assert.equal(view.zoom, null);
    assert.equal(view.isLive, true);
  }
});

test("a closer look at nothing is ignored", () => {
  const [view, changes] = watched();
  for (const range of [[T, T], [NaN, T], [T, Infinity], [-5, -4]]) view.setZoom(range);
  assert.deepEqual(changes, []);
});

test("a closer look is never at the future, nor at what is gone, and keeps its length", () => {
  const [view] = watched("?window=900");
  view.setZoom([T - 50, T + 50]);
  assert.deepEqual(view.zoom, [T - 100, T]);
  view.setZoom([T - 950, T - 850]);
  assert.deepEqual(view.zoom, [T - 900, T - 800]);
});

test("from further away, a closer look grows to the window and is none then", () => {
  const [view] = watched();
  view.setZoom([T - 100, T - 50]);
  view.scale(2, T - 50);
  assert.deepEqual(view.zoom, [T - 150, T - 50]);
  view.scale(2, T - 50);
  assert.deepEqual(view.zoom, [T - 250, T - 50]);
  view.scale(2, T - 50);
  assert.equal(view.zoom, null);
  assert.equal(view.isLive, true);
  view.scale(2);
  assert.equal(view.isLive, true, "there is nothing further away than the window");
});

test("a closer look that an address made longer than the window goes on while it gets shorter", () => {
  const [view] = watched(`?from=${T - 700}&to=${T - 100}`);
  view.scale(0.5);
  assert.deepEqual(view.zoom, [T - 550, T - 250], "half of it is as long as the window");
  const [other] = watched(`?from=${T - 900}&to=${T}`);
  other.scale(0.5);
  assert.deepEqual(other.zoom, [T - 450, T], "half of it is longer than the window");
  other.scale(2);
  assert.equal(other.zoom, null);
});

test("two fingers shorten such a long one, and may tremble meanwhile", () => {
  const [view] = watched(`?from=${T - 700}&to=${T - 100}`);
  for (const length of [600, 500, 501, 400, 401]) {
    view.setZoom([T - 100 - length, T - 100], true);
    assert.deepEqual(view.zoom, [T - 100 - length, T - 100]);
  }
  view.setZoom([T - 501, T - 100]);
  assert.deepEqual(view.zoom, [T - 501, T - 100]);
  view.setZoom([T - 502, T - 100], true);
  assert.equal(view.zoom, null, "longer than at first");
});

test("live, a closer look is at the newest frames; elsewhere at the middle, or at what is pointed at", () => {
  const [view] = watched();
  view.scale(0.5);
  assert.deepEqual(view.zoom, [T - 150, T]);
  view.range(T + 20);
  view.scale(0.5);
  assert.deepEqual(view.zoom, [T - 112.5, T - 37.5]);
  view.scale(0.5, T - 112.5);
  assert.deepEqual(view.zoom, [T - 112.5, T - 75]);
});

test("a closer look ends somewhere", () => {
  const [view] = watched("?window=60");
  for (let time = 0; time < 60 && !view.isClosest; time += 1) view.scale(0.5);
  assert.equal(view.isClosest, true);
  const { zoom } = view;
  view.scale(0.5);
  assert.deepEqual(view.zoom, zoom);
});

test("by halves, a closer look ends with a few frames, at whatever pace they come; an address may show less", () => {
  for (const [search, pace] of [["", 1], ["", 0.2], ["?interval=5", 1], ["?window=60", 0.02], ["?window=60", 60]]) {
    const view = new View(search, pace);
    view.range(T);
    for (let time = 0; time < 60; time += 1) view.scale(0.5);
    const [from, to] = view.range(T);
    const frames = (to - from) / (view.interval ?? pace);
    assert.equal(view.isClosest, true, search);
    assert.ok(view.zoom === null || (frames >= 3 && frames <= 6) || to - from < 0.2, `${search} ${pace}: ${frames}`);
  }
  const view = new View(`?from=${T - 1}&to=${T}`);
  view.range(T);
  assert.deepEqual(view.zoom, [T - 1, T]);
  view.scale(0.5);
  assert.deepEqual(view.zoom, [T - 1, T]);
  view.scale(2);
  assert.deepEqual(view.zoom, [T - 2, T]);
});

test("what passes says so, and that it is over, even where nothing else changes", () => {
  const view = new View();
  const changes = [];
  view.addEventListener("change", () => changes.push(view.isPassing));
  view.range(T);
  view.setZoom([T - 20, T - 10], true);
  view.setZoom([T - 20, T - 12], true);
  view.setZoom([T - 20, T - 12]);
  assert.deepEqual(changes, [true, true, false]);
});

test("there is one event for each change, and none where nothing changed", () => {
  const [view, changes] = watched();
  view.setWindow(60);
  view.setWindow(60);
  view.setWindow(61);
  view.setInterval(2);
  view.setInterval(-2);
  view.setKiosk(true);
  view.setFocus("cpu");
  view.setFocus("no such probe");
  view.live();
  view.pause(NaN);
  view.range(T + 1);
  assert.deepEqual(changes, [
    "?window=60", "?window=60&interval=2", "?window=60&interval=2&kiosk=1", "?window=60&interval=2&kiosk=1&focus=cpu",
  ]);
});

test("going back in the history of the browser is a change like any other", () => {
  const [view, changes] = watched("?window=60");
  view.read("?focus=cpu");
  view.read("?focus=cpu");
  assert.equal(view.window, 300);
  assert.deepEqual(changes, ["?focus=cpu"]);
});

test("times in a query have milliseconds at most", () => {
  const [view] = watched();
  view.setZoom([T - 1.987654321, T - 0.123456789]);
  assert.equal(view.search(), `?from=${T - 1.988}&to=${T - 0.123}`);
});

test("what is not ours in an address stays; what is ours and wrong does not, nor the language", () => {
  const view = new View("?window=60&from=mail&focus=<b>");
  assert.equal(view.search("?window=7&ref=a&focus=<b>&ref=b&lang=fr"), "?window=60&ref=a&ref=b");
  assert.equal(new View("").search("?ref=a"), "?ref=a");
});
