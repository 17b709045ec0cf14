// tests/cases/errors.json and vendor.json with the built package, over HTTP.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertFields, COPIES, rejection, serve, table } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";
const { cases } = await table("errors");
const vendor = await table("vendor");
const CLASS_BY_STATUS = Object.fromEntries(vendor.statuses.map((row) => [row.status, row.class]));
const CLASS_BY_KIND = { ...Object.fromEntries(vendor.statuses.map((row) => [row.kind, row.class])), api: "ApiError" };

/**
 * Checks that an error is an instance of the class and its base classes, and of no other class.
 *
 * @param {any} copy of the package
 * @param {any} error
 * @param {string} name
 */
function assertClass(copy, error, name) {
  assert.equal(error.name, name);
  assert.equal(Object.getPrototypeOf(error), copy[name].prototype);
  for (const Class of [copy[name], copy.ApiError, copy.OpenProspectError, Error])
    assert.ok(error instanceof Class, Class.name);
  for (const other of Object.values(CLASS_BY_STATUS)) assert.equal(error instanceof copy[other], other === name, other);
  assert.ok(copy.isOpenProspectError(error) && copy.isOpenProspectError(error, error.kind));
  assert.ok(!copy.isOpenProspectError(error, "configuration"));
  assert.match(String(error), new RegExp(`^${name}: `));
}

for (const [how, copy] of COPIES) {
  describe(`${how}: error bodies`, () => {
    for (const { name, status, body, contentType, expect } of cases) {
      test(name, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ status, body, contentType: contentType ?? "application/json" });
        const error = await rejection(client({}, copy).get(PATH));
        assertFields(assert, error, expect);
        assertClass(copy, error, CLASS_BY_STATUS[status] ?? CLASS_BY_KIND[error.kind]);
        assert.equal(mock.requests.length, 1);
        assert.deepEqual(
          [error.status, error.method, error.path, error.requestId],
          [status, "GET", PATH, "req_000001"],
        );
        assert.equal(error.rawBody, body);
        assertFields(assert, JSON.parse(JSON.stringify(error)), {
          ...expect,
          name: error.name,
          message: error.message,
        });
        assert.equal({}.polluted, undefined);
      });
    }
  });

  describe(`${how}: the tables of the vendor`, () => {
    for (const row of vendor.statuses) {
      test(`status ${row.status}`, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ status: row.status, body: "" });
        const error = await rejection(client({ maxRetries: 0 }, copy).get(PATH));
        assertClass(copy, error, row.class);
        assertFields(assert, error, { status: row.status, kind: row.kind, code: row.code });
        assert.ok(error.resolution.includes(row.mend), error.resolution);
      });
    }

    for (const row of vendor.codes) {
      test(`code ${row.code}`, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ code: row.code });
        const error = await rejection(client({ maxRetries: 0 }, copy).get(PATH));
        assertClass(copy, error, row.class);
        assertFields(assert, error, { status: row.status, code: row.code });
        assert.ok(error.resolution.includes(row.mend), error.resolution);
      });
    }

    for (const { statuses, retried } of vendor.retryRules) {
      for (const status of statuses) {
        test(`${status} is ${retried ? "" : "not "}retried`, async (t) => {
          const { mock, client } = await serve(t);
          mock.fail({ status, times: Infinity });
          const error = await rejection(client({ backoff: { baseMs: 1, maxMs: 1 } }, copy).get(PATH));
          assert.equal(mock.requests.length, retried ? 3 : 1);
          assert.equal(error.attempts.length, mock.requests.length);
          assertFields(assert, error, {
            status,
            retryable: retried,
            stoppedBy: retried ? "attempts" : "not_retryable",
          });
        });
      }
    }
  });

  test(`${how}: all fields of an error`, async (t) => {
    const { mock, client } = await serve(t);
    mock.fail(
      { status: 503, code: "DOWN", message: "come back" },
      { code: "ORDER_NOT_FOUND", message: "gone", details: { id: "o_1" } },
    );
    const error = await rejection(client({}, copy).orders.get("o_1"));
    const { attempts, resolution, rawBody, ...rest } = JSON.parse(JSON.stringify(error));
    assert.deepEqual(rest, {
      name: "NotFoundError",
      message: "GET /api/v1/orders/o_1 → 404 ORDER_NOT_FOUND: gone",
      kind: "not_found",
      code: "ORDER_NOT_FOUND",
      status: 404,
      details: { id: "o_1" },
      requestId: "req_000002",
      method: "GET",
      path: "/api/v1/orders/o_1",
      retryable: false,
      stoppedBy: "not_retryable",
      mayHaveBeenApplied: false,
    });
    assert.ok(resolution.includes(PATH));
    assert.deepEqual(JSON.parse(rawBody), { code: "ORDER_NOT_FOUND", message: "gone", details: { id: "o_1" } });
    assert.ok(!Object.keys(error).includes("rawBody"), "a printed error shows its raw body");
    const shape = attempts.map(
      ({ durationMs, ...attempt }) => (assert.ok(durationMs > 0 && durationMs < 5000), attempt),
    );
    assert.deepEqual(shape, [
      { attempt: 1, status: 503, sent: true, requestId: "req_000001", waitMs: 40, waitReason: "backoff" },
      { attempt: 2, status: 404, sent: true, requestId: "req_000002" },
    ]);
  });
}
