// A clock in virtual time for runs of many hours: its queue of events is a heap, and it also seeds `Math.random`.
// The clock of tests/npm/helpers searches all timers at each step, which takes too long with thousands of them.

/** @typedef {{ at: number, order: number, run: (() => void) | undefined }} Event `run` is undefined once canceled */

const START = Date.UTC(2026, 8, 21, 14, 13, 20);
/** `performance.now()` at the start. All times are whole milliseconds, so that sums are exact. */
const MONOTONIC_START = 172_800_000;
const HOUR = 3_600_000;
/** More than any scenario takes. */
const MAX_STEPS = 2_000_000;
/** Ticks of the event loop in which the program does all that it can without a timer. */
const TICKS = 2;

/** The platform's own, since each run replaces them. */
const { setTimeout, clearTimeout, setImmediate: next } = globalThis;
const { now } = Date;
const { random } = Math;

function restore() {
  Object.assign(globalThis, { setTimeout, clearTimeout });
  Date.now = now;
  Math.random = random;
  Reflect.deleteProperty(performance, "now");
}

async function idle() {
  for (let ticks = 0; ticks < TICKS; ticks += 1)
    await new Promise((resolve) => {
      next(resolve);
    });
}

/**
 * Random numbers in [0, 1) from a seed (mulberry32).
 *
 * @param {number} seed
 */
export function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Whether the first event is due before the second. Events at the same time keep the order in which they were added.
 *
 * @param {Event} a
 * @param {Event} b
 */
const isBefore = (a, b) => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap of events. */
export class EventQueue {
  /** @type {Event[]} */
  #heap = [];
  #added = 0;

  get size() {
    return this.#heap.length;
  }

  /**
   * @param {number} at
   * @param {() => void} run
   */
  add(at, run) {
    const event = { at, order: this.#added++, run };
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1);
    return event;
  }

  /** Removes the first event and returns it; `undefined` if there is none. */
  take() {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  /** @param {number} index */
  #rise(index) {
    const heap = this.#heap;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(heap[index], heap[parent])) return;
      [heap[index], heap[parent]] = [heap[parent], heap[index]];
      index = parent;
    }
  }

  /** @param {number} index */
  #sink(index) {
    const heap = this.#heap;
    for (let child = 2 * index + 1; child < heap.length; child = 2 * index + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child += 1;
      if (!isBefore(heap[child], heap[index])) return;
      [heap[index], heap[child]] = [heap[child], heap[index]];
      index = child;
    }
  }
}

export class Clock {
  /** Milliseconds since the start. */
  elapsed = 0;
  #queue = new EventQueue();
  /** @type {Set<unknown>} timers that have neither fired nor been cleared */
  #timers = new Set();

  /** The wall clock, in milliseconds since 1970. */
  get wall() {
    return START + this.elapsed;
  }

  /** The number of timers that are set. */
  get timers() {
    return this.#timers.size;
  }

  /**
   * Replaces the clocks and timers of the platform, and `Math.random`. Returns the function that restores them.
   *
   * @param {number} seed
   */
  install(seed) {
    Object.assign(globalThis, {
      /** @type {(run: () => void, ms?: number) => Event} */
      setTimeout: (run, ms = 0) => this.#set(run, ms),
      /** @type {(timer: any) => void} */
      clearTimeout: (timer) => this.#clear(timer),
    });
    Date.now = () => this.wall;
    Math.random = createRandom(seed);
    Object.defineProperty(performance, "now", { value: () => MONOTONIC_START + this.elapsed, configurable: true });
    return restore;
  }

  /**
   * As platforms do it: whole milliseconds, and 1 ms for a value out of range.
   *
   * @param {() => void} run
   * @param {number} ms
   */
  #set(run, ms) {
    const timer = this.schedule(ms >= 1 && ms <= 2 ** 31 - 1 ? Math.trunc(ms) : 1, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
    return timer;
  }

  /** @param {Event | undefined} timer possibly of an earlier clock, whose client was collected only now */
  #clear(timer) {
    if (timer !== undefined && this.#timers.delete(timer)) timer.run = undefined;
  }

  /**
   * Schedules a call in `ms` milliseconds.
   *
   * @param {number} ms
   * @param {() => void} run
   */
  schedule(ms, run) {
    return this.#queue.add(this.elapsed + ms, run);
  }

  /**
   * Resolves in `ms` milliseconds.
   *
   * @param {number} ms
   * @returns {Promise<void>}
   */
  sleep(ms) {
    return new Promise((resolve) => {
      this.schedule(ms, resolve);
    });
  }

  /**
   * Advances the time until a promise settles, at most by `maxMs`. Returns whether it settled.
   *
   * @param {Promise<unknown>} promise
   * @param {number} [maxMs]
   */
  async run(promise, maxMs = 72 * HOUR) {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    promise.then(settle, settle);
    const end = this.elapsed + maxMs;
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      await idle();
      if (isSettled) return true;
      let event = this.#queue.take();
      while (event !== undefined && event.run === undefined) event = this.#queue.take();
      if (event?.run === undefined || event.at > end) return false;
      this.elapsed = event.at;
      event.run();
    }
    return false;
  }
}
