// The dials of the lab: their ranges, where they stand at first, and how a link carries them.

const dial = (name, label, value, min, max, step, unit = "") => ({ name, label, value, min, max, step, unit });
const choice = (name, label, options) => ({ name, label, options, value: Object.keys(options)[0] });

export const GROUPS = [
  {
    name: "Load",
    dials: [
      dial("calls", "Calls", 100, 1, 500, 1),
      dial("together", "At once, at most", 500, 1, 500, 1),
      dial("ends", "The run ends after", 30, 5, 120, 5, "s"),
    ],
  },
  {
    name: "Server: limit",
    dials: [
      choice("kind", "Counts", { window: "in windows", bucket: "evenly (a bucket)" }),
      dial("limit", "Requests allowed (0: no limit)", 20, 0, 200, 1),
      dial("window", "In each", 1, 0.5, 20, 0.5, "s"),
      choice("advice", "A 429 tells when to come back", {
        seconds: "Retry-After, in seconds",
        date: "Retry-After, a date",
        list: "Retry-After, a list",
        body: "retry_after in the body",
        both: "in both",
        text: "Retry-After, a word",
        none: "not at all",
      }),
      choice("left", "Answers tell what is left", { no: "no", yes: "RateLimit headers" }),
    ],
  },
  {
    name: "Server: trouble",
    dials: [
      dial("latency", "Latency", 80, 0, 2000, 10, "ms"),
      dial("spread", "… give or take", 50, 0, 100, 5, "%"),
      dial("downFrom", "Outage begins at", 1, 0, 30, 0.5, "s"),
      dial("downFor", "… and lasts (0: none)", 0, 0, 30, 0.5, "s"),
      dial("resets", "Connections that break", 0, 0, 50, 1, "%"),
      dial("stalls", "Answers that never come", 0, 0, 20, 1, "%"),
    ],
  },
  {
    name: "This client",
    dials: [
      dial("retries", "Retries", 4, 0, 20, 1),
      dial("backoff", "Backoff, first wait up to", 1000, 50, 5000, 50, "ms"),
      dial("timeout", "Time of an attempt", 3, 0.2, 30, 0.1, "s"),
      dial("deadline", "Deadline of a call", 60, 1, 120, 1, "s"),
    ],
  },
];

const SEED = { name: "seed", label: "Seed", value: 1, min: 1, max: 999_999, step: 1, unit: "" };
export const DIALS = [...GROUPS.flatMap(({ dials }) => dials), SEED];

/** Where to begin: what is not named stands as at first. */
export const SCENES = {
  "A limit of 20 a second": {},
  "Nothing is told": { calls: 60, advice: "none", kind: "bucket" },
  "Down for four seconds": { calls: 60, limit: 0, downFrom: 0, downFor: 4, retries: 6 },
  "A bad line": { limit: 0, calls: 40, resets: 20, stalls: 5, timeout: 1 },
  "300 calls": { calls: 300, limit: 50, retries: 6 },
};

export const defaults = () => Object.fromEntries(DIALS.map(({ name, value }) => [name, value]));

/** Settings from a link: what is unknown or out of range stands as at first. */
export function readLink(query) {
  const settings = defaults();
  for (const { name, min, max, options } of DIALS) {
    if (!query.has(name)) continue;
    const text = query.get(name);
    const number = Number(text);
    if (options ? Object.hasOwn(options, text) : text !== "" && number >= min && number <= max)
      settings[name] = options ? text : number;
  }
  if (!Number.isInteger(settings.seed)) settings.seed = SEED.value;
  return settings;
}

/** What differs from the first state, and the seed always. */
export function toLink(settings) {
  const query = new URLSearchParams();
  for (const { name, value } of DIALS) if (settings[name] !== value || name === "seed") query.set(name, settings[name]);
  return `lab?${query}`;
}
