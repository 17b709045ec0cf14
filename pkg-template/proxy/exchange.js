/** @typedef {"disconnected" | "timed out" | "failed" | "done"} StopReason */
/** @typedef {ReturnType<typeof startExchange>} Exchange */

/**
 * The lifetime of one request to the API: it ends when the caller disconnects, when `ms` have passed, or with `end()`.
 *
 * @param {AbortSignal | undefined} callerSignal
 * @param {number} ms
 */
export function startExchange(callerSignal, ms) {
  const controller = new AbortController();
  /** @type {(error: Error) => void} */
  let rejectStopped = () => {};
  /** @type {Promise<never>} */
  const stopped = new Promise((_, reject) => {
    rejectStopped = reject;
  });
  stopped.catch(() => {});

  const exchange = {
    signal: controller.signal,
    /**
     * What stopped it.
     *
     * @type {StopReason | undefined}
     */
    reason: undefined,
    /**
     * Settles as the promise does, and rejects as soon as the exchange is stopped, for a `fetch` that ignores its
     * signal.
     *
     * @template T
     * @param {PromiseLike<T>} promise
     */
    until: (promise) => Promise.race([promise, stopped]),
    /** Releases the timer and the listener; a request to the API that is in flight continues. */
    end() {
      clearTimeout(timer);
      callerSignal?.removeEventListener("abort", disconnect);
    },
    /**
     * Ends it, and aborts the request to the API.
     *
     * @param {StopReason} reason
     */
    stop(reason) {
      exchange.reason ??= reason;
      exchange.end();
      controller.abort();
      rejectStopped(new Error(`the exchange was stopped: ${reason}`));
    },
  };
  const disconnect = () => exchange.stop("disconnected");
  const timer = setTimeout(() => exchange.stop("timed out"), ms);
  // In Node the timer must not keep the process running for a response that is not read.
  timer.unref?.();
  callerSignal?.addEventListener("abort", disconnect);
  if (callerSignal?.aborted) disconnect();
  return exchange;
}
