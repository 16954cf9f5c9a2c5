// Texts, numbers, quantities and times in the language of the page.
// The words of a language other than English come with the page, in <script type="application/json" id="messages">.

const page = globalThis.document;

/** The language of the page: "en" or "fr". */
export const language = page?.documentElement.lang || "en";

// English is written differently in London and New York: as the reader has it, where it is the page's language at all.
const locale = globalThis.navigator?.languages?.find((each) => each.split("-")[0] === language) ?? language;

/** @type {Map<string, string>} */
const words = new Map(Object.entries(JSON.parse(page?.getElementById("messages")?.textContent || "{}")));

/** What is shown where nothing is known. */
const NOTHING = "–";

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
// Of the language alone: 1.2M, where London would have 1.2m.
const compact = new Intl.NumberFormat(language, { notation: "compact" });
const scientific = new Intl.NumberFormat(locale, { notation: "scientific", maximumFractionDigits: 1 });
const shortClock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const calendar = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });

// Made once: a page formats hundreds of numbers a second, and making one costs fifty times what using it does.
/** @param {number} least @param {number} most */
function format(least, most) {
  const key = `${least} ${most}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.NumberFormat(locale, { minimumFractionDigits: least, maximumFractionDigits: most });
    formats.set(key, made);
  }
  return made;
}

/** @param {number | null | undefined} value @returns {value is number} */
function isKnown(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/**
 * A text in the language of the page. Babel finds the texts by the name of this function, so they are written out here:
 * t("Trying again in {seconds} s", { seconds: 5 }).
 *
 * @param {string} text
 * @param {Record<string, string | number>} [values] what stands for {name}; numbers are written as in the language
 * @returns {string}
 */
export function t(text, values = {}) {
  return (words.get(text) ?? text).replace(/\{(\w+)\}/g, (whole, name) => {
    const value = Object.hasOwn(values, name) ? values[name] : whole;
    return typeof value === "number" ? format(0, 2).format(value) : value;
  });
}

/**
 * A number with so many digits after the point; an en dash for what is not known.
 *
 * @param {number | null | undefined} value
 * @param {number} [digits]   after the point
 * @param {number} [least]    of them, where the last ones are zeros
 * @returns {string}
 */
export function number(value, digits = 0, least = digits) {
  return isKnown(value) ? format(least, digits).format(value) : NOTHING;
}

// What people call each unit.
/** @type {Record<string, string>} */
const NAMES = {
  percent: t("%"),
  ratio: "",
  count: "",
  "1/s": t("/s"),
  B: t("B"),
  KB: t("KB"),
  MB: t("MB"),
  GB: t("GB"),
  TB: t("TB"),
  PB: t("PB"),
  "B/s": t("B/s"),
  "KB/s": t("KB/s"),
  "MB/s": t("MB/s"),
  "GB/s": t("GB/s"),
  "TB/s": t("TB/s"),
  ms: t("ms"),
  s: t("s"),
  min: t("min"),
  h: t("h"),
  d: t("d"),
  Hz: t("Hz"),
  kHz: t("kHz"),
  MHz: t("MHz"),
  GHz: t("GHz"),
  celsius: t("°C"),
  rpm: t("rpm"),
  V: t("V"),
  A: t("A"),
  W: t("W"),
};

// Units that are one another's multiples: [unit, how many of the first one it is].
/** @type {[string, number][][]} */
const LADDERS = [
  [["B", 1], ["KB", 2 ** 10], ["MB", 2 ** 20], ["GB", 2 ** 30], ["TB", 2 ** 40], ["PB", 2 ** 50]],
  [["B/s", 1], ["KB/s", 2 ** 10], ["MB/s", 2 ** 20], ["GB/s", 2 ** 30], ["TB/s", 2 ** 40]],
  [["Hz", 1], ["kHz", 1e3], ["MHz", 1e6], ["GHz", 1e9]],
  [["ms", 1], ["s", 1e3], ["min", 6e4], ["h", 36e5], ["d", 864e5]],
];

// The least unit that a value is shown in: a quiet disk has 0.01 KB/s, and does not jump between B/s and KB/s.
/** @type {Record<string, string>} */
const LEAST = { "B/s": "KB/s", "MB/s": "KB/s", MB: "MB", GB: "MB" };

// Values from here on are shown in the next unit, so that three digits do: 999 MB, then 0.98 GB.
const THREE_DIGITS = 999.5;
// Values from here on have more digits than a panel has room for.
const FIVE_DIGITS = 99_999.5;
// And from here on no language has a word for so many.
const COUNTABLE = 1e16;

// Digits after the point that a small value has, and that a field has which says nothing of them.
const USUAL_DIGITS = 2;

/** @param {number} size */
function digitsFor(size) {
  return size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
}

/**
 * What people call a unit of the API: "%", "°C", "MB" ("Mo" in French). Nothing for counts and ratios.
 *
 * @param {string} unit
 * @returns {string}
 */
export function unitName(unit) {
  return Object.hasOwn(NAMES, unit) ? NAMES[unit] : unit;
}

/**
 * A value of the API as people read it, in the multiple of its unit that suits its size, with about three digits.
 * From 100,000 on it is shortened (1.2M); `full` then has all its digits. What is not known stays in the unit itself.
 *
 * @param {number | null | undefined} value
 * @param {string} unit one of the API's
 * @param {number} [decimals] digits after the point that the value has at most, in this unit: a small one is shown with
 *   two that count where there are so many
 * @returns {{text: string, unit: string, full?: string}} the unit is empty for counts and ratios; `full` where the text
 *   is shortened
 */
export function quantity(value, unit, decimals = USUAL_DIGITS) {
  if (!isKnown(value)) return { text: NOTHING, unit: unitName(unit) };
  if (unit === "percent" || unit === "celsius") return { ...shortened(value, 1, decimals), unit: unitName(unit) };
  const isWhole = unit === "rpm" || (unit === "count" && Number.isInteger(value));
  if (isWhole) return { ...shortened(value, 0, 0), unit: unitName(unit) };
  const ladder = LADDERS.find((each) => each.some(([name]) => name === unit));
  if (!ladder) return { ...shortened(value, digitsFor(Math.abs(value)), decimals), unit: unitName(unit) };
  const [name, scaled] = suited(ladder, unit, value);
  const moved = decimals > USUAL_DIGITS ? Math.round(Math.log10(value / scaled || 1)) : 0;
  return { ...shortened(scaled, digitsFor(Math.abs(scaled)), decimals + moved), unit: unitName(name) };
}

/**
 * The units that values of a unit are shown in, ascending: of bytes per second ["KB/s", 1024], ["MB/s", 1024 ** 2] ...
 *
 * @param {string} unit one of the API's
 * @returns {[name: string, size: number][]} the size is in the unit itself
 */
export function unitsOf(unit) {
  const ladder = LADDERS.find((each) => each.some(([name]) => name === unit));
  if (!ladder) return [[unit, 1]];
  const own = ladder[ladder.findIndex(([name]) => name === unit)][1];
  const least = Math.max(0, ladder.findIndex(([name]) => name === LEAST[unit]));
  return ladder.slice(least).map(([name, size]) => [name, size / own]);
}

/**
 * In what a number is shortened, as `quantity` does it: 1.2M is 1.2 times [1000000, "M"]. A small one is not: [1, ""].
 *
 * @param {number} value
 * @returns {[power: number, suffix: string]}
 */
export function shortScale(value) {
  const size = Math.abs(value);
  if (size < FIVE_DIGITS) return [1, ""];
  const digits = Math.floor(Math.log10(size));
  const power = 10 ** (size < COUNTABLE ? digits - digits % 3 : digits);
  const shortening = size < COUNTABLE ? compact : scientific;
  const parts = shortening.formatToParts(power).filter(({ type }) => type !== "integer");
  return [power, parts.map((part) => part.value).join("")];
}

/**
 * @param {number} value
 * @param {number} digits after the point, of those that are not shortened
 * @param {number} most   digits after the point that the value has
 * @returns {{text: string, full?: string}}
 */
function shortened(value, digits, most) {
  const full = small(value, digits, most);
  const size = Math.abs(value);
  if (size < FIVE_DIGITS) return { text: full };
  return { text: (size < COUNTABLE ? compact : scientific).format(value), full };
}

/**
 * A number with so many digits after the point; with two that count where these would hardly say more than 0.
 *
 * @param {number} value
 * @param {number} digits
 * @param {number} most digits after the point that the value has
 * @returns {string}
 */
function small(value, digits, most) {
  const size = Math.abs(value);
  if (size === 0 || size >= 0.1 || most <= USUAL_DIGITS) return number(value, digits);
  return format(digits, Math.max(digits, Math.min(most, 1 - Math.floor(Math.log10(size))))).format(value);
}

/**
 * The unit that suits a value, and the value in it.
 *
 * @param {[string, number][]} ladder
 * @param {string} unit
 * @param {number} value
 * @returns {[string, number]}
 */
function suited(ladder, unit, value) {
  const own = ladder.findIndex(([name]) => name === unit);
  const least = Math.max(0, ladder.findIndex(([name]) => name === LEAST[unit]));
  const base = value * ladder[own][1];
  let step = value === 0 && !LEAST[unit] ? own : least;
  const isFull = () =>
    Math.abs(base) / ladder[step][1] >= Math.min(THREE_DIGITS, ladder[step + 1][1] / ladder[step][1]);
  if (value !== 0) while (step + 1 < ladder.length && isFull()) step += 1;
  return [ladder[step][0], base / ladder[step][1]];
}

/**
 * Seconds as their two largest units: "3 d 4 h", "12 min 5 s"; an en dash for what is not known.
 *
 * @param {number | null | undefined} seconds
 * @returns {string}
 */
export function duration(seconds) {
  if (!isKnown(seconds)) return NOTHING;
  let rest = Math.max(0, Math.floor(seconds));
  const parts = [];
  for (const [unit, size] of /** @type {[string, number][]} */ ([["d", 86400], ["h", 3600], ["min", 60], ["s", 1]])) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count || parts.length || unit === "s") parts.push(`${number(count)} ${unitName(unit)}`);
  }
  return parts.slice(0, 2).join(" ");
}

/**
 * The time of day of a timestamp, to the second.
 *
 * @param {number} timestamp seconds since 1970
 * @returns {string}
 */
export function time(timestamp) {
  return clock.format(timestamp * 1000);
}

/**
 * The time of day of a timestamp, to the minute.
 *
 * @param {number} timestamp seconds since 1970
 * @returns {string}
 */
export function shortTime(timestamp) {
  return shortClock.format(timestamp * 1000);
}

/**
 * Day and time of a timestamp.
 *
 * @param {number} timestamp seconds since 1970
 * @returns {string}
 */
export function date(timestamp) {
  return calendar.format(timestamp * 1000);
}
