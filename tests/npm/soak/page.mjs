// The load in a page, which the server under load serves.

import { makeLoad } from "./load.mjs";
import { watch } from "./watch.mjs";

/** Served by the same server, and not resolved by the type checker. */
const PACKAGE_URL = /** @type {string} */ ("/pkg/index.js");

async function start() {
  const watching = watch();
  const seed = String(new URLSearchParams(location.search).get("seed"));
  const load = makeLoad(await import(PACKAGE_URL), { baseUrl: location.origin, seed, watching });
  addEventListener("unhandledrejection", ({ reason }) => load.problems.push(`unhandled: ${reason?.stack ?? reason}`));
  addEventListener("error", ({ message }) => load.problems.push(`thrown: ${message}`));
  return {
    round: ({ number, ms }) => load.round(number, ms),
    levels: load.levels,
    end() {
      load.end();
      return { problems: load.problems.splice(0), events: load.events };
    },
  };
}

Object.assign(globalThis, { soak: start() });
