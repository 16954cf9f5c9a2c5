// The focus of the keyboard: kept on what is seen.
import assert from "node:assert/strict";
import { test } from "node:test";

import { View } from "../../../monitor/web/static/view.js";

const T = 1_700_000_000;

let looks = 0;
let focused = "";
const button = { getClientRects: () => { looks += 1; return []; } };
const named = (name) => ({ focus: () => { focused = name; } });
globalThis.document = {
  activeElement: button,
  querySelector: (selector) => named(selector),
  getElementById: (id) => named(id),
};
const { keepFocus } = await import("../../../monitor/web/static/focus.js");

test("what is hidden gives the focus away, and while fingers move nothing is laid out to see whether it is", () => {
  const view = new View();
  view.range(T);
  keepFocus(view);
  view.setZoom([T - 40, T - 10], true);
  view.setZoom([T - 30, T - 10], true);
  assert.equal(looks, 0);
  view.setZoom([T - 30, T - 10]);
  assert.equal(looks, 1);
  assert.equal(focused, "pause");
});
