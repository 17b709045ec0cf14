// Failures of the WebAssembly module: calls reject with an InternalError, and the next call succeeds.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { watchCrossings } from "../helpers/wasm-faults.mjs";

const crossings = watchCrossings();
const { writeFigures } = await import("../helpers/metrics.mjs");
const { COPIES, rejection, serve, signpost, thrown, until } = await import("../helpers/setup.mjs");

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

const PATH = "/api/v1/orders";
const KEY = "lnc_test_broken";
/** @param {unknown} value */
const json = (value, status = 200, headers = {}) =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });
const page = { items: [{ id: "a" }], total: 1, has_more: false };

/**
 * Calls of two clients that cover what crosses the import boundary: plain calls, a retry, a pause, a wait, pages, and
 * an invalid argument. With `isHealthy` the server has no more failures.
 *
 * @typedef {{ server: { isHealthy: boolean }, clients: any[], calls: Promise<unknown>[] }} Load
 *
 * @param {any} copy of the package
 * @returns {Load}
 */
function load(copy) {
  let requests = 0;
  const server = { isHealthy: false };
  const failures = [
    () => json({}, 503),
    () => json({}, 429, { "retry-after": "0.01" }),
    () => json({ detail: "no" }, 404),
    () => {
      throw new TypeError("fetch failed");
    },
  ];
  const fetch = async () => {
    requests += 1;
    return requests % 3 === 0 && !server.isHealthy
      ? failures[(requests / 3) % failures.length]()
      : json({ ...page, id: "a", status: "COMPLETED" });
  };
  const own = { apiKey: KEY, baseUrl: "http://127.0.0.1:9", fetch, backoff: { baseMs: 1, maxMs: 2 }, deadlineMs: 2000 };
  const clients = [
    new copy.OpenProspect(own),
    new copy.OpenProspect({ ...own, apiKey: async () => KEY, onEvent() {} }),
  ];
  /** @param {any} client */
  const all = async (client) => {
    for await (const item of client.orders.all({ limit: 1 })) if (!item) return;
  };
  const calls = clients.flatMap((client) => [
    ...Array.from({ length: 5 }, () => client.get(PATH)),
    client.post(PATH, { body: page }),
    client.orders.wait("a", { pollMs: 1 }),
    all(client),
    client.get("no path"),
  ]);
  return { server, clients, calls };
}
const EXPECTED = ["NotFoundError", "ConnectionError", "ConfigurationError", "ServerError", "RateLimitError"];

/** Every sixteenth crossing; `CROSSINGS=1` tests all of them, which takes minutes. */
const STRIDE = Number(process.env.CROSSINGS ?? 16);

for (const [how, copy] of COPIES) {
  describe(how, () => {
    test("a trap at any crossing: every call settles, and the next one succeeds", async (t) => {
      await Promise.allSettled(load(copy).calls);
      crossings.count = 0;
      await Promise.allSettled(load(copy).calls);
      const length = crossings.count;
      assert.ok(length > 300, `${length} crossings`);
      const before = crossings.instances;
      let traps = 0;
      let rejected = 0;
      for (let at = 1; at <= length; at += STRIDE) {
        Object.assign(crossings, { count: 0, at });
        /** @type {Load} */
        let own = { server: { isHealthy: false }, clients: [], calls: [] };
        try {
          own = load(copy);
        } catch (error) {
          assert.ok(error instanceof copy.InternalError, `${at}: ${error?.stack}`);
          rejected += 1;
        }
        for (const result of await Promise.allSettled(own.calls)) {
          if (result.status === "fulfilled") continue;
          const { reason } = result;
          if (EXPECTED.includes(reason?.name)) continue;
          assert.ok(
            reason instanceof copy.InternalError && reason.cause instanceof WebAssembly.RuntimeError,
            `${at}: ${reason?.stack ?? reason}`,
          );
          rejected += 1;
        }
        if (crossings.count >= at) traps += 1;
        crossings.at = Infinity;
        own.server.isHealthy = true;
        for (const client of own.clients) {
          assert.equal((await client.get(PATH)).total, 1);
          client.free();
        }
      }
      t.diagnostic(`${traps} traps at ${length} crossings, ${rejected} calls rejected`);
      writeFigures(`traps-${how}`, { traps, crossings: length, told: rejected });
      assert.ok(traps > length / STRIDE / 2 && rejected >= traps, `${rejected} calls rejected by ${traps} traps`);
      assert.ok(crossings.instances - before <= traps, "one new instance per trap");
    });

    test("the error has the request, the call site and mayHaveBeenApplied", async (t) => {
      const { client } = await serve(t);
      const own = client({}, copy);
      await own.get(PATH);
      for (const [method, mayHaveBeenApplied] of Object.entries({ GET: false, POST: true })) {
        // After the crossings that read the arguments.
        crossings.at = crossings.count + 8;
        const error = await rejection(own[method.toLowerCase()](`${PATH}?limit=1`));
        const { kind, code, retryable, path } = error;
        assert.deepEqual(
          { kind, code, retryable, path, method: error.method, mayHaveBeenApplied: error.mayHaveBeenApplied },
          { kind: "internal", code: "INTERNAL", retryable: true, path: PATH, method, mayHaveBeenApplied },
        );
        assert.equal(error.message, `${method} ${PATH} → the client itself failed: unreachable`);
        assert.match(error.resolution, /may be done twice/);
        assert.ok(copy.isOpenProspectError(error, "internal") && error.cause instanceof WebAssembly.RuntimeError);
        assert.match(error.stack.split("\n")[1], /internal\.test\.mjs/);
        await own.get(PATH);
      }
    });

    test("calls in flight and waiting calls reject immediately", async (t) => {
      const { mock, client } = await serve(t);
      const [own, other] = [client({ deadlineMs: null }, copy), client({}, copy)];
      mock.fail({ stall: "headers", times: Infinity, match: { path: "/stalled" } });
      const controller = new AbortController();
      const { signal } = controller;
      const inFlight = [
        own.get("/stalled", { signal, timeoutMs: 3e6 }),
        ...Array.from({ length: 30 }, () => own.get("/stalled", { signal, timeoutMs: 3e6 })),
      ].map(rejection);
      await until(() => mock.requests.length >= 4, "the concurrency limit is reached");
      const count = inFlight.length;
      crossings.at = crossings.count + 1;
      assert.equal((await rejection(other.get(PATH))).name, "InternalError");
      /** @type {unknown[]} */
      const errors = [];
      for (const call of inFlight) call.then((error) => errors.push(error));
      await until(() => errors.length === count, "all of them reject");
      assert.ok(errors.every((error) => error instanceof copy.InternalError));
      await until(
        () => mock.requests.filter(({ aborted, path }) => aborted && path === "/stalled").length >= 4,
        "their requests are aborted",
      );
      assert.equal((await own.get(PATH)).total, 25, "the same client still works");
      controller.abort();
    });

    test("a key in the path or in an error of the platform is redacted", async (t) => {
      const { client } = await serve(t, { keys: { [KEY]: { scopes: ["orders:read"] } } });
      const { random } = Math;
      t.after(() => {
        Math.random = random;
      });
      for (const apiKey of [KEY, async () => KEY]) {
        const own = client({ apiKey }, copy);
        Math.random = () => {
          throw new Error(`no random number for ${KEY}`);
        };
        const error = await rejection(own.get(`/x/${KEY}`));
        Math.random = random;
        assert.equal(error.message, "GET /x/[redacted] → the client itself failed: no random number for [redacted]");
        assert.ok(!`${error.stack}${JSON.stringify(error)}${error.cause.stack}`.includes(KEY));
      }
    });

    test("the platform may throw a value that throws when it is read", async (t) => {
      const { mock, client } = await serve(t);
      const { random } = Math;
      t.after(() => {
        Math.random = random;
      });
      const fail = () => {
        throw new Error("this value must not be read");
      };
      const hostile = new Proxy(
        {},
        { get: fail, getPrototypeOf: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail },
      );
      const own = client({}, copy);
      await own.get(PATH);
      mock.fail(503);
      const before = crossings.instances;
      for (const call of [() => own.get("/api/v1/status/404"), () => own.get(PATH)]) {
        Math.random = () => {
          throw hostile;
        };
        const error = await rejection(call());
        Math.random = random;
        assert.ok(error instanceof copy.InternalError, String(error?.stack));
        assert.match(error.message, /the client itself failed/);
        assert.equal((await own.get(PATH)).total, 25);
      }
      assert.equal(crossings.instances, before + 2, "each poisoned instance is replaced");
    });

    test("a trap in a timer rejects the waiting calls", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ status: 429, retryAfter: "0.2", times: 3 });
      /** @type {string[]} */
      const retries = [];
      const own = client({ onEvent: ({ type }) => type === "retry" && retries.push(type) }, copy);
      const calls = Array.from({ length: 3 }, () => rejection(own.get(PATH)));
      await until(() => retries.length === 3, "all of them wait");
      // From now on only the timer of the pause runs.
      crossings.at = crossings.count + 1;
      for (const error of await Promise.all(calls)) assert.ok(error instanceof copy.InternalError, String(error));
    });

    test("a client of a poisoned instance is garbage-collected without an error", async (t) => {
      const { client } = await serve(t);
      const last = new WeakRef(client({}, copy));
      const own = client({}, copy);
      crossings.at = crossings.count + 1;
      assert.equal((await rejection(own.get(PATH))).name, "InternalError");
      await own.get(PATH);
      await until(() => {
        collectGarbage();
        return last.deref() === undefined;
      }, "the client is collected");
      assert.equal((await own.get(PATH)).total, 25);
      own.free();
    });

    test("a client is garbage-collected where timers throw, as between the requests of a worker", async (t) => {
      // Connections of the previous tests may still have timers: only those that are set from now on are the client's.
      const { clearTimeout, setTimeout } = globalThis;
      const timers = new Set();
      t.after(() => {
        Object.assign(globalThis, { clearTimeout, setTimeout });
      });
      globalThis.setTimeout = /** @type {any} */ (
        (/** @type {() => void} */ run, /** @type {number} */ ms) => {
          const timer = setTimeout(run, ms);
          timers.add(timer);
          return timer;
        }
      );
      // Not the fetch of Node, which has timers too.
      /** @param {() => Promise<unknown>} fetch */
      const client = (fetch) => new copy.OpenProspect({ apiKey: KEY, baseUrl: "http://127.0.0.1:9", fetch });
      const answers = [json({}, 429, { "retry-after": "0.01" }), json(page)];
      // This client had a timer, for the pause.
      await client(async () => answers.shift()).get(PATH);
      const { reach, reached } = signpost();
      const other = client(async () => reached).get(PATH);
      let thrownErrors = 0;
      globalThis.clearTimeout = (timer) => {
        if (!timers.has(timer)) {
          clearTimeout(timer);
          return;
        }
        thrownErrors += 1;
        throw new Error("not within global scope");
      };
      await until(() => {
        collectGarbage();
        return thrownErrors > 0;
      }, "the client clears its timer");
      globalThis.clearTimeout = clearTimeout;
      reach(json(page));
      assert.equal((await other).total, 1, "a call in flight");
    });

    test("a client of a poisoned instance can be freed, and then rejects calls", async (t) => {
      const { client } = await serve(t);
      const own = client({}, copy);
      crossings.at = crossings.count + 1;
      await rejection(own.get(PATH));
      const { instances } = crossings;
      own.free();
      assert.equal(crossings.instances, instances, "no instance is created to free the client");
      assert.equal((await rejection(own.get(PATH))).option, "client");
    });

    test("free() near the end of the stack frees the client or throws a RangeError", async (t) => {
      const { client } = await serve(t);
      const other = client({}, copy);
      await other.get(PATH);
      const counts = { freed: 0, failed: 0 };
      for (let room = 0; room < 1500; room += 25) {
        const one = client({}, copy);
        const error = await nearStackOverflow(room, async () => one.free()).then(
          () => undefined,
          (thrown) => thrown,
        );
        if (error) assert.equal(error.name, "RangeError", String(error));
        const isFreed = await one.get(PATH).then(
          () => false,
          ({ option }) => option === "client",
        );
        assert.ok(error !== undefined || isFreed, `with room for ${room} calls`);
        counts[isFreed ? "freed" : "failed"] += 1;
        assert.equal((await other.get(PATH)).total, 25);
      }
      assert.ok(counts.freed > 0 && counts.failed > 0, JSON.stringify(counts));
    });

    test("a trap while a freed client rejects a call is an InternalError, the next one rejects as usual", async (t) => {
      const { client } = await serve(t);
      const own = client({}, copy);
      own.free();
      const { option } = await rejection(own.get(PATH));
      crossings.at = crossings.count + 1;
      assert.ok((await rejection(own.get(PATH))) instanceof copy.InternalError);
      crossings.at = Infinity;
      assert.deepEqual([option, (await rejection(own.get(PATH))).option], ["client", "client"]);
    });

    test("after a stack overflow in one call, that call, concurrent calls and the next one settle", async (t) => {
      // Not the fetch of Node, which fails near the end of the stack.
      const own = new copy.OpenProspect({ apiKey: KEY, baseUrl: "http://127.0.0.1:9", fetch: async () => json(page) });
      await own.get(PATH);
      /** @type {Record<string, number>} */
      const counts = {};
      for (let room = 0; room < 900; room += 18) {
        const others = Array.from({ length: 10 }, () =>
          own.get(PATH).then(
            () => "a result",
            (error) => error.name,
          ),
        );
        const name = await nearStackOverflow(room, () => own.get(PATH)).then(
          () => "a result",
          (error) => error.name,
        );
        counts[name] = (counts[name] ?? 0) + 1;
        assert.ok(["a result", "InternalError", "RangeError", "ConnectionError"].includes(name), name);
        for (const other of await Promise.all(others)) assert.ok(["a result", "InternalError"].includes(other), other);
        assert.equal((await own.get(PATH)).total, 1);
      }
      t.diagnostic(JSON.stringify(counts));
      assert.ok(counts["a result"] > 0 && counts.RangeError > 0);
    });
  });
}

/**
 * Runs something where the stack has room for `room` more calls. A thrown error is a rejection.
 *
 * @param {number} room
 * @param {() => Promise<unknown>} run
 * @returns {Promise<unknown>}
 */
function nearStackOverflow(room, run) {
  let depth = 0;
  const deeper = () => {
    depth += 1;
    deeper();
  };
  assert.equal(thrown(deeper).name, "RangeError");
  /** @returns {Promise<unknown>} */
  const down = () => {
    depth -= 1;
    return depth > room ? down() : run();
  };
  try {
    return down();
  } catch (error) {
    return Promise.reject(error);
  }
}
