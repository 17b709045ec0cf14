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
