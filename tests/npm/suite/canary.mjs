// The canary: collects every value that a client returns or prints, and searches them for API keys.

import { quietly, readings } from "./readings.mjs";
import { createSearch } from "./key-encodings.mjs";

const CONSOLE = ["log", "info", "warn", "error", "debug", "trace", "dir", "table", "group", "groupCollapsed", "assert"];

/**
 * `keys` are searched for in addition to those passed to clients; `own` returns readings that only this environment
 * has.
 *
 * @param {{ keys?: string[], own?: (value: any) => Iterable<string> }} [options]
 */
export function createCanary({ keys = [], own } = {}) {
  /** @type {Set<string>} */
  const known = new Set();
  /** @type {[what: string, value: any][]} */
  let collected = [];
  /** @type {WeakRef<any>[]} */
  let clients = [];
  /** @type {((text: string) => string | undefined) | undefined} */
  let find;

  const collect = (what, value) => collected.push([what, value]);
  /** Learns a key as the client would send it. A text that no header can have is not a key. */
  function learn(value) {
    const key = typeof value === "string" ? value.trim().replace(/^Bearer /i, "") : "";
    if (!/^[!-~]+$/.test(key) || known.has(key)) return;
    known.add(key);
    find = undefined;
  }
  keys.forEach(learn);

  return {
    collect,
    learn,
    /**
     * Collects from now on the errors, events, results and clients of a copy of the package. Returns the copy with a
     * wrapped client class.
     */
    watch(copy) {
      watchErrors(copy.OpenProspectError.prototype, (error) => collect("an error", error));
      const OpenProspect = watched(copy.OpenProspect, {
        learn,
        onEvent: (args) => collect(`an event ${args[0]?.type ?? ""}`, args),
        onClient: (client) => clients.push(new WeakRef(client)),
        onResult: (result) => collect("an answer", textOf(result)),
      });
      return { ...copy, OpenProspect };
    },
    /** Collects everything printed to the console. Returns a function that stops it. */
    listen(console) {
      const methods = CONSOLE.filter((name) => typeof console[name] === "function").map((name) => [
        name,
        console[name],
      ]);
      for (const [name, method] of methods) {
        console[name] = function printed(...args) {
          collect(`console.${name}`, args);
          return Reflect.apply(method, this, args);
        };
      }
      return () =>
        methods.forEach(([name, method]) => {
          console[name] = method;
        });
    },
    /** Searches the values collected since the last search. */
    search() {
      for (const [index, client] of clients.entries())
        if (client.deref()) collect(`client ${index + 1}`, client.deref());
      const pairs = collected;
      collected = [];
      clients = [];
      return searchIn(pairs);
    },
    searchIn,
  };

  /**
   * Searches pairs of a name and a value. Returns the number of values and texts, and the places with a key.
   *
   * @param {[what: string, value: any][]} pairs
   */
  function searchIn(pairs) {
    find ??= createSearch(known);
    let texts = 0;
    /** @type {string[]} */
    const finds = [];
    for (const [name, value] of pairs) {
      const read = new Set();
      for (const text of readings(value, own)) {
        if (text === "" || read.has(text)) continue;
        read.add(text);
        texts += 1;
        const found = find(text);
        if (found !== undefined) finds.push(`${name}: ${found}`);
      }
    }
    return { values: pairs.length, texts, finds };
  }
}

/**
 * The text of a result, made immediately, since the caller may change the result or release its memory. The word in
 * front prevents that the text is parsed again.
 */
function textOf(result) {
  const { headers } = result ?? {};
  const lines = typeof Headers === "function" && headers instanceof Headers ? [...headers] : [];
  return quietly(() => `answer ${JSON.stringify([result, lines])}`) ?? "";
}

/** Reports every error of the package when its `kind` is set. */
function watchErrors(prototype, onError) {
  const before = Object.getOwnPropertyDescriptor(prototype, "kind")?.set;
  Object.defineProperty(prototype, "kind", {
    configurable: true,
    set(value) {
      if (before) Reflect.apply(before, this, [value]);
      else Object.defineProperty(this, "kind", { value, writable: true, enumerable: true, configurable: true });
      onError(this);
    },
  });
}

/** The same class, wrapped so that options, events, clients and results are reported. */
function watched(Client, { learn, onEvent, onClient, onResult }) {
  const traps = {
    construct(Class, args, Own) {
      learn(quietly(() => globalThis.process.env.OPENPROSPECT_API_KEY));
      try {
        const client = Reflect.construct(
          Class,
          args.length === 0 ? args : [watchedOptions(args[0], learn, onEvent), ...args.slice(1)],
          Own,
        );
        onClient(client);
        return client;
      } catch (error) {
        // The stack begins at the caller's line.
        Error.captureStackTrace?.(/** @type {Error} */ (error), traps.construct);
        throw error;
      }
    },
  };
  const Watched = new Proxy(Client, traps);
  Object.defineProperty(Client.prototype, "constructor", { value: Watched });

  const { send } = Client.prototype;
  Client.prototype.send = function sent(...args) {
    // Not caught: the caller handles a rejection.
    return Reflect.apply(send, this, args).then((value) => {
      onResult(value);
      return value;
    });
  };
  return Watched;
}

/** The options, with wrapped functions for the events and the API key. */
function watchedOptions(options, learn, report) {
  /** @type {Record<string, PropertyDescriptor>} */
  const own = quietly(() => Object.getOwnPropertyDescriptors(options)) ?? {};
  const { apiKey: { value: key } = {}, onEvent: { value: onEvent } = {} } = own;
  learn(key);
  /** @type {Record<string, Function>} */
  const wrapped = {};
  if (typeof onEvent === "function") {
    wrapped.onEvent = function reported(...args) {
      report(args);
      return Reflect.apply(onEvent, this, args);
    };
  }
  if (typeof key === "function") {
    wrapped.apiKey = function provided() {
      const result = Reflect.apply(key, this, []);
      if (result instanceof Promise) result.then(learn, () => {});
      else learn(result);
      return result;
    };
  }
  const names = Object.keys(wrapped);
  if (names.length === 0) return options;
  for (const name of names) own[name] = { ...own[name], value: wrapped[name] };
  return Object.create(Object.getPrototypeOf(options), own);
}
