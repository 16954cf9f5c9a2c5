// The modules of the pages: each imports from its own folder, and none comes back to itself.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const FOLDER = new URL("../../../monitor/web/static/", import.meta.url);
const IMPORT = /^\s*(?:import|export)\s(?:[^"';]*?\sfrom\s*)?["']([^"']+)["']/gm;

const imports = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".js"))
    .map((name) => {
      const text = readFileSync(new URL(name, FOLDER), "utf8");
      return [name, [...text.matchAll(IMPORT)].map(([, path]) => path)];
    }),
);

test("a module imports what stands beside it, by its file name", () => {
  for (const [name, paths] of imports) {
    for (const path of paths) {
      assert.match(path, /^\.\/(vendor\/)?[a-z0-9_-]+\.js$/, `${name} imports ${path}`);
      const isBuilt = path.startsWith("./vendor/");
      assert.ok(isBuilt || imports.has(path.slice(2)), `${name} imports ${path}, which is not there`);
    }
  }
});

test("imports have no circles", () => {
  const left = new Map([...imports].map(([name, paths]) => [name, paths.map((path) => path.slice(2))]));
  while (true) {
    const leaves = [...left.keys()].filter((name) => !left.get(name).some((needed) => left.has(needed)));
    if (leaves.length === 0) break;
    leaves.forEach((leaf) => left.delete(leaf));
  }
  assert.deepEqual([...left.keys()], [], "each of these is on a circle, or above one");
});
