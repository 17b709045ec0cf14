// The load in Node, in a process of its own, which goes by itself when nobody has anything to say to it any more.
// `node node.mjs BASE_URL SEED PACKAGE`

import { getEventListeners } from "node:events";
import { Session } from "node:inspector/promises";
import { makeLoad } from "./load.mjs";
import { look } from "./look.mjs";
import { watch } from "./watch.mjs";

const [baseUrl, seed, packageUrl] = process.argv.slice(2);
const watching = watch();
const load = makeLoad(await import(new URL("index.js", packageUrl)), { baseUrl, seed, watching });
for (const event of ["warning", "unhandledRejection", "uncaughtException"])
  process.on(event, (what) => load.problems.push(`${event}: ${what?.stack ?? what}`));
let isOver = false;
const engine = new Session();
engine.connect();

const turn = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** All but the channel to whoever started this, and what it takes to answer it. */
const handles = () => process.getActiveResourcesInfo().filter((name) => name !== "Immediate" && name !== "PipeWrap");

/**
 * Node keeps objects for connections that it had: more or fewer, as chance has it. It begins anew, so that what is counted is
 * what the package keeps. Whether connections are left is seen before.
 */
const DISPATCHER = Symbol.for("undici.globalDispatcher.1");
async function anew() {
  const { [DISPATCHER]: before } = globalThis;
  if (before === undefined) return;
  globalThis[DISPATCHER] = new before.constructor();
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
  async look() {
    await anew();
    return look((method, given) => engine.post(method, given), turn);
  },
  end() {
    isOver = true;
    load.end();
    engine.disconnect();
    return { problems: load.problems.splice(0), events: load.events };
  },
};
process.on("message", async ({ step, ...given }) => {
  process.send(await STEPS[step](given));
});
// Whoever started it is gone. After the end it has to go by itself, and has nothing more to do.
process.on("disconnect", () => {
  if (!isOver) process.exit(1);
});
process.send("ready");
