// The current instance of the module. If the module throws (a trap, a stack overflow, or a platform exception that
// passes through it), that instance is discarded, and the next call gets a new one.

import { platformClass } from "./environment.js";
import { isOpenProspectError } from "./errors.js";
import { clearTimer, endAll, setTimer } from "./in-flight.js";
import { createBindings } from "./openprospect.js";
import { useRedaction } from "./redact.js";

/** The reason for calls of a discarded instance, until the client adds the request that the call was at. */
export class Poisoned {
  cause = undefined;
}

/**
 * Only the client's own errors may leave an instance without discarding it. A value that throws when it is inspected is
 * not one.
 */
function isOurs(cause) {
  try {
    return isOpenProspectError(cause);
  } catch {
    return false;
  }
}

/** An instance of the module, with its own bindings. */
class Instance {
  #isPoisoned = false;
  // Created in advance: after a stack overflow there may be no room for another call.
  #poisoned = new Poisoned();
  #bindings;

  constructor(module) {
    // Callbacks of timers and promises have no caller to handle an error: the affected calls are rejected instead.
    const guard = (run) => {
      try {
        return this.enter(run);
      } catch {
        return undefined;
      }
    };
    const Registry = globalThis.FinalizationRegistry;
    this.#bindings = createBindings({
      guard,
      setTimeout: setTimer,
      clearTimeout: clearTimer,
      TextDecoder: platformClass("TextDecoder"),
      TextEncoder: platformClass("TextEncoder"),
      FinalizationRegistry:
        Registry &&
        class extends Registry {
          constructor(release) {
            super((held) => guard(() => release(held)));
          }
        },
    });
    this.#bindings.instantiate(module);
  }

  /** The client class; `undefined` once the instance is discarded. */
  get core() {
    return this.#isPoisoned ? undefined : this.#bindings.classes.OpenProspect;
  }

  /** Every class that the module exports, by its name. */
  get classes() {
    return this.#bindings.classes;
  }

  /** Calls a function that enters the instance, and returns its result. */
  enter(run) {
    if (!this.#isPoisoned) {
      try {
        return run();
      } catch (cause) {
        const isFirst = !this.#isPoisoned;
        if (isFirst) this.#poisoned.cause = cause;
        // Set before the cause is inspected, because the stack may have no room for that.
        this.#isPoisoned = true;
        if (isOurs(cause)) {
          this.#isPoisoned = !isFirst;
          throw cause;
        }
      }
    }
    this.end();
    throw this.#poisoned;
  }

  /** Rejects the calls that are in flight in this instance. */
  end() {
    if (current === this || current === undefined) endAll(this.#poisoned);
  }
}

let compiled;
let current;

/** Stores the module, and instantiates it. */
export function start(module) {
  current = new Instance(module);
  compiled = module;
  useRedaction((text, keys) => ask((Core) => Core.redacted(text, keys)));
}

export const isStarted = () => current !== undefined;

/** The client class of the current instance. */
export function core() {
  if (current.core === undefined) {
    current.end();
    current = new Instance(compiled);
  }
  return current.core;
}

/** The classes of the current instance. */
export const classes = () => current.classes;

/** Calls a function with the client class of the current instance, and returns its result. */
export function ask(question) {
  const Core = core();
  return enter(() => question(Core));
}

/** Calls a function that enters the current instance, and returns its result. */
export const enter = (run) => current.enter(run);

/** Frees objects of the current instance. Those of a discarded instance were dropped with it. */
export function release(objects) {
  const Core = current.core;
  if (Core === undefined || !(objects[0] instanceof Core)) return;
  try {
    enter(() => {
      objects[0].close();
      objects.forEach((object) => object.free());
    });
  } catch {}
}
