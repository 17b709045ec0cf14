// `--wait-up-to`: commands that are batch work wait for rate limits and outages, and say so.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listen, until } from "../helpers/setup.mjs";
import { folder, run, start, terminal } from "./command.mjs";

/** @typedef {{ status?: number, retryAfter?: string, headers?: Record<string, string>, reset?: boolean }} Fault */

/** @type {Record<string, string[]>} Each command that is batch work. */
const COMMANDS = {
  "a list with --all": ["orders", "list", "--all", "--json"],
  "a list of all pages": ["companies", "all", "--json"],
  wait: ["orders", "wait", "o", "--poll", "10ms", "--json"],
  "wait for a profile": ["profiles", "wait", "p", "--poll", "10ms", "--json"],
  sync: ["deliveries", "sync", "s", "--out", "a.ndjson"],
};

/**
 * A server whose first responses are faults; the last one applies to all that follow if `isPermanent`.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 * @param {Fault[]} faults
 */
async function setUp(t, faults, isPermanent = false) {
  const cwd = await folder(t);
  const own = { requests: 0, url: "", cwd };
  own.url = await listen(t, (request, response) => {
    const fault = faults[isPermanent ? Math.min(own.requests, faults.length - 1) : own.requests];
    own.requests += 1;
    response.setHeader("content-type", "application/json");
    if (fault?.reset) return request.socket.destroy();
    if (fault?.status !== undefined) {
      if (fault.retryAfter !== undefined) response.setHeader("retry-after", fault.retryAfter);
      return response.writeHead(fault.status).end('{"code":"X","message":"m"}');
    }
    const { pathname, searchParams } = new URL(request.url, "http://server.test");
    const status = pathname.includes("orders/") ? "COMPLETED" : "SUCCEEDED";
    const page = {
      items: [{ id: "a" }],
      total: 1,
      limit: 100,
      offset: Number(searchParams.get("offset")),
      has_more: false,
    };
    return response.end(JSON.stringify(/\/[op]$/.test(pathname) ? { id: "a", status } : page));
  });
  return own;
}

for (const [title, args] of Object.entries(COMMANDS)) {
  describe(title, () => {
    /** @type {[title: string, faults: Fault[]][]} */
    const PASSING = [
      ["429 with Retry-After, again and again", Array(5).fill({ status: 429, retryAfter: "0.1" })],
      ["429 without", [{ status: 429 }]],
      ["503, more often than calls retry by default", Array(4).fill({ status: 503, retryAfter: "0.1" })],
      ["a broken connection", [{ reset: true }]],
    ];
    for (const [name, faults] of PASSING) {
      test(`waits for ${name}`, async (t) => {
        const own = await setUp(t, faults);
        const { code, stderr } = await run(args, own);
        assert.equal(code, 0, stderr);
        assert.ok(own.requests > faults.length);
      });
    }

    /** @type {[name: string, fault: Fault, exit: number][]} */
    const ENDS = [
      ["429", { status: 429, retryAfter: "0.3" }, 6],
      ["503", { status: 503 }, 7],
      ["a broken connection", { reset: true }, 8],
    ];
    for (const [name, fault, exit] of ENDS) {
      test(`--wait-up-to 0 ends at ${name}: ${exit}`, async (t) => {
        const own = await setUp(t, [fault], true);
        const { code, stderr } = await run([...args, "--wait-up-to", "0"], own);
        assert.equal(code, exit, stderr);
        assert.ok(own.requests <= 2, `${own.requests} requests`);
        if (exit === 6) assert.match(stderr, /(?:hint +|"hint":")--wait-up-to 2h waits longer/);
      });

      test(`--wait-up-to 300ms ends at a lasting ${name}: ${exit}`, async (t) => {
        const own = await setUp(t, [{ ...fault, ...(fault.status && { retryAfter: "0.1" }) }], true);
        const { code, stderr } = await run([...args, "--wait-up-to", "300ms"], own);
        assert.equal(code, exit, stderr);
        if (fault.status !== undefined) assert.ok(own.requests > 1);
        assert.doesNotMatch(stderr, /hint.*(?:maxRetryAfterMs|giveUpAfterMs)/);
      });
    }

    test("a wait that the server asks for and that is too long: 6, with a hint", async (t) => {
      const own = await setUp(t, [{ status: 429, retryAfter: "3600" }], true);
      const { code, stderr } = await run([...args.filter((arg) => arg !== "--json"), "--wait-up-to", "30m"], own);
      assert.equal(code, 6, stderr);
      assert.match(stderr, /^ +hint +--wait-up-to \S+ waits longer$/m);
      assert.match(stderr, /^ +retry after +2\d{3}-\S+Z$/m);
      assert.doesNotMatch(stderr, /RetryAfterMs|giveUpAfterMs/);
      const [, time] = /--wait-up-to (\d+)m/.exec(stderr) ?? [];
      assert.ok(Number(time) >= 60, stderr);
      assert.equal(own.requests, 1);
    });

    test("Ctrl-C during a wait: 130", async (t) => {
      const own = await setUp(t, [{ status: 429, retryAfter: "3600" }], true);
      const { child, texts, done } = start([...args, "-v"], own);
      await until(() => /rate limited: waiting until \d\d:\d\d:\d\d/.test(texts.stderr), "the command waits");
      child.kill("SIGINT");
      assert.equal((await done).code, 130);
    });

    test("is in the help", async () => {
      const { stdout } = await run([...args.slice(0, 2), "--help"], { key: "" });
      assert.match(stdout, /^ {2}--wait-up-to TIME/m);
    });
  });
}

describe("on a terminal", () => {
  test("each pause is reported once, with its reason and its end", async (t) => {
    const faults = [{ status: 429, retryAfter: "0.1" }, { status: 503, retryAfter: "0.1" }, { reset: true }];
    const own = await setUp(t, faults);
    const { code, stderr } = await run(COMMANDS["a list with --all"], { ...own, flags: terminal(90, ["stderr"]) });
    assert.equal(code, 0, stderr);
    assert.match(
      stderr.replace(/\u001b\[\d+m/g, ""),
      /^rate limited: waiting until \S+\n503: server error: waiting until \S+\n$/,
    );
  });
});

describe("other commands", () => {
  test("do not have the option: 2", async (t) => {
    const own = await setUp(t, []);
    /** @type {[args: string[], message: RegExp][]} */
    const CASES = [
      [["orders", "get", "o"], /Unknown option --wait-up-to/],
      [["orders", "create", "--briefing-quantity", "1"], /Unknown option --wait-up-to/],
      [["request", "GET", "/api/v1/orders"], /Unknown option --wait-up-to/],
      [["orders", "list"], /--wait-up-to requires --all/],
    ];
    for (const [args, message] of CASES) {
      const { code, stderr } = await run([...args, "--wait-up-to", "1h"], own);
      assert.deepEqual([code, message.test(stderr)], [2, true], stderr);
      assert.doesNotMatch((await run([args[0], args[1], "--help"])).stdout, /^ {2}--wait-up-to TIME +wait/m);
    }
    assert.equal(own.requests, 0);
  });

  test("an invalid time: 2", async (t) => {
    const own = await setUp(t, []);
    for (const args of Object.values(COMMANDS)) {
      const { code, stderr } = await run([...args, "--wait-up-to", "soon"], own);
      assert.deepEqual([code, /--wait-up-to: got .*"soon/.test(stderr)], [2, true], stderr);
      assert.equal((await run([...args, "--wait-up-to", "none"], own)).code, 0);
    }
  });

  test("have hints in their own options", async (t) => {
    /** @type {[fault: Fault, more: string[], hint: RegExp][]} */
    const CASES = [
      [{ status: 429, retryAfter: "3600" }, [], /hint +run the command again after that time\n/],
      [{ status: 503, retryAfter: "0.01" }, [], /hint +--retries \d+ --deadline none waits longer\n/],
      [{ status: 503, retryAfter: "30" }, ["--deadline", "5s"], /hint +--deadline none waits longer\n/],
      [{ status: 400 }, [], /^(?![^]*hint)/],
    ];
    for (const [fault, more, hint] of CASES) {
      const own = await setUp(t, [fault], true);
      const { stderr } = await run(["orders", "get", "o", ...more], own);
      assert.match(stderr, hint);
    }
  });
});
