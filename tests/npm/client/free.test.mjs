// Thousands of concurrent calls, and a client that is freed meanwhile.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, rejection, serve, turn } from "../helpers/setup.mjs";

/** @type {((client: any) => Promise<unknown>)[]} */
const CALLS = [
  (client) => client.orders.list({ limit: 1 }),
  (client) => client.get("/api/v1/auth/validate"),
  (client) => client.request("POST", "/api/v1/blacklists", { body: { name: "n" } }),
  (client) => client.orders.get("missing"),
  (client) => client.orders.wait("missing", { pollMs: 1 }),
  (client) => client.blacklists.all({ limit: 1 }).next(),
  (client) =>
    client.retryOnConflict(
      () => client.auth.validate(),
      () => client.blacklists.list(),
    ),
  (client) => client.orders.get(""),
];

const FAULTS = [
  { status: 500 },
  { reset: "headers" },
  { reset: "body" },
  { status: 200, body: "no json" },
  { status: 404 },
];

for (const [how, copy] of COPIES) {
  describe(how, () => {
    for (const [status, expected] of [
      ["COMPLETED", "COMPLETED"],
      ["RUNNING", "client"],
    ]) {
      test(`a client that is freed during a poll ends the wait after the response: ${status}`, async () => {
        let respond = () => {};
        const fetch = () =>
          new Promise((resolve) => {
            respond = () => resolve(new Response(JSON.stringify({ id: "o", status })));
          });
        const own = new copy.OpenProspect({ apiKey: "lnc_test_a", fetch });
        const ended = own.orders.wait("o", { pollMs: 1 }).then(
          (order) => order.status,
          (error) => error.option ?? error,
        );
        await turn();
        own.free();
        respond();
        assert.equal(await ended, expected);
      });
    }

    test("two thousand calls, with free() after a thousand, each resolve or reject with a typed error", async (t) => {
      const { mock, client } = await serve(t);
      // One 429: more of them would slow down two thousand calls.
      mock.fail({ status: 429, retryAfter: "0.1", match: { path: "/api/v1/blacklists" } });
      // Eleven, since the calls repeat every seven requests: each kind of call gets faults.
      mock.fail(({ n }) => (n % 11 === 0 ? { ...FAULTS[(n / 11) % FAULTS.length], times: Infinity } : undefined));
      const own = client({ backoff: { baseMs: 1, maxMs: 5 }, deadlineMs: 60_000 }, copy);
      /** @type {Promise<unknown>[]} */
      const calls = [];
      for (let call = 0; call < 2000; call += 1) {
        if (call === 1000) own.free();
        calls.push(CALLS[call % CALLS.length](own));
      }
      const results = await Promise.allSettled(calls);
      const reasons = results.map((result) => (result.status === "rejected" ? [result.reason] : []));
      const freed = reasons.slice(1000).map(([reason]) => reason?.option);
      assert.deepEqual([...new Set(freed)], ["client"], "a freed client rejects calls");
      const failed = reasons.flat();
      for (const error of failed) assert.ok(error instanceof copy.OpenProspectError, String(error?.stack ?? error));
      const before = results.slice(0, 1000).filter(({ status }) => status === "fulfilled").length;
      assert.ok(before > 400, `${before} results`);
    });

    test("calls complete if the client is freed while they wait", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail(503);
      const own = client({}, copy);
      const call = own.orders.list();
      own.free();
      assert.equal((await call).total, 25);
      assert.equal(mock.requests.length, 2);
    });

    test("free() may be called again, and every method then rejects", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({}, copy);
      const { orders } = own;
      own.free();
      own.free();
      own[Symbol.dispose]();
      for (const call of [...CALLS, () => orders.list(), (c) => c.prospectSearches.edit("s", () => ({}))]) {
        const error = await rejection(call(own));
        assert.deepEqual([error.name, error.kind, error.option], ["ConfigurationError", "configuration", "client"]);
        assert.match(error.message, /free\(\)/);
      }
      assert.equal(mock.requests.length, 0);
    });

    test("Symbol.dispose frees the client", async (t) => {
      const { client } = await serve(t);
      const own = client({}, copy);
      own[Symbol.dispose]();
      assert.equal((await rejection(own.orders.list())).option, "client");
    });
  });
}
