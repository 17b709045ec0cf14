// Instruments the platform before the package is loaded: counts timers, listeners, wasm memory and requests.

import { CALL_ID, callIdOf, FETCH_NUMBER } from "./random.mjs";

/** Wraps functions of the platform with counters, and returns the counts and the original functions. */
export function watch() {
  const { setTimeout, clearTimeout, setInterval, clearInterval, fetch } = globalThis;
  const timers = new Set();
  /** @type {WebAssembly.Memory[]} */
  const memories = [];
  /** The number of requests of each call in flight, and its kind. */
  const fetches = new Map();
  const kinds = new Map();
  /** @type {string[]} */
  const problems = [];

  const timed = (run, ms, ...args) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run(...args);
    }, ms);
    timers.add(timer);
    return timer;
  };
  const repeated = (run, ms, ...args) => {
    const timer = setInterval(run, ms, ...args);
    timers.add(timer);
    return timer;
  };
  const cleared = (clear) => (timer) => {
    timers.delete(timer);
    clear(timer);
  };
  Object.assign(globalThis, {
    setTimeout: timed,
    setInterval: repeated,
    clearTimeout: cleared(clearTimeout),
    clearInterval: cleared(clearInterval),
  });
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(Instance, [module, imports]) {
      const instance = new Instance(module, imports);
      memories.push(...Object.values(instance.exports).filter((value) => value instanceof WebAssembly.Memory));
      return instance;
    },
  });
  globalThis.fetch = (url, /** @type {any} */ init) => {
    const id = callIdOf(url, init.headers[CALL_ID]);
    if (!fetches.has(id)) problems.push(`a request of ${id}, which is not in flight: ${init.method} ${url}`);
    const number = (fetches.get(id) ?? 0) + 1;
    fetches.set(id, number);
    return fetch(url, { ...init, headers: { ...init.headers, [FETCH_NUMBER]: String(number) } });
  };

  return {
    after: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
      }),
    /** Calls `run` later, and returns a function that cancels it. */
    later(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    begin(id, kind) {
      fetches.set(id, 0);
      kinds.set(id, kind);
    },
    /** Ends a call and returns the number of its requests. Any further request of it is a problem. */
    end(id) {
      const number = fetches.get(id);
      fetches.delete(id);
      kinds.delete(id);
      return number;
    },
    inFlight: () => [...fetches].map(([id, requests]) => ({ id, kind: kinds.get(id), requests })),
    problems,
    /**
     * Timers of Node itself for idle connections stay for a while, and are unreferenced; those of the package are not.
     */
    levels: () => ({
      timers: [...timers].filter((timer) => timer.hasRef?.() ?? true).length,
      wasm: memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
      modules: memories.length,
    }),
  };
}

/** A signal that counts its listeners. */
export function countedSignal() {
  const { signal } = new AbortController();
  let listeners = 0;
  for (const [name, step] of /** @type {const} */ ([
    ["addEventListener", 1],
    ["removeEventListener", -1],
  ])) {
    const own = /** @type {(...args: any[]) => void} */ (signal[name]);
    signal[name] = (...args) => {
      listeners += step;
      return own.apply(signal, args);
    };
  }
  return { signal, listeners: () => listeners };
}
