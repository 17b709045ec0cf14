import { readFault } from "./fault-fields.js";

function fits({ method, path } = {}, request) {
  if (method !== undefined && method.toUpperCase() !== request.method) return false;
  if (path === undefined) return true;
  // search() ignores the memory of a global expression, which would skip every second request.
  return typeof path === "string" ? request.path.startsWith(path) : request.path.search(path) !== -1;
}

/** The faults that wait for a request, first come first served. */
export class FaultQueue {
  #entries = [];

  /** @param {unknown[]} faults statuses, objects or functions */
  add(faults) {
    // All are checked before any is queued, so that a refused call leaves the queue as it was.
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

  /** The first fault that wants this request. A function lasts as often as `times` of its first fault says. */
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
