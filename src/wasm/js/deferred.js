// The promises of calls that are under way in the instance of the module that is in use.

const pending = new Set();

class Deferred {
  #settle;

  constructor() {
    this.promise = new Promise((resolve, reject) => { this.#settle = { resolve, reject }; });
    pending.add(this);
  }

  resolve(value) {
    pending.delete(this);
    this.#settle.resolve(value);
  }

  reject(reason) {
    pending.delete(this);
    this.#settle.reject(reason);
  }
}

/** A promise that is also rejected by `rejectPending`. */
export const createDeferred = () => new Deferred();

/** Rejects the promises of all calls under way, since nothing else will settle them. */
export function rejectPending(reason) {
  for (const deferred of pending) {
    // The caller of a method that threw has no promise to handle.
    deferred.promise.catch(() => {});
    deferred.reject(reason);
  }
}
