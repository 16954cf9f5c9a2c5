// The rules of the pages' scripts, and of those that test them. `npm run lint` runs it in the root of the repository.
import js from "@eslint/js";
import stylistic from "@stylistic/eslint-plugin";
import globals from "globals";

// Text from the machine is text: whatever reads markup out of a string is a way in for a script.
const MARKUP = "Text is put into the page with textContent, elements with createElement.";
const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "createContextualFragment"].map(
  (property) => ({ property, message: MARKUP }),
);
markup.push(...["write", "writeln"].map((property) => ({ object: "document", property, message: MARKUP })));

// Names that a page has without an import, and that a forgotten variable would silently be.
const PITFALLS = ["event", "name", "status", "length", "find", "origin", "parent", "top", "stop", "closed"];

const rules = {
  ...js.configs.recommended.rules,
  "no-unused-vars": ["error", { args: "after-used", caughtErrors: "all" }],
  "no-restricted-globals": ["error", ...PITFALLS],
  "no-var": "error",
  "prefer-const": "error",
  eqeqeq: "error",
  "object-shorthand": "error",
  "no-throw-literal": "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-new-func": "error",
  "no-script-url": "error",
};

// What `npm run format` does by itself.
const layout = {
  "@stylistic/max-len": ["error", { code: 120, ignoreUrls: true }],
  "@stylistic/quotes": ["error", "double", { avoidEscape: true }],
  "@stylistic/semi": "error",
  "@stylistic/indent": ["error", 2, { SwitchCase: 1, flatTernaryExpressions: true, offsetTernaryExpressions: false }],
  "@stylistic/comma-dangle": ["error", "always-multiline"],
  "@stylistic/no-trailing-spaces": "error",
  "@stylistic/no-tabs": "error",
  "@stylistic/eol-last": "error",
};

const inThePages = {
  "no-console": "error",
  "no-alert": "error",
  "no-restricted-properties": ["error", ...markup],
  "no-restricted-syntax": [
    "error",
    { selector: "ImportExpression", message: "Imports are static: what a page loads is known before it runs." },
    {
      selector: "CallExpression[callee.property.name='setAttribute'][arguments.0.value=/^(style|on.*)$/]",
      message: "The policy forbids styles and handlers in attributes: set element.style, use addEventListener.",
    },
  ],
};

export default [
  // Built, of third parties, made by `make types`, or the owner's letter for letter.
  { ignores: ["**/node_modules/", "**/dist/", "monitor/web/static/vendor/", "tests/frontend/spec/"] },
  {
    plugins: { "@stylistic": stylistic },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { ...rules, ...layout },
  },
  {
    files: ["monitor/web/static/**/*.js"],
    languageOptions: { ecmaVersion: 2022, globals: globals.browser },
    rules: inThePages,
  },
  {
    files: ["tests/frontend/**/*.js"],
    languageOptions: { ecmaVersion: "latest", globals: globals.node },
  },
];
