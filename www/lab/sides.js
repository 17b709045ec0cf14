// What makes the calls: this client, and the loop of the vendor's samples.

import { OpenProspect } from "../openprospect/index.js";
import { TEST_KEYS } from "../openprospect/testing/index.js";
import { callOf, pathOf } from "./server.js";

const BASE = "https://api.openprospect.io";

export function clientSide({ retries, backoff, timeout, deadline }, fetch, tell, now) {
  const bands = { throttled: "pause", outage: "outage" };
  const onEvent = (event) => {
    const { type } = event;
    if (type === "retry") tell({ kind: "wait", call: callOf(event.path), ms: event.waitMs, reason: event.waitReason });
    else if (type in bands) tell({ kind: "hold", why: bands[type], until: now(event.until) });
    else if (type === "resumed") tell({ kind: "resumed" });
    else if (type === "attempt" && !event.sent) tell({ kind: "unsent", call: callOf(event.path) });
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

const ATTEMPTS = 3;
const TRIED_AGAIN = new Set([429, 500, 502, 503, 504]);

/** As the samples do: three attempts, waits of 1, 2 and 4 s, no look at Retry-After, no time limit; a broken connection ends it. */
export function loopSide(settings, fetch, tell) {
  const headers = { authorization: `Bearer ${TEST_KEYS.full}` };
  return async (call, signal) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const response = await fetch(`${BASE}/api/v1/orders/${pathOf(call)}`, { headers, signal });
      if (response.ok) return response.json();
      if (!TRIED_AGAIN.has(response.status)) throw new Error(`${response.status}`);
      const ms = 1000 * 2 ** attempt;
      tell({ kind: "wait", call, ms, reason: "fixed" });
      await sleep(ms, signal);
    }
    throw new Error("three attempts");
  };
}

function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", leave);
      resolve();
    }, ms);
    signal.addEventListener("abort", leave, { once: true });
  });
}
