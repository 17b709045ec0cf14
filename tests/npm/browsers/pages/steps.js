// What the tests call by name: each step gives plain data.

import * as openprospect from "openprospect";
import { init } from "openprospect/slim";

const PATH = "/api/v1/orders";
const { isOpenProspectError, OpenProspect } = openprospect;

/** An error as plain data. */
async function outcome(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    return { known: isOpenProspectError(error), isError: error instanceof Error, ...error?.toJSON?.() };
  }
}

const make = (given) => new OpenProspect({ backoff: { baseMs: 40, maxMs: 100 }, ...given });

globalThis.steps = {
  make: (given) => outcome((async () => Boolean(make(given)))()),
  load: () => outcome(init("/node_modules/openprospect/openprospect.wasm").then(() => true)),
  list: (given) => outcome(make(given).orders.list({ limit: 2 })),
  get: (given) => outcome(make(given).get(PATH)),

  async waits(given) {
    const { attempts } = await make(given).request("GET", PATH);
    return attempts.map(({ status, waitMs, waitReason }) => (waitReason ? { status, waitMs, waitReason } : { status }));
  },

  /** Says in `isWaiting` when it begins to wait. */
  waiting(given) {
    const onEvent = ({ type }) => {
      globalThis.isWaiting ||= type === "retry";
    };
    return outcome(make({ ...given, onEvent }).get(PATH));
  },

  /** So many calls at once. */
  async many({ count, ...given }) {
    const client = make(given);
    const began = performance.now();
    const ends = await Promise.all(Array.from({ length: count }, () => outcome(client.get(PATH))));
    return { failed: ends.filter(({ value }) => !value), took: performance.now() - began };
  },

  async twice(given) {
    const client = make(given);
    return [await outcome(client.get(PATH)), await outcome(client.get(PATH))];
  },

  /** How long each of so many timers of 50 ms took. */
  async ticks(count) {
    const gaps = [];
    for (let n = 0; n < count; n += 1) {
      const began = performance.now();
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
      gaps.push(performance.now() - began);
    }
    return gaps;
  },

  async abort(given) {
    const controller = new AbortController();
    const reason = { why: "left" };
    const call = make(given).get(PATH, { signal: controller.signal });
    let began;
    setTimeout(() => {
      began = performance.now();
      controller.abort(reason);
    }, 200);
    const [got, ended] = await call.catch((thrown) => [thrown, performance.now()]);
    return { same: got === reason, afterMs: ended - began };
  },
};
