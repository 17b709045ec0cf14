// Response bodies: valid, empty, invalid, large and endless.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertFields, COPIES, esm, listen, rejection, serve, signpost } from "../helpers/setup.mjs";

/** The memory of the module, which the first client instantiates. */
const { Instance } = WebAssembly;
/** @type {WebAssembly.ExportValue | undefined} */
let memory;
/** @type {any} */ (WebAssembly).Instance = function (/** @type {ConstructorParameters<typeof Instance>} */ ...args) {
  const instance = new Instance(...args);
  memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
  return instance;
};
new esm.OpenProspect({ apiKey: "lnc_test_a" });
WebAssembly.Instance = Instance;

const PATH = "/api/v1/orders";
const KIB = 1024;

/** @type {[what: string, fault: object, data: unknown][]} */
const DATA = [
  ["an object", { body: { a: [1, null, "ü"] } }, { a: [1, null, "ü"] }],
  ["an array", { body: [1, 2] }, [1, 2]],
  ["a string", { body: '"x"' }, "x"],
  ["null", { body: "null" }, null],
  ["a number", { body: " 7 \n" }, 7],
  ["JSON of another type", { body: "{}", contentType: "text/plain" }, {}],
  ["JSON after a byte order mark", { body: "\ufeff{}" }, {}],
  ["201", { status: 201, body: { id: "x" } }, { id: "x" }],
];
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/**
 * The fault of the mock, and parts of the error message.
 *
 * @type {[what: string, fault: object, parts: string[]][]}
 */
const INVALID = [
  ["an empty body", { shape: "empty" }, ["200", "empty body"]],
  ["a page", { shape: "html" }, ["text/html", "<!doctype html>"]],
  ["text", { shape: "not_json" }, ["text/plain", "upstream error"]],
  ["truncated JSON", { shape: "truncated_json" }, ["application/json", '{"items"']],
  ["HTML as JSON", { body: "<html>", contentType: "application/json" }, ["<html>"]],
  ["a long page", { body: `<p>${"x".repeat(200 * KIB)}` }, ["<p>xxx"]],
];

for (const [how, copy] of COPIES) {
  describe(`${how}: success bodies`, () => {
    for (const [what, fault, data] of DATA) {
      test(what, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ status: 200, ...fault });
        assert.deepEqual(await client({}, copy).get(PATH), data);
      });
    }

    test("204 and 205 have no data, whatever the method", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({}, copy);
      for (const method of METHODS) {
        mock.fail({ status: 204 });
        const response = await own.request(method, PATH);
        assert.deepEqual([response.data, response.status], [undefined, 204]);
      }
      mock.fail({ status: 205, shape: "empty" });
      assert.equal(await own.get(PATH), undefined);
    });

    test("an empty 200 has no data, except for GET", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({}, copy);
      for (const method of ["POST", "PUT", "PATCH", "DELETE", "HEAD"]) {
        mock.fail({ status: 200, shape: "empty" });
        assert.equal((await own.request(method, PATH)).data, undefined, method);
      }
    });

    for (const [what, fault, parts] of INVALID) {
      test(`${what} is not a valid response to a GET`, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ status: 200, ...fault });
        const error = await rejection(client({}, copy).get(PATH));
        assertFields(assert, error, {
          name: "DecodeError",
          kind: "decode",
          code: "DECODE",
          status: 200,
          retryable: false,
          mayHaveBeenApplied: false,
          requestId: "req_000001",
        });
        for (const part of parts) assert.ok(error.message.includes(part), error.message);
        assert.ok(error.message.length < 400, "a snippet is short");
        assert.ok(error.rawBody.length <= 64 * KIB);
        assert.equal(mock.requests.length, 1);
      });
    }

    test("invalid UTF-8 is replaced, as fetch does", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ status: 200, shape: "invalid_utf8", body: undefined });
      const text = JSON.stringify(await client({}, copy).get("/api/v1/orders"));
      assert.ok(text.includes("\ufffd"));
    });

    test("an interrupted body is a connection error, and retried", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ reset: "body" });
      const { attempts } = await client({}, copy).request("GET", PATH);
      assert.deepEqual(
        attempts.map(({ failure, status }) => failure ?? status),
        ["connection", 200],
      );
      mock.fail({ reset: "body", status: 201, body: {} });
      const error = await rejection(client({}, copy).post(PATH, { body: {} }));
      assertFields(assert, error, { name: "ConnectionError", mayHaveBeenApplied: true });
      assert.ok(error.cause instanceof Error);
    });
  });

  describe(`${how}: large success bodies`, () => {
    const MAX = 64 * KIB * KIB;
    /**
     * The URL of a server that sends a JSON string of `bytes` bytes.
     *
     * @param {import("node:test").TestContext} t
     * @param {number} bytes may be infinite
     * @param {() => void} reach is called when the connection closes
     */
    const large = (t, bytes, reach) =>
      listen(t, (_, response) => {
        response.writeHead(200, { "content-type": "application/json", "x-request-id": "req_large" });
        const chunk = Buffer.alloc(1024 * KIB, "x");
        let left = bytes - 2;
        const more = () => {
          while (!response.destroyed && left > 0) {
            const part = chunk.subarray(0, Math.min(left, chunk.length));
            left -= part.length;
            if (!response.write(part)) return;
          }
          if (left <= 0) response.end('"');
        };
        response.on("drain", more).once("close", reach);
        response.write('"');
        more();
      });

    test("64 MiB are read", async (t) => {
      const client = new copy.OpenProspect({ baseUrl: await large(t, MAX, () => {}) });
      assert.equal((await client.get(PATH)).length, MAX - 2);
    });

    for (const [what, bytes] of Object.entries({ "one byte more": MAX + 1, "an endless body": Infinity })) {
      test(`${what} is a DecodeError, and not retried`, async (t) => {
        const { reach, reached } = signpost();
        const client = new copy.OpenProspect({ baseUrl: await large(t, bytes, reach), timeoutMs: 20_000 });
        const error = await rejection(client.post(PATH, { body: {}, idempotencyKey: "k" }));
        assertFields(assert, error, {
          name: "DecodeError",
          status: 200,
          requestId: "req_large",
          retryable: false,
          mayHaveBeenApplied: true,
        });
        assert.match(
          error.message,
          /^POST \/api\/v1\/orders → 200 with a body of more than 64 MiB \(application\/json\): "x{199}$/,
        );
        assert.deepEqual([error.attempts.length, error.rawBody.length], [1, 64 * KIB]);
        await reached;
      });
    }
  });

  describe(`${how}: error bodies`, () => {
    test("two megabytes are truncated", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ status: 400, body: "ü".repeat(KIB * KIB) });
      const error = await rejection(client({}, copy).get(PATH));
      assert.equal(error.code, "BAD_REQUEST");
      assert.equal(error.rawBody, "ü".repeat(32 * KIB));
    });

    test("a large JSON body is parsed", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ status: 400, body: { code: "BIG", message: "m", details: { text: "x".repeat(500 * KIB) } } });
      const error = await rejection(client({}, copy).get(PATH));
      assert.equal(error.code, "BIG");
      assert.equal(error.details.text.length, 500 * KIB);
      assert.equal(error.rawBody.length, 64 * KIB);
    });

    test("an endless body is not read to its end, and the connection is closed", async (t) => {
      const { reach, reached } = signpost();
      const url = await listen(t, (_, response) => {
        response.writeHead(400, { "content-type": "application/json" });
        const chunk = Buffer.alloc(64 * KIB, "x");
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on("drain", more).once("close", reach);
        more();
      });
      const client = new copy.OpenProspect({ baseUrl: url, timeoutMs: 200_000, deadlineMs: null });
      const error = await rejection(client.get(PATH));
      assert.equal(error.name, "BadRequestError");
      assert.equal(error.rawBody.length, 64 * KIB);
      assert.ok(error.attempts[0].durationMs < 100_000, "the size ends it, not the timeout");
      await reached;
    });

    test("an interrupted body keeps the status", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ status: 404, reset: "body" });
      const error = await rejection(client({}, copy).get(PATH));
      assertFields(assert, error, { name: "NotFoundError", status: 404 });
    });

    test("invalid UTF-8 does not affect the other content", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ status: 400, shape: "invalid_utf8" });
      const error = await rejection(client({}, copy).get(PATH));
      assert.equal(error.code, "INVALID_REQUEST");
      assert.ok(error.message.includes("\ufffd"));
    });
  });
}

test("a success body is not copied into the memory of the module", async (t) => {
  const size = 50_000_000;
  const payload = Buffer.concat([Buffer.from('{"items":["'), Buffer.alloc(size - 13, "x"), Buffer.from('"]}')]);
  const url = await listen(t, (request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(request.url === PATH ? payload : "{}");
  });
  const client = new esm.OpenProspect({ baseUrl: url });
  await client.get("/");
  assert.ok(memory instanceof WebAssembly.Memory);
  const before = memory.buffer.byteLength;
  assert.ok(before > 0 && before < size);
  assert.equal((await client.get(PATH)).items[0].length, size - 13);
  assert.equal((await client.orders.list()).items[0].length, size - 13);
  assert.equal(memory.buffer.byteLength, before);
});
