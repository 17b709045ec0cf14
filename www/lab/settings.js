// The settings of the lab: their ranges, their defaults, and how a link carries them.

/**
 * @typedef {import("./events.js").Settings} Settings
 * @typedef {keyof Settings} Name
 *
 * @typedef {object} Range
 * @property {Name} name
 * @property {string} label
 * @property {number} value the default
 * @property {number} min
 * @property {number} max
 * @property {number} step
 * @property {string} unit
 *
 * @typedef {object} Choice
 * @property {Name} name
 * @property {string} label
 * @property {string} value the default: the first of the options
 * @property {Record<string, string>} options labels by value
 *
 * @typedef {Range | Choice} Setting
 * @typedef {{name: string, settings: Setting[]}} Group
 */

/**
 * @param {Name} name
 * @param {string} label
 * @param {number} value
 * @param {number} min
 * @param {number} max
 * @param {number} step
 * @param {string} unit
 * @returns {Range}
 */
const range = (name, label, value, min, max, step, unit = "") => ({ name, label, value, min, max, step, unit });

/**
 * @param {Name} name
 * @param {string} label
 * @param {Record<string, string>} options
 * @returns {Choice}
 */
const choice = (name, label, options) => ({ name, label, options, value: Object.keys(options)[0] });

/** @type {Group[]} */
export const GROUPS = [
  {
    name: "Load",
    settings: [
      range("calls", "Calls", 100, 1, 500, 1),
      range("together", "Maximum concurrency", 500, 1, 500, 1),
      range("ends", "Maximum duration", 30, 5, 120, 5, "s"),
    ],
  },
  {
    name: "Server: rate limit",
    settings: [
      choice("kind", "Algorithm", { window: "fixed window", bucket: "token bucket" }),
      range("limit", "Requests per window (0: no limit)", 20, 0, 200, 1),
      range("window", "Window", 1, 0.5, 20, 0.5, "s"),
      choice("advice", "Retry advice of a 429", {
        seconds: "Retry-After, in seconds",
        date: "Retry-After, a date",
        list: "Retry-After, a list",
        body: "retry_after in the body",
        both: "in both",
        text: "Retry-After, a word",
        none: "none",
      }),
      choice("left", "Remaining quota", { no: "not reported", yes: "RateLimit headers" }),
    ],
  },
  {
    name: "Server: faults",
    settings: [
      range("latency", "Latency", 80, 0, 2000, 10, "ms"),
      range("spread", "… jitter, plus or minus", 50, 0, 100, 5, "%"),
      range("downFrom", "Outage starts at", 1, 0, 30, 0.5, "s"),
      range("downFor", "… duration (0: no outage)", 0, 0, 30, 0.5, "s"),
      range("resets", "Connection resets", 0, 0, 50, 1, "%"),
      range("stalls", "Requests without a response", 0, 0, 20, 1, "%"),
    ],
  },
  {
    name: "This client",
    settings: [
      range("retries", "Maximum retries", 4, 0, 20, 1),
      range("backoff", "Maximum first backoff", 1000, 50, 5000, 50, "ms"),
      range("timeout", "Timeout of an attempt", 3, 0.2, 30, 0.1, "s"),
      range("deadline", "Deadline of a call", 60, 1, 120, 1, "s"),
    ],
  },
];

/** @type {Range} */
const SEED = { name: "seed", label: "Seed", value: 1, min: 1, max: 999_999, step: 1, unit: "" };
/** @type {Setting[]} */
export const SETTINGS = [...GROUPS.flatMap(({ settings }) => settings), SEED];

/** @type {Record<string, Partial<Settings>>} what each preset changes */
export const PRESETS = {
  "20 requests per second": {},
  "No retry advice": { calls: 60, advice: "none", kind: "bucket" },
  "Outage of 4 s": { calls: 60, limit: 0, downFrom: 0, downFor: 4, retries: 6 },
  "Unreliable network": { limit: 0, calls: 40, resets: 20, stalls: 5, timeout: 1 },
  "300 calls": { calls: 300, limit: 50, retries: 6 },
};

export const defaults = () => toSettings(() => undefined);

/**
 * Settings from a link: one that is unknown or out of range gets its default.
 *
 * @param {URLSearchParams} query
 */
export const readLink = (query) => toSettings((name) => query.get(name) ?? undefined);

/**
 * @param {(name: Name) => string | undefined} textOf the value of a setting
 * @returns {Settings}
 */
export function toSettings(textOf) {
  const pairs = SETTINGS.map((setting) => [setting.name, parse(setting, textOf(setting.name))]);
  return Object.fromEntries(pairs);
}

/**
 * @param {Setting} setting
 * @param {string | undefined} text
 */
function parse(setting, text) {
  if (text === undefined) return setting.value;
  if ("options" in setting) return Object.hasOwn(setting.options, text) ? text : setting.value;
  const number = Number(text);
  const isValid = text !== "" && number >= setting.min && number <= setting.max;
  return isValid && (setting !== SEED || Number.isInteger(number)) ? number : setting.value;
}

/**
 * The fragment for a link: what differs from the defaults, and always the seed.
 *
 * @param {Settings} settings
 */
export function toLink(settings) {
  const query = new URLSearchParams();
  for (const { name, value } of SETTINGS)
    if (settings[name] !== value || name === "seed") query.set(name, String(settings[name]));
  return `lab?${query}`;
}
