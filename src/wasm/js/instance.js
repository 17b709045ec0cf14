// The instance of the module that is in use. A trap, a full stack or an exception of the platform's that goes through the module
// leaves it in the midst of something: it is never entered again, and the next call has a new one.

import { startTimer } from "./clock.js";
import { platformClass } from "./environment.js";
import { isOpenProspectError } from "./errors.js";
import { createBindings } from "./openprospect.js";

/** What a call ends with whose instance broke, until somebody knows which request it was. */
export class Broken {
  cause = undefined;
}

/** Only errors of ours are meant to leave an instance. What throws when it is asked is none. */
function isOurs(cause) {
  try {
    return isOpenProspectError(cause);
  } catch {
    return false;
  }
}

/** An instance, with bindings of its own. */
class Instance {
  #isBroken = false;
  // Made in advance: when the stack is full there is no room for another call.
  #broken = new Broken();
  #waiting = new Set();
  #bindings;

  constructor(module) {
    // Those who are called back without anybody to be told: the calls that a failure concerns are told when they go on.
    const unheard = (run) => {
      try {
        this.enter(run);
      } catch {}
    };
    const Registry = globalThis.FinalizationRegistry;
    this.#bindings = createBindings({
      setTimeout(run, ms) {
        const timer = { run };
        timer.id = startTimer(() => timer.run && unheard(timer.run), ms);
        return timer;
      },
      // Edge platforms do not stop another request's timer, which then has nothing to do, and refuse to when no request is there:
      // a client may be collected then.
      clearTimeout(timer) {
        timer.run = undefined;
        try {
          clearTimeout(timer.id);
        } catch {}
      },
      TextDecoder: platformClass("TextDecoder"),
      TextEncoder: platformClass("TextEncoder"),
      FinalizationRegistry: Registry && class extends Registry {
        constructor(release) {
          super((held) => unheard(() => release(held)));
        }
      },
    });
    this.#bindings.instantiate(module);
  }

  /** The client class; none when the instance broke. */
  get core() {
    return this.#isBroken ? undefined : this.#bindings.OpenProspect;
  }

  /** What comes of a function that enters the instance. */
  enter(run) {
    if (!this.#isBroken) {
      try {
        return run();
      } catch (cause) {
        const isFirst = !this.#isBroken;
        if (isFirst) this.#broken.cause = cause;
        // Before it is asked what it is, for which the stack may have no room.
        this.#isBroken = true;
        if (isOurs(cause)) {
          this.#isBroken = !isFirst;
          throw cause;
        }
      }
    }
    this.wakeAll();
    throw this.#broken;
  }

  /** Calls `wake` if the instance breaks; gives what takes that back. */
  untilBroken(wake) {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  /** Wakes those who wait for their turn, since nobody else will. */
  wakeAll() {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

let compiled;
let current;

/** Takes the module, and instantiates it. */
export function start(module) {
  current = new Instance(module);
  compiled = module;
}

export const isStarted = () => current !== undefined;

/** The client class of the instance in use. */
export function core() {
  if (current.core === undefined) {
    current.wakeAll();
    current = new Instance(compiled);
  }
  return current.core;
}

/** What comes of a function that enters the instance in use. */
export const enter = (run) => current.enter(run);

/** Frees what was made in the instance in use. What was made in one that broke, or breaks by it, has gone with it. */
export function release(own) {
  const Core = current.core;
  if (Core === undefined || !(own instanceof Core)) return;
  try {
    enter(() => own.free());
  } catch {}
}

/** A function that enters the instance which is in use now. */
export function guarded(run) {
  const own = current;
  return (...args) => own.enter(() => run(...args));
}

/** Calls `wake` if the instance in use breaks; gives what takes that back. */
export const untilBroken = (wake) => current.untilBroken(wake);
