// The canary: what a client hands out is collected, and searched for the keys that it was given.

import { quietly, readings } from "./readings.mjs";
import { createSearch } from "./spellings.mjs";

const CONSOLE = ["log", "info", "warn", "error", "debug", "trace", "dir", "table", "group", "groupCollapsed", "assert"];

/** `keys` are searched for beside those that clients are given; `own` gives readings that only this place has. */
export function createCanary({ keys = [], own } = {}) {
  const known = new Set();
  let collected = [];
  let clients = [];
  let find;

  const collect = (what, value) => collected.push([what, value]);
  /** What no header could carry is no key, though what is around one may have been given with it. */
  function learn(given) {
    const key = typeof given === "string" ? given.trim().replace(/^Bearer /i, "") : "";
    if (!/^[!-~]+$/.test(key) || known.has(key)) return;
    known.add(key);
    find = undefined;
  }
  keys.forEach(learn);

  return {
    collect,
    learn,
    /**
     * Collects what a copy of the package makes from now on: its errors, what it tells, and its clients themselves. Gives the copy
     * with the client class that is watched in its place.
     */
    watch(copy) {
      watchErrors(copy.OpenProspectError.prototype, (error) => collect("an error", error));
      const OpenProspect = watched(copy.OpenProspect, {
        learn,
        tell: (told) => collect(`an event ${told[0]?.type ?? ""}`, told),
        made: (client) => clients.push(new WeakRef(client)),
        answer: (answer) => collect("an answer", textOf(answer)),
      });
      return { ...copy, OpenProspect };
    },
    /** Collects what is said on the console. Gives what takes that back. */
    listen(console) {
      const plain = CONSOLE.filter((name) => typeof console[name] === "function").map((name) => [name, console[name]]);
      for (const [name, say] of plain) {
        console[name] = function said(...args) {
          collect(`console.${name}`, args);
          return Reflect.apply(say, this, args);
        };
      }
      return () =>
        plain.forEach(([name, say]) => {
          console[name] = say;
        });
    },
    /** Searches what came since the last time. */
    search() {
      for (const [index, client] of clients.entries())
        if (client.deref()) collect(`client ${index + 1}`, client.deref());
      const what = collected;
      collected = [];
      clients = [];
      return searchIn(what);
    },
    searchIn,
  };

  /** Searches pairs of a name and a value: how many texts were searched, and where a key is in them. */
  function searchIn(what) {
    find ??= createSearch(known);
    let texts = 0;
    const finds = [];
    for (const [name, value] of what) {
      const read = new Set();
      for (const text of readings(value, own)) {
        if (text === "" || read.has(text)) continue;
        read.add(text);
        texts += 1;
        const found = find(text);
        if (found !== undefined) finds.push(`${name}: ${found}`);
      }
    }
    return { values: what.length, texts, finds };
  }
}

/** The text of an answer, at once: it may be large, and is the caller's to change and to drop. The word in front keeps it from being parsed. */
function textOf(answer) {
  const { headers } = answer ?? {};
  const lines = typeof Headers === "function" && headers instanceof Headers ? [...headers] : [];
  return quietly(() => `answer ${JSON.stringify([answer, lines])}`) ?? "";
}

/** Every error of the package has a kind, and is seen when it is set. */
function watchErrors(prototype, made) {
  const before = Object.getOwnPropertyDescriptor(prototype, "kind")?.set;
  Object.defineProperty(prototype, "kind", {
    configurable: true,
    set(value) {
      if (before) Reflect.apply(before, this, [value]);
      else Object.defineProperty(this, "kind", { value, writable: true, enumerable: true, configurable: true });
      made(this);
    },
  });
}

/** The same class, but that it is seen what clients are made of and what they answer. */
function watched(Client, { learn, tell, made, answer }) {
  const traps = {
    construct(Class, args, Own) {
      learn(quietly(() => globalThis.process.env.OPENPROSPECT_API_KEY));
      try {
        const client = Reflect.construct(
          Class,
          args.length === 0 ? args : [overheard(args[0], learn, tell), ...args.slice(1)],
          Own,
        );
        made(client);
        return client;
      } catch (error) {
        // Its stack begins at the caller's line.
        Error.captureStackTrace?.(error, traps.construct);
        throw error;
      }
    },
  };
  const Watched = new Proxy(Client, traps);
  Object.defineProperty(Client.prototype, "constructor", { value: Watched });

  const { send } = Client.prototype;
  Client.prototype.send = function sent(...args) {
    // Not caught: what is rejected stays the caller's to handle.
    return Reflect.apply(send, this, args).then((value) => {
      answer(value);
      return value;
    });
  };
  return Watched;
}

/** The options, with functions in the place of those of the caller's that are told or tell something. */
function overheard(options, learn, tell) {
  const own = quietly(() => Object.getOwnPropertyDescriptors(options)) ?? {};
  const { apiKey: { value: key } = {}, onEvent: { value: onEvent } = {} } = own;
  learn(key);
  const inPlace = {};
  if (typeof onEvent === "function") {
    inPlace.onEvent = function told(...args) {
      tell(args);
      return Reflect.apply(onEvent, this, args);
    };
  }
  if (typeof key === "function") {
    inPlace.apiKey = function asked() {
      const answer = Reflect.apply(key, this, []);
      if (answer instanceof Promise) answer.then(learn, () => {});
      else learn(answer);
      return answer;
    };
  }
  const names = Object.keys(inPlace);
  if (names.length === 0) return options;
  for (const name of names) own[name] = { ...own[name], value: inPlace[name] };
  return Object.create(Object.getPrototypeOf(options), own);
}
