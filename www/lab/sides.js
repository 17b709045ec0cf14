// The two sides that make the calls: this client, and the loop of the vendor's samples.

import { OpenProspect } from "../openprospect/index.js";
import { TEST_KEYS } from "../openprospect/testing/index.js";
import { callOf, pathOf } from "./server.js";

/**
 * @typedef {import("./events.js").Settings} Settings
 * @typedef {import("./events.js").Emit} Emit
 * @typedef {import("./events.js").Caller} Caller
 * @typedef {(url: string, init: RequestInit) => Promise<Response>} Fetch
 */

const BASE = "https://api.openprospect.io";

/**
 * @param {Settings} settings
 * @param {Fetch} fetch
 * @param {Emit} emit
 * @param {(date: Date) => number} timeOf a date in the run's time
 * @returns {Caller}
 */
export function clientSide({ retries, backoff, timeout, deadline }, fetch, emit, timeOf) {
  /** @param {import("../openprospect/index.js").OpenProspectEvent} event */
  const onEvent = (event) => {
    switch (event.type) {
      case "retry":
        return emit({ kind: "wait", call: callOf(event.path), ms: event.waitMs, reason: event.waitReason });
      case "throttled":
      case "outage":
        return emit({ kind: "pause", reason: event.type, until: timeOf(event.until) });
      case "resumed":
        return emit({ kind: "resumed" });
      case "attempt":
        if (!event.sent) emit({ kind: "unsent", call: callOf(event.path) });
    }
  };
  const client = new OpenProspect({
    apiKey: TEST_KEYS.full,
    baseUrl: BASE,
    fetch,
    onEvent,
    maxRetries: retries,
    backoff: { baseMs: backoff },
    timeoutMs: timeout * 1000,
    deadlineMs: deadline * 1000,
  });
  return (call, signal) => client.orders.get(pathOf(call), { signal });
}

const MAX_ATTEMPTS = 3;
const RETRIED = new Set([429, 500, 502, 503, 504]);

/**
 * As the vendor's samples do: three attempts, waits of 1, 2 and 4 s, no `Retry-After`, no timeout, and no retry after a
 * failed connection.
 *
 * @param {Settings} settings
 * @param {Fetch} fetch
 * @param {Emit} emit
 * @returns {Caller}
 */
export function loopSide(settings, fetch, emit) {
  const headers = { authorization: `Bearer ${TEST_KEYS.full}` };
  return async (call, signal) => {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const response = await fetch(`${BASE}/api/v1/orders/${pathOf(call)}`, { headers, signal });
      if (response.ok) return response.json();
      if (!RETRIED.has(response.status)) throw new Error(`${response.status}`);
      const ms = 1000 * 2 ** attempt;
      emit({ kind: "wait", call, ms, reason: "fixed" });
      await sleep(ms, signal);
    }
    throw new Error("three attempts");
  };
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
