// Whether scripts say the same as others: node same.js FOLDER OTHER compares those of the same names, token by token.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { argv, exit } from "node:process";
import { parse } from "acorn";

const PLACE = new Set(["start", "end"]);

/** The program without the places where things stand. @param {string} file */
const tree = (file) =>
  JSON.stringify(parse(readFileSync(file, "utf8"), { ecmaVersion: "latest", sourceType: "module" }), (key, value) =>
    PLACE.has(key) ? undefined : typeof value === "bigint" ? String(value) : value);

const [, , one, other] = argv;
const names = readdirSync(one);
const different = names.filter((name) => tree(join(one, name)) !== tree(join(other, name)));
console.log(`${names.length} scripts compared; different: ${different.join(", ") || "none"}`);
exit(different.length || !names.length ? 1 : 0);
