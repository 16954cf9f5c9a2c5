// A number with its unit as one text, for people.
import { number, quantity, unitName } from "./i18n.js";

/**
 * The space before the unit does not break. What is not known has no unit.
 * @param {number | null | undefined} value
 * @param {string} unit   of /api/probes, or a rate of one
 * @param {number} [decimals]   digits after the point that the value has at most
 */
export function phrase(value, unit, decimals) {
  const parts = quantity(value, unit, decimals);
  const isKnown = value !== null && value !== undefined;
  return isKnown && parts.unit ? `${parts.text}\u00a0${parts.unit}` : parts.text;
}

/** A percentage without decimals: "25 %". @param {number | null | undefined} value */
export const wholePercent = (value) => {
  const text = number(value, 0);
  return value === null || value === undefined ? text : `${text}\u00a0${unitName("percent")}`;
};
