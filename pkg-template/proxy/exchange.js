/**
 * The time that one request may take: it ends when the caller disconnects, when `ms` have passed, or with `end()`.
 *
 * `until(promise)` settles as the promise does, and rejects as soon as the exchange is stopped, for a `fetch` that does not
 * listen to its signal. `reason` says what stopped it.
 */
export function startExchange(callerSignal, ms) {
  const controller = new AbortController();
  let reject;
  const stopped = new Promise((_, fail) => {
    reject = fail;
  });
  stopped.catch(() => {});

  const exchange = {
    signal: controller.signal,
    reason: undefined,
    until: (promise) => Promise.race([promise, stopped]),
    /** Releases the timer and the listener; a request to the API that is in flight continues. */
    end() {
      clearTimeout(timer);
      callerSignal?.removeEventListener("abort", disconnect);
    },
    /** Ends it, and aborts the request to the API. */
    stop(reason) {
      exchange.reason ??= reason;
      exchange.end();
      controller.abort();
      reject(new Error(`the exchange was stopped: ${reason}`));
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
