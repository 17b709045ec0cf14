// A fake machine: its clocks and timers may be wrong, while the servers go by the real time.

/**
 * When a timer fires, in ms of the monotonic clock: the timer is `due` then, and was set at `since`.
 *
 * @typedef {(due: number, since: number) => number} FiresAt
 */

/**
 * The response of the server, `afterMs` after the request. A stall is a response whose headers or body never arrive.
 *
 * @typedef {object} Answer
 * @property {number} [status] default 200
 * @property {Record<string, string>} [headers]
 * @property {unknown} [body] sent as JSON
 * @property {number} [afterMs] default 100
 * @property {string} [stall] "headers" or "body"
 */

/**
 * A request as the server records it. `response` has the time of the response, and how many requests were there then.
 *
 * @typedef {object} RecordedRequest
 * @property {string} path
 * @property {string} method
 * @property {number} realTime
 * @property {number} elapsed
 * @property {boolean} inFlight
 * @property {number} [status]
 * @property {Record<string, string>} [headers]
 * @property {{ realTime: number, nextIndex: number }} [response]
 */

const START = Date.UTC(2026, 8, 21, 14, 13, 20);
/** More than any test takes. */
const MAX_STEPS = 200_000;
/** Ticks of the event loop in which a program does all that it can without timers. */
const TICKS = 5;

const { setImmediate: next } = globalThis;
async function idle() {
  for (let ticks = 0; ticks < TICKS; ticks += 1)
    await new Promise((resolve) => {
      next(resolve);
    });
}

/** @satisfies {Record<string, FiresAt>} */
export const TIMERS = {
  exact: (due) => due,
  early: (due, since) => Math.max(since + 0.5, due - 2),
  half: (due, since) => Math.max(since + 0.5, (since + due) / 2),
  late: (due) => due + 180_000,
  eachSecond: (due) => Math.ceil(due / 1000) * 1000,
  eachMinute: (due) => Math.ceil(due / 60_000) * 60_000,
};

/** The platform's own, since a test may install several clocks. */
const { setTimeout, clearTimeout } = globalThis;
const { now } = Date;
function restore() {
  Object.assign(globalThis, { setTimeout, clearTimeout });
  Date.now = now;
  Reflect.deleteProperty(performance, "now");
}

export class Clock {
  /** Milliseconds of real time since the start. */
  realTime = 0;
  /** Of these, those that the monotonic clock has counted. */
  elapsed = 0;
  /** @type {Map<unknown, { at: number, then: () => void }>} */
  timers = new Map();
  #counted = 0;
  /** `performance.now()` of a tab that has been open for two days. */
  #monotonic = 172_800_000;
  #wall = START;
  /** @type {{ at: number, then: () => void }[]} */
  #events = [];
  #fires;

  /** @param {FiresAt} fires */
  constructor(fires = TIMERS.exact) {
    this.#fires = fires;
  }

  /**
   * Replaces the clocks and timers of the platform until the test ends.
   *
   * @param {import("./setup.mjs").Scope} t
   */
  install(t) {
    t.after(restore);
    Object.assign(globalThis, {
      /** @type {(then: () => void, ms?: number) => symbol} */
      setTimeout: (then, ms = 0) => this.#set(then, ms),
      /** @type {(timer: unknown) => void} */
      clearTimeout: (timer) => void this.timers.delete(timer),
    });
    Date.now = () => Math.floor(this.#wall);
    Object.defineProperty(performance, "now", { value: () => this.#monotonic, configurable: true });
    return this;
  }

  /**
   * As platforms do it: whole milliseconds, and 1 ms for a value out of range.
   *
   * @param {() => void} then
   * @param {number} ms
   */
  #set(then, ms) {
    const wait = ms >= 1 && ms <= 2 ** 31 - 1 ? Math.trunc(ms) : 1;
    // Unique among all clocks: a client that is collected later may clear a timer that it set on an earlier clock.
    const timer = Symbol("timer");
    this.timers.set(timer, { at: this.#fires(this.#counted + wait, this.#counted), then });
    return timer;
  }

  /**
   * Schedules a call after `ms` of real time, whatever the clocks of the machine do.
   *
   * @param {number} ms
   * @param {() => void} then
   */
  schedule(ms, then) {
    this.#events.push({ at: this.realTime + ms, then });
  }

  /**
   * The machine sleeps. Its monotonic clock, and with it the timers, keep running or stop.
   *
   * @param {number} ms
   * @param {{ isRunning: boolean }} clock
   */
  sleep(ms, { isRunning }) {
    this.realTime += ms;
    this.#wall += ms;
    if (isRunning) this.#count(ms);
  }

  /** @param {number} ms */
  adjustWallClock(ms) {
    this.#wall += ms;
  }

  /** The monotonic clock starts again at 0, as when a test library replaces it. */
  resetMonotonicClock() {
    this.#monotonic = 0;
  }

  get wall() {
    return this.#wall;
  }

  /** @param {number} ms */
  #count(ms) {
    this.elapsed += ms;
    this.#counted += ms;
    this.#monotonic += ms;
  }

  /** @param {number} ms */
  #advance(ms) {
    if (ms <= 0) return;
    this.realTime += ms;
    this.#wall += ms;
    this.#count(ms);
  }

  /**
   * Advances the time until a promise settles. If a timer and an event are due at once, the timer is first, as in Node.
   *
   * @template T
   * @param {Promise<T>} promise
   */
  async run(promise) {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    promise.then(settle, settle);
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      await idle();
      if (isSettled) return promise;
      const [id, timer] = [...this.timers].reduce((first, one) => (one[1].at < first[1].at ? one : first), NEVER);
      const event = this.#events.reduce((first, one) => (one.at < first.at ? one : first), NEVER[1]);
      // After a sleep both may be overdue.
      const [toTimer, toEvent] = [Math.max(0, timer.at - this.#counted), Math.max(0, event.at - this.realTime)];
      if (toTimer <= toEvent) {
        if (toTimer === Infinity) throw new Error(`no timer and no event is left after ${this.realTime} ms`);
        this.timers.delete(id);
        this.#advance(toTimer);
        timer.then();
      } else {
        this.#events.splice(this.#events.indexOf(event), 1);
        this.#advance(toEvent);
        event.then();
      }
    }
    throw new Error(`the promise is not settled after ${this.realTime} ms`);
  }

  /**
   * Advances the real time.
   *
   * @param {number} ms
   */
  wait(ms) {
    return this.run(
      new Promise((resolve) => {
        this.schedule(ms, () => resolve(undefined));
      }),
    );
  }
}

/** @type {[unknown, { at: number, then: () => void }]} */
const NEVER = [undefined, { at: Infinity, then() {} }];

/**
 * A server on the network of the fake machine, as a `fetch`. `answer` has the response to the nth request, from 0 on.
 * `disconnect` closes all connections.
 *
 * @param {Clock} clock
 * @param {(request: RecordedRequest, n: number) => Answer} answer
 */
export function createServer(clock, answer) {
  /** @type {RecordedRequest[]} */
  const requests = [];
  /** @type {Set<() => void>} */
  const pending = new Set();
  const connectionError = () => {
    const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    return new TypeError("fetch failed", { cause });
  };
  /**
   * @param {string} url
   * @param {{ method: string, signal: AbortSignal }} init
   * @returns {Promise<Response>}
   */
  function fetch(url, { method, signal }) {
    /** @type {RecordedRequest} */
    const request = {
      path: new URL(url).pathname,
      method,
      realTime: clock.realTime,
      elapsed: clock.elapsed,
      inFlight: true,
    };
    requests.push(request);
    const { status = 200, headers = {}, body = {}, afterMs = 100, stall } = answer(request, requests.length - 1);
    request.status = status;
    request.headers = headers;
    return new Promise((resolve, reject) => {
      /** @param {() => void} settle */
      const end = (settle) => {
        if (!pending.delete(fail)) return;
        request.inFlight = false;
        settle();
      };
      const fail = () => end(() => reject(connectionError()));
      pending.add(fail);
      signal.addEventListener("abort", () => end(() => reject(signal.reason)), { once: true });
      if (stall === "headers") return;
      clock.schedule(afterMs, () =>
        end(() => {
          request.response = { realTime: clock.realTime, nextIndex: requests.length };
          resolve(stall === "body" ? stalled(status, signal) : new Response(JSON.stringify(body), { status, headers }));
        }),
      );
    });
  }
  const disconnect = () => [...pending].forEach((fail) => fail());
  return { fetch, requests, disconnect };
}

/**
 * @param {number} status
 * @param {AbortSignal} signal
 */
function stalled(status, signal) {
  /** @param {ReadableStreamDefaultController} controller */
  const start = (controller) => {
    controller.enqueue(new TextEncoder().encode("{"));
    signal.addEventListener("abort", () => controller.error(signal.reason), { once: true });
  };
  return new Response(new ReadableStream({ start }), { status });
}
