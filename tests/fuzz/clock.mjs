// A fake clock: time advances only when every call waits for a timer.

const nextTask = setImmediate;

/** Replaces the clocks, timers and random numbers of the realm. */
export function makeClock({ monotonic, wall }) {
  const platform = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    now: Date.now,
    performance: performance.now,
    random: Math.random,
  };
  const timers = new Map();
  let [now, offset, last] = [monotonic, wall - monotonic, 0];
  const clock = {
    random: 0,
    get pending() {
      return timers.size;
    },
    /** Milliseconds since `begin()`. */
    get elapsed() {
      return now - monotonic;
    },
    begin() {
      [now, offset] = [monotonic, wall - monotonic];
    },
    pass(time) {
      now += time;
    },
    /** Advances the time until the promise is settled. */
    async settle(promise, maxSteps = 20_000) {
      /** @type {{ value?: any, error?: any } | undefined} */
      let result;
      promise.then(
        (value) => {
          result = { value };
        },
        (error) => {
          result = { error };
        },
      );
      for (let step = 0; step < maxSteps; step += 1) {
        await new Promise((resolve) => nextTask(resolve));
        if (result !== undefined) return result;
        const [number, next] = [...timers].reduce(
          (first, timer) => (timer[1].at < first[1].at ? timer : first),
          [0, { at: Infinity }],
        );
        if (number === 0) throw new Error("the promise is pending without a timer");
        timers.delete(number);
        now = Math.max(now, next.at);
        next.run();
      }
      throw new Error(`the promise is pending after ${maxSteps} steps`);
    },
    restore() {
      Object.assign(globalThis, { setTimeout: platform.setTimeout, clearTimeout: platform.clearTimeout });
      [Date.now, performance.now, Math.random] = [platform.now, platform.performance, platform.random];
    },
  };
  const setTimer = (run, ms = 0, ...args) => {
    last += 1;
    timers.set(last, { at: now + ms, run: () => run(...args) });
    return last;
  };
  globalThis.setTimeout = /** @type {any} */ (setTimer);
  globalThis.clearTimeout = (number) => {
    timers.delete(number);
  };
  performance.now = () => now;
  Date.now = () => now + offset;
  Math.random = () => clock.random;
  return clock;
}
