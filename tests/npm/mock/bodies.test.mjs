// The bodies of faults.

/** @import { BodyShape } from "../../../pkg-template/testing/index.js" */

import assert from "node:assert/strict";
import { describe } from "node:test";
import { both, FULL } from "./setup.mjs";

describe("bodies of faults", () => {
  const bytesOf = async ({ fetch }) => {
    const response = await fetch("/api/v1/orders?limit=3");
    return {
      status: response.status,
      type: response.headers.get("content-type"),
      bytes: new Uint8Array(await response.arrayBuffer()),
    };
  };
  const decode = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

  both("custom bodies", {}, async (connection) => {
    connection.mock.fail(
      { body: "as it is" },
      { status: 500, body: { own: [1] }, contentType: "application/problem+json" },
      { status: 502, body: [1, 2] },
    );
    const [text, object, array] = [await bytesOf(connection), await bytesOf(connection), await bytesOf(connection)];
    assert.deepEqual([text.status, decode(text.bytes)], [200, "as it is"]);
    assert.deepEqual(
      [object.status, object.type, decode(object.bytes)],
      [500, "application/problem+json", '{"own":[1]}'],
    );
    assert.deepEqual([array.status, decode(array.bytes)], [502, "[1,2]"]);
  });

  both("custom bodies are 200 in place of an error, and custom error fields 400", {}, async ({ mock, get }) => {
    mock.fail(
      { body: { own: 1 } },
      { body: "[]", status: 404 },
      { message: "m" },
      { details: { a: 1 } },
      { code: "ODD" },
    );
    /** @type {[status: number, body: any][]} */
    const results = [];
    for (let n = 0; n < 5; n += 1) {
      const { status, headers, body } = await get("/orders/absent");
      assert.equal(headers.get("content-type"), "application/json");
      results.push([status, body]);
    }
    const { message } = results[3][1];
    assert.deepEqual(results, [
      [200, { own: 1 }],
      [404, []],
      [400, { code: "INVALID_REQUEST", message: "m" }],
      [400, { code: "INVALID_REQUEST", message, details: { a: 1 } }],
      [400, { code: "ODD", message }],
    ]);
  });

  both("a redirect has none, regardless of the response that it replaces", {}, async ({ mock, fetch }) => {
    mock.fail({ redirect: "/x" }, { redirect: "/x", status: 307 });
    /** @type {[path: string, status: number][]} */
    const expected = [
      ["/api/v1/orders", 302],
      ["/nothing", 307],
    ];
    for (const [path, status] of expected) {
      const response = await fetch(path, { redirect: "manual" });
      assert.deepEqual(
        [
          response.status,
          response.headers.get("content-type"),
          response.headers.get("content-length"),
          await response.text(),
        ],
        [status, "text/plain", "0", ""],
      );
    }
  });

  both("a real error that is delayed or truncated keeps its message", {}, async ({ mock, get, fetch }) => {
    const natural = await get("/companies/absent");
    mock.fail({ latencyMs: 1 });
    assert.equal((await get("/companies/absent")).text, natural.text);
    mock.fail({ reset: "body" });
    const cut = await fetch("/api/v1/companies/absent");
    assert.equal(cut.headers.get("content-length"), String(natural.text.length));
    await assert.rejects(cut.text(), TypeError);
  });

  both("invalid bodies, on success and on failure", {}, async (connection) => {
    /** @type {BodyShape[]} */
    const shapes = ["truncated_json", "html", "empty", "invalid_utf8", "not_json"];
    for (const status of [undefined, 502]) {
      connection.mock.fail(...shapes.map((shape) => ({ shape, status })));
      const [cut, html, empty, malformed, prose] = [
        await bytesOf(connection),
        await bytesOf(connection),
        await bytesOf(connection),
        await bytesOf(connection),
        await bytesOf(connection),
      ];
      for (const one of [cut, html, empty, malformed, prose]) assert.equal(one.status, status ?? 200);
      assert.ok(cut.bytes.length > 2);
      assert.throws(() => JSON.parse(decode(cut.bytes)), SyntaxError);
      assert.match(html.type ?? "", /^text\/html/);
      assert.match(decode(html.bytes), /^<!doctype html>/);
      assert.equal(empty.bytes.length, 0);
      assert.throws(() => decode(malformed.bytes), TypeError);
      const lenient = JSON.parse(new TextDecoder().decode(malformed.bytes));
      if (status) assert.equal(lenient.code, "BAD_GATEWAY");
      else assert.equal(lenient.items.length, 3);
      assert.throws(() => JSON.parse(decode(prose.bytes)), SyntaxError);
      assert.match(prose.type ?? "", /^text\/plain/);
    }
  });

  both("the other envelopes", {}, async ({ mock, get }) => {
    mock.fail({ shape: "nested", code: "INVALID_REQUEST", details: { validation_errors: [] } });
    const nested = await get("/orders");
    assert.deepEqual(
      [nested.status, nested.body],
      [
        400,
        { error: { code: "INVALID_REQUEST", message: nested.body.error.message, details: { validation_errors: [] } } },
      ],
    );

    mock.fail({ shape: "legacy", retryAfterBody: 3600, message: "slow down" });
    const legacy = await get("/orders");
    assert.deepEqual(
      [legacy.status, legacy.body],
      [429, { error: "RATE_LIMIT_EXCEEDED", message: "slow down", retry_after: 3600 }],
    );

    mock.fail({ shape: "extra" }, { shape: "extra", status: 409, details: { version: 2 } });
    const extra = await get("/orders/77");
    assert.deepEqual(
      [extra.status, extra.body],
      [404, { entity_type: "order", identifier: "77", code: "ORDER_NOT_FOUND", message: extra.body.message }],
    );
    assert.equal((await get("/orders")).body.version, 2);

    mock.fail({ shape: "fastapi" });
    const fastapi = await get("/orders");
    assert.equal(fastapi.status, 422);
    assert.deepEqual(Object.keys(fastapi.body), ["detail"]);
    assert.deepEqual(Object.keys(fastapi.body.detail[0]), ["type", "loc", "msg", "input"]);
  });

  both("an echoed key is in the message and the details", {}, async ({ mock, get }) => {
    /** @type {(BodyShape | undefined)[]} */
    const shapes = [undefined, "nested", "legacy", "html", "not_json"];
    for (const shape of shapes) {
      mock.fail({ echoKey: true, status: 500, shape });
      assert.ok((await get("/orders")).text.includes(FULL), shape);
    }
    mock.fail({ echoKey: true });
    const { status, body } = await get("/orders");
    assert.equal(status, 401);
    assert.ok(body.message.includes(FULL) && JSON.stringify(body.details).includes(FULL));
    mock.fail({ echoKey: true });
    assert.equal((await get("/orders", { key: null })).body.details, undefined);
  });
});
