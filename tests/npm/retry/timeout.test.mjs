// Timeouts are not early and leave no timer. How late they are depends on the machine: see timeout-fake-clock.test.mjs.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { assertFields, COPIES, PACKAGE, rejection, serve, TEST_KEYS, until } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";
const MS = 1000;

/**
 * The error of a call, and how long it took.
 *
 * @param {() => Promise<unknown>} call
 */
async function timed(call) {
  const before = performance.now();
  const error = await rejection(call());
  return { error, took: performance.now() - before };
}

/**
 * @param {number} took
 * @param {number} ms
 */
const notEarly = (took, ms) => assert.ok(took >= ms, `${took} ms instead of ${ms}`);

/**
 * What stalls, the limits, and fields of the error.
 *
 * @type {[what: string, fault: object, limits: object, expect: Record<string, unknown>][]}
 */
const STALLS = [
  [
    "headers",
    { stall: "headers" },
    { timeoutMs: MS },
    { name: "TimeoutError", scope: "attempt", code: "TIMEOUT", status: null },
  ],
  ["a body", { stall: "body" }, { timeoutMs: MS }, { name: "TimeoutError", scope: "attempt", kind: "timeout" }],
  [
    "headers",
    { stall: "headers" },
    { deadlineMs: MS },
    { name: "TimeoutError", scope: "deadline", stoppedBy: "deadline" },
  ],
  ["a body", { stall: "body" }, { deadlineMs: MS }, { name: "TimeoutError", scope: "deadline", stoppedBy: "deadline" }],
  ["headers", { stall: "headers" }, { timeoutMs: MS, deadlineMs: null }, { scope: "attempt" }],
  [
    "an error body, whose status is known",
    { status: 400, stall: "body" },
    { timeoutMs: MS },
    { name: "BadRequestError", status: 400 },
  ],
];

for (const [how, copy] of COPIES) {
  describe(how, { concurrency: true }, () => {
    for (const [what, fault, limits, expect] of STALLS) {
      for (const place of ["client", "call"]) {
        test(`${what}: ${JSON.stringify(limits)} of the ${place}`, async (t) => {
          const { mock, client } = await serve(t);
          const own = client({ maxRetries: 0, ...(place === "client" && limits) }, copy);
          // The first call of a process loads the modules of fetch.
          await own.get(PATH);
          mock.fail(fault);
          const { error, took } = await timed(() => own.get(PATH, place === "call" ? limits : {}));
          notEarly(took, MS);
          assertFields(assert, error, expect);
          await until(() => mock.requests[1].aborted, "the server reports the closed connection");
          assert.equal(mock.requests.length, 2);
        });
      }
    }

    test("the message names the limit", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({ maxRetries: 0 }, copy);
      for (const [name, ms] of [
        ["timeoutMs", 60],
        ["deadlineMs", 70],
      ]) {
        mock.fail({ stall: "headers" });
        const { message } = await rejection(own.get(PATH, { [name]: ms }));
        assert.ok(message.includes(name) && message.includes(`${ms} ms`), message);
      }
    });

    test("a deadline includes attempts and waits", async (t) => {
      const { mock, client } = await serve(t);
      // Short backoffs: a wait beyond the deadline is not started, and the call would end before its deadline.
      const own = client({ backoff: { baseMs: 1, maxMs: 1 } }, copy);
      await own.get(PATH);
      mock.fail({ stall: "headers", times: Infinity });
      const { error, took } = await timed(() => own.get(PATH, { timeoutMs: 400, deadlineMs: MS, maxRetries: 9 }));
      notEarly(took, MS);
      assertFields(assert, error, { scope: "deadline", stoppedBy: "deadline" });
      assert.deepEqual(
        error.attempts.map(({ failure }) => failure),
        ["timeout", "timeout", "timeout"],
      );
    });

    test("null disables the deadline, of one call or of the client", async (t) => {
      const { client } = await serve(t, { latencyMs: 300 });
      const [limited, unlimited] = [client({ deadlineMs: 100 }, copy), client({ deadlineMs: null }, copy)];
      const [error, ...pages] = await Promise.all([
        rejection(limited.get(PATH)),
        limited.get(PATH, { deadlineMs: null }),
        unlimited.get(PATH),
      ]);
      assert.equal(error.scope, "deadline");
      for (const { total } of pages) assert.equal(total, 25);
      assert.equal((await rejection(unlimited.get(PATH, { deadlineMs: 100 }))).scope, "deadline");
    });
  });
}

/** A program with nothing else that keeps it running: it exits if the client leaves nothing open. */
const SCRIPT = `
const [url, key, path] = process.argv.slice(1);
async function main({ OpenProspect }) {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout");
  const client = new OpenProspect({ apiKey: key, baseUrl: url, backoff: { baseMs: 1, maxMs: 1 } });
  const controller = new AbortController();
  const left = {};
  const run = async (name, promise) => {
    const outcome = await promise.then(() => "ok", (error) => error?.name ?? error);
    left[name] = [outcome, ...timers()];
  };
  await run("success", client.get(path));
  await run("retried", client.get(path));
  const aborted = client.get(path, { signal: controller.signal });
  setImmediate(() => controller.abort("left"));
  await run("abort", aborted);
  await run("timeout", client.get(path, { timeoutMs: 50, maxRetries: 0 }));
  await run("rejected", client.get(path));
  // Beyond the range of a timer: a plain setTimeout fires immediately, and a leftover timer keeps the process running.
  await run("long", client.get(path, { timeoutMs: 2 ** 31, deadlineMs: 2 ** 40 }));
  const waiting = new AbortController();
  const wait = client.get(path, { signal: waiting.signal });
  setTimeout(() => waiting.abort("left"), 200);
  await run("wait", wait);
  console.log(JSON.stringify(left));
}
`;

test("a process exits after calls that succeeded, were aborted or timed out", async (t) => {
  const { mock, url } = await serve(t);
  const entries = {
    import: [
      "--input-type=module",
      "-e",
      `${SCRIPT}; import * as copy from ${JSON.stringify(new URL("index.js", PACKAGE).href)}; await main(copy);`,
    ],
    require: [
      "--input-type=commonjs",
      "-e",
      `${SCRIPT}; main(require(${JSON.stringify(new URL("index.cjs", PACKAGE).pathname)}));`,
    ],
  };
  for (const args of Object.values(entries)) {
    mock.clear();
    mock.fail(
      { latencyMs: 0 },
      503,
      { latencyMs: 0 },
      { stall: "headers" },
      { stall: "headers" },
      404,
      { latencyMs: 100 },
      { status: 429, retryAfter: "50" },
    );
    // The deadline of a call, 120 s, would outlive this limit.
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args, url, TEST_KEYS.full, PATH], {
      timeout: 8000,
    });
    assert.equal(stderr, "");
    assert.deepEqual(JSON.parse(stdout), {
      success: ["ok"],
      retried: ["ok"],
      abort: ["left"],
      timeout: ["TimeoutError"],
      rejected: ["NotFoundError"],
      long: ["ok"],
      wait: ["left"],
    });
  }
});
