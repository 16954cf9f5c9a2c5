// How the connection stands: in words in the header, spoken when it changes, and in a sentence where a proxy is in the
// way. A page whose login has ended is sent to log in.
import { t } from "./i18n.js";

/** @import {State} from "./client-types.d.ts" */

const PROBLEMS = {
  "websocket-blocked": () =>
    t("A proxy blocks WebSockets: the numbers come as an event stream instead."),
  "events-blocked": () =>
    t("A proxy holds back streams: the numbers are fetched one by one instead."),
  "unauthenticated": () => t("Your login has ended."),
};

// Milliseconds that a message stays.
const SAID = 6000;

/** @typedef {"known"|"filling"|"forgotten"} Moment what is shown: there, on its way, or no longer kept */

/**
 * Keep the page in step with the connection.
 *
 * @returns {{tell: (state: State) => void, tellMoment: (moment: Moment) => void, announce: (text: string) => void}}
 *          `announce` says something for a moment, aloud too
 */
export function status() {
  const state = /** @type {HTMLElement} */ (document.getElementById("state"));
  const announcements = /** @type {HTMLElement} */ (document.getElementById("announcements"));
  const problem = notice();
  document.getElementById("late")?.remove();
  let name = "";
  let trouble = "";
  let past = "";
  let countdown = 0;
  let silence = 0;
  let isLeaving = false; // a logout ends the stream too, and the answer to it says where to go
  document.getElementById("logout")?.addEventListener("submit", () => { isLeaving = true; });

  /** @param {State} now */
  function tell(now) {
    clearInterval(countdown);
    if (now.name === "waiting") {
      const until = Date.now() + now.seconds * 1000;
      const count = () => {
        const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
        state.textContent = t("Disconnected, trying again in {seconds} s", { seconds });
      };
      count();
      countdown = window.setInterval(count, 1000);
    } else {
      const text = now.name === "live" ? t("Live") : now.name === "closed" ? t("Disconnected") : t("Connecting…");
      if (state.textContent !== text) state.textContent = text;
    }
    if (state.dataset.state !== now.name) state.dataset.state = now.name;
    // Attempts that fail and begin again are one break to whoever listens.
    const heard = now.name === "live" ? "live" : name === "" || now.name === "connecting" ? name : "lost";
    if (heard !== name) {
      if (heard === "lost") announce(t("Connection lost. The page reconnects by itself."));
      else if (name === "lost") announce(t("Connected again."));
      name = heard;
      state.toggleAttribute("data-lost", name === "lost"); // then it says more, and takes the room
    }
    trouble = PROBLEMS[/** @type {keyof typeof PROBLEMS} */ (now.problem ?? "")]?.() ?? "";
    showTrouble();
    if (now.problem === "unauthenticated") toLogin();
  }

  // Such a page cannot come back by itself; loaded anew, it is sent to log in.
  async function toLogin() {
    const options = /** @type {RequestInit} */ ({ method: "HEAD", redirect: "manual", cache: "no-store" });
    const answer = await fetch(location.href, options).catch(() => null);
    if (answer?.type === "opaqueredirect" && !isLeaving) location.reload();
  }

  /** @param {Moment} now */
  function tellMoment(now) {
    const text = {
      known: () => "",
      filling: () => t("The past is on its way…"),
      forgotten: () => t("This moment is no longer kept. Go back to live, or step forward."),
    }[now]();
    if (text === past) return;
    past = text;
    showTrouble();
  }

  function showTrouble() {
    const sentence = trouble || past;
    if (problem.textContent !== sentence) problem.textContent = sentence;
    problem.hidden = !sentence;
    problem.classList.toggle("passing", !trouble);
  }

  /** @param {string} text */
  function announce(text) {
    announcements.textContent = text;
    clearTimeout(silence);
    silence = window.setTimeout(() => { announcements.textContent = ""; }, SAID);
  }

  return { tell, tellMoment, announce };
}

// A sentence above everything else.
function notice() {
  const element = document.createElement("p");
  element.className = "notice";
  element.id = "problem";
  element.hidden = true;
  document.querySelector("main")?.prepend(element);
  return element;
}
