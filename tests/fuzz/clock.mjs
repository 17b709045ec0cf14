// A made-up clock in place of the platform's: time passes only when everybody waits.

const turn = setImmediate;

/** Replaces clocks, timers and dice of the realm. */
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
    roll: 0,
    get pending() {
      return timers.size;
    },
    /** What has passed since it began. */
    get elapsed() {
      return now - monotonic;
    },
    begin() {
      [now, offset] = [monotonic, wall - monotonic];
    },
    pass(time) {
      now += time;
    },
    /** Lets time pass until the promise is settled. */
    async settle(promise, most = 20_000) {
      let result;
      promise.then(
        (value) => {
          result = { value };
        },
        (error) => {
          result = { error };
        },
      );
      for (let step = 0; step < most; step += 1) {
        await new Promise((resolve) => turn(resolve));
        if (result !== undefined) return result;
        const [number, next] = [...timers].reduce(
          (first, timer) => (timer[1].at < first[1].at ? timer : first),
          [0, { at: Infinity }],
        );
        if (number === 0) throw new Error("it waits for nothing");
        timers.delete(number);
        now = Math.max(now, next.at);
        next.run();
      }
      throw new Error("it does not end");
    },
    restore() {
      Object.assign(globalThis, { setTimeout: platform.setTimeout, clearTimeout: platform.clearTimeout });
      [Date.now, performance.now, Math.random] = [platform.now, platform.performance, platform.random];
    },
  };
  globalThis.setTimeout = (run, ms = 0, ...args) => {
    last += 1;
    timers.set(last, { at: now + ms, run: () => run(...args) });
    return last;
  };
  globalThis.clearTimeout = (number) => {
    timers.delete(number);
  };
  performance.now = () => now;
  Date.now = () => now + offset;
  Math.random = () => clock.roll;
  return clock;
}
