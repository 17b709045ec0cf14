// No data of one caller reaches another: keys, contexts, responses, errors and limits belong to the call.

import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { Clock } from "../helpers/fake-clock.mjs";
import { COPIES, PACKAGE, rejection, signpost, until } from "../helpers/setup.mjs";
import { createClient, response, textOf } from "./tenant-client.mjs";

const run = promisify(execFile);

for (const [how, copy] of COPIES) {
  describe(`${how}: an outage`, () => {
    /**
     * Opens the circuit with five failures; then one call probes the server while another waits. Their errors.
     *
     * @param {() => Response} answer to the probe
     */
    async function probed(answer) {
      let isProbed = false;
      const { own, requests } = createClient(
        copy,
        (request) => (request.path.startsWith("/a/") ? ((isProbed = true), answer()) : response(500, {})),
        { maxRetries: 0 },
      );
      for (let n = 0; n < 5; n += 1) await rejection(own.get(`/down/${n}`));
      const [a, b] = [rejection(own.put("/a/private", { body: { secret: "of-a" } })), rejection(own.get("/b"))];
      const errors = await Promise.all([a, b]);
      assert.ok(isProbed && !requests.some(({ path }) => path === "/b"), "the second call is not sent");
      return errors;
    }

    const CONTENT = {
      code: "PRIVATE_CODE",
      message: "message of a",
      details: { account: "details of a", required_scopes: ["scope-of-a"] },
    };
    /** @type {[what: string, answer: () => Response, kind: string][]} */
    const PROBES = [
      ["a response", () => response(500, CONTENT, { "x-request-id": "request-id-of-a" }), "server"],
      [
        "an error page of a gateway",
        () => response(502, "<html>page of a", { "x-request-id": "request-id-of-a" }),
        "server",
      ],
      [
        "no response",
        () => {
          throw Object.assign(new TypeError("fetch failed", { cause: new Error("cause of a") }), {
            url: "https://a.example/of-a",
            body: "of-a",
          });
        },
        "connection",
      ],
    ];
    for (const [what, answer, kind] of PROBES) {
      test(`${what}: waiting calls get its kind and status, and no content`, async () => {
        const [a, b] = await probed(answer);
        assert.match(textOf(a), /of[ -]a/);
        assert.doesNotMatch(textOf(b), /of[ -]a|PRIVATE|private/);
        assert.deepEqual([b.kind, b.status, b.path, b.method], [kind, a.status, "/b", "GET"]);
        assert.deepEqual([b.requestId, b.rawBody, b.details, b.cause], [undefined, undefined, undefined, undefined]);
        assert.deepEqual(
          b.attempts.map(({ sent, status, requestId }) => [sent, status, requestId]),
          [[false, a.status, undefined]],
        );
        assert.equal(b.mayHaveBeenApplied, false);
        assert.match(b.message, /not sent/);
      });
    }

    test("Retry-After is shared with all calls", async () => {
      const [, b] = await probed(() => response(503, CONTENT, { "retry-after": "40" }));
      assert.ok(b.retryAfterMs > 39_000 && b.retryAfterMs <= 44_000 && b.retryAt instanceof Date, `${b.retryAfterMs}`);
    });
  });

  test(`${how}: an error body of 450 kB is stored only once for all waiting calls`, async () => {
    const program = `
      import { OpenProspect } from ${JSON.stringify(new URL("index.js", PACKAGE).href)};
      const list = Array.from({ length: 9000 }, (_, n) => "x".repeat(40) + n);
      const body = JSON.stringify({ code: "C", message: "m", details: { list } });
      const fetch = async () => new Response(body, { status: 500 });
      const client = new OpenProspect({ apiKey: "lnc_test_a", fetch, maxRetries: 1, backoff: { baseMs: 1, maxMs: 2 } });
      const ended = await Promise.allSettled(Array.from({ length: 1000 }, (_, n) => client.get("/" + n)));
      if (ended.some(({ reason }) => reason?.kind !== "server")) throw new Error("unexpected result");
      console.log(ended.filter(({ reason }) => reason.rawBody !== undefined).length);`;
    const { stdout } = await run(process.execPath, ["--max-old-space-size=100", "--input-type=module", "-e", program]);
    assert.ok(Number(stdout) < 20, `${stdout} of 1000 errors have the body`);
  });

  describe(`${how}: a limit`, () => {
    /**
     * A client of several tenants, each with a key of its own.
     *
     * @param {Parameters<typeof createClient>[1]} answer
     */
    function tenants(answer) {
      const tenant = new AsyncLocalStorage();
      const { own, requests } = createClient(copy, answer, {
        apiKey: () => `lnc_test_${tenant.getStore()}`,
        maxRetries: 0,
      });
      return { requests, get: (name) => tenant.run(name, () => own.get(`/${name}`)) };
    }

    test("a 429 of one key does not delay another key, whatever its Retry-After", async () => {
      for (const seconds of ["30", "3600"]) {
        const { get, requests } = tenants(({ key }) =>
          response(key.endsWith("_a") ? 429 : 200, {}, { "retry-after": seconds }),
        );
        assert.equal((await rejection(get("a"))).kind, "rate_limit");
        await Promise.all(Array.from({ length: 10 }, () => get("b")));
        assert.deepEqual(
          requests.map(({ path }) => path),
          ["/a", ...Array(10).fill("/b")],
        );
      }
    });

    test("an exhausted quota applies to its key only", async (t) => {
      const clock = new Clock().install(t);
      const { get, requests } = tenants(({ key }) =>
        response(200, {}, key.endsWith("_a") ? { "ratelimit-remaining": "0", "ratelimit-reset": "50" } : {}),
      );
      await clock.run(get("a"));
      await clock.run(get("b"));
      assert.deepEqual([requests.length, clock.elapsed], [2, 0], "the second does not wait");
    });

    test("calls with the same key share the limit, also if a key provider returns the key", async (t) => {
      const clock = new Clock().install(t);
      const { get, requests } = tenants((_, n) => response(n === 1 ? 429 : 200, {}, { "retry-after": "20" }));
      await clock.run(rejection(get("a")));
      const before = clock.elapsed;
      await clock.run(get("a"));
      assert.ok(clock.elapsed - before >= 20_000 && requests.length === 2, `${clock.elapsed - before} ms`);
    });
  });

  describe(`${how}: redaction from the first moment`, () => {
    // Without the documented prefix, so that only a client that knows the key finds it.
    const KEY = "s3cr3t-k3y-0f-a-t3nant";
    const OPTIONS = { apiKey: KEY, maxRetries: 0 };
    /** @type {Record<string, [status: number, headers: Record<string, string>]>} */
    const sends = { "rate limited": [429, { "retry-after": "3600" }], "server down": [503, {}] };
    for (const [what, [status, headers]] of Object.entries(sends)) {
      test(`a key in the path of a call that is not sent: ${what}`, async () => {
        const { own, requests } = createClient(copy, () => response(status, {}, headers), {
          ...OPTIONS,
          deadlineMs: 200,
        });
        for (let n = 0; n < 5; n += 1) await rejection(own.get("/down"));
        const count = requests.length;
        const calls = Array.from({ length: 3 }, () => rejection(own.get(`/x/${KEY}?q=1`)));
        const errors = await Promise.all(calls);
        assert.ok(requests.length - count < 3, "at least one call is not sent");
        for (const error of errors) {
          assert.doesNotMatch(textOf(error), new RegExp(KEY));
          assert.equal(error.path, "/x/[redacted]");
        }
      });
    }

    test("a call whose deadline passes while it waits", async (t) => {
      const clock = new Clock().install(t);
      const { own } = createClient(copy, () => new Promise(() => {}), {
        ...OPTIONS,
        timeoutMs: 500_000,
        deadlineMs: null,
      });
      for (let n = 0; n < 20; n += 1) own.get("/stalled").catch(() => {});
      const error = await clock.run(rejection(own.get(`/x/${KEY}`, { deadlineMs: 50 })));
      assert.deepEqual([error.kind, error.path], ["timeout", "/x/[redacted]"]);
      assert.doesNotMatch(textOf(error), new RegExp(KEY));
    });

    test("previous keys, and keys of other clients", async () => {
      let n = 0;
      const message = `${KEY}-1 was replaced by ${KEY}-2, lnc_live_ofAnother1 by lnc_test_ofAnother2`;
      /** @type {unknown[]} */
      const events = [];
      const { own } = createClient(
        copy,
        (_, sent) =>
          sent === 1 ? response(200, {}) : response(400, { code: "C", message, details: { [`${KEY}-1`]: message } }),
        {
          ...OPTIONS,
          apiKey: () => `${KEY}-${(n += 1)}`,
          onEvent: (event) => events.push(event),
        },
      );
      await own.get("/first");
      const error = await rejection(own.get(`/x/${KEY}-1`));
      assert.equal(
        error.message,
        `GET /x/[redacted] → 400 C: [redacted] was replaced by [redacted], [redacted] by [redacted]`,
      );
      assert.doesNotMatch(textOf([error, events]), new RegExp(`${KEY}|ofAnother`));
    });

    test("the key of the call, after a hundred other keys of the client", async () => {
      const tenant = new AsyncLocalStorage();
      const { reach: release, reached: released } = signpost();
      const { own, requests } = createClient(
        copy,
        async ({ path, key }) =>
          path === "/first"
            ? released.then(() => response(400, { code: "C", message: `bad ${key}` }))
            : response(200, {}),
        {
          ...OPTIONS,
          apiKey: () => `${KEY}-${tenant.getStore()}`,
        },
      );
      const first = tenant.run("first", () => rejection(own.get("/first")));
      await until(() => requests.length === 1, "the request is sent");
      await Promise.all(Array.from({ length: 100 }, (_, n) => tenant.run(`n${n}`, () => own.get("/other"))));
      release();
      assert.equal((await first).message, "GET /first → 400 C: bad Bearer [redacted]");
    });
  });
}
