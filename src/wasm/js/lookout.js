// Waits in a runtime that keeps requests apart.

import { after, nothing, parkAt, unlessStopped } from "./wait.js";

/**
 * Lets those who are parked look for themselves from time to time. Whoever wakes them may be another request, which must not touch
 * the timers of this one. What it tells comes later, and a request that has no timer until then is taken to hang: so one
 * follows the other until this request goes on.
 */
export function lookOften(ms) {
  parkAt((signal) => {
    let wake = nothing;
    let cancel = nothing;
    const promise = unlessStopped(signal, (resolve) => {
      wake = resolve;
      const look = () => {
        cancel = after(ms, look);
        resolve();
      };
      cancel = after(ms, look);
    });
    const stop = () => cancel();
    promise.then(stop, stop);
    return { promise, wake };
  });
}
