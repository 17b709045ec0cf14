// What happens to the clocks and timers of a machine while a program waits.

import { TIMERS } from "./fake-clock.mjs";

/**
 * @typedef {import("./fake-clock.mjs").Clock} Clock
 * @typedef {ReturnType<typeof import("./fake-clock.mjs").createServer>} Server
 */

/**
 * One event. A call may end at its deadline because of it (`ends`), up to `lateMs` late; connections may fail (`cuts`);
 * the monotonic clock may lose what it counted since it was last read (`repeats`).
 *
 * @typedef {object} Fault
 * @property {string} name
 * @property {(machine: { clock: Clock, server: Server }) => void} act
 * @property {boolean} [ends]
 * @property {boolean} [cuts]
 * @property {boolean} [repeats]
 * @property {number} [lateMs]
 */

/**
 * How timers fire during the whole test.
 *
 * @typedef {object} TimerBehavior
 * @property {string} name
 * @property {import("./fake-clock.mjs").FiresAt} fires
 * @property {boolean} [ends]
 * @property {boolean} [cuts]
 * @property {number} [lateMs]
 */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** @type {[name: string, ms: number][]} */
const SLEEPS = [
  ["a minute", MINUTE],
  ["an hour", HOUR],
  ["a day", DAY],
];

/** @type {Fault[]} */
const ONCE = [
  ...SLEEPS.flatMap(([name, ms]) => [
    {
      name: `${name} of sleep, the clock keeps running`,
      act: ({ clock }) => clock.sleep(ms, { isRunning: true }),
      ends: true,
      lateMs: ms,
    },
    { name: `${name} of sleep, the clock stops`, act: ({ clock }) => clock.sleep(ms, { isRunning: false }) },
    {
      name: `${name} of sleep that closes all connections, the clock keeps running`,
      act: (machine) => sleepAndDisconnect(machine, ms, true),
      ends: true,
      lateMs: ms,
      cuts: true,
    },
    {
      name: `${name} of sleep that closes all connections, the clock stops`,
      act: (machine) => sleepAndDisconnect(machine, ms, false),
      cuts: true,
    },
  ]),
  { name: "the wall clock is set back a day", act: ({ clock }) => clock.adjustWallClock(-DAY) },
  { name: "the wall clock is set ahead a day", act: ({ clock }) => clock.adjustWallClock(DAY) },
  {
    name: "the monotonic clock is reset, two days back",
    act: ({ clock }) => clock.resetMonotonicClock(),
    repeats: true,
  },
];

/**
 * @param {{ clock: Clock, server: Server }} machine
 * @param {number} ms
 * @param {boolean} isRunning
 */
function sleepAndDisconnect({ clock, server }, ms, isRunning) {
  clock.sleep(ms, { isRunning });
  server.disconnect();
}

/** @type {TimerBehavior[]} */
const ALWAYS = [
  { name: "timers on time", fires: TIMERS.exact },
  { name: "timers 2 ms early", fires: TIMERS.early },
  { name: "timers after half their time", fires: TIMERS.half },
  { name: "timers three minutes late", fires: TIMERS.late, ends: true, lateMs: 3 * MINUTE },
  { name: "timers aligned to a second", fires: TIMERS.eachSecond, lateMs: SECOND },
  { name: "timers aligned to a minute", fires: TIMERS.eachMinute, ends: true, lateMs: MINUTE },
];
const WHEN = [50, SECOND, 10 * SECOND, 45 * SECOND];

/**
 * Combines a timer behavior with faults, each `when` ms after the start.
 *
 * @param {TimerBehavior} always
 * @param {(Fault & { when: number })[]} faults
 */
function weather(always, faults) {
  const all = [always, ...faults];
  return {
    name: [always.name, ...faults.map(({ name, when }) => `${name} after ${when} ms`)].join("; "),
    fires: always.fires,
    faults,
    ends: all.some(({ ends }) => ends),
    cuts: all.some(({ cuts }) => cuts),
    lateMs: all.reduce((sum, { lateMs = 0 }) => sum + lateMs, 0),
    repeats: faults.filter(({ repeats }) => repeats).length,
  };
}

/** Each timer behavior alone, and each fault alone. */
export const WEATHERS = [
  ...ALWAYS.map((always) => weather(always, [])),
  ...ONCE.flatMap((fault) => WHEN.map((when) => weather(ALWAYS[0], [{ ...fault, when }]))),
];

/**
 * Several faults at once.
 *
 * @param {() => number} random returns numbers in [0, 1)
 */
export function randomWeather(random) {
  /** @template T @param {T[]} from */
  const pick = (from) => from[Math.floor(random() * from.length)];
  const count = Math.floor(random() * 4);
  return weather(
    pick(ALWAYS),
    Array.from({ length: count }, () => ({ ...pick(ONCE), when: Math.floor(10 ** (1 + 4 * random())) })),
  );
}
