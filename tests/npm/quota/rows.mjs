// The rows of the table that have goals: scenarios with their options.

import { HINTS, QUOTA_HEADERS } from "./hints.mjs";
import { byTheClock, hourly, HOUR, MINUTE, SECOND, slidingWindow, tokenBucket } from "./limits.mjs";
import { OTHERS, WRONG } from "./more-rows.mjs";
import * as scenarios from "./scenarios.mjs";

/** @import { Goal } from "./goals.mjs" */
/** @import { Options, Result } from "./play.mjs" */

/** @typedef {{ name: string, scenario: (options: any) => Promise<Result>, options: object, goal?: Goal }} Row */
/** @typedef {{ title: string, rows: Row[] }} Group */

/** The outages begin when a few pages have arrived. */
const SOON = 5 * SECOND;
const WITH_HEADERS = { quota: QUOTA_HEADERS.draft6 };

/** @type {[string, Options][]} */
const HOURLY_100 = [
  ["100/h", { limit: hourly(100) }],
  ["100/h by the clock", { limit: byTheClock(100) }],
];

/** @param {boolean} isTogether @returns {Row[]} */
const besideRead = (isTogether) =>
  HOURLY_100.flatMap(([limit, options]) => {
    const name = `${isTogether ? "waitAll" : "wait"}, ${limit}`;
    const scenario = scenarios.ordersBesideRead;
    const all = { ...options, isTogether };
    return [
      { name, scenario, options: all, goal: { minutes: 400, refusals: 12 } },
      { name: `${name}, headers`, scenario, options: { ...all, ...WITH_HEADERS }, goal: { minutes: 400, refusals: 2 } },
    ];
  });

/** @type {Row[]} */
const BESIDE_READ = [
  ...besideRead(false),
  ...besideRead(true),
  ...[hourly(1000), byTheClock(1000)].map((limit, index) => ({
    name: `wait, 1,000/h${index === 0 ? "" : " by the clock"}`,
    scenario: scenarios.ordersBesideRead,
    options: { limit },
    goal: { minutes: 385 },
  })),
];

/** @type {Row[]} */
const ALONE = [
  ...HOURLY_100.flatMap(([limit, options]) =>
    [30, 2].map((orders) => ({
      name: `${orders} orders, ${limit}`,
      scenario: scenarios.ordersAlone,
      options: { ...options, orders },
      goal: { minutes: 385, refusals: orders === 30 ? 6 : 2 },
    })),
  ),
  {
    name: "30 orders, no limit, 10 min of 503",
    scenario: scenarios.ordersAlone,
    options: { outages: [{ from: HOUR, to: HOUR + 10 * MINUTE, kind: "503" }] },
  },
];

const PER_SECOND = { limit: () => tokenBucket(10, SECOND), interactiveEveryMs: SECOND };
/** @type {Row[]} */
const INTERACTIVE = [
  ...[hourly(1000), byTheClock(1000)].map((limit, index) => ({
    name: `a call a minute for 4 h, a read of 3,000 pages, 1,000/h${index === 0 ? "" : " by the clock"}, headers`,
    scenario: scenarios.interactiveBesideRead,
    options: { limit, ...WITH_HEADERS },
    goal: { p95Seconds: 5, failedPercent: 2 },
  })),
  .../** @type {[string, object][]} */ ([
    ["retry-after", { hint: HINTS.seconds }],
    ["retry_after in the body", { hint: HINTS.body }],
    ["no hint", { hint: HINTS.none }],
    ["headers", WITH_HEADERS],
  ]).map(([name, options]) => ({
    name: `a call a second, 200 batch calls at once, 10 a second, ${name}`,
    scenario: scenarios.batchCallsAtOnce,
    options: { ...PER_SECOND, ...options },
    goal: { p95Seconds: 3 },
  })),
];

/** @type {[string, object][]} */
const REPORTS = [
  ["retry-after in seconds", { hint: HINTS.seconds }],
  ["retry-after as a date", { hint: HINTS.date }],
  ["retry_after in the body", { hint: HINTS.body }],
  ["no hint", { hint: HINTS.none }],
  ["headers of draft 6", { quota: QUOTA_HEADERS.draft6 }],
  ["headers of draft 7", { quota: QUOTA_HEADERS.draft7 }],
  ["headers of draft 8", { quota: QUOTA_HEADERS.draft8 }],
  ["X-RateLimit, reset in seconds", { quota: QUOTA_HEADERS.xDelta }],
  ["X-RateLimit, reset since 1970", { quota: QUOTA_HEADERS.xEpoch }],
];

/** @type {Row[]} */
const AT_ONCE = /** @type {[string, Options["limit"]][]} */ ([
  ["fixed window", hourly(100)],
  ["sliding window", () => slidingWindow(100, HOUR)],
  ["bucket of 10", () => tokenBucket(100, HOUR, 10)],
]).flatMap(([limitName, limit]) =>
  REPORTS.map(([name, options]) => ({
    name: `${limitName}, ${name}`,
    scenario: scenarios.batchCallsAtOnce,
    options: { limit, ...options },
  })),
);

/** @type {Row[]} */
const NIGHTLY = /** @type {[string, object][]} */ ([
  ["10 min of 503 without a hint", { outages: [{ from: SOON, to: SOON + 10 * MINUTE, kind: "503" }] }],
  [
    "10 min of 503 with Retry-After",
    { outages: [{ from: SOON, to: SOON + 10 * MINUTE, kind: "503", hint: HINTS.seconds }] },
  ],
  ["30 min of refused connections", { outages: [{ from: SOON, to: SOON + 30 * MINUTE, kind: "refused" }] }],
  ["100/h without a hint", { limit: hourly(100), hint: HINTS.none }],
  ["100/h by the clock without a hint", { limit: byTheClock(100), hint: HINTS.none }],
  ["three reads, one after the other, 100/h", { limit: hourly(100), reads: 3 }],
]).map(([name, options]) => ({ name, scenario: scenarios.nightlyReads, options }));

/** @type {Group[]} */
export const GROUPS = [
  { title: "30 orders of 6 h beside a read of 20,000 companies", rows: BESIDE_READ },
  { title: "Orders of 6 h alone", rows: ALONE },
  { title: "Interactive calls beside batch work", rows: INTERACTIVE },
  { title: "200 batch calls at once, 100/h", rows: AT_ONCE },
  { title: "Nightly reads of 20,000 companies", rows: NIGHTLY },
  { title: "Other limits and loads", rows: OTHERS },
  { title: "Wrong headers", rows: WRONG },
];
