import { readFault } from "./fields.js";

/** @import { Fault, FaultFunction, FaultMatch, RecordedRequest } from "../index.d.ts" */

/**
 * @param {FaultMatch | undefined} match
 * @param {RecordedRequest} request
 */
function matches({ method, path } = {}, request) {
  if (method !== undefined && method.toUpperCase() !== request.method) return false;
  if (path === undefined) return true;
  // search() ignores the `lastIndex` of a global expression, which would skip every second request.
  return typeof path === "string" ? request.path.startsWith(path) : request.path.search(path) !== -1;
}

/** The queued faults, in the order in which they were added. */
export class FaultQueue {
  /** @type {{faultFor: FaultFunction, remaining: number | undefined}[]} */
  #entries = [];

  /** @param {ReadonlyArray<Fault | number | FaultFunction>} faults */
  add(faults) {
    // All faults are validated before any is queued, so that a rejected call does not change the queue.
    const entries = faults.map((one) => {
      if (typeof one === "function") return { faultFor: one, remaining: undefined };
      const fault = readFault(one);
      return { faultFor: () => fault, remaining: fault.times ?? 1 };
    });
    this.#entries.push(...entries);
  }

  clear() {
    this.#entries.length = 0;
  }

  /**
   * The first fault that matches this request. A function stays queued for the `times` of the first fault that it
   * returns.
   *
   * @param {RecordedRequest} request
   */
  take(request) {
    for (const entry of this.#entries) {
      const value = entry.faultFor(request);
      if (value === undefined || value === null) continue;
      const fault = readFault(value);
      if (!matches(fault.match, request)) continue;
      entry.remaining = (entry.remaining ?? fault.times ?? 1) - 1;
      if (entry.remaining <= 0) this.#entries.splice(this.#entries.indexOf(entry), 1);
      return fault;
    }
    return undefined;
  }
}
