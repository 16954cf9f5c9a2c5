// The address in step with the view: which changes are a step back in the browser.
import assert from "node:assert/strict";
import { test } from "node:test";

import { address } from "../../../monitor/web/static/address.js";
import { View } from "../../../monitor/web/static/view.js";

const T = 1_700_000_000;

/** A browser with a history. */
function browse(search = "") {
  const entries = [search];
  let place = 0;
  const listeners = [];
  const to = (address) => new URL(address, "http://monitor.test").search;
  globalThis.location = { pathname: "/demo", hash: "", get search() { return entries[place]; } };
  globalThis.history = {
    replaceState: (_state, _title, address) => { entries[place] = to(address); },
    pushState: (_state, _title, address) => {
      entries.splice(place + 1, Infinity, to(address));
      place += 1;
    },
  };
  globalThis.addEventListener = (type, listener) => { if (type === "popstate") listeners.push(listener); };
  const view = new View(search);
  view.range(T);
  address(view);
  const go = (steps) => {
    place += steps;
    listeners.forEach((listener) => listener());
  };
  return { view, entries, go };
}

test("however close one looked, one step back leaves the closer look, and one forward is there again", () => {
  const { view, entries, go } = browse("?window=900");
  for (let time = 0; time < 5; time += 1) view.scale(0.5);
  view.step(-1);
  view.step(-1);
  const closest = view.zoom;
  assert.equal(entries.length, 2);
  go(-1);
  assert.equal(view.zoom, null);
  assert.equal(view.window, 900);
  assert.equal(entries.length, 2);
  go(1);
  assert.deepEqual(view.zoom, closest);
  view.scale(2);
  assert.equal(entries.length, 2);
  assert.equal(entries[1], view.search());
});

test("a panel alone is a step back, from a closer look too; a pause is none", () => {
  const { view, entries, go } = browse();
  view.pause(T - 10);
  view.live();
  assert.equal(entries.length, 1);
  view.setZoom([T - 20, T - 10]);
  view.setFocus("cpu");
  assert.deepEqual(entries, ["", `?from=${T - 20}&to=${T - 10}`, `?from=${T - 20}&to=${T - 10}&focus=cpu`]);
  go(-1);
  assert.equal(view.focus, null);
  assert.deepEqual(view.zoom, [T - 20, T - 10]);
  go(-1);
  assert.equal(view.isLive, true);
});

test("fingers that zoom are one step back, once they are done", () => {
  const { view, entries } = browse();
  view.setZoom([T - 40, T - 10], true);
  view.setZoom([T - 30, T - 10], true);
  assert.deepEqual(entries, [""]);
  view.setZoom([T - 30, T - 10]);
  assert.deepEqual(entries, ["", `?from=${T - 30}&to=${T - 10}`]);
});
