// The shortcuts of the dashboard: which key does what.
import { t } from "./i18n.js";
import { nextTheme } from "./theme.js";

/** @import {Shortcut} from "./keys.js" */
/** @import {View} from "./view.js" */

/**
 * What is more than a change of the view.
 * @typedef {"ask"|"closer"|"csv"|"farther"|"help"|"json"|"leave"|"pause"|"say"} Command
 */

/**
 * @param {View} view
 * @param {Record<Command, () => void>} run
 * @returns {Shortcut[]} in the order of the sheet
 */
export const shortcuts = (view, run) => [
  { key: " ", name: t("space bar"), about: t("Pause or continue"), run: run.pause },
  { key: ",", name: ",", about: t("Step back"), run: () => view.step(-1) },
  { key: ".", name: ".", about: t("Step forward"), run: () => view.step(1) },
  { key: "l", name: "L", about: t("Back to live"), run: () => view.live() },
  { key: "1", name: "1", about: t("The last minute"), run: () => view.setWindow(60) },
  { key: "2", name: "2", about: t("The last 5 minutes"), run: () => view.setWindow(300) },
  { key: "3", name: "3", about: t("The last 15 minutes"), run: () => view.setWindow(900) },
  { key: "+", name: "+", about: t("Zoom in"), run: run.closer },
  { key: "-", name: "-", about: t("Zoom out"), run: run.farther },
  { key: "z", name: "Z", about: t("Undo zoom"), run: () => view.setZoom(null) },
  { key: "s", name: "S", about: t("Read the numbers aloud (screen readers)"), run: run.say },
  { key: "c", name: "C", about: t("Download as CSV"), run: run.csv },
  { key: "j", name: "J", about: t("Download as JSON"), run: run.json },
  { key: "k", name: "K", about: t("Kiosk mode"), run: () => view.setKiosk(!view.kiosk) },
  { key: "t", name: "T", about: t("Theme: light, dark or as the system has it"), run: nextTheme },
  { key: "/", name: "/", about: t("Ask a question"), run: run.ask },
  { key: "?", name: "?", about: t("Show this help"), run: run.help },
  { key: "Escape", name: "Esc", about: t("Leave kiosk mode, show all panels"), run: run.leave },
];
