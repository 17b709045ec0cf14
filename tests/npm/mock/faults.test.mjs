// Faults: the requests that they apply to, and their effect on the state.

/** @import { Fault } from "../../../pkg-template/testing/index.js" */

import assert from "node:assert/strict";
import { describe } from "node:test";
import { assertError, both, json, TEST_KEYS, until } from "./setup.mjs";

describe("the queue of faults", () => {
  both("in order, with times and match", {}, async ({ mock, get, call, last }) => {
    const status = async (path) => (await get(path)).status;
    const post = async () => (await call("POST", "/blacklists", {})).status;
    mock.fail(500);
    mock.fail({ status: 503, times: 2, name: "busy" });
    assert.deepEqual([await status("/orders"), last().fault], [500, "500"]);
    assert.deepEqual([await status("/orders"), last().fault], [503, "busy"]);
    assert.deepEqual([await status("/orders"), await status("/orders"), last().fault], [503, 200, undefined]);

    mock.fail(
      { status: 502, match: { method: "post", path: "/api/v1/bl" } },
      { status: 504, match: { path: /orders$/g }, times: Infinity },
    );
    assert.equal(await status("/blacklists"), 200);
    assert.deepEqual([await status("/orders"), await status("/orders"), await status("/orders")], [504, 504, 504]);
    assert.equal(await post(), 502);
    assert.equal(await post(), 201);
    mock.clear();
    assert.equal(await status("/orders"), 200);

    // A string is a prefix of the path, not a substring or an expression.
    mock.fail(
      { status: 500, match: { path: "/orders" } },
      { status: 501, match: { path: "/api/v./orders" } },
      { status: 502, match: { method: "GET" } },
      { status: 504, match: {} },
    );
    assert.deepEqual([await status("/orders"), await status("/orders"), await status("/orders")], [502, 504, 200]);
  });

  both("a function decides for each request", {}, async ({ mock, get }) => {
    const status = async (path) => (await get(path)).status;
    mock.fail((request) => (request.query.limit === "7" ? 500 : undefined));
    assert.deepEqual(
      [await status("/orders"), await status("/orders?limit=7"), await status("/orders?limit=7")],
      [200, 500, 200],
    );
    mock.fail((request) => (request.n % 2 === 0 ? { status: 503, times: Infinity } : undefined));
    assert.deepEqual([await status("/orders"), await status("/orders"), await status("/orders")], [503, 200, 503]);
  });
});

describe("state under faults", () => {
  both(
    "a POST with a fault changes nothing unless the fault is applied",
    {},
    async ({ mock, get, call, fetch, last }) => {
      const total = async () => (await get("/orders")).body.total;
      const start = await total();
      /** @type {Fault[]} */
      const faults = [
        { status: 500 },
        { status: 201 },
        { code: "ODD" },
        { message: "m" },
        { details: {} },
        { retryAfter: 1 },
        { retryAfterBody: 1 },
        { body: "{}" },
        { shape: "html" },
        { redirect: "/x" },
        { echoKey: true },
        { latencyMs: 1, applied: false },
      ];
      for (const fault of faults) {
        mock.fail({ ...fault, match: { method: "POST" } });
        await (await fetch("/api/v1/orders", { ...json({}), redirect: "manual" })).text();
      }
      for (const at of /** @type {const} */ (["headers", "body"])) {
        mock.fail({ reset: at });
        await assert.rejects(async () => (await fetch("/api/v1/orders", json({}))).text(), TypeError);
      }
      for (const at of /** @type {const} */ (["headers", "body"])) {
        mock.fail({ stall: at });
        const controller = new AbortController();
        const pending = fetch("/api/v1/orders", { ...json({}), signal: controller.signal }).then((response) =>
          response.text(),
        );
        await until(() => last().fault === `stall:${at}`, "the stalled request");
        controller.abort("enough");
        await assert.rejects(pending, (error) => error === "enough");
      }
      assert.equal(await total(), start);
      mock.fail({ status: 500, applied: true });
      assertError(await call("POST", "/orders", {}), 500, "INTERNAL_ERROR");
      mock.fail({ reset: "headers", applied: true });
      await assert.rejects(fetch("/api/v1/orders", json({})), TypeError);
      assert.equal(await total(), start + 2);
      mock.fail({
        headers: { "x-extra": "1" },
        latencyMs: 1,
        clockSkewMs: 5,
        contentType: "text/plain",
        name: "n",
        match: {},
      });
      assert.equal((await call("POST", "/orders", {})).status, 201);
      assert.equal(await total(), start + 3);
      mock.fail({ status: 500, applied: true });
      await call("POST", "/orders", {}, { key: TEST_KEYS.read });
      assert.equal(await total(), start + 3);
    },
  );
});

describe("headers of faults", () => {
  const NOW = Date.UTC(2026, 2, 1, 12);

  both("Retry-After: verbatim, as a date, and in the body", { now: () => NOW }, async ({ mock, get, last }) => {
    for (const value of ["7", "-5", "1e3", "soon", "1, 20", "Sunday, 06-Nov-94 08:49:37 GMT"]) {
      mock.fail({ status: 503, retryAfter: value });
      const response = await get("/orders");
      assert.deepEqual([response.status, response.headers.get("retry-after")], [503, value]);
    }
    mock.fail({ retryAfter: 3 });
    assert.deepEqual([(await get("/orders")).headers.get("retry-after"), last().status], ["3", 429]);
    mock.fail({ status: 429, retryAfter: { date: 90_000 } });
    assert.equal((await get("/orders")).headers.get("retry-after"), "Sun, 01 Mar 2026 12:01:30 GMT");
    mock.fail({ retryAfterBody: 12 });
    const { body, status, headers } = await get("/orders");
    assert.deepEqual(
      [status, body.code, body.retry_after, headers.get("retry-after")],
      [429, "RATE_LIMIT_EXCEEDED", 12, null],
    );
  });

  both("a skewed clock changes Date and the HTTP date of Retry-After", { now: () => NOW }, async ({ mock, get }) => {
    mock.fail({ status: 429, retryAfter: { date: 5000 }, clockSkewMs: 3_600_000 }, { clockSkewMs: -60_000 });
    const { headers } = await get("/orders");
    assert.deepEqual(
      [headers.get("date"), headers.get("retry-after")],
      ["Sun, 01 Mar 2026 13:00:00 GMT", "Sun, 01 Mar 2026 13:00:05 GMT"],
    );
    const behind = await get("/orders");
    assert.deepEqual([behind.status, behind.headers.get("date")], [200, "Sun, 01 Mar 2026 11:59:00 GMT"]);
  });

  both("headers are added, replaced and removed", {}, async ({ mock, get }) => {
    mock.fail(
      { headers: { Date: "yesterday", "X-Request-Id": "mine", "x-more": "1", "access-control-allow-origin": null } },
      { headers: { date: null } },
    );
    const { status, headers } = await get("/orders");
    assert.equal(status, 200);
    assert.deepEqual(
      ["date", "x-request-id", "x-more", "access-control-allow-origin"].map((name) => headers.get(name)),
      ["yesterday", "mine", "1", null],
    );
    assert.equal((await get("/orders")).headers.get("date"), null);
  });
});
