// How a server reports a limit: the hint of a 429 or 503, and the quota headers of each response.

/** @import { State } from "./limits.mjs" */

/** @typedef {{ headers?: Record<string, string>, retryAfter?: number }} Hint `retryAfter` is a field of the body */
/** @typedef {(waitMs: number, wall: number) => Hint} CreateHint */
/** @typedef {(state: State, wall: number) => Record<string, string>} CreateQuotaHeaders */

const DAY_SECONDS = 86_400;

/** @param {number} ms */
const seconds = (ms) => Math.ceil(ms / 1000);
/** @param {number} ms */
const date = (ms) => new Date(ms).toUTCString();

/** @satisfies {Record<string, CreateHint>} */
export const HINTS = {
  seconds: (waitMs) => ({ headers: { "retry-after": String(seconds(waitMs)) } }),
  date: (waitMs, wall) => ({ headers: { "retry-after": date(seconds(wall + waitMs) * 1000) } }),
  body: (waitMs) => ({ retryAfter: seconds(waitMs) }),
  none: () => ({}),
};

/** @satisfies {Record<string, CreateQuotaHeaders>} */
export const QUOTA_HEADERS = {
  none: () => ({}),
  /** IETF draft, up to 6. */
  draft6: ({ limit, remaining, resetMs }) => ({
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(seconds(resetMs)),
  }),
  /** IETF draft 7. */
  draft7: ({ limit, remaining, resetMs }) => ({
    ratelimit: `limit=${limit}, remaining=${remaining}, reset=${seconds(resetMs)}`,
  }),
  /** IETF draft 8. */
  draft8: ({ limit, windowMs, remaining, resetMs }) => ({
    "ratelimit-policy": `"default";q=${limit};w=${seconds(windowMs)}`,
    ratelimit: `"default";r=${remaining};t=${seconds(resetMs)}`,
  }),
  xDelta: ({ limit, remaining, resetMs }) => ({
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(seconds(resetMs)),
  }),
  xEpoch: ({ limit, remaining, resetMs }, wall) => ({
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(seconds(wall + resetMs)),
  }),
  /** Wrong: nothing ever remains. */
  alwaysEmpty: ({ limit, resetMs }) => ({
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": "0",
    "ratelimit-reset": String(seconds(resetMs)),
  }),
  /** Wrong: the reset is a day away, though the window is shorter. */
  resetInADay: ({ limit, remaining }) => ({
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(DAY_SECONDS),
  }),
};
