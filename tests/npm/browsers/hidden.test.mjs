// Pages that nobody sees: Chromium aligns their timers to a second, and freezes them altogether.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { writeFigures } from "../helpers/metrics.mjs";
import { serve, TEST_KEYS, until } from "../helpers/setup.mjs";
import { sleepyChromium } from "./puppet.mjs";
import { serveSite } from "./site.mjs";

const CALLS = 12;
const figures = {};
let browser;
let site;
before(async () => {
  site = await serveSite();
  browser = await sleepyChromium();
});
after(async () => {
  await browser?.close();
  await site?.close();
  writeFigures("time-hidden", figures);
});

/** A page behind another one, and a server. `start` begins a step, `ended` is what it came to, and undefined as long as it goes on. */
async function hide(t) {
  const { mock, url } = await serve(t);
  const page = await browser.open(`${site.origin}/steps.html`);
  t.after(page.close);
  await arrive(page, "globalThis.steps !== undefined");
  const front = await browser.open(`${site.origin}/steps.html`);
  t.after(front.close);
  await arrive(page, 'document.visibilityState === "hidden"');
  const own = { apiKey: TEST_KEYS.full, baseUrl: url };
  const start = (name, given) =>
    page.read(
      `void globalThis.steps.${name}(${JSON.stringify({ ...own, ...given })}).then((end) => { globalThis.end = end; })`,
    );
  const ended = () => page.read("globalThis.end");
  return { mock, page, start, ended, end: () => arrive(page, "globalThis.end") };
}

async function arrive(page, expression) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const value = await page.read(expression);
    if (value) return value;
    await pass(20);
  }
  throw new Error(`never: ${expression}`);
}

/** Time is what these tests are about. */
const pass = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

test("calls go on in a hidden page, whose timers fire once a second", async (t) => {
  const { mock, page, start, end } = await hide(t);
  const gaps = await page.read("globalThis.steps.ticks(4)");
  assert.ok(
    gaps.slice(1).every((ms) => ms > 900),
    `timers of 50 ms fire after ${gaps} ms`,
  );
  mock.fail({ status: 429, retryAfter: "1" });
  await start("many", { count: CALLS });
  const { failed, took } = await end();
  assert.deepEqual(failed, []);
  // Four are out before anything comes back.
  const [refused, ...others] = mock.requests;
  assert.equal(others.length, CALLS);
  assert.ok(
    others.slice(3).every(({ at }) => at >= refused.at + 1000),
    "sent in the pause",
  );
  assert.ok(took < 30_000, `${took} ms`);
  figures[`seconds for ${CALLS} calls after a 429 in a hidden page`] = Math.round(took / 100) / 10;
});

test("a timeout in a hidden page is late by a second or two, and an answer in time is none", async (t) => {
  const { mock, start, end } = await hide(t);
  mock.fail({ stall: "headers" }, { latencyMs: 1000 });
  await start("twice", { timeoutMs: 1300, maxRetries: 0 });
  const [late, inTime] = await end();
  assert.deepEqual([late.name, late.scope, inTime.value.total], ["TimeoutError", "attempt", 25]);
  const [{ durationMs }] = late.attempts;
  assert.ok(durationMs >= 1300 && durationMs < 4300, `${durationMs} ms`);
  figures["ms of a timeout of 1300 ms in a hidden page"] = Math.round(durationMs);
});

test("a page that is frozen in a wait sends nothing, and goes on when it is thawed", async (t) => {
  const { mock, page, start, ended, end } = await hide(t);
  mock.fail({ status: 503, retryAfter: "1" });
  await start("waiting");
  await arrive(page, "globalThis.isWaiting");
  await page.lifecycle("frozen");
  await pass(3500);
  assert.deepEqual([await ended(), mock.requests.length], [undefined, 1]);
  await page.lifecycle("active");
  assert.equal((await end()).value.total, 25);
  assert.ok(mock.requests.length === 2 && mock.requests[1].at - mock.requests[0].at >= 3500);
});

test("a page that is frozen past a call's deadline sends nothing more", async (t) => {
  const { mock, page, start, ended, end } = await hide(t);
  mock.fail({ status: 503, retryAfter: "1" });
  await start("waiting", { deadlineMs: 2500 });
  await arrive(page, "globalThis.isWaiting");
  await page.lifecycle("frozen");
  await pass(3500);
  assert.equal(await ended(), undefined);
  await page.lifecycle("active");
  const error = await end();
  assert.deepEqual([error.name, error.scope, mock.requests.length], ["TimeoutError", "deadline", 1]);
});

test("an answer that comes in time to a frozen page is given when it is thawed", async (t) => {
  const { mock, page, start, ended, end } = await hide(t);
  mock.fail({ latencyMs: 500 });
  await start("get", { timeoutMs: 2000, maxRetries: 0 });
  await until(() => mock.requests.length === 1, "the request");
  await page.lifecycle("frozen");
  await pass(3500);
  assert.equal(await ended(), undefined);
  await page.lifecycle("active");
  assert.equal((await end()).value?.total, 25);
});
