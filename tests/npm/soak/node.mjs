// The load in Node, in a separate process, which exits by itself after its channel is closed.
// `node node.mjs BASE_URL SEED PACKAGE`

import { getEventListeners } from "node:events";
import { Session } from "node:inspector/promises";
import { makeLoad } from "./load.mjs";
import { measureHeap } from "./heap.mjs";
import { watch } from "./watch.mjs";

const [baseUrl, seed, packageUrl] = process.argv.slice(2);
const watching = watch();
const load = makeLoad(await import(new URL("index.js", packageUrl).href), { baseUrl, seed, watching });
for (const event of ["warning", "unhandledRejection", "uncaughtException"])
  process.on(event, (reason) => load.problems.push(`${event}: ${reason?.stack ?? reason}`));
let isOver = false;
const engine = new Session();
engine.connect();

const nextTask = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Without the channel to the parent process, and the immediate of a reply. */
const handles = () => process.getActiveResourcesInfo().filter((name) => name !== "Immediate" && name !== "PipeWrap");

/**
 * Node's fetch keeps a varying number of objects for past connections. A new dispatcher releases them, so that the
 * objects of the package are counted. Open connections are counted before.
 */
const DISPATCHER = Symbol.for("undici.globalDispatcher.1");
async function replaceDispatcher() {
  const realm = /** @type {any} */ (globalThis);
  const { [DISPATCHER]: before } = realm;
  if (before === undefined) return;
  realm[DISPATCHER] = new before.constructor();
  await before.destroy();
}

const levels = () => {
  const { listeners, ...rest } = load.levels();
  return {
    ...rest,
    listeners: Math.max(listeners, getEventListeners(load.lasting, "abort").length),
    handles: handles().length,
  };
};

const STEPS = {
  round: ({ number, ms }) => load.round(number, ms),
  levels,
  async heap() {
    await replaceDispatcher();
    return measureHeap((method, params) => engine.post(method, params), nextTask);
  },
  end() {
    isOver = true;
    load.end();
    engine.disconnect();
    return { problems: load.problems.splice(0), events: load.events };
  },
};
process.on("message", async (/** @type {any} */ { step, ...params }) => {
  process.send?.(await STEPS[step](params));
});
// The parent process is gone. After the end the process must exit by itself, since nothing is left to do.
process.on("disconnect", () => {
  if (!isOver) process.exit(1);
});
process.send?.("ready");
