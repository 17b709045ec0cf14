// Waits: for a time, for a promise, and for the caller's wish to stop either.

import { monotonic, startTimer } from "./clock.js";
import { untilBroken } from "./instance.js";

/** What a timer holds: more wraps around and fires at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Many calls may share one signal. It gets one listener however many they are: runtimes warn of a leak when a signal has
 * more than a few.
 */
const listeners = new WeakMap();

/** Calls `then` once the signal is aborted; gives what takes that back. No signal is never aborted. */
export function onAbort(signal, then) {
  if (signal === undefined) return nothing;
  let listener = listeners.get(signal);
  if (listener === undefined) {
    const waiting = new Set();
    listener = { waiting, call: () => waiting.forEach((then) => then()) };
    listeners.set(signal, listener);
    quietly(() => signal.addEventListener("abort", listener.call));
  }
  // A function of its own: the same one may be given twice.
  const own = () => then();
  listener.waiting.add(own);
  return () => {
    listener.waiting.delete(own);
    if (listener.waiting.size > 0) return;
    quietly(() => signal.removeEventListener("abort", listener.call));
    listeners.delete(signal);
  };
}

export function nothing() {}

/** A signal may be the caller's own class: what its methods throw must not end the program. */
function quietly(run) {
  try {
    run();
  } catch {}
}

/** Why a signal was aborted: its own reason, or an `AbortError` where a polyfill has none. */
export function reasonOf(signal) {
  try {
    return signal.reason === undefined ? createAbortError("This operation was aborted") : signal.reason;
  } catch (error) {
    return error;
  }
}

function createAbortError(message) {
  if (typeof DOMException === "function") return new DOMException(message, "AbortError");
  const error = new Error(message);
  error.name = "AbortError";
  return error;
}

/**
 * Calls `then` when so many milliseconds have passed by the clock: timers hold whole ones. `then` is told how late it is. Gives what takes it back.
 */
export function after(ms, then) {
  const until = monotonic() + ms;
  let id;
  const look = () => {
    const rest = until - monotonic();
    if (rest > 0) arm(rest);
    else then(-rest);
  };
  const arm = (rest) => {
    id = startTimer(look, Math.min(Math.ceil(rest), LONGEST));
  };
  arm(ms);
  return () => clearTimeout(id);
}

/** A promise that is fulfilled after a time, and rejected with the signal's reason should that come first. */
export function pause(ms, signal) {
  return unlessStopped(signal, (resolve) => after(ms, () => resolve()));
}

/** What comes of `ask`, unless the signal comes first: then it is not asked any more, and nobody hears of it if it was. */
export async function answer(ask, signal) {
  if (signal?.aborted) throw reasonOf(signal);
  const promise = Promise.resolve(ask());
  // It may stop itself in the asking, before anybody listens to it.
  promise.catch(nothing);
  return unlessStopped(signal, (resolve, reject) => void promise.then(resolve, reject));
}

/** How a place to wait in is made, and how late the timer of an attempt may be: a minute in a tab that nobody sees. */
let [make, late] = [untilWoken, 60_000];

/** Takes other places to wait in, and timers for exact. */
export function parkAt(own) {
  [make, late] = [own, 0];
}

/** A place to wait in: `wake` ends the wait, and so does the signal, with its reason. */
export const park = (signal) => make(signal);

export const lateness = () => late;

function untilWoken(signal) {
  let wake = nothing;
  const promise = unlessStopped(signal, (resolve) => {
    const forget = untilBroken(resolve);
    // In this order, in which nobody is forgotten who is not woken, also where the stack ends.
    wake = () => {
      resolve();
      forget();
    };
    return forget;
  });
  return { promise, wake };
}

/** `start` may give what is to be done when the signal comes first. */
export function unlessStopped(signal, start) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const off = onAbort(signal, () => {
      off();
      cancel?.();
      reject(reasonOf(signal));
    });
    const cancel = start(
      (value) => {
        resolve(value);
        off();
      },
      (reason) => {
        reject(reason);
        off();
      },
    );
  });
}
