// The form for questions: sends one, shows the facts as chips with their live values and the answer as it comes.
import { number } from "./format.js";

const form = document.getElementById("ask");
const field = form.elements.prompt;
const send = form.querySelector("[type=submit]");
const stop = form.querySelector("[type=button]");
const chips = document.getElementById("ask-facts");
const said = document.getElementById("ask-answer");
const note = document.getElementById("ask-note");
let asking = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (field.value.trim() && !asking) ask(field.value);
});
stop.addEventListener("click", () => asking?.abort());

document.addEventListener("frame", ({ detail }) => show(detail));

// Brings the chips up to date with a frame.
function show(frame) {
  for (const chip of chips.children) {
    if (!chip.dataset.field) continue; // a mean or a rate is of the past: the newest value is another number
    const [section, key] = chip.dataset.field.split("[")[0].split(".");
    const value = frame[section]?.[key];
    if (typeof value === "number") chip.lastElementChild.textContent = number(value, Number.isInteger(value) ? 0 : 2);
  }
}

async function ask(prompt) {
  asking = new AbortController();
  begin();
  try {
    const answer = await fetch(new URL("../api/ask", import.meta.url), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify({ prompt }),
      signal: asking.signal,
    });
    if (!answer.ok) throw new Error((await answer.json()).error.message);
    for await (const [name, data] of events(answer.body)) receive(name, data);
  } catch (error) {
    note.textContent = error.name === "AbortError" ? "Stopped." : error.message;
  } finally {
    asking = null;
    send.disabled = false;
    stop.hidden = true;
    said.removeAttribute("aria-busy");
  }
}

function begin() {
  send.disabled = true;
  stop.hidden = false;
  chips.replaceChildren();
  said.textContent = "";
  said.setAttribute("aria-busy", "true"); // so that a screen reader reads it when it is whole
  note.textContent = "Thinking…";
}

function receive(name, data) {
  if (name === "facts") chips.replaceChildren(...data.facts.map(chip));
  if (name === "token") said.textContent += data.text;
  if (name === "done") note.textContent = data.usage.completion_tokens !== 0
    ? `${data.model}, ${number(data.duration_ms / 1000, 1)} s`
    : "From the numbers alone.";
  if (name === "error") note.textContent = data.message;
}

function chip(fact) {
  const item = document.createElement("li");
  item.dataset.field = fact.aggregate ? "" : fact.field;
  const name = document.createElement("span");
  name.textContent = fact.field;
  const value = document.createElement("b");
  value.textContent = typeof fact.value === "number" ? number(fact.value, Number.isInteger(fact.value) ? 0 : 2) : "–";
  item.append(name, " ", value);
  if (fact.unit) item.title = fact.text;
  return item;
}

/** The events of a body of server-sent events, as pairs of name and data. */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (true) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const lines = part.split("\n");
      const name = lines.find((line) => line.startsWith("event: "))?.slice(7) ?? "message";
      const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      if (data) yield [name, JSON.parse(data)];
    }
  }
}
