// Steps that the tests call by name; each returns plain data.

import * as openprospect from "openprospect";
import { init } from "openprospect/slim";

const PATH = "/api/v1/orders";
const { isOpenProspectError, OpenProspect } = openprospect;

/**
 * The value, or the error as plain data.
 *
 * @param {Promise<unknown>} promise
 */
async function resultOf(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    return { known: isOpenProspectError(error), isError: error instanceof Error, ...error?.toJSON?.() };
  }
}

/** @param {object} options of the client */
const clientOf = (options) => new OpenProspect({ backoff: { baseMs: 40, maxMs: 100 }, ...options });

globalThis.steps = {
  make: (options) => resultOf((async () => Boolean(clientOf(options)))()),
  load: () => resultOf(init("/node_modules/openprospect/openprospect.wasm").then(() => true)),
  list: (options) => resultOf(clientOf(options).orders.list({ limit: 2 })),
  get: (options) => resultOf(clientOf(options).get(PATH)),

  async waits(options) {
    const { attempts } = await clientOf(options).request("GET", PATH);
    return attempts.map(({ status, waitMs, waitReason }) => (waitReason ? { status, waitMs, waitReason } : { status }));
  },

  /** Sets `isWaiting` when the client starts to wait. */
  waiting(options) {
    const onEvent = ({ type }) => {
      globalThis.isWaiting ||= type === "retry";
    };
    return resultOf(clientOf({ ...options, onEvent }).get(PATH));
  },

  /** Concurrent calls. */
  async many({ count, ...options }) {
    const client = clientOf(options);
    const startedAt = performance.now();
    const results = await Promise.all(Array.from({ length: count }, () => resultOf(client.get(PATH))));
    return { failed: results.filter(({ value }) => !value), took: performance.now() - startedAt };
  },

  async twice(options) {
    const client = clientOf(options);
    return [await resultOf(client.get(PATH)), await resultOf(client.get(PATH))];
  },

  /** The durations of timers of 50 ms. */
  async ticks(count) {
    const gaps = [];
    for (let n = 0; n < count; n += 1) {
      const startedAt = performance.now();
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
      gaps.push(performance.now() - startedAt);
    }
    return gaps;
  },

  async abort(options) {
    const controller = new AbortController();
    const reason = { reason: "left" };
    const call = clientOf(options).get(PATH, { signal: controller.signal });
    let abortedAt;
    setTimeout(() => {
      abortedAt = performance.now();
      controller.abort(reason);
    }, 200);
    const [thrown, endedAt] = await call.then(
      () => [undefined, performance.now()],
      (error) => [error, performance.now()],
    );
    return { same: thrown === reason, afterMs: endedAt - abortedAt };
  },
};
