import { OpenProspect as Core } from "./openprospect.js";
import { refuseCalls } from "./freed.js";
import { load } from "./load.js";
import { defineMethods } from "./methods.js";
import { defineNamespaces } from "./namespaces.js";
import { settingsOf } from "./settings.js";
import { tell } from "./tell.js";

/** The client class of an entry, which says how its module is instantiated; that happens with the first client. */
export function makeClient(instantiate) {
  const ready = load(instantiate, () => defineNamespaces(OpenProspect));

  class OpenProspect extends Core {
    #isFreed = false;
    #onEvent;

    constructor(options) {
      ready();
      try {
        const settings = settingsOf(options);
        super(settings);
        this.#onEvent = settings.onEvent;
      } catch (error) {
        Error.captureStackTrace?.(error, OpenProspect);
        throw error;
      }
    }

    /** Tells how far a request in parts is. */
    progress(method, path, sent, total) {
      if (!this.#isFreed) tell(this.#onEvent, { method, path, sent, total, type: "progress" });
    }

    free() {
      if (this.#isFreed) return;
      this.#isFreed = true;
      refuseCalls(this);
      super.free();
    }

    static {
      defineMethods(this);
      // Printed by consoles, and changed by minifiers.
      Object.defineProperty(this, "name", { value: "OpenProspect", configurable: true });
      // The one of the core frees without refusing calls.
      if (Symbol.dispose) this.prototype[Symbol.dispose] = this.prototype.free;
    }
  }
  return OpenProspect;
}
