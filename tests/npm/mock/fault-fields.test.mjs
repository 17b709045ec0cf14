// The fields of faults, and their names in records.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { both, connect, mockOpenProspect, until } from "./setup.mjs";

/** @import { Fault } from "../../../pkg-template/testing/index.js" */

/** By field: valid values, invalid values. */
const FIELDS = {
  name: [["", "n"], [5]],
  times: [
    [1, 7, Infinity],
    [0, -1, 1.5, "1", -Infinity, NaN],
  ],
  match: [
    [{}, { method: "get" }, { path: "/x" }, { path: /x/, method: "PUT" }],
    [[], "x", { url: "x" }, { method: "GET", url: "x" }, { method: 5 }, { path: 5 }],
  ],
  status: [
    [200, 599],
    [199, 600, 200.5, "500"],
  ],
  code: [["ODD"], [5]],
  message: [["", "m"], [5]],
  details: [[{}], [[], "d"]],
  retryAfter: [
    ["soon", "", 5, -1, { date: -5 }],
    ["a\nb", "ü€", true, {}, { date: "5" }, { date: Infinity }, [5]],
  ],
  retryAfterBody: [
    [0, 1.5],
    ["5", NaN, Infinity],
  ],
  headers: [
    [{}, { a: "b", c: null }],
    [[], "a", { "a b": "c" }, { "a b": null }, { a: "b\nc" }, { a: "b", c: 5 }, { a: 5 }],
  ],
  clockSkewMs: [
    [-5, 0],
    ["5", Infinity],
  ],
  body: [
    ["", "x", {}, [1]],
    [5, true, null],
  ],
  shape: [
    ["truncated_json", "html", "empty", "invalid_utf8", "not_json", "nested", "legacy", "extra", "fastapi"],
    ["flat", "odd", "toString", 5],
  ],
  contentType: [["text/plain"], [5, "a\nb"]],
  reset: [
    ["headers", "body"],
    ["never", true],
  ],
  stall: [
    ["headers", "body"],
    ["never", true],
  ],
  latencyMs: [
    [0, 2 ** 31 - 1],
    [-1, 2 ** 31, "5", NaN],
  ],
  echoKey: [[true, false], [1]],
  redirect: [
    ["/x", "https://x.test/"],
    [5, "a\nb"],
  ],
  applied: [[true, false], [1]],
};

describe("the fields of a fault", () => {
  const assertRejected = (fault, message) => {
    const mock = mockOpenProspect();
    assert.throws(
      () => mock.fail(500, fault),
      (error) => error instanceof TypeError && error.message.includes(message),
      `${message}: ${JSON.stringify(fault)}`,
    );
    return mock;
  };

  for (const [field, [valid, invalid]] of Object.entries(FIELDS)) {
    test(field, () => {
      const mock = mockOpenProspect();
      for (const value of [...valid, undefined]) mock.fail({ [field]: value });
      for (const value of invalid) assertRejected({ [field]: value }, field);
    });
  }

  test("unknown ones and contradictions are rejected", () => {
    assertRejected({ statsu: 500 }, '"statsu"');
    assertRejected({ toString: 5 }, '"toString"');
    const exclusive = [
      [{ reset: "body" }, { stall: "body" }],
      [{ body: "x" }, { shape: "html" }],
      [{ redirect: "/x" }, { shape: "html" }],
      [{ redirect: "/x" }, { body: "x" }],
    ];
    for (const [one, other] of exclusive) assertRejected({ ...one, ...other }, "not both");
    for (const invalid of ["500", null, undefined, true, [500]])
      assertRejected(invalid, "must be a status, an object or a function");
  });

  test("that are rejected do not change the queue", async () => {
    assert.equal((await connect(assertRejected({ status: 99 }, "status")).get("/orders")).status, 200);
  });

  test("are checked when a function returns them", async () => {
    for (const invalid of [{ statsu: 500 }, 99, "500"]) {
      const mock = mockOpenProspect();
      mock.fail(() => /** @type {Fault} */ (invalid));
      await assert.rejects(connect(mock).get("/orders"), TypeError);
    }
  });
});

describe("the name of a fault", () => {
  /** @type {[fault: Fault | number, name: string][]} */
  const NAMES = [
    [500, "500"],
    [{ name: "mine", status: 500 }, "mine"],
    [{ code: "ODD" }, "ODD"],
    [{ status: 503, code: "ODD", shape: "nested" }, "503 ODD nested"],
    [{ shape: "html" }, "html"],
    [{ retryAfter: 5 }, "retryAfter"],
    [{ retryAfterBody: 5 }, "retryAfterBody"],
    [{ body: "{}" }, "body"],
    [{ redirect: "/x" }, "redirect"],
    [{ echoKey: true }, "echoKey"],
    [{ latencyMs: 1 }, "latencyMs"],
    [{ clockSkewMs: 5 }, "clockSkewMs"],
    [{ headers: {} }, "headers"],
    [{ contentType: "text/plain" }, "contentType"],
    [{ headers: {}, latencyMs: 1 }, "latencyMs headers"],
    [{ status: 429, retryAfter: 5 }, "429"],
    [{ message: "m" }, "fault"],
    [{}, "fault"],
  ];
  both("is its own, or derived from its fields", {}, async ({ mock, fetch, last }) => {
    for (const [fault, name] of NAMES) {
      mock.fail(fault);
      await (await fetch("/api/v1/orders", { redirect: "manual" })).text();
      assert.equal(last().fault, name);
    }
    for (const at of /** @type {const} */ (["headers", "body"])) {
      mock.fail({ reset: at, status: 503 }, { stall: at });
      await assert.rejects(async () => (await fetch("/api/v1/orders")).text(), TypeError);
      assert.equal(last().fault, `503 reset:${at}`);
      const controller = new AbortController();
      const pending = fetch("/api/v1/orders", { signal: controller.signal }).then((response) => response.text());
      await until(() => last().fault === `stall:${at}`, "the stalled request");
      controller.abort("enough");
      await assert.rejects(pending, (error) => error === "enough");
    }
  });
});
