// The instance of the module that is in use. If the module throws (a trap, a full stack, an exception of the platform's that goes
// through it), that instance is discarded, and the next call gets a new one.

import { platformClass } from "./environment.js";
import { isOpenProspectError } from "./errors.js";
import { clearTimer, endAll, setTimer } from "./in-flight.js";
import { createBindings } from "./openprospect.js";
import { useRedaction } from "./redact.js";

/** Why a call ended whose instance was discarded, until it is known which request it was at. */
export class Poisoned {
  cause = undefined;
}

/** Only errors of ours are meant to leave an instance. A value that throws when it is asked is none. */
function isOurs(cause) {
  try {
    return isOpenProspectError(cause);
  } catch {
    return false;
  }
}

/** An instance, with bindings of its own. */
class Instance {
  #isPoisoned = false;
  // Created in advance: when the stack is full there is no room for another call.
  #poisoned = new Poisoned();
  #bindings;

  constructor(module) {
    // Callbacks of timers and promises have no caller who could handle an error: the calls that it concerns are rejected.
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
      FinalizationRegistry: Registry && class extends Registry {
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

  /** The result of a function that enters the instance. */
  enter(run) {
    if (!this.#isPoisoned) {
      try {
        return run();
      } catch (cause) {
        const isFirst = !this.#isPoisoned;
        if (isFirst) this.#poisoned.cause = cause;
        // Before the cause is examined, for which the stack may have no room.
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

  /** Ends the calls that are under way here. */
  end() {
    if (current === this || current === undefined) endAll(this.#poisoned);
  }
}

let compiled;
let current;

/** Takes the module, and instantiates it. */
export function start(module) {
  current = new Instance(module);
  compiled = module;
  useRedaction((text, keys) => ask((Core) => Core.redacted(text, keys)));
}

export const isStarted = () => current !== undefined;

/** The client class of the instance in use. */
export function core() {
  if (current.core === undefined) {
    current.end();
    current = new Instance(compiled);
  }
  return current.core;
}

/** The classes of the instance in use. */
export const classes = () => current.classes;

/** What the client class of the instance in use returns. */
export function ask(question) {
  const Core = core();
  return enter(() => question(Core));
}

/** The result of a function that enters the instance in use. */
export const enter = (run) => current.enter(run);

/** Frees objects of the instance in use. Those of a discarded one have gone with it. */
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
