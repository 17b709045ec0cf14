// What happens to the time of a machine while a program waits.

import { TIMERS } from "./fake-clock.mjs";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * What happens once. It may make a call end at its deadline (`ends`), so late (`lateMs`), or take back what the clock had
 * counted since somebody last looked (`repeats`).
 */
const ONCE = [
  ...[
    ["a minute", MINUTE],
    ["an hour", HOUR],
    ["a day", DAY],
  ].flatMap(([name, ms]) => [
    {
      name: `${name} of sleep, the clock goes on`,
      act: ({ clock }) => clock.sleep(ms, { goesOn: true }),
      ends: true,
      lateMs: ms,
    },
    { name: `${name} of sleep, the clock stands still`, act: ({ clock }) => clock.sleep(ms, { goesOn: false }) },
    {
      name: `${name} of sleep that ends all connections, the clock goes on`,
      act: (all) => cutIn(all, ms, true),
      ends: true,
      lateMs: ms,
      cuts: true,
    },
    {
      name: `${name} of sleep that ends all connections, the clock stands still`,
      act: (all) => cutIn(all, ms, false),
      cuts: true,
    },
  ]),
  { name: "the clock on the wall is set back a day", act: ({ clock }) => clock.setWall(-DAY) },
  { name: "the clock on the wall is set ahead a day", act: ({ clock }) => clock.setWall(DAY) },
  { name: "the monotonic clock begins anew, two days back", act: ({ clock }) => clock.beginAnew(), repeats: true },
];

function cutIn({ clock, server }, ms, goesOn) {
  clock.sleep(ms, { goesOn });
  server.cut();
}

/** All the time. */
const ALWAYS = [
  { name: "timers on time", fires: TIMERS.exact },
  { name: "timers 2 ms early", fires: TIMERS.early },
  { name: "timers after half their time", fires: TIMERS.half },
  { name: "timers three minutes late", fires: TIMERS.late, ends: true, lateMs: 3 * MINUTE },
  { name: "timers aligned to a second", fires: TIMERS.eachSecond, lateMs: SECOND },
  { name: "timers aligned to a minute", fires: TIMERS.eachMinute, ends: true, lateMs: MINUTE },
];
const WHEN = [50, SECOND, 10 * SECOND, 45 * SECOND];

/** What happens all the time, and what happens once after so long. */
function weather(always, once) {
  const all = [always, ...once];
  return {
    name: [always.name, ...once.map(({ name, when }) => `${name} after ${when} ms`)].join("; "),
    fires: always.fires,
    acts: once,
    ends: all.some(({ ends }) => ends),
    cuts: all.some(({ cuts }) => cuts),
    lateMs: all.reduce((sum, { lateMs = 0 }) => sum + lateMs, 0),
    repeats: once.filter(({ repeats }) => repeats).length,
  };
}

/** Each alone. */
export const WEATHERS = [
  ...ALWAYS.map((always) => weather(always, [])),
  ...ONCE.flatMap((one) => WHEN.map((when) => weather(ALWAYS[0], [{ ...one, when }]))),
];

/** Several at once; `roll` gives numbers in [0, 1). */
export function randomWeather(roll) {
  const pick = (from) => from[Math.floor(roll() * from.length)];
  const count = Math.floor(roll() * 4);
  return weather(
    pick(ALWAYS),
    Array.from({ length: count }, () => ({ ...pick(ONCE), when: Math.floor(10 ** (1 + 4 * roll())) })),
  );
}
