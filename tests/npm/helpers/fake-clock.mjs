// A machine whose clocks are made up: what a program sees of the time, while the servers of the world go by the true one.

const START = Date.UTC(2026, 8, 21, 14, 13, 20);
/** More steps than anything here takes. */
const MOST_STEPS = 200_000;
/** Turns of the event loop in which a program does all that it can without time. */
const TURNS = 5;

const { setImmediate: next } = globalThis;
async function quiet() {
  for (let turns = 0; turns < TURNS; turns += 1)
    await new Promise((resolve) => {
      next(resolve);
    });
}

/** When a timer fires that was set for `due`; both by the time that timers count. */
export const TIMERS = {
  exact: (due) => due,
  early: (due, since) => Math.max(since + 0.5, due - 2),
  half: (due, since) => Math.max(since + 0.5, (since + due) / 2),
  late: (due) => due + 180_000,
  eachSecond: (due) => Math.ceil(due / 1000) * 1000,
  eachMinute: (due) => Math.ceil(due / 60_000) * 60_000,
};

/** The platform's, which a test may replace more than once. */
const { setTimeout, clearTimeout } = globalThis;
const { now } = Date;
function restore() {
  Object.assign(globalThis, { setTimeout, clearTimeout });
  Date.now = now;
  delete performance.now;
}

export class Clock {
  /** Milliseconds that have truly passed. */
  truth = 0;
  /** Of these, those that the monotonic clock has counted. */
  elapsed = 0;
  timers = new Map();
  #counted = 0;
  /** A tab that has been open for two days. */
  #shown = 172_800_000;
  #wall = START;
  #events = [];
  #fires;
  #asleep = [];

  constructor(fires = TIMERS.exact) {
    this.#fires = fires;
  }

  /** Takes the platform's place until the test is over. */
  install(t) {
    t.after(restore);
    globalThis.setTimeout = (then, ms = 0) => this.#set(then, ms);
    globalThis.clearTimeout = (timer) => void this.timers.delete(timer);
    Date.now = () => Math.floor(this.#wall);
    Object.defineProperty(performance, "now", { value: () => this.#shown, configurable: true });
    return this;
  }

  /** As platforms do it: whole milliseconds, and one for what does not fit. */
  #set(then, ms) {
    const wait = ms >= 1 && ms <= 2 ** 31 - 1 ? Math.trunc(ms) : 1;
    // Its own on any machine: a client that is collected later may take back a timer that it had on an earlier one.
    const timer = Symbol("timer");
    this.timers.set(timer, { at: this.#fires(this.#counted + wait, this.#counted), then });
    return timer;
  }

  /** Something happens in the world after so long, whatever the machine does. */
  inWorld(ms, then) {
    this.#events.push({ at: this.truth + ms, then });
  }

  onSleep(then) {
    this.#asleep.push(then);
  }

  /** The machine sleeps. Its monotonic clock, and with it the timers, go on or stand still. */
  sleep(ms, { goesOn }) {
    this.truth += ms;
    this.#wall += ms;
    if (goesOn) this.#count(ms);
    for (const then of this.#asleep) then();
  }

  /** Somebody sets the clock on the wall. */
  setWall(by) {
    this.#wall += by;
  }

  /** The monotonic clock shows something else from now on, as when a test puts its own there. */
  beginAnew() {
    this.#shown = 0;
  }

  get wall() {
    return this.#wall;
  }

  #count(ms) {
    this.elapsed += ms;
    this.#counted += ms;
    this.#shown += ms;
  }

  #pass(ms) {
    if (ms <= 0) return;
    this.truth += ms;
    this.#wall += ms;
    this.#count(ms);
  }

  /** Lets time pass until a promise is settled. Of a timer and an event at one instant the timer comes first, as in Node. */
  async run(promise) {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    promise.then(settle, settle);
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      await quiet();
      if (isSettled) return promise;
      const [id, timer] = [...this.timers].reduce(
        (first, one) => (one[1].at < first[1].at ? one : first),
        [undefined, { at: Infinity }],
      );
      const event = this.#events.reduce((first, one) => (one.at < first.at ? one : first), { at: Infinity });
      // After a sleep both may be due.
      const [toTimer, toEvent] = [Math.max(0, timer.at - this.#counted), Math.max(0, event.at - this.truth)];
      if (toTimer <= toEvent) {
        if (toTimer === Infinity) throw new Error(`nothing would ever happen, ${this.truth} ms after the beginning`);
        this.timers.delete(id);
        this.#pass(toTimer);
        timer.then();
      } else {
        this.#events.splice(this.#events.indexOf(event), 1);
        this.#pass(toEvent);
        event.then();
      }
    }
    throw new Error(`still not settled ${this.truth} ms after the beginning`);
  }

  /** Lets so much time pass, truly. */
  wait(ms) {
    return this.run(
      new Promise((resolve) => {
        this.inWorld(ms, resolve);
      }),
    );
  }
}

/**
 * A server out in the world. `answer(request, n)` says what becomes of the nth request: `{ status, headers, body, afterMs }`,
 * where `stall` is "headers" or "body". `asked` is who asked when.
 */
export function createServer(clock, answer) {
  const asked = [];
  const pending = new Set();
  const broken = () =>
    new TypeError("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
  function fetch(url, { method, signal }) {
    const request = { path: new URL(url).pathname, method, truth: clock.truth, elapsed: clock.elapsed, isOut: true };
    asked.push(request);
    const { status = 200, headers = {}, body = {}, afterMs = 100, stall } = answer(request, asked.length - 1);
    request.status = status;
    request.headers = headers;
    return new Promise((resolve, reject) => {
      const end = (settle) => {
        if (!pending.delete(die)) return;
        request.isOut = false;
        settle();
      };
      const die = () => end(() => reject(broken()));
      pending.add(die);
      signal.addEventListener("abort", () => end(() => reject(signal.reason)), { once: true });
      if (stall === "headers") return;
      clock.inWorld(afterMs, () =>
        end(() => {
          request.answered = { truth: clock.truth, after: asked.length };
          resolve(stall === "body" ? stalled(status, signal) : new Response(JSON.stringify(body), { status, headers }));
        }),
      );
    });
  }
  /** Every connection is found to be dead. */
  const cut = () => [...pending].forEach((die) => die());
  return { fetch, asked, cut };
}

function stalled(status, signal) {
  const start = (controller) => {
    controller.enqueue(new TextEncoder().encode("{"));
    signal.addEventListener("abort", () => controller.error(signal.reason), { once: true });
  };
  return new Response(new ReadableStream({ start }), { status });
}
