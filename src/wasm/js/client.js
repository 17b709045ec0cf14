// The client class that users see: it calls into the current instance of the module, with the settings that it was
// created with.

import { at, CallSite } from "./call-site.js";
import { createError, isOpenProspectError } from "./errors.js";
import { ask, classes, core, enter, Poisoned, release } from "./instance.js";
import { createConfigurationError } from "./invalid-argument.js";
import { load } from "./load.js";
import { failing } from "./pages.js";
import { redacted, withoutKeys } from "./redact.js";
import { settingsOf } from "./settings.js";
import { InvalidArgument } from "./values.js";

/** Members of the module's classes that are not part of the public API. */
const INTERNAL = new Set(["constructor", "free", "close", "nextPage"]);

/** The public methods of one of the module's classes. */
const methodsOf = (prototype) =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
    typeof value === "function" && !INTERNAL.has(name) && !name.startsWith("__") ? [name] : [],
  );

/** Creates the client class of an entry point. `start` loads the module, when the first client is created. */
export function makeClient(start) {
  const ready = load(start, () => defineMembers(classes()));
  let invoke;
  // Created in the stack frame of the method, which engines with tail calls drop at its last call.
  const createCallSite = (client, method) => {
    const callSite = new CallSite(method, (run) => invoke(client, run, callSite));
    return callSite;
  };

  class OpenProspect {
    #core;
    #namespaces;
    #make;
    #keys = () => [];
    #isFreed = false;

    constructor(options) {
      try {
        ready();
        const settings = settingsOf(options);
        // Closures, because consoles print the values of private fields.
        this.#make = (Core) => enter(() => new Core(settings));
        this.#keys = () => keysOf(settings);
        this.#current();
      } catch (reason) {
        const error = failure(reason, this.#keys());
        Error.captureStackTrace?.(error, OpenProspect);
        throw error;
      }
    }

    /** This client in the current instance; created again after the previous instance was discarded. */
    #current() {
      const Core = core();
      if (!(this.#core instanceof Core)) {
        this.#core = this.#make(Core);
        this.#namespaces = { __proto__: null };
      }
      return this.#core;
    }

    /** Calls a function with this client in the current instance, and returns its promise or iterator. */
    #invoke(run, callSite, isIterator = false) {
      const rejected = (reason) => {
        const error = failure(reason, this.#keys(), callSite);
        return isIterator ? failing(error) : Promise.reject(error);
      };
      try {
        if (this.#isFreed) return rejected(ask((Core) => Core.afterFree(callSite)));
        const own = this.#current();
        const result = enter(() => at(callSite, () => run(own, this.#namespaces)));
        // The reason of a rejection may be any value that the caller's code throws.
        return (
          result.catch?.((reason) => (reason instanceof Poisoned ? rejected(reason) : Promise.reject(reason))) ?? result
        );
      } catch (reason) {
        return rejected(reason);
      }
    }

    free() {
      if (this.#isFreed) return;
      this.#isFreed = true;
      release([this.#core, ...Object.values(this.#namespaces)]);
    }

    static {
      invoke = (client, ...invocation) => client.#invoke(...invocation);
      // Consoles print the name, and minifiers change it.
      Object.defineProperty(this, "name", { __proto__: null, value: "OpenProspect", configurable: true });
      if (Symbol.dispose) this.prototype[Symbol.dispose] = this.prototype.free;
    }
  }

  /** Adds the methods and namespaces that the module exports to the class. */
  function defineMembers({ OpenProspect: { prototype }, ...namespaces }) {
    const define = (name, descriptor) =>
      Object.defineProperty(OpenProspect.prototype, name, { __proto__: null, configurable: true, ...descriptor });
    for (const name of methodsOf(prototype)) {
      const method = named(name, function (...args) {
        const callSite = createCallSite(this, method);
        return invoke(this, (own) => own[name](...args), callSite);
      });
      define(name, { writable: true, value: method });
    }
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (get === undefined) continue;
      const methods = methodsOf(namespaces[`${name[0].toUpperCase()}${name.slice(1)}Namespace`].prototype);
      define(name, {
        get() {
          const value = createNamespace(this, name, methods);
          Object.defineProperty(this, name, { __proto__: null, value });
          return value;
        },
      });
    }
  }

  /** A namespace of a client, such as `client.orders`. It is created on first use, and kept on the client. */
  function createNamespace(client, namespace, names) {
    const methods = {};
    for (const name of names) {
      // Methods that iterate over the pages of a list begin with this word.
      const isIterator = name.startsWith("all");
      const find = (own, namespaces) => (namespaces[namespace] ??= own[namespace]);
      const method = (...args) => {
        const callSite = createCallSite(client, method);
        return invoke(client, (own, namespaces) => find(own, namespaces)[name](...args), callSite, isIterator);
      };
      methods[name] = method;
    }
    return methods;
  }
  return OpenProspect;
}

const named = (name, method) =>
  Object.defineProperty(method, "name", { __proto__: null, value: name, configurable: true });

/** The keys that a client has used, and the one it was created with: no error may contain them. */
const keysOf = ({ apiKey, usedKeys }) =>
  typeof apiKey === "string" && apiKey !== "" ? [apiKey, ...usedKeys] : [...usedKeys];

/** The error for a value thrown while entering the module, or for a discarded instance. */
function failure(reason, keys, callSite) {
  if (reason instanceof InvalidArgument) return createConfigurationError(reason, keys, callSite);
  return isOpenProspectError(reason)
    ? reason
    : createInternalError(reason instanceof Poisoned ? reason.cause : reason, keys, callSite);
}

const RESOLUTION =
  "Make the call again if it may be done twice; it has a new instance of the module. Please report the cause.";

function createInternalError(thrown, keys, callSite) {
  const cause = withoutKeys(thrown, keys);
  const { method, path } = callSite ?? {};
  const request = path && {
    method,
    path: redacted(path.split("?", 1)[0], keys),
    mayHaveBeenApplied: !/^(?:GET|HEAD|OPTIONS)$/.test(method),
  };
  const description = `the client itself failed: ${cause?.message ?? cause}`;
  const message = request ? `${request.method} ${request.path} → ${description}` : description;
  return createError(
    { kind: "internal", code: "INTERNAL", message, resolution: RESOLUTION, retryable: true, ...request },
    cause,
    callSite,
  );
}
