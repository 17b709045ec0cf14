// What the package holds of the platform while it works: timers, listeners, wasm memory, requests. Begins before it is loaded.

import { CALL_ID, callIdOf, FETCH_NUMBER } from "./random.mjs";

/** Puts counters around the platform's own functions, and gives what they count and the functions as they were. */
export function watch() {
  const { setTimeout, clearTimeout, setInterval, clearInterval, fetch } = globalThis;
  const timers = new Set();
  const memories = [];
  /** Requests of each call that is under way, and its kind. */
  const fetches = new Map();
  const kinds = new Map();
  const problems = [];

  globalThis.setTimeout = (then, ms, ...given) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      then(...given);
    }, ms);
    timers.add(timer);
    return timer;
  };
  globalThis.setInterval = (...given) => {
    const timer = setInterval(...given);
    timers.add(timer);
    return timer;
  };
  for (const [name, clear] of [
    ["clearTimeout", clearTimeout],
    ["clearInterval", clearInterval],
  ]) {
    globalThis[name] = (timer) => {
      timers.delete(timer);
      clear(timer);
    };
  }
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(Instance, given) {
      const instance = new Instance(...given);
      memories.push(...Object.values(instance.exports).filter((value) => value instanceof WebAssembly.Memory));
      return instance;
    },
  });
  globalThis.fetch = (url, init) => {
    const id = callIdOf(url, init.headers[CALL_ID]);
    if (!fetches.has(id)) problems.push(`a request of ${id}, which is not under way: ${init.method} ${url}`);
    const number = (fetches.get(id) ?? 0) + 1;
    fetches.set(id, number);
    return fetch(url, { ...init, headers: { ...init.headers, [FETCH_NUMBER]: String(number) } });
  };

  return {
    after: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
      }),
    /** Calls `then` later, and gives what takes that back. */
    later(ms, then) {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    begin(id, kind) {
      fetches.set(id, 0);
      kinds.set(id, kind);
    },
    /** How many requests the call has made. From now on it makes none. */
    end(id) {
      const number = fetches.get(id);
      fetches.delete(id);
      kinds.delete(id);
      return number;
    },
    underWay: () => [...fetches].map(([id, requests]) => ({ id, kind: kinds.get(id), requests })),
    problems,
    /** Node's own for connections that were open go on for a while, and hold nobody up; the package's would. */
    levels: () => ({
      timers: [...timers].filter((timer) => timer.hasRef?.() ?? true).length,
      wasm: memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
      modules: memories.length,
    }),
  };
}

/** A signal that counts who listens to it. */
export function countedSignal() {
  const { signal } = new AbortController();
  let listeners = 0;
  for (const [name, step] of [
    ["addEventListener", 1],
    ["removeEventListener", -1],
  ]) {
    const own = signal[name];
    signal[name] = (...given) => {
      listeners += step;
      return own.apply(signal, given);
    };
  }
  return { signal, listeners: () => listeners };
}
