// The load in a page, which is served by the server that it asks.

import { makeLoad } from "./load.mjs";
import { watch } from "./watch.mjs";

async function loaded() {
  const watching = watch();
  const seed = new URLSearchParams(location.search).get("seed");
  const load = makeLoad(await import("/pkg/index.js"), { baseUrl: location.origin, seed, watching });
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

globalThis.soak = loaded();
