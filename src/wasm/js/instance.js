// The current instance of the module. If the module throws (a trap, a stack overflow, or a platform exception that
// passes through it), that instance is discarded, and the next call gets a new one.

import { platformClass } from "./environment.js";
import { isOpenProspectError } from "./errors.js";
import { clearTimer, endAll, setTimer } from "./in-flight.js";
import { createBindings } from "./openprospect.js";
import { useRedaction } from "./redact.js";
import { attempt } from "./values.js";

/** The reason for calls of a discarded instance, until the client adds the request that the call was at. */
export class Poisoned {
  /** @type {unknown} */
  cause;
}

/** An instance of the module, with its own bindings. */
class Instance {
  isPoisoned = false;
  // Created in advance: after a stack overflow there may be no room for another call.
  #poisoned = new Poisoned();

  /** @param {WebAssembly.Module} module */
  constructor(module) {
    // Callbacks of timers and promises have no caller to handle an error: the affected calls are rejected instead.
    const guard = (/** @type {() => unknown} */ run) => attempt(() => this.enter(run));
    /** @type {any} */
    const Registry = globalThis.FinalizationRegistry;
    const { classes, instantiate } = createBindings({
      guard,
      setTimeout: setTimer,
      clearTimeout: clearTimer,
      TextDecoder: platformClass("TextDecoder"),
      TextEncoder: platformClass("TextEncoder"),
      FinalizationRegistry:
        Registry &&
        class extends Registry {
          /** @param {(held: unknown) => void} release */
          constructor(release) {
            super((/** @type {unknown} */ held) => guard(() => release(held)));
          }
        },
    });
    instantiate(module);
    this.classes = classes;
  }

  /** Calls a function that enters the instance, and returns its result. @type {<T>(run: () => T) => T} */
  enter(run) {
    if (!this.isPoisoned) {
      try {
        return run();
      } catch (cause) {
        const isFirst = !this.isPoisoned;
        if (isFirst) this.#poisoned.cause = cause;
        // Set before the cause is inspected, because the stack may have no room for that.
        this.isPoisoned = true;
        // Only the client's own errors may leave an instance without discarding it.
        if (attempt(() => isOpenProspectError(cause))) {
          this.isPoisoned = !isFirst;
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

/** @type {WebAssembly.Module} */
let compiled;
/** Undefined until the module is started. @type {Instance} */
let current;

/** Stores the module, and instantiates it. @param {WebAssembly.Module} module */
export function start(module) {
  current = new Instance(module);
  compiled = module;
  useRedaction((text, keys) => withCore((Core) => Core.redacted(text, keys)));
}

export const isStarted = () => current !== undefined;
/** The classes of the current instance. */
export const classes = () => current.classes;
/** Calls a function that enters the current instance, and returns its result. @type {<T>(run: () => T) => T} */
export const enter = (run) => current.enter(run);

/** The client class of the current instance. */
export function core() {
  if (current.isPoisoned) {
    current.end();
    current = new Instance(compiled);
  }
  return current.classes.OpenProspect;
}

/** Calls a function with the client class of the current instance. @type {<T>(run: (Core: any) => T) => T} */
export function withCore(run) {
  const Core = core();
  return enter(() => run(Core));
}

/** Frees objects of the current instance. Those of a discarded instance were dropped with it. @param {any[]} objects */
export function release(objects) {
  if (current.isPoisoned || !(objects[0] instanceof current.classes.OpenProspect)) return;
  const freeAll = () => {
    objects[0].close();
    objects.forEach((object) => object.free());
  };
  attempt(() => enter(freeAll));
}
