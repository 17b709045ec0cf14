// The error codes that the vendor documents, and the error of each failure.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertError, both, ERRORS, TEST_KEYS } from "./setup.mjs";

describe("the vendor's table", () => {
  // Codes and statuses of the vendor's current page and of its earlier ones, independent of the mock.
  /** @typedef {[code: string, status: number]} Row */
  /** @type {Row[]} */
  const CODES = [
    ["UNAUTHORIZED", 401],
    ["AUTHORIZATION_ERROR", 403],
    ["VALIDATION_ERROR", 422],
    ["ORDER_NOT_FOUND", 404],
    ["PROSPECT_SEARCH_NOT_FOUND", 404],
    ["BLACKLIST_NOT_FOUND", 404],
  ];
  /** @type {Row[]} */
  const LEGACY = [
    ["INVALID_REQUEST", 400],
    ["INVALID_JSON", 400],
    ["MISSING_FIELD", 400],
    ["INVALID_TYPE", 400],
    ["INVALID_ENUM", 400],
    ["INVALID_FORMAT", 400],
    ["ENTITY_NOT_FOUND", 404],
    ["RATE_LIMIT_EXCEEDED", 429],
  ];

  test("has the current codes, and no other as current", () => {
    const current = ERRORS.filter((row) => row.documented === "current").map((row) => [row.code, row.status]);
    assert.deepEqual(current.sort(), [...CODES].sort());
    const legacy = ERRORS.filter((row) => row.documented === "older").map((row) => [row.code, row.status]);
    assert.deepEqual(legacy.sort(), LEGACY.sort());
    // The other statuses of the vendor's pages have no documented code, nor do 405 and the errors of gateways.
    const rest = ERRORS.filter((row) => row.documented === "none").map((row) => row.status);
    assert.deepEqual(rest.sort(), [404, 405, 409, 500, 502, 503, 504]);
    assert.equal(new Set(ERRORS.map((row) => row.code)).size, ERRORS.length);
    for (const row of ERRORS) assert.ok(row.message && row.resolution, row.code);
  });

  for (const [code, status] of [...CODES, ...LEGACY]) {
    both(`${code} is ${status}`, {}, async ({ mock, get }) => {
      mock.fail({ code });
      const response = await get("/auth/validate");
      assertError(response, status, code);
      assert.deepEqual(
        Object.keys(response.body).filter((field) => !["code", "message", "details"].includes(field)),
        [],
      );
    });
  }

  both("each status fault has the matching code", {}, async ({ mock, get }) => {
    const codes = {
      400: "INVALID_REQUEST",
      401: "UNAUTHORIZED",
      403: "AUTHORIZATION_ERROR",
      404: "ORDER_NOT_FOUND",
      405: "METHOD_NOT_ALLOWED",
      409: "CONFLICT",
      422: "VALIDATION_ERROR",
      429: "RATE_LIMIT_EXCEEDED",
      500: "INTERNAL_ERROR",
      502: "BAD_GATEWAY",
      503: "SERVICE_UNAVAILABLE",
      504: "GATEWAY_TIMEOUT",
      418: "HTTP_418",
    };
    for (const [status, code] of Object.entries(codes)) {
      mock.fail(Number(status));
      assertError(await get("/orders"), Number(status), code);
    }
    for (const [path, code] of [
      ["prospect-searches", "PROSPECT_SEARCH_NOT_FOUND"],
      ["blacklists", "BLACKLIST_NOT_FOUND"],
      ["companies", "PROSPECT_SEARCH_NOT_FOUND"],
      ["prospects", "ENTITY_NOT_FOUND"],
      ["search-profile-creations/p", "ENTITY_NOT_FOUND"],
      ["auth/validate", "NOT_FOUND"],
    ]) {
      mock.fail(404);
      assertError(await get(`/${path}`), 404, code);
    }
    for (const key of [TEST_KEYS.expired, null]) {
      mock.fail(403);
      assert.deepEqual((await get("/orders", { key })).body.details, {
        required_scopes: ["orders:read"],
        user_scopes: [],
      });
    }
    mock.fail(403);
    assert.equal((await get("/nothing")).body.details, undefined);
    mock.fail({ status: 403, match: { path: "/api/v1/orders" } });
    const { body } = await get("/orders", { key: TEST_KEYS.none });
    assert.deepEqual(body, {
      code: "AUTHORIZATION_ERROR",
      message: "Missing required scopes: orders:read",
      details: { required_scopes: ["orders:read"], user_scopes: [] },
    });
  });

  both("code, message and details can be set", {}, async ({ mock, get }) => {
    mock.fail({ status: 409, code: "VERSION_MISMATCH", message: "too late", details: { version: 4 } });
    const response = await get("/orders");
    assert.equal(response.status, 409);
    assert.deepEqual(response.body, { code: "VERSION_MISMATCH", message: "too late", details: { version: 4 } });
  });
});
