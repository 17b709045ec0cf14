// A response that is nested so deeply that walking through it would exhaust the stack.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listen } from "../helpers/setup.mjs";
import { run } from "./command.mjs";

describe("a response that is nested 20,000 deep", () => {
  /** @param {number} depth */
  const deep = (depth) => `${'{"a":['.repeat(depth / 2)}1${"]}".repeat(depth / 2)}`;
  /** @param {string} item */
  const page = (item) => `{"items":[{"id":"first"},${item}],"total":2,"limit":100,"offset":0,"has_more":false}`;
  const DEEP = 20_000;
  /**
   * @param {import("../helpers/setup.mjs").Scope} t
   * @param {Record<string, { status?: number, text: string }>} routes
   */
  async function serveText(t, routes) {
    return listen(t, (request, response) => {
      const { pathname } = new URL(request.url, "http://server.test");
      const { status = 200, text } = routes[pathname];
      response.writeHead(status, { "content-type": "application/json" }).end(text);
    });
  }
  const ROUTES = {
    "/a": { text: deep(DEEP) },
    "/b": { text: `[${deep(DEEP)}]` },
    "/api/v1/orders": { text: page(`{"id":"o","x":${deep(DEEP)}}`) },
    "/api/v1/orders/o": { text: `{"id":"o","status":"COMPLETED","x":${deep(DEEP)}}` },
    "/api/v1/orders/rejected": { text: `{"id":"rejected","status":"REJECTED","message":"no","x":${deep(DEEP)}}` },
    "/api/v1/orders/bad": { status: 400, text: `{"code":"X","message":"m","details":{"x":${deep(DEEP)}}}` },
  };
  /** @type {[args: string[], expected: number][]} */
  const CASES = [
    [["request", "GET", "/a"], 7],
    [["request", "GET", "/b"], 7],
    [["request", "GET", "/a", "--include"], 7],
    [["orders", "list"], 7],
    [["orders", "all"], 7],
    [["orders", "get", "o"], 7],
    [["orders", "wait", "o", "--json"], 7],
    [["orders", "get", "bad"], 5],
    [["orders", "wait", "rejected"], 9],
  ];
  for (const [args, expected] of CASES) {
    for (const more of args.includes("--json") ? [[]] : [[], ["--json"]]) {
      test(`${[...args, ...more].join(" ")}: ${expected}`, async (t) => {
        const { code, stdout, stderr } = await run([...args, ...more], { url: await serveText(t, ROUTES) });
        assert.equal(code, expected, stderr);
        assert.doesNotMatch(stdout + stderr, /call stack|RangeError|TypeError/);
        if (expected === 7) assert.match(stderr, /nested (?:too deeply|more than 1000 levels deep)/);
        if ([...args, ...more].includes("--json"))
          assert.equal(JSON.parse(stderr.trimEnd().split("\n").pop() ?? "").exit, expected);
      });
    }
  }

  test("a value that is nested less deeply is printed", async (t) => {
    const url = await serveText(t, { "/a": { text: deep(900) } });
    const { code, stdout } = await run(["request", "GET", "/a", "--json"], { url });
    assert.deepEqual([code, stdout.trimEnd()], [0, deep(900)]);
    assert.equal((await run(["request", "GET", "/a"], { url })).code, 0);
  });
});
