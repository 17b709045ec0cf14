import { dataWithoutKeys } from "./cause.js";
import { isOpenProspectError } from "./errors.js";
import { refused } from "./freed.js";
import { Broken, core, enter, release } from "./instance.js";
import { internal } from "./internal.js";
import { load } from "./load.js";
import { defineMethods } from "./methods.js";
import { defineNamespaces } from "./namespaces.js";
import { settingsOf } from "./settings.js";
import { tell } from "./tell.js";

/** What the module answers without a client. */
const QUESTIONS = ["operations", "follow", "conflictWait", "fingerprint"];

/** The client class of an entry, which says how its module is loaded; that happens with the first client. */
export function makeClient(start) {
  const ready = load(start, () => defineNamespaces(OpenProspect));

  class OpenProspect {
    #core;
    #make;
    #keys = () => [];
    #isFreed = false;
    #onEvent;
    #maxRetryAfterMs;

    constructor(options) {
      try {
        ready();
        const settings = settingsOf(options);
        // Closures, since consoles show what private fields hold.
        this.#make = (Core) => enter(() => new Core(settings));
        this.#keys = () => keysOf(settings);
        this.#onEvent = settings.onEvent;
        this.#maxRetryAfterMs = this.#current().maxRetryAfterMs;
      } catch (reason) {
        const error = failure(reason, this.#keys());
        Error.captureStackTrace?.(error, OpenProspect);
        throw error;
      }
    }

    /** This client in the instance in use: made once more when the one before broke. */
    #current() {
      const Core = core();
      if (!(this.#core instanceof Core)) this.#core = this.#make(Core);
      return this.#core;
    }

    /** The promise of what `ask` asks of the module. */
    #asked(ask, trace, method, path) {
      if (this.#isFreed) return refused(this.#asked);
      const told = (reason) => Promise.reject(failure(reason, this.#keys(), trace, method, path));
      try {
        const own = this.#current();
        // What a call ends with may be anything of the caller's.
        return enter(() => ask(own)).catch((reason) => (reason instanceof Broken ? told(reason) : Promise.reject(reason)));
      } catch (reason) {
        return told(reason);
      }
    }

    /** Makes a call. */
    send(call, trace) {
      const [, , method, path] = call;
      return this.#asked((own) => own.send(...call, trace), trace, method, path);
    }

    /** The rejection of a call whose arguments are wrong. */
    refuse(misuse, trace) {
      return this.#asked((own) => own.refuse(misuse, trace), trace);
    }

    /** The milliseconds until the next look at a job. */
    nextLook(...job) {
      // Not of this client's own: it may be freed while its last look is under way.
      return ask(() => core().nextLook(...job, this.#maxRetryAfterMs), this.#keys());
    }

    /** Tells how far a request in parts is. */
    progress(method, path, sent, total) {
      if (!this.#isFreed) tell(this.#onEvent, { method, path: this.scrubbed(path), sent, total, type: "progress" });
    }

    /** Data for an error or an event, without the keys. */
    scrubbed(data) {
      return dataWithoutKeys(data, this.#keys());
    }

    free() {
      if (this.#isFreed) return;
      this.#isFreed = true;
      release(this.#core);
    }

    static {
      for (const name of QUESTIONS) this[name] = (...args) => ask(() => core()[name](...args), []);
      defineMethods(this);
      // Printed by consoles, and changed by minifiers.
      Object.defineProperty(this, "name", { __proto__: null, value: "OpenProspect", configurable: true });
      if (Symbol.dispose) this.prototype[Symbol.dispose] = this.prototype.free;
    }
  }

  function ask(question, keys) {
    try {
      ready();
      return enter(question);
    } catch (reason) {
      throw failure(reason, keys);
    }
  }
  return OpenProspect;
}

/** The keys that a client has used, and the one it was made with: no error may show them. */
const keysOf = ({ apiKey, usedKeys }) => (typeof apiKey === "string" && apiKey !== "" ? [apiKey, ...usedKeys] : [...usedKeys]);

/** The error for what the module threw, or what kept it from being entered: one of ours, or an instance that broke. */
function failure(reason, ...told) {
  return isOpenProspectError(reason) ? reason : internal(reason instanceof Broken ? reason.cause : reason, ...told);
}
