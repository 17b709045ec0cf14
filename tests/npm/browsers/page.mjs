// What a page does beside the suite: how soon it stops and goes on, what its console says, and without the policy's word.

import assert from "node:assert/strict";
import { test } from "node:test";
import { serve, TEST_KEYS } from "../helpers/setup.mjs";

/** Declares the tests of a browser. `visit(t, path)` opens a page of the site. */
export function page(name, visit) {
  async function open(t, path = "/steps.html") {
    const [page, { mock, url }] = await Promise.all([visit(t, path), serve(t)]);
    const own = { apiKey: TEST_KEYS.full, baseUrl: url };
    await page.wait("globalThis.steps !== undefined");
    const step = (name, given) => page.read(`globalThis.steps.${name}(${JSON.stringify({ ...own, ...given })})`);
    return { page, mock, step };
  }

  test(`${name}: a page that lists leaves the console empty`, async (t) => {
    const { page, mock, step } = await open(t);
    const { value } = await step("list");
    assert.deepEqual([value.items.length, value.total], [2, 25]);
    assert.equal(mock.requests[0].headers.origin, page.origin);
    assert.deepEqual([...(await page.read("globalThis.said")), ...page.lines], []);
  });

  test(`${name}: a page waits as told, read across origins`, async (t) => {
    const { mock, step } = await open(t);
    mock.fail({ status: 503, retryAfter: "0.5" }, { status: 429, retryAfter: { date: 1000 }, clockSkewMs: 3_600_000 });
    const [first, second, third] = await step("waits");
    assert.deepEqual(
      [first.status, first.waitReason, second.status, second.waitReason, third],
      [503, "retry_after", 429, "retry_after", { status: 200 }],
    );
    const { requests } = mock;
    assert.ok(requests[1].at - requests[0].at >= 500 && requests[2].at - requests[1].at >= 1000);
    assert.ok(first.waitMs < 600 && second.waitMs < 1200);
  });

  test(`${name}: a page stops at once when it aborts`, async (t) => {
    const { mock, step } = await open(t);
    for (const stall of ["headers", "body"]) {
      mock.fail({ stall });
      const { same, afterMs } = await step("abort");
      assert.ok(same);
      assert.ok(afterMs >= 0 && afterMs < 50, `${afterMs} ms`);
    }
    assert.equal(mock.requests.length, 2);
  });

  test(`${name}: a page is told at once when the time is up`, async (t) => {
    const { mock, step } = await open(t);
    for (const stall of ["headers", "body"]) {
      mock.fail({ stall });
      const error = await step("get", { timeoutMs: 300, maxRetries: 0 });
      assert.deepEqual([error.name, error.scope], ["TimeoutError", "attempt"]);
      const [{ durationMs }] = error.attempts;
      assert.ok(durationMs >= 300 && durationMs <= 400, `${durationMs} ms`);
    }
  });

  test(`${name}: a page follows no redirect, not even to its own origin`, async (t) => {
    const { page, mock, step } = await open(t);
    for (const redirect of ["/api/v1/blacklists", `${page.origin}/pages/page.js`]) {
      mock.fail({ redirect });
      const error = await step("get");
      assert.deepEqual([error.name, error.code, error.stoppedBy], ["ApiError", "UNEXPECTED_REDIRECT", "not_retryable"]);
    }
    assert.equal(mock.requests.length, 2);
  });

  test(`${name}: a page takes a relative base URL, and its own query for nothing`, async (t) => {
    const { step } = await open(t, "/steps.html?a=1");
    const error = await step("get", { baseUrl: "/nowhere", apiKey: undefined });
    assert.deepEqual([error.name, error.path], ["NotFoundError", "/api/v1/orders"]);
  });

  test(`${name}: without 'wasm-unsafe-eval' the error names it`, async (t) => {
    const { mock, step } = await open(t, "/without/steps.html");
    for (const name of ["make", "make", "load"]) {
      const { known, ...error } = await step(name);
      assert.deepEqual([known, error.name, error.kind], [true, "ConfigurationError", "configuration"]);
      assert.match(error.message, /'wasm-unsafe-eval'/);
    }
    assert.equal(mock.requests.length, 0);
    const { step: allowed } = await open(t);
    assert.deepEqual([await allowed("make"), await allowed("load")], [{ value: true }, { value: true }]);
  });
}
