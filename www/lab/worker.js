// A run, away from the page's own thread, so that the load does not slow the picture.

import { dice } from "./chance.js";
import { serverOf } from "./server.js";
import { clientSide, loopSide } from "./sides.js";

/** Events go to the page in batches: a message each would be work of its own. */
const BATCH_MS = 20;
const SIDES = { client: clientSide, loop: loopSide };

addEventListener("message", ({ data: settings }) => run(settings), { once: true });

async function run(settings) {
  // The client's own dice: with the seed's it waits alike each time.
  Math.random = dice(settings.seed);
  const begun = performance.now();
  const at = () => performance.now() - begun;
  let batch = [];
  const flush = () => {
    if (batch.length > 0) postMessage({ events: batch });
    batch = [];
  };
  const timer = setInterval(flush, BATCH_MS);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), settings.ends * 1000);
  postMessage({ began: true });
  await Promise.all(
    Object.entries(SIDES).map(async ([side, sideOf]) => {
      const tell = (event) => batch.push({ side, at: at(), ...event });
      const call = sideOf(
        settings,
        serverOf(settings, at, tell),
        tell,
        (date) => date.getTime() - (performance.timeOrigin + begun),
      );
      await all(settings, call, tell, stop.signal);
      tell({ kind: "over" });
    }),
  );
  clearInterval(timer);
  flush();
  postMessage({ over: at() });
}

/** All calls, so many at once. */
async function all({ calls, together }, call, tell, signal) {
  let next = 0;
  const lane = async () => {
    while (next < calls) {
      const own = next;
      next += 1;
      if (signal.aborted) return;
      tell({ kind: "begun", call: own });
      const result = await call(own, signal).then(
        () => ({ ok: true }),
        (error) => ({ ok: false, error: error.name }),
      );
      // The end of the run is not the call's own failure.
      tell({ kind: "done", call: own, ...(signal.aborted && !result.ok ? { cut: true, ok: false } : result) });
    }
  };
  await Promise.all(Array.from({ length: Math.min(together, calls) }, lane));
}
