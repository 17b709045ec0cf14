// Hidden pages: Chromium aligns their timers to a second, and can freeze the pages.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { writeFigures } from "../helpers/metrics.mjs";
import { serve, TEST_KEYS, until } from "../helpers/setup.mjs";
import { throttlingChromium } from "./puppet.mjs";
import { serveSite } from "./site.mjs";

const CALLS = 12;
/** @type {Record<string, number>} */
const metrics = {};
/** @type {Awaited<ReturnType<typeof throttlingChromium>>} */
let browser;
/** @type {Awaited<ReturnType<typeof serveSite>>} */
let site;
before(async () => {
  site = await serveSite();
  browser = await throttlingChromium();
});
after(async () => {
  await browser?.close();
  await site?.close();
  writeFigures("time-hidden", metrics);
});

/**
 * A page behind another one, and a server. `start` starts a step; `result` is undefined until the step ends.
 *
 * @param {import("node:test").TestContext} t
 */
async function hide(t) {
  const { mock, url } = await serve(t);
  const page = await browser.open(`${site.origin}/steps.html`);
  t.after(page.close);
  await waitFor(page, "globalThis.steps !== undefined");
  const front = await browser.open(`${site.origin}/steps.html`);
  t.after(front.close);
  await waitFor(page, 'document.visibilityState === "hidden"');
  const own = { apiKey: TEST_KEYS.full, baseUrl: url };
  /**
   * @param {string} name
   * @param {object} [options]
   */
  const start = (name, options) => {
    const step = `globalThis.steps.${name}(${JSON.stringify({ ...own, ...options })})`;
    return page.read(`void ${step}.then((result) => { globalThis.result = result; })`);
  };
  const result = () => page.read("globalThis.result");
  return { mock, page, start, result, finish: () => waitFor(page, "globalThis.result") };
}

/**
 * Polls until an expression is truthy.
 *
 * @param {any} page
 * @param {string} expression
 */
async function waitFor(page, expression) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const value = await page.read(expression);
    if (value) return value;
    await sleep(20);
  }
  throw new Error(`timed out: ${expression}`);
}

/**
 * These tests are about real time.
 *
 * @param {number} ms
 */
const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

test("calls continue in a hidden page, whose timers fire once per second", async (t) => {
  const { mock, page, start, finish } = await hide(t);
  const gaps = await page.read("globalThis.steps.ticks(4)");
  assert.ok(
    gaps.slice(1).every((ms) => ms > 900),
    `timers of 50 ms fire after ${gaps} ms`,
  );
  mock.fail({ status: 429, retryAfter: "1" });
  await start("many", { count: CALLS });
  const { failed, took } = await finish();
  assert.deepEqual(failed, []);
  // Four requests are in flight before the first response.
  const [rateLimited, ...others] = mock.requests;
  assert.equal(others.length, CALLS);
  assert.ok(
    others.slice(3).every(({ at }) => at >= rateLimited.at + 1000),
    "a request was sent during the pause",
  );
  assert.ok(took < 30_000, `${took} ms`);
  metrics[`seconds for ${CALLS} calls after a 429 in a hidden page`] = Math.round(took / 100) / 10;
});

test("a timeout in a hidden page fires up to 3 s late, and a response in time is returned", async (t) => {
  const { mock, start, finish } = await hide(t);
  mock.fail({ stall: "headers" }, { latencyMs: 1000 });
  await start("twice", { timeoutMs: 1300, maxRetries: 0 });
  const [timedOut, inTime] = await finish();
  assert.deepEqual([timedOut.name, timedOut.scope, inTime.value.total], ["TimeoutError", "attempt", 25]);
  const [{ durationMs }] = timedOut.attempts;
  assert.ok(durationMs >= 1300 && durationMs < 4300, `${durationMs} ms`);
  metrics["ms of a timeout of 1300 ms in a hidden page"] = Math.round(durationMs);
});

test("a page that is frozen during a wait sends nothing, and continues when it is active again", async (t) => {
  const { mock, page, start, result, finish } = await hide(t);
  mock.fail({ status: 503, retryAfter: "1" });
  await start("waiting");
  await waitFor(page, "globalThis.isWaiting");
  await page.lifecycle("frozen");
  await sleep(3500);
  assert.deepEqual([await result(), mock.requests.length], [undefined, 1]);
  await page.lifecycle("active");
  assert.equal((await finish()).value.total, 25);
  assert.ok(mock.requests.length === 2 && mock.requests[1].at - mock.requests[0].at >= 3500);
});

test("a page that is frozen until after a call's deadline sends no more requests", async (t) => {
  const { mock, page, start, result, finish } = await hide(t);
  mock.fail({ status: 503, retryAfter: "1" });
  await start("waiting", { deadlineMs: 2500 });
  await waitFor(page, "globalThis.isWaiting");
  await page.lifecycle("frozen");
  await sleep(3500);
  assert.equal(await result(), undefined);
  await page.lifecycle("active");
  const error = await finish();
  assert.deepEqual([error.name, error.scope, mock.requests.length], ["TimeoutError", "deadline", 1]);
});

test("a response that arrives in time at a frozen page is returned when it is active again", async (t) => {
  const { mock, page, start, result, finish } = await hide(t);
  mock.fail({ latencyMs: 500 });
  await start("get", { timeoutMs: 2000, maxRetries: 0 });
  await until(() => mock.requests.length === 1, "the request");
  await page.lifecycle("frozen");
  await sleep(3500);
  assert.equal(await result(), undefined);
  await page.lifecycle("active");
  assert.equal((await finish()).value?.total, 25);
});
