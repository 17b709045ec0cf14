// The server of one side: a mock with the faults of the settings, and a fetch that emits an event for each request.

import { mockOpenProspect } from "../openprospect/testing/index.js";
import { sample } from "./random.js";

/**
 * @typedef {import("./events.js").Settings} Settings
 * @typedef {import("../openprospect/testing/index.js").RetryAdvice} RetryAdvice
 */

/** The random streams of an attempt. */
const LATENCY = 0;
const FAULT = 1;
const PATH = /\/call-(\d+)$/;

/**
 * Each call gets an order of its own, so that a path identifies the call.
 *
 * @param {number} call
 */
export const pathOf = (call) => `call-${call}`;

/** @param {string} path */
export const callOf = (path) => Number(PATH.exec(path)?.[1]);

/**
 * @param {Settings} settings
 * @param {() => number} now
 * @param {import("./events.js").Emit} emit
 * @returns {import("./sides.js").Fetch}
 */
export function serverOf(settings, now, emit) {
  const { seed, calls, kind, limit, window: seconds, advice, latency, spread, left } = settings;
  const { downFrom, downFor, resets, stalls } = settings;
  const limits = {
    window: { rateLimit: { limit, windowMs: seconds * 1000 } },
    bucket: { burst: { perSecond: limit / seconds, burst: Math.max(1, Math.round(limit / 4)) } },
  };
  const mock = mockOpenProspect({
    seed,
    companies: 0,
    prospects: 0,
    prospectSearches: 0,
    blacklists: 0,
    orders: Array.from({ length: calls }, (_, call) => ({ id: pathOf(call), status: "COMPLETED" })),
    retryAfter: advice === "body" || advice === "both" || advice === "none" ? advice : "header",
    rateLimitHeaders: left === "yes",
    ...(limit > 0 && limits[kind]),
  });
  /** @type {Map<number, number>} by call */
  const attempts = new Map();
  mock.fail(({ path }) => {
    const call = callOf(path);
    const attempt = (attempts.get(call) ?? 0) + 1;
    attempts.set(call, attempt);
    const jitter = (spread / 100) * (2 * sample(seed, call, attempt, LATENCY) - 1);
    const delayed = { times: Infinity, latencyMs: latency * (1 + jitter) };
    const isDown = downFor > 0 && now() >= downFrom * 1000 && now() < (downFrom + downFor) * 1000;
    if (isDown) return { ...delayed, status: 503 };
    const percent = sample(seed, call, attempt, FAULT) * 100;
    if (percent < resets) return { ...delayed, reset: "headers" };
    if (percent < resets + stalls) return { ...delayed, stall: "headers" };
    return delayed;
  });

  return async function fetch(url, init) {
    const call = callOf(String(url));
    emit({ kind: "sent", call });
    try {
      const response = await mock.fetch(url, init);
      emit({ kind: "response", call, status: response.status });
      return withAdvice(response, advice);
    } catch (error) {
      emit({ kind: "response", call, failure: init.signal?.aborted ? "timeout" : "connection" });
      throw error;
    }
  };
}

/**
 * Changes `Retry-After` to a form that the mock does not send.
 *
 * @param {Response} response
 * @param {Settings["advice"]} advice
 */
function withAdvice(response, advice) {
  const seconds = response.headers.get("retry-after");
  if (seconds === null) return response;
  const value = headerOf(advice, seconds, response.headers.get("date") ?? "");
  if (value === undefined) return response;
  const headers = new Headers(response.headers);
  headers.set("retry-after", value);
  return new Response(response.body, { status: response.status, headers });
}

/**
 * @param {Settings["advice"]} advice
 * @param {string} seconds
 * @param {string} date of the response
 */
function headerOf(advice, seconds, date) {
  if (advice === "date") return new Date(Date.parse(date) + Math.ceil(Number(seconds)) * 1000).toUTCString();
  if (advice === "list") return `${seconds}, ${seconds}`;
  return advice === "text" ? "soon" : undefined;
}
