import { readFault } from "./fields.js";

function fits({ method, path } = {}, request) {
  if (method !== undefined && method.toUpperCase() !== request.method) return false;
  if (path === undefined) return true;
  // search() ignores the `lastIndex` of a global expression, which would skip every second request.
  return typeof path === "string" ? request.path.startsWith(path) : request.path.search(path) !== -1;
}

/** The queued faults, in the order in which they were added. */
export class FaultQueue {
  #entries = [];

  /** @param {unknown[]} faults statuses, objects or functions */
  add(faults) {
    // All faults are validated before any is queued, so that a rejected call does not change the queue.
    const entries = faults.map((given) => {
      if (typeof given === "function") return { ask: given, left: undefined };
      const fault = readFault(given);
      return { ask: () => fault, left: fault.times ?? 1 };
    });
    this.#entries.push(...entries);
  }

  clear() {
    this.#entries.length = 0;
  }

  /**
   * The first fault that matches this request. A function stays queued for the `times` of the first fault that it
   * returns.
   */
  take(request) {
    for (const entry of this.#entries) {
      const given = entry.ask(request);
      if (given === undefined || given === null) continue;
      const fault = readFault(given);
      if (!fits(fault.match, request)) continue;
      entry.left = (entry.left ?? fault.times ?? 1) - 1;
      if (entry.left <= 0) this.#entries.splice(this.#entries.indexOf(entry), 1);
      return fault;
    }
    return undefined;
  }
}
