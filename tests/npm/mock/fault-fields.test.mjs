// Which faults can be ordered, and what a record calls them.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { both, carry, mockOpenProspect, until } from "./setup.mjs";

/** By field: values that are taken, values that are not. */
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
  const refuses = (fault, words) => {
    const mock = mockOpenProspect();
    assert.throws(
      () => mock.fail(500, fault),
      (error) => error instanceof TypeError && error.message.includes(words),
      `${words}: ${JSON.stringify(fault)}`,
    );
    return mock;
  };

  for (const [field, [good, bad]] of Object.entries(FIELDS)) {
    test(field, () => {
      const mock = mockOpenProspect();
      for (const value of [...good, undefined]) mock.fail({ [field]: value });
      for (const value of bad) refuses({ [field]: value }, field);
    });
  }

  test("are no others, and do not contradict each other", () => {
    refuses({ statsu: 500 }, '"statsu"');
    refuses({ toString: 5 }, '"toString"');
    const rivals = [
      [{ reset: "body" }, { stall: "body" }],
      [{ body: "x" }, { shape: "html" }],
      [{ redirect: "/x" }, { shape: "html" }],
      [{ redirect: "/x" }, { body: "x" }],
    ];
    for (const [one, other] of rivals) refuses({ ...one, ...other }, "not both");
    for (const wrong of ["500", null, undefined, true, [500]])
      refuses(wrong, "must be a status, an object or a function");
  });

  test("that are refused leave the queue as it was", async () => {
    assert.equal((await carry(refuses({ status: 99 }, "status")).get("/orders")).status, 200);
  });

  test("are checked when a function gives them", async () => {
    for (const wrong of [{ statsu: 500 }, 99, "500"]) {
      const mock = mockOpenProspect();
      mock.fail(() => wrong);
      await assert.rejects(carry(mock).get("/orders"), TypeError);
    }
  });
});

describe("the name of a fault", () => {
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
  both("is its own, or made from its fields", {}, async ({ mock, fetch, last }) => {
    for (const [fault, name] of NAMES) {
      mock.fail(fault);
      await (await fetch("/api/v1/orders", { redirect: "manual" })).text();
      assert.equal(last().fault, name);
    }
    for (const at of ["headers", "body"]) {
      mock.fail({ reset: at, status: 503 }, { stall: at });
      await assert.rejects(async () => (await fetch("/api/v1/orders")).text(), TypeError);
      assert.equal(last().fault, `503 reset:${at}`);
      const controller = new AbortController();
      const pending = fetch("/api/v1/orders", { signal: controller.signal }).then((response) => response.text());
      await until(() => last().fault === `stall:${at}`, "the stalled request arrives");
      controller.abort("enough");
      await assert.rejects(pending, (error) => error === "enough");
    }
  });
});
