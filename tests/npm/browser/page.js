// Runs in the page: each function is called by name from the test, and gives plain data.

import * as copy from "/pkg/index.js";

const PATH = "/api/v1/orders";
const { isOpenProspectError, OpenProspect } = copy;

/** An error as plain data. */
async function outcome(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    const classes = Object.keys(copy).filter((name) => /^[A-Z]/.test(name) && error instanceof copy[name]);
    return { known: isOpenProspectError(error), classes, isError: error instanceof Error, text: String(error), ...error?.toJSON?.() };
  }
}

const make = (given) => new OpenProspect({ backoff: { baseMs: 40, maxMs: 100 }, ...given });

const steps = {
  list: (given) => outcome(make(given).orders.list({ limit: 2 })),
  get: (given) => outcome(make(given).get(PATH)),
  post: (given) => outcome(make(given).post(PATH, { body: { title: "ü" }, idempotencyKey: "k-1" })),

  async waits(given) {
    const { attempts } = await make(given).request("GET", PATH);
    return attempts.map(({ status, waitMs, waitReason }) => ({ status, waitMs, waitReason }));
  },

  async abort(given) {
    const controller = new AbortController();
    const reason = { why: "left" };
    const call = make(given).get(PATH, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 200);
    const began = performance.now();
    const [got, ended] = await call.catch((given) => [given, performance.now()]);
    return { same: got === reason, afterMs: ended - began };
  },

  make: (given) => outcome((async () => Boolean(make(given)))()),
};

globalThis.steps = steps;
