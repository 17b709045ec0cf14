/** @import { PassingStatus } from "../index.d.ts" */
/** @import { Item } from "./collection.js" */

/**
 * The state that follows each transient state.
 *
 * @type {Record<PassingStatus, string>}
 */
const NEXT = {
  RECEIVED: "ACCEPTED",
  ACCEPTED: "IN_PROGRESS",
  IN_PROGRESS: "COMPLETED",
  PENDING: "RUNNING",
  RUNNING: "SUCCEEDED",
};

/**
 * @param {string} status
 * @returns {status is PassingStatus}
 */
const isTransient = (status) => Object.hasOwn(NEXT, status);

/** The states that `setStatus` accepts, by kind. */
export const STATES = Object.freeze({
  orders: Object.freeze(["RECEIVED", "ACCEPTED", "IN_PROGRESS", "COMPLETED", "REJECTED", "FAILED", "CANCELLED"]),
  searchProfiles: Object.freeze(["PENDING", "RUNNING", "SUCCEEDED", "FAILED"]),
});

/** How long each state lasts, in milliseconds. The vendor documents no durations: these are the mock's own. */
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
 * @param {object} options
 * @param {() => number} options.now
 * @param {Readonly<Record<PassingStatus, number>>} options.durations
 * @param {(item: Item) => void} options.complete adds the fields that an item has in its state
 */
export function createLifecycle({ now, durations, complete }) {
  const epoch = now();
  /** @type {WeakMap<Item, number>} */
  const since = new WeakMap();

  /**
   * @param {Item} item
   * @param {string} status
   * @param {number} time
   */
  function put(item, status, time) {
    item.status = status;
    item.updated_at = new Date(time).toISOString();
    since.set(item, time);
  }

  return {
    /**
     * Starts the state of an item now; the states of initial items start with the mock.
     *
     * @param {Item} item
     */
    begin(item) {
      since.set(item, now());
    },
    /**
     * Advances an item to its present state.
     *
     * @param {Item} item
     */
    update(item) {
      let start = since.get(item) ?? epoch;
      while (isTransient(item.status) && now() - start >= durations[item.status]) {
        start += durations[item.status];
        put(item, NEXT[item.status], start);
      }
      complete(item);
      return item;
    },
    /**
     * Sets a state that an operator of the vendor decides on.
     *
     * @param {Item} item
     * @param {string} status
     * @param {string} [message]
     */
    set(item, status, message) {
      put(item, status, now());
      item.message = message;
    },
  };
}
