// The command: exit codes and messages of errors, invalid command lines, and where the key may be.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen, refusingUrl, serve, TEST_KEYS } from "../helpers/setup.mjs";
import { folder, run } from "./command.mjs";

describe("errors", () => {
  const order = ["orders", "get", "o"];
  /** @type {[title: string, expected: number, fault: object, options: { key?: string }, message: RegExp][]} */
  const CASES = [
    ["an invalid key", 3, {}, { key: TEST_KEYS.expired }, /code +UNAUTHORIZED/],
    ["a missing scope", 3, {}, { key: TEST_KEYS.none }, /scopes +missing: orders:read/],
    [
      "not found",
      4,
      {},
      {},
      new RegExp(
        "code +ORDER_NOT_FOUND\\n +resolution +List the visible orders with GET /api/v1/orders\\.\\n" +
          " +request id +req_000001",
      ),
    ],
    ["a bad request", 5, { status: 400 }, {}, /400/],
    ["a conflict", 5, { status: 409 }, {}, /409/],
    [
      "a failed validation",
      5,
      { status: 422, details: { validation_errors: [{ field: "a.b", error: "is bad" }] } },
      {},
      /field +a\.b: is bad/,
    ],
    ["another status", 5, { status: 418 }, {}, /418/],
    ["rate limited", 6, { status: 429, retryAfter: "3600" }, {}, /retry after +2\d{3}-/],
    ["a server error", 7, { status: 501 }, {}, /501/],
    ["a response that is not JSON", 7, { status: 200, shape: "html" }, {}, /code +DECODE/],
    ["a reset", 8, { reset: "headers", times: 9 }, {}, /cause +\S/],
  ];
  for (const [title, expected, fault, options, pattern] of CASES) {
    test(`${title}: ${expected}`, async (t) => {
      const { mock, url } = await serve(t);
      if (Object.keys(fault).length > 0) mock.fail(fault);
      const { code, stdout, stderr } = await run([...order, "--retries", "0"], { url, ...options });
      assert.deepEqual([code, stdout], [expected, ""]);
      assert.match(stderr, /^error: /);
      assert.match(stderr, pattern);
      mock.clear();
      if (Object.keys(fault).length > 0) mock.fail(fault);
      const json = await run([...order, "--retries", "0", "--json"], { url, ...options });
      const { exit, message, code: errorCode } = JSON.parse(json.stderr);
      assert.deepEqual([json.code, exit], [expected, expected]);
      assert.ok(message.length > 0 && errorCode.length > 0);
    });
  }

  test("connection refused: 8", async () => {
    const { code, stderr } = await run([...order, "--retries", "0"], { url: await refusingUrl() });
    assert.equal(code, 8);
    assert.match(stderr, /cause +ECONNREFUSED/);
  });

  test("an unknown outcome is reported", async (t) => {
    const { mock, url } = await serve(t);
    mock.fail({ reset: "headers" });
    const { code, stderr } = await run(["orders", "create", "--briefing-quantity", "1"], { url });
    assert.equal(code, 8);
    assert.match(stderr, /warning +the request may have been applied/);
  });
});

describe("an invalid command line: 2", () => {
  /** @type {[args: string[], message: RegExp][]} */
  const CASES = [
    [["order", "list"], /Unknown command "order"\. Did you mean orders\?/],
    [["orders", "lits"], /Unknown command "orders lits"\. Did you mean list\?/],
    [["orders"], /openprospect orders requires one of: create, list, all, get, wait, results/],
    [["orders", "list", "--limt", "3"], /Unknown option --limt\. Did you mean --limit\?/],
    [["orders", "list", "--limit", "x"], /--limit: got "x"; expected a number/],
    [["orders", "list", "--limit"], /--limit requires a value/],
    [["orders", "list", "--limit", "1", "--limit", "2"], /--limit must not be repeated/],
    [["orders", "list", "--json=maybe"], /--json takes no value/],
    [["orders", "get"], /Missing argument ORDER_ID: openprospect orders get ORDER_ID/],
    [["orders", "get", ""], /order_id: got an empty string/],
    [["orders", "get", "a", "b"], /Unexpected argument "b": openprospect orders get ORDER_ID/],
    [["orders", "list", "--timeout", "soon"], /--timeout: got "soon"; expected a time such as/],
    [["orders", "list", "--retries", "-1"], /maxRetries/],
    [["orders", "create"], /nothing to send/],
    [["orders", "create", "--data", "{"], /The data is not valid JSON/],
    [["orders", "create", "--data", "[]"], /must be a JSON object/],
    [["orders", "create", "--data", "@nowhere.json"], /cannot be read/],
    [["searches", "set-blacklists", "s"], /Pass BLACKLIST_ID/],
    [["request", "GET"], /Missing argument PATH/],
    [["request", "GET", "api"], /does not begin with a slash/],
    [["request", "GET", "/a", "--query", "x"], /--query: got "x"; expected NAME=VALUE/],
    [["request", "GET", "/a", "--header", "authorization: x"], /authorization header/],
    [["orders", "list", "--base-url", "http://example.com"], /baseUrl/],
    [["orders", "list", "--key-file", "nowhere.key"], /key file cannot be read/],
  ];
  for (const [args, pattern] of CASES) {
    test(args.join(" "), async (t) => {
      /** @type {string[]} */
      const requests = [];
      const url = await listen(t, (request, response) => {
        requests.push(request.url);
        response.end("{}");
      });
      const { code, stdout, stderr } = await run(args, { url });
      assert.deepEqual([code, stdout, requests], [2, "", []]);
      assert.match(stderr, pattern);
    });
  }
});

describe("the key", () => {
  test("without a key, the error says how to set one", async () => {
    const { code, stderr } = await run(["orders", "list"], { key: "" });
    assert.equal(code, 2);
    assert.match(stderr, /set OPENPROSPECT_API_KEY, or write the key into a file and pass --key-file FILE/);
  });

  test("is read from a file", async (t) => {
    const { mock, url } = await serve(t);
    const cwd = await folder(t);
    await writeFile(join(cwd, "key"), `${TEST_KEYS.read}\r\n`);
    await writeFile(join(cwd, "none"), "\n");
    assert.equal((await run(["validate", "--key-file", "key"], { url, cwd, key: TEST_KEYS.expired })).code, 0);
    assert.equal(mock.requests[0].headers.authorization, `Bearer ${TEST_KEYS.read}`);
    assert.equal((await run(["validate", "--key-file", "none"], { url, cwd })).code, 2);
    // The error about invalid JSON does not repeat it.
    const { code, stderr } = await run(["orders", "create", "--data", "@key"], { url, cwd });
    assert.equal(code, 2);
    assert.doesNotMatch(stderr, /lnc_/);
  });

  for (const args of [
    ["--api-key", "sesame"],
    ["--key=sesame"],
    ["--api_key", "sesame"],
    ["--token", "sesame"],
    ["orders", "get", "lnc_live_sesame"],
    ["orders", "create", "--data", '{"a":"lnc_test_sesame"}'],
  ]) {
    test(`is rejected as ${args.join(" ").includes("lnc") ? "an argument" : args[0].split("=")[0]}`, async () => {
      const { code, stdout, stderr } = await run(args[0] === "orders" ? args : ["orders", "list", ...args]);
      assert.equal(code, 2);
      assert.match(stderr, /shell's history/);
      assert.doesNotMatch(stdout + stderr, /sesame/);
    });
  }

  test("never appears in the output, even if the server sends it", async (t) => {
    const { mock, url } = await serve(t);
    mock.fail({ status: 401, echoKey: true, times: 9 });
    for (const more of [[], ["--json"], ["--verbose"]]) {
      const { stdout, stderr } = await run(["orders", "list", ...more], { url });
      assert.ok(!(stdout + stderr).includes(TEST_KEYS.full));
    }
  });
});
