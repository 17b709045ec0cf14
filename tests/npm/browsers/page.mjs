// Tests of a page beside the suite: latency of aborts and timeouts, the console, and a policy without WebAssembly.

import assert from "node:assert/strict";
import { test } from "node:test";
import { serve, TEST_KEYS } from "../helpers/setup.mjs";

/**
 * A page of the site.
 *
 * @typedef {object} SitePage
 * @property {string} origin
 * @property {string[]} lines of the console
 * @property {(expression: string) => Promise<any>} read evaluates an expression
 * @property {(expression: string) => Promise<any>} wait polls until an expression is truthy
 */

/**
 * Declares the tests of a browser.
 *
 * @param {string} name
 * @param {(t: import("node:test").TestContext, path: string) => Promise<SitePage>} visit
 */
export function page(name, visit) {
  /**
   * @param {import("node:test").TestContext} t
   * @param {string} path
   */
  async function open(t, path = "/steps.html") {
    const [page, { mock, url }] = await Promise.all([visit(t, path), serve(t)]);
    const own = { apiKey: TEST_KEYS.full, baseUrl: url };
    await page.wait("globalThis.steps !== undefined");
    /**
     * Runs a step of pages/steps.js.
     *
     * @param {string} name
     * @param {object} [options]
     */
    const step = (name, options) => page.read(`globalThis.steps.${name}(${JSON.stringify({ ...own, ...options })})`);
    return { page, mock, step };
  }

  test(`${name}: a list leaves the console empty`, async (t) => {
    const { page, mock, step } = await open(t);
    const { value } = await step("list");
    assert.deepEqual([value.items.length, value.total], [2, 25]);
    assert.equal(mock.requests[0].headers.origin, page.origin);
    assert.deepEqual([...(await page.read("globalThis.problems")), ...page.lines], []);
  });

  test(`${name}: a page reads Retry-After across origins`, async (t) => {
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

  test(`${name}: an abort takes effect at once`, async (t) => {
    const { mock, step } = await open(t);
    for (const stall of ["headers", "body"]) {
      mock.fail({ stall });
      const { same, afterMs } = await step("abort");
      assert.ok(same);
      assert.ok(afterMs >= 0 && afterMs < 50, `${afterMs} ms`);
    }
    assert.equal(mock.requests.length, 2);
  });

  test(`${name}: a timeout takes effect at once`, async (t) => {
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

  test(`${name}: a base URL may be relative, and the page's query is not part of it`, async (t) => {
    const { step } = await open(t, "/steps.html?a=1");
    const error = await step("get", { baseUrl: "/nowhere", apiKey: undefined });
    assert.deepEqual([error.name, error.path], ["NotFoundError", "/api/v1/orders"]);
  });

  test(`${name}: without 'wasm-unsafe-eval' the error message contains it`, async (t) => {
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
