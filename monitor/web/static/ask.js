// The form for questions: sends one, shows its facts as chips with live values and the answer as it comes.
import { phrase } from "./amount.js";
import { readEvents } from "./client.js";
import { number, t } from "./i18n.js";

/** @import {View} from "./view.js" */
/** @typedef {{field: string, value: number|null, text: string, unit: string|null, aggregate?: string|null}} Fact */

const form = /** @type {HTMLFormElement} */ (document.getElementById("ask"));
const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("prompt"));
const send = /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]"));
const stop = /** @type {HTMLButtonElement} */ (form.querySelector("[type=button]"));
const chips = /** @type {HTMLElement} */ (document.getElementById("ask-facts"));
const said = /** @type {HTMLElement} */ (document.getElementById("ask-answer"));
const note = /** @type {HTMLElement} */ (document.getElementById("ask-note"));
const suggestions = /** @type {HTMLElement} */ (document.getElementById("suggestions"));

/**
 * Make the form work.
 *
 * @param {object} page
 * @param {View} page.view                               what is looked at: questions about it are suggested
 * @param {(paths: string[]) => void} page.onFacts       the fields that an answer is about; none with a new question
 * @param {(path: string) => string} page.label          what a field is called
 * @param {(path: string) => number|null} page.value     the newest value of a field
 * @returns {{focus: () => void, update: () => void}}
 */
export function ask({ view, onFacts, label, value }) {
  /** @type {AbortController|null} */
  let asking = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim() && !asking) begin(field.value);
  });
  stop.addEventListener("click", () => asking?.abort());
  suggestions.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("button");
    if (asking || !button) return;
    field.value = button.textContent ?? "";
    begin(field.value);
  });
  view.addEventListener("change", suggest);
  suggest();
  suggestions.inert = send.disabled = false; // the server's: nobody listened yet

  // Answers are about now and the last minutes: where another time is looked at, nothing is suggested.
  function suggest() {
    suggestions.hidden = !view.isLive;
    const minutes = Math.max(1, Math.round(view.window / 60));
    const questions = [
      minutes === 1
        ? t("What was the highest CPU load in the last minute?")
        : t("What was the highest CPU load in the last {minutes} minutes?", { minutes }),
      t("Which core is the busiest?"),
      t("How much memory is free?"),
    ];
    const buttons = suggestions.querySelectorAll("button");
    // Of a text that stays, nothing is written: the button may have the focus.
    questions.forEach((text, index) => { if (buttons[index].textContent !== text) buttons[index].textContent = text; });
  }

  /** @param {string} prompt */
  async function begin(prompt) {
    asking = new AbortController();
    clear();
    try {
      const answer = await fetch(new URL("../api/ask", import.meta.url), {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
        body: JSON.stringify({ prompt }),
        signal: asking.signal,
      });
      if (!answer.ok) throw new Error(await refusal(answer));
      if (answer.body) await readEvents(answer.body, (data, name) => receive(name, JSON.parse(data)));
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      note.textContent = name === "AbortError" ? t("Stopped.") : message;
    } finally {
      asking = null;
      send.disabled = false;
      if (document.activeElement === stop) field.focus();
      stop.hidden = true;
      if (note.textContent === t("Thinking…")) note.textContent = t("The answer ended early.");
      said.removeAttribute("aria-busy");
    }
  }

  function clear() {
    stop.hidden = false;
    if (document.activeElement === send) stop.focus();
    send.disabled = true;
    chips.replaceChildren();
    onFacts([]);
    said.textContent = "";
    said.setAttribute("aria-busy", "true"); // so that a screen reader reads it when it is whole
    note.textContent = t("Thinking…");
  }

  /**
   * @param {string} name
   * @param {any} data
   */
  function receive(name, data) {
    if (name === "facts") {
      const facts = /** @type {Fact[]} */ (data.facts);
      chips.replaceChildren(...facts.map(chip));
      onFacts(facts.map((fact) => fact.field));
    }
    if (name === "token") said.textContent += data.text;
    if (name === "done") {
      note.textContent = data.usage.completion_tokens === 0 ? t("From the numbers alone.")
        : `${data.model}, ${number(data.duration_ms / 1000, 1)} s`;
    }
    if (name === "error") note.textContent = data.message;
  }

  /** @param {Fact} fact */
  function chip(fact) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.title = fact.text;
    button.append(named(fact.field), " ", bold(fact));
    button.addEventListener("click", () => onFacts([fact.field]));
    // A mean or a rate is of the past: the newest value is another number.
    item.dataset.field = fact.aggregate ? "" : fact.field;
    item.append(button);
    return item;
  }

  /** @param {string} path */
  function named(path) {
    const name = document.createElement("span");
    const element = path.indexOf("[");
    name.textContent = label(path) + (element < 0 ? "" : ` ${path.slice(element + 1, -1)}`);
    return name;
  }

  // Brings the chips up to date.
  function update() {
    for (const item of chips.children) {
      const path = /** @type {HTMLElement} */ (item).dataset.field;
      const now = path ? value(path) : null;
      const text = item.querySelector("b");
      if (text && now !== null) text.textContent = phrase(now, text.dataset.unit ?? "");
    }
  }

  return { focus: () => field.focus(), update };
}

/** @param {Response} answer */
async function refusal(answer) {
  const told = await answer.json().catch(() => null); // a proxy has words of its own
  return told?.error?.message ?? t("The server answered {status}.", { status: String(answer.status) });
}

/** @param {Fact} fact */
function bold(fact) {
  const value = document.createElement("b");
  value.dataset.unit = fact.unit ?? "";
  value.textContent = fact.value === null ? "–" : phrase(fact.value, value.dataset.unit);
  return value;
}
