// What is under way in the instance of the module that is in use: promises of calls, requests and timers. It ends with the instance.

import { startTimer } from "./clock.js";
import { newController } from "./environment.js";

const deferreds = new Set();
const controllers = new Set();
const timers = new Set();

class Deferred {
  #settle;

  constructor() {
    this.promise = new Promise((resolve, reject) => { this.#settle = { resolve, reject }; });
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

/** The promise of a call. */
export const createDeferred = () => new Deferred();

/** The controller of a request. */
export function createController() {
  const controller = newController();
  controllers.add(controller);
  return controller;
}

/** The request has ended, or is to be aborted. */
export function endRequest(controller, isOver) {
  controllers.delete(controller);
  if (!isOver) controller.abort();
}

/** A timer, as `setTimeout` starts one. */
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
 * Edge platforms do not stop another request's timer, which then has nothing to do, and refuse to when no request is there: a client
 * may be collected then.
 */
export function clearTimer(timer) {
  timers.delete(timer);
  timer.run = undefined;
  try {
    clearTimeout(timer.id);
  } catch {}
}

/** Rejects all calls, aborts their requests and stops their timers, since the instance that would do it is discarded. */
export function endAll(reason) {
  for (const timer of timers) clearTimer(timer);
  for (const deferred of deferreds) {
    // The caller of a method that threw has no promise to handle.
    deferred.promise.catch(() => {});
    deferred.reject(reason);
  }
  for (const controller of controllers) endRequest(controller, false);
}
