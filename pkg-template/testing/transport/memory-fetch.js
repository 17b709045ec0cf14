import { broken } from "../faults/broken.js";
import { createResponse, readRequest, throwIfAborted } from "./environment.js";
import { planBody } from "./memory-body.js";
import { nextHop } from "../faults/redirect.js";

/** Waits for a number of milliseconds, or forever; an abort rejects with the signal's own reason. */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = ms === Infinity ? undefined : setTimeout(finish, ms);
    function finish() {
      signal?.removeEventListener("abort", leave);
      resolve();
    }
    function leave() {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal?.addEventListener("abort", leave, { once: true });
  });
}

async function patiently(ms, signal, record) {
  try {
    throwIfAborted(signal);
    await pause(ms, signal);
    // Something else may have aborted between the timer and this line.
    throwIfAborted(signal);
  } catch (reason) {
    record.aborted = true;
    throw reason;
  }
}

async function act({ plan, record }, url, redirected, signal) {
  const { status, headers, bytes, delayMs, ending } = plan;
  if (delayMs > 0) await patiently(delayMs, signal, record);
  if (ending?.at === "headers") {
    if (ending.kind === "stall") await patiently(Infinity, signal, record);
    throw broken("fetch failed");
  }
  record.status = status;
  return createResponse(bytes && planBody(bytes, ending, signal, record), {
    status,
    headers,
    url: url.href,
    redirected,
  });
}

function signalOf(input, init) {
  const signal = init?.signal === undefined ? input?.signal : init.signal;
  return signal ?? undefined;
}

/**
 * A fetch that never leaves memory.
 *
 * @param {(incoming: object) => {plan: object, record: object}} answer
 * @returns {typeof globalThis.fetch}
 */
export function memoryFetch(answer) {
  return async function fetch(input, init) {
    const signal = signalOf(input, init);
    throwIfAborted(signal);
    const { method, url, headers, text, redirect } = await readRequest(input, init);
    throwIfAborted(signal);
    let incoming = { method, url: new URL(url), headers, text };
    for (let hops = 0; ; hops += 1) {
      const response = await act(answer(incoming), incoming.url, hops > 0, signal);
      const next = nextHop(incoming, response, redirect, hops);
      if (next === undefined) return response;
      await response.body?.cancel();
      incoming = next;
    }
  };
}
