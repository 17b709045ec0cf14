// Timeouts are on time, and leave nothing behind. How late they are is seen on a fake clock: here the machine may be busy.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { assertFields, COPIES, PACKAGE, rejection, serve, TEST_KEYS, until } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";
const MS = 1000;

/** The time begins before the call does. */
async function timed(call) {
  const before = performance.now();
  const error = await rejection(call());
  return { error, took: performance.now() - before };
}

const notEarly = (took, ms) => assert.ok(took >= ms, `${took} ms instead of ${ms}`);

/** What stalls, which limit passes, and what the error is. */
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
          // The first call of a process loads what fetch needs.
          await own.get(PATH);
          mock.fail(fault);
          const { error, took } = await timed(() => own.get(PATH, place === "call" ? limits : {}));
          notEarly(took, MS);
          assertFields(assert, error, expect);
          await until(() => mock.requests[1].aborted, "the server sees the connection go");
          assert.equal(mock.requests.length, 2);
        });
      }
    }

    test("the limit is named in the message", async (t) => {
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

    test("a deadline holds over attempts and waits", async (t) => {
      const { mock, client } = await serve(t);
      // Hardly any waits: one that would pass the deadline is not begun, and the call then ends before it.
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

    test("null takes the deadline away, for one call or for all", async (t) => {
      const { client } = await serve(t, { latencyMs: 300 });
      const [strict, free] = [client({ deadlineMs: 100 }, copy), client({ deadlineMs: null }, copy)];
      const [refused, ...allowed] = await Promise.all([
        rejection(strict.get(PATH)),
        strict.get(PATH, { deadlineMs: null }),
        free.get(PATH),
      ]);
      assert.equal(refused.scope, "deadline");
      for (const { total } of allowed) assert.equal(total, 25);
      assert.equal((await rejection(free.get(PATH, { deadlineMs: 100 }))).scope, "deadline");
    });
  });
}

/** Runs where nothing else is alive: it ends when the client leaves nothing behind. */
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
  await run("refused", client.get(path));
  // Longer than a timer holds, so that a naive one fires at once; and a lasting one would keep this process.
  await run("patient", client.get(path, { timeoutMs: 2 ** 31, deadlineMs: 2 ** 40 }));
  const waiting = new AbortController();
  const wait = client.get(path, { signal: waiting.signal });
  await run("wait", Promise.race([wait, new Promise((resolve) => setTimeout(resolve, 200)).then(() => { waiting.abort("left"); return wait; })]));
  console.log(JSON.stringify(left));
}
`;

test("a process with a call that succeeded, one that was aborted and one that timed out ends by itself", async (t) => {
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
      refused: ["NotFoundError"],
      patient: ["ok"],
      wait: ["left"],
    });
  }
});
