// Everything in flight in the current instance of the module: promises of calls, requests and timers. It ends with the
// instance.

import { startTimer } from "./clock.js";
import { newController } from "./environment.js";

const deferreds = new Set();
const controllers = new Set();
const timers = new Set();

class Deferred {
  #settle;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    deferreds.add(this);
  }

  resolve(value) {
    deferreds.delete(this);
    this.#settle.resolve(value);
  }

  reject(reason) {
    deferreds.delete(this);
    this.#settle.reject(reason);
  }
}

/** Creates the promise of a call. */
export const createDeferred = () => new Deferred();

/** Creates the controller of a request. */
export function createController() {
  const controller = newController();
  controllers.add(controller);
  return controller;
}

/** Releases the controller of a request that has ended, or aborts the request. */
export function endRequest(controller, isOver) {
  controllers.delete(controller);
  if (!isOver) controller.abort();
}

/** Starts a timer, like `setTimeout`. */
export function setTimer(run, ms) {
  const timer = { run };
  timer.id = startTimer(() => {
    timers.delete(timer);
    timer.run?.();
  }, ms);
  timers.add(timer);
  return timer;
}

/**
 * Stops a timer. Edge platforms cannot clear the timer of another request, so its callback is removed as well. They
 * throw if there is no current request, as when a client is garbage collected.
 */
export function clearTimer(timer) {
  timers.delete(timer);
  timer.run = undefined;
  try {
    clearTimeout(timer.id);
  } catch {}
}

/** Rejects all calls, aborts their requests and clears their timers: the instance, which would do so, is discarded. */
export function endAll(reason) {
  for (const timer of timers) clearTimer(timer);
  for (const deferred of deferreds) {
    // If the method threw, its caller has no promise to handle.
    deferred.promise.catch(() => {});
    deferred.reject(reason);
  }
  for (const controller of controllers) endRequest(controller, false);
}
