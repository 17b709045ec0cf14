// What is in flight in the current instance of the module, and ends with it: promises of calls, requests and timers.

import { startTimer } from "./clock.js";
import { newController } from "./environment.js";
import { attempt } from "./values.js";

/** @typedef {{ promise: Promise<unknown>, resolve: (value: any) => void, reject: (reason: any) => void }} Deferred */
/** @typedef {{ id: ReturnType<typeof setTimeout>, run?: () => void }} Timer */

/** @type {Set<Deferred>} */
const deferreds = new Set();
/** @type {Set<AbortController>} */
const controllers = new Set();
/** @type {Set<Timer>} */
const timers = new Set();

/** Creates the promise of a call. */
export function createDeferred() {
  const deferred = /** @type {Deferred} */ ({});
  /** @type {(settle: (value: any) => void) => (value: any) => void} */
  const ending = (settle) => (value) => {
    deferreds.delete(deferred);
    settle(value);
  };
  deferred.promise = new Promise((resolve, reject) => {
    deferred.resolve = ending(resolve);
    deferred.reject = ending(reject);
  });
  deferreds.add(deferred);
  return deferred;
}

/** Creates the controller of a request. */
export function createController() {
  const controller = newController();
  controllers.add(controller);
  return controller;
}

/** Aborts a request unless it is over. @param {AbortController} controller @param {boolean} isOver */
export function endRequest(controller, isOver) {
  controllers.delete(controller);
  if (!isOver) controller.abort();
}

/** Starts a timer, like `setTimeout`. @param {() => void} run @param {number} ms */
export function setTimer(run, ms) {
  const fire = () => {
    timers.delete(timer);
    timer.run?.();
  };
  /** @type {Timer} */
  const timer = { run, id: startTimer(fire, ms) };
  timers.add(timer);
  return timer;
}

/** Stops a timer. Edge platforms cannot clear the timer of another request, so its callback is removed as well. They
 * throw if there is no current request, as when a client is garbage collected. @param {Timer} timer */
export function clearTimer(timer) {
  timers.delete(timer);
  timer.run = undefined;
  attempt(() => clearTimeout(timer.id));
}

/** Rejects all calls, aborts their requests and clears their timers. @param {unknown} reason */
export function endAll(reason) {
  for (const timer of timers) clearTimer(timer);
  for (const deferred of deferreds) {
    // If the method threw, its caller has no promise to handle.
    deferred.promise.catch(() => {});
    deferred.reject(reason);
  }
  for (const controller of controllers) endRequest(controller, false);
}
