// The words of the API as people say them. What a third party calls its own stays as it is.
/** @import {Translate} from "./fields.js" */

/**
 * By what the API has: states of a probe, kinds of fields, units that stand for no sign, what there is one value for.
 * @param {Translate} t
 */
const words = (t) => new Map([
  ["starting", t("starting")],
  ["ok", t("ok")],
  ["no data", t("no data")],
  ["late", t("late")],
  ["failed", t("failed")],
  ["gauge", t("gauge")],
  ["counter", t("counter")],
  ["count", t("count")],
  ["ratio", t("ratio")],
  ["core", t("core")],
  ["mount", t("mount")],
  ["disk", t("disk")],
  ["device", t("device")],
  ["interface", t("interface")],
  ["sensor", t("sensor")],
]);

/**
 * A word of the API in the language of the page; one that is not known in words of its own.
 * @param {string} name
 * @param {Translate} t
 */
export const word = (name, t) => words(t).get(name) ?? name.replaceAll("_", " ");

/**
 * What a field is, in the language of the page where the probe is a built-in one: `make messages` finds those.
 * @param {string} text
 * @param {Translate} t
 */
export const helpOf = (text, t) => t(text);
