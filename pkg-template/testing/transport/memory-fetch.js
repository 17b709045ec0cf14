import { createConnectionError } from "../faults/connection-error.js";
import { createResponse, readRequest, throwIfAborted } from "./environment.js";
import { createBody } from "./memory-body.js";
import { nextHop } from "../faults/redirect.js";

/** @import { Incoming, Planned, Respond } from "../mock.js" */
/** @import { MockRecord } from "./record.js" */

/**
 * Waits for a number of milliseconds, or forever; an abort rejects with the signal's own reason.
 *
 * @param {number} ms
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<void>}
 */
function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = ms === Infinity ? undefined : setTimeout(onTimer, ms);
    function onTimer() {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }
    function onAbort() {
      clearTimeout(timer);
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Waits, and records an abort.
 *
 * @param {number} ms
 * @param {AbortSignal | undefined} signal
 * @param {MockRecord} record
 */
async function wait(ms, signal, record) {
  try {
    throwIfAborted(signal);
    await sleep(ms, signal);
    // The signal can be aborted between the timer and this line.
    throwIfAborted(signal);
  } catch (reason) {
    record.aborted = true;
    throw reason;
  }
}

/**
 * Executes one plan.
 *
 * @param {Planned} planned
 * @param {URL} url
 * @param {boolean} redirected
 * @param {AbortSignal | undefined} signal
 */
async function execute({ plan, record }, url, redirected, signal) {
  const { status, headers, bytes, delayMs, ending } = plan;
  if (delayMs > 0) await wait(delayMs, signal, record);
  if (ending?.at === "headers") {
    if (ending.kind === "stall") await wait(Infinity, signal, record);
    throw createConnectionError("fetch failed");
  }
  record.status = status;
  return createResponse(bytes && createBody(bytes, ending, signal, record), {
    status,
    headers,
    url: url.href,
    redirected,
  });
}

/**
 * @param {any} input
 * @param {RequestInit} [init]
 * @returns {AbortSignal | undefined}
 */
function signalOf(input, init) {
  const signal = init?.signal === undefined ? input?.signal : init.signal;
  return signal ?? undefined;
}

/**
 * A fetch that never leaves memory.
 *
 * @param {Respond} respond
 * @returns {typeof globalThis.fetch}
 */
export function memoryFetch(respond) {
  return async function fetch(input, init) {
    const signal = signalOf(input, init);
    throwIfAborted(signal);
    const { method, url, headers, text, redirect } = await readRequest(input, init);
    throwIfAborted(signal);
    /** @type {Incoming} */
    let incoming = { method, url: new URL(url), headers, text };
    for (let hops = 0; ; hops += 1) {
      const response = await execute(respond(incoming), incoming.url, hops > 0, signal);
      const next = nextHop(incoming, response, redirect, hops);
      if (next === undefined) return response;
      await response.body?.cancel();
      incoming = next;
    }
  };
}
