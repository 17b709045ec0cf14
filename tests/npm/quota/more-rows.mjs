// The rows of the table whose numbers are only reported: other limits and loads of real users, and wrong headers.

import { HINTS, QUOTA_HEADERS } from "./hints.mjs";
import * as limits from "./limits.mjs";
import { byTheClock, fixedWindow, hourly, HOUR, MINUTE, SECOND } from "./limits.mjs";
import * as scenarios from "./scenarios.mjs";

/** @import { Options } from "./play.mjs" */
/** @import { Row } from "./rows.mjs" */

const WITH_HEADERS = { quota: QUOTA_HEADERS.draft6 };
const LATE = () => limits.late(fixedWindow(100, HOUR), 30 * SECOND);
const UPGRADED = () => limits.upgraded(fixedWindow(100, HOUR), 90 * MINUTE, 1000);
const SHARED = () => limits.shared(byTheClock(100)(), HOUR / 40);

/** A quota of a day is longer than the client waits by default. */
const DAILY = {
  companies: 1500,
  pageSize: 1,
  limit: () => fixedWindow(1000, 24 * HOUR),
  client: { batch: true, maxRetryAfterMs: 25 * HOUR, giveUpAfterMs: 25 * HOUR },
  maxMs: 72 * HOUR,
};

/**
 * Rows of one scenario.
 *
 * @param {Row["scenario"]} scenario
 * @param {Record<string, object>} rows the options by the name of the row
 * @returns {Row[]}
 */
const rowsOf = (scenario, rows) => Object.entries(rows).map(([name, options]) => ({ name, scenario, options }));

/** @param {number} everyMs @param {number} pages @param {Options["limit"]} limit */
const callsAndRead = (everyMs, pages, limit) => ({ everyMs, pages, limit });

export const OTHERS = [
  ...rowsOf(scenarios.ordersBesideRead, {
    "30 orders beside a read, sliding window of 100/h": { limit: () => limits.slidingWindow(100, HOUR) },
    "30 orders beside a read, bucket of 10, 100/h": { limit: () => limits.tokenBucket(100, HOUR, 10) },
    "30 orders beside a read, 100/h, no hint": { limit: hourly(100), hint: HINTS.none },
    "30 orders beside a read of another process, 100/h": { limit: hourly(100), isSeparate: true },
    "30 orders beside a read of another process, 100/h, headers": {
      limit: hourly(100),
      isSeparate: true,
      ...WITH_HEADERS,
    },
    "30 orders beside a read, another program takes 40 of 100/h": { limit: SHARED },
    "30 orders beside a read, another program takes 40 of 100/h, headers": { limit: SHARED, ...WITH_HEADERS },
    "30 orders beside a read, 100/h, reset 30 s later than reported": { limit: LATE },
    "30 orders beside a read, 100/h, reset 30 s later than reported, headers": { limit: LATE, ...WITH_HEADERS },
  }),
  ...rowsOf(scenarios.nightlyReads, {
    "read of 500 pages, 100/h, 1,000/h from 90 min on": { companies: 500, pageSize: 1, limit: UPGRADED },
    "read of 500 pages, 100/h, 1,000/h from 90 min on, headers": {
      companies: 500,
      pageSize: 1,
      limit: UPGRADED,
      ...WITH_HEADERS,
    },
    "read of 20,000, 60 a minute": { limit: () => fixedWindow(60, MINUTE) },
    "read of 20,000, 60 a minute, headers": { limit: () => fixedWindow(60, MINUTE), ...WITH_HEADERS },
    "read of 1,500 pages, 1,000 a day": DAILY,
  }),
  ...rowsOf(scenarios.ordersAlone, {
    "300 orders, 1,000/h, wait": { orders: 300, limit: hourly(1000) },
    "300 orders, 1,000/h, waitAll": { orders: 300, limit: hourly(1000), isTogether: true },
    "30 orders of 20 min, 100/h, wait": { orderMs: 20 * MINUTE, limit: byTheClock(100) },
    "30 orders of 20 min, 100/h, waitAll": { orderMs: 20 * MINUTE, limit: byTheClock(100), isTogether: true },
    "30 orders among 5,000 older ones, 100/h, waitAll": { olderOrders: 5000, limit: hourly(100), isTogether: true },
  }),
  ...rowsOf(scenarios.ordersOneByOne, {
    "an order each 20 min for 8 h, 100/h": { limit: byTheClock(100) },
    "an order each 20 min for 8 h, 100/h, headers": { limit: byTheClock(100), ...WITH_HEADERS },
  }),
  ...rowsOf(scenarios.profilesAlone, {
    "20 search profiles of 5 min, 100/h, wait": { limit: byTheClock(100) },
    "20 search profiles of 5 min, 100/h, waitAll": { limit: byTheClock(100), isTogether: true },
  }),
  ...rowsOf(scenarios.mixedDay, {
    "10 orders, 5 profiles, a read of 10,000, a call each 5 min, 100/h": { limit: byTheClock(100) },
    "10 orders, 5 profiles, a read of 10,000, a call each 5 min, 100/h, headers": {
      limit: byTheClock(100),
      ...WITH_HEADERS,
    },
    "10 orders, 5 profiles, a read of 10,000, a call each 5 min, 1,000/h": { limit: byTheClock(1000) },
  }),
  ...rowsOf(scenarios.interactiveBesideRead, {
    "a call each 10 min, a read of 400 pages, 100/h": callsAndRead(10 * MINUTE, 400, hourly(100)),
    "a call each 10 min, a read of 400 pages, 100/h, headers": {
      ...callsAndRead(10 * MINUTE, 400, hourly(100)),
      ...WITH_HEADERS,
    },
    "a call a minute, a read of 3,000 pages, 1,000/h by the clock, no headers": { limit: byTheClock(1000) },
    "a call a minute, a read of 150 pages, 100/h, a batchShare of 0.4, headers": {
      ...callsAndRead(MINUTE, 150, hourly(100)),
      client: { batchShare: 0.4 },
      ...WITH_HEADERS,
    },
  }),
];

export const WRONG = [
  ...rowsOf(scenarios.nightlyReads, {
    "read of 2,000, 100/h, remaining 0 in every response": {
      companies: 2000,
      limit: hourly(100),
      quota: QUOTA_HEADERS.alwaysEmpty,
      maxMs: 72 * HOUR,
    },
    "read of 20,000, 100/h, reset a day away": {
      limit: hourly(100),
      quota: QUOTA_HEADERS.resetInADay,
      maxMs: 72 * HOUR,
    },
  }),
  ...rowsOf(scenarios.interactiveBesideRead, {
    "a call each 10 min alone, remaining 0 in every response": {
      ...callsAndRead(10 * MINUTE, 0, hourly(100)),
      quota: QUOTA_HEADERS.alwaysEmpty,
    },
    "a call each 10 min alone, reset a day away": {
      ...callsAndRead(10 * MINUTE, 0, hourly(100)),
      quota: QUOTA_HEADERS.resetInADay,
    },
  }),
];
