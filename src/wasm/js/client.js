// The client class that users see: it calls into the current instance of the module, with its own settings.

import { at, CallSite } from "./call-site.js";
import { createError } from "./create-error.js";
import { define, isOpenProspectError } from "./errors.js";
import { classes, core, enter, Poisoned, release, withCore } from "./instance.js";
import { createConfigurationError } from "./invalid-argument.js";
import { load } from "./load.js";
import { failing } from "./pages.js";
import { redacted, withoutKeys } from "./redact.js";
import { settingsOf, texts } from "./settings.js";
import { InvalidArgument } from "./values.js";

/** Members of the module's classes that are not part of the public API. */
const INTERNAL = new Set(["constructor", "free", "close", "nextPage"]);

/** The public methods of one of the module's classes. @param {object} prototype */
const methodsOf = (prototype) =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
    typeof value === "function" && !INTERNAL.has(name) && !name.startsWith("__") ? [name] : [],
  );

/** Creates the class of an entry point. @param {() => void} start loads the module for the first client */
export function makeClient(start) {
  return class OpenProspect {
    static #load = load(start, () => this.#defineMembers(classes()));
    /** @type {any} */
    #core;
    /** @type {Record<string, any>} */
    #namespaces = {};
    #create;
    #keys = () => /** @type {string[]} */ ([]);
    #isFreed = false;

    /** @param {unknown} options */
    constructor(options) {
      try {
        OpenProspect.#load();
        const settings = settingsOf(options);
        // Closures, because consoles print the values of private fields.
        this.#create = (/** @type {any} */ Core) => enter(() => new Core(settings));
        this.#keys = () => texts(settings.apiKey, ...settings.usedKeys);
        this.#current();
      } catch (reason) {
        const error = errorOf(reason, this.#keys());
        Error.captureStackTrace?.(error, OpenProspect);
        throw error;
      }
    }

    /** This client in the current instance; created again after the previous instance was discarded. */
    #current() {
      const Core = core();
      if (!(this.#core instanceof Core)) {
        this.#core = this.#create(Core);
        this.#namespaces = Object.create(null);
      }
      return this.#core;
    }

    /** Not called last in a method, because engines with tail calls would drop its frame. @param {Function} method */
    #createCallSite(method) {
      /** @type {CallSite} */
      const callSite = new CallSite(method, (run) => this.#invoke(run, callSite));
      return callSite;
    }

    /** Returns a promise, or an iterator.
     * @param {(core: any, namespaces: Record<string, any>) => any} run @param {CallSite} callSite */
    #invoke(run, callSite, isIterator = false) {
      const rejected = (/** @type {unknown} */ reason) => {
        const error = errorOf(reason, this.#keys(), callSite);
        return isIterator ? failing(error) : Promise.reject(error);
      };
      try {
        if (this.#isFreed) throw withCore((Core) => Core.afterFree(callSite));
        const own = this.#current();
        const result = enter(() => at(callSite, () => run(own, this.#namespaces)));
        // The reason of a rejection may be any value that the caller's code throws.
        const rejectedAgain = (/** @type {unknown} */ reason) =>
          reason instanceof Poisoned ? rejected(reason) : Promise.reject(reason);
        return result.catch?.(rejectedAgain) ?? result;
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
      // Consoles print the name, and minifiers change it.
      define(this, "name", { value: "OpenProspect" });
      if (Symbol.dispose) Object.assign(this.prototype, { [Symbol.dispose]: this.prototype.free });
    }

    /** Adds the methods and namespaces that the module exports to the class. @param {Record<string, any>} classes */
    static #defineMembers({ OpenProspect: { prototype }, ...namespaces }) {
      for (const name of methodsOf(prototype)) {
        /** @this {OpenProspect} @param {any[]} args */
        const method = function (...args) {
          const callSite = this.#createCallSite(method);
          return this.#invoke((own) => own[name](...args), callSite);
        };
        define(method, "name", { value: name });
        define(this.prototype, name, { writable: true, value: method });
      }
      for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
        if (get === undefined) continue;
        const methods = methodsOf(namespaces[`${name[0].toUpperCase()}${name.slice(1)}Namespace`].prototype);
        define(this.prototype, name, {
          /** Creates the namespace on first use, and keeps it on the client. @this {OpenProspect} */
          get() {
            const value = this.#createNamespace(name, methods);
            define(this, name, { configurable: false, value });
            return value;
          },
        });
      }
    }

    /** A namespace of this client, such as `client.orders`. @param {string} namespace @param {string[]} names */
    #createNamespace(namespace, names) {
      /** @type {Record<string, Function>} */
      const methods = {};
      for (const name of names) {
        // Methods that iterate over the pages of a list begin with this word.
        const isIterator = name.startsWith("all");
        /** @type {(...args: any[]) => any} */
        const method = (...args) => {
          const callSite = this.#createCallSite(method);
          return this.#invoke((own, all) => (all[namespace] ??= own[namespace])[name](...args), callSite, isIterator);
        };
        methods[name] = method;
      }
      return methods;
    }
  };
}

/** @param {unknown} reason @param {string[]} keys @param {CallSite} [callSite] @returns {any} */
function errorOf(reason, keys, callSite) {
  if (reason instanceof InvalidArgument) return createConfigurationError(reason, keys, callSite);
  if (isOpenProspectError(reason)) return reason;
  return createInternalError(reason instanceof Poisoned ? reason.cause : reason, keys, callSite);
}

/** @param {unknown} thrown @param {string[]} keys @param {CallSite} [callSite] */
function createInternalError(thrown, keys, callSite) {
  const cause = withoutKeys(thrown, keys);
  const { method, path } = callSite?.request ?? { method: "", path: "" };
  const request = path && {
    method,
    path: redacted(path.split("?", 1)[0], keys),
    mayHaveBeenApplied: !/^(?:GET|HEAD|OPTIONS)$/.test(method),
  };
  const description = `the client itself failed: ${cause?.message ?? cause}`;
  const message = request ? `${request.method} ${request.path} → ${description}` : description;
  const resolution =
    "Make the call again if it may be done twice; it has a new instance of the module. Please report the cause.";
  const record = { kind: "internal", code: "INTERNAL", message, resolution, retryable: true };
  return createError(Object.assign(record, request), cause, callSite);
}
