/** The state that follows each transient state. */
const NEXT = {
  RECEIVED: "ACCEPTED",
  ACCEPTED: "IN_PROGRESS",
  IN_PROGRESS: "COMPLETED",
  PENDING: "RUNNING",
  RUNNING: "SUCCEEDED",
};

/** The states that `setStatus` accepts, by kind. */
export const STATES = Object.freeze({
  orders: Object.freeze(["RECEIVED", "ACCEPTED", "IN_PROGRESS", "COMPLETED", "REJECTED", "FAILED", "CANCELLED"]),
  searchProfiles: Object.freeze(["PENDING", "RUNNING", "SUCCEEDED", "FAILED"]),
});

/** How long each state lasts, in milliseconds. The vendor names no durations: these are the mock's own. */
export const DURATIONS = Object.freeze({
  RECEIVED: 3_600_000,
  ACCEPTED: 60_000,
  IN_PROGRESS: 600_000,
  PENDING: 30_000,
  RUNNING: 120_000,
});

/**
 * Advances the states of items over time. An item is updated when it is read, so that no timer runs.
 *
 * @param {{now: () => number, durations: typeof DURATIONS, complete: (item: object) => void}} world
 *   `complete`: adds the fields that an item has in its state
 */
export function createLifecycle({ now, durations, complete }) {
  const epoch = now();
  const since = new WeakMap();

  function put(item, status, time) {
    item.status = status;
    item.updated_at = new Date(time).toISOString();
    since.set(item, time);
  }

  return {
    /** Starts the state of an item now; the states of initial items start with the mock. */
    begin(item) {
      since.set(item, now());
    },
    settle(item) {
      let start = since.get(item) ?? epoch;
      while (Object.hasOwn(NEXT, item.status) && now() - start >= durations[item.status]) {
        start += durations[item.status];
        put(item, NEXT[item.status], start);
      }
      complete(item);
      return item;
    },
    /** Sets the state that an operator of the vendor, or a test in their place, decides. */
    force(item, status, message) {
      put(item, status, now());
      item.message = message;
    },
  };
}
