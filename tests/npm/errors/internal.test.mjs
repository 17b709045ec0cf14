// What comes when the module breaks: calls are told so, the process lives, the next call works.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { watchCrossings } from "../helpers/wasm-faults.mjs";

const crossings = watchCrossings();
const { writeFigures } = await import("../helpers/metrics.mjs");
const { COPIES, rejection, serve, signpost, thrown, until } = await import("../helpers/setup.mjs");

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

const PATH = "/api/v1/orders";
const KEY = "lnc_test_broken";
const json = (value, status = 200, headers = {}) =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });
const page = { items: [{ id: "a" }], total: 1, has_more: false };

/** What of a client crosses the border, with answers of a made-up server: plain calls, a retry, a pause, a wait, pages, misuse. */
function load(copy) {
  let asked = 0;
  const server = { isCalm: false };
  const answers = [
    () => json({}, 503),
    () => json({}, 429, { "retry-after": "0.01" }),
    () => json({ detail: "no" }, 404),
    () => {
      throw new TypeError("fetch failed");
    },
  ];
  const fetch = async () => {
    asked += 1;
    return asked % 3 === 0 && !server.isCalm
      ? answers[(asked / 3) % answers.length]()
      : json({ ...page, id: "a", status: "COMPLETED" });
  };
  const own = { apiKey: KEY, baseUrl: "http://127.0.0.1:9", fetch, backoff: { baseMs: 1, maxMs: 2 }, deadlineMs: 2000 };
  const clients = [
    new copy.OpenProspect(own),
    new copy.OpenProspect({ ...own, apiKey: async () => KEY, onEvent() {} }),
  ];
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

/** A sixteenth of the crossings; `CROSSINGS=1` tries each of them, which takes minutes. */
const STRIDE = Number(process.env.CROSSINGS ?? 16);

for (const [how, copy] of COPIES) {
  describe(how, () => {
    test("a trap at any crossing of the border: every call ends, and the next one works", async (t) => {
      await Promise.allSettled(load(copy).calls);
      crossings.count = 0;
      await Promise.allSettled(load(copy).calls);
      const length = crossings.count;
      assert.ok(length > 300, `${length} crossings`);
      const before = crossings.instances;
      let traps = 0;
      let told = 0;
      for (let at = 1; at <= length; at += STRIDE) {
        Object.assign(crossings, { count: 0, at });
        let own = { server: {}, clients: [], calls: [] };
        try {
          own = load(copy);
        } catch (error) {
          assert.ok(error instanceof copy.InternalError, `${at}: ${error?.stack}`);
          told += 1;
        }
        for (const { reason } of await Promise.allSettled(own.calls)) {
          if (reason === undefined || EXPECTED.includes(reason.name)) continue;
          assert.ok(
            reason instanceof copy.InternalError && reason.cause instanceof WebAssembly.RuntimeError,
            `${at}: ${reason?.stack ?? reason}`,
          );
          told += 1;
        }
        traps += crossings.count >= at;
        crossings.at = Infinity;
        own.server.isCalm = true;
        for (const client of own.clients) {
          assert.equal((await client.get(PATH)).total, 1);
          client.free();
        }
      }
      t.diagnostic(`${traps} traps at ${length} crossings, ${told} calls were told`);
      writeFigures(`traps-${how}`, { traps, crossings: length, told });
      assert.ok(traps > length / STRIDE / 2 && told >= traps, `${told} calls were told of ${traps} traps`);
      assert.ok(crossings.instances - before <= traps, "an instance more for each trap, and no other");
    });

    test("the error names the request, begins at the caller's line and says what may have been done", async (t) => {
      const { client } = await serve(t);
      const own = client({}, copy);
      await own.get(PATH);
      for (const [method, mayHaveBeenApplied] of [
        ["GET", false],
        ["POST", true],
      ]) {
        // Behind those at which the arguments are read.
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

    test("calls under way and calls that wait are told at once", async (t) => {
      const { mock, client } = await serve(t);
      const [own, other] = [client({ deadlineMs: null }, copy), client({}, copy)];
      mock.fail({ stall: "headers", times: Infinity, match: { path: "/stalled" } });
      const controller = new AbortController();
      const { signal } = controller;
      const out = [
        own.get("/stalled", { signal, timeoutMs: 3e6 }),
        ...Array.from({ length: 30 }, () => own.get("/stalled", { signal, timeoutMs: 3e6 })),
      ].map(rejection);
      await until(() => mock.requests.length >= 4, "the window is full");
      const most = out.length;
      crossings.at = crossings.count + 1;
      assert.equal((await rejection(other.get(PATH))).name, "InternalError");
      const told = [];
      for (const call of out) call.then((error) => told.push(error));
      await until(() => told.length === most, "all of them are rejected");
      assert.ok(told.every((error) => error instanceof copy.InternalError));
      await until(
        () => mock.requests.filter(({ aborted, path }) => aborted && path === "/stalled").length >= 4,
        "their requests are aborted",
      );
      assert.equal((await own.get(PATH)).total, 25, "the same client goes on meanwhile");
      controller.abort();
    });

    test("a key in the path, or in what the platform throws, is not repeated", async (t) => {
      const { client } = await serve(t, { keys: { [KEY]: { scopes: ["orders:read"] } } });
      const { random } = Math;
      t.after(() => {
        Math.random = random;
      });
      for (const apiKey of [KEY, async () => KEY]) {
        const own = client({ apiKey }, copy);
        Math.random = () => {
          throw new Error(`no chance for ${KEY}`);
        };
        const error = await rejection(own.get(`/x/${KEY}`));
        Math.random = random;
        assert.equal(error.message, "GET /x/[redacted] → the client itself failed: no chance for [redacted]");
        assert.ok(!`${error.stack}${JSON.stringify(error)}${error.cause.stack}`.includes(KEY));
      }
    });

    test("what the platform throws may throw when it is looked at", async (t) => {
      const { mock, client } = await serve(t);
      const { random } = Math;
      t.after(() => {
        Math.random = random;
      });
      const refuse = () => {
        throw new Error("hands off");
      };
      const hostile = new Proxy(
        {},
        { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse },
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
      assert.equal(crossings.instances, before + 2, "neither instance was entered again");
    });

    test("a failure in a timer, when nobody calls, is told to those who wait", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ status: 429, retryAfter: "0.2", times: 3 });
      const retries = [];
      const own = client({ onEvent: ({ type }) => type === "retry" && retries.push(type) }, copy);
      const calls = Array.from({ length: 3 }, () => rejection(own.get(PATH)));
      await until(() => retries.length === 3, "all of them wait");
      // From here on there is only the timer of the pause.
      crossings.at = crossings.count + 1;
      for (const error of await Promise.all(calls)) assert.ok(error instanceof copy.InternalError, String(error));
    });

    test("what a client left behind is collected without harm after its instance broke", async (t) => {
      const { client } = await serve(t);
      const last = new WeakRef(client({}, copy));
      const own = client({}, copy);
      crossings.at = crossings.count + 1;
      assert.equal((await rejection(own.get(PATH))).name, "InternalError");
      await own.get(PATH);
      await until(() => {
        collect();
        return last.deref() === undefined;
      }, "it is collected");
      assert.equal((await own.get(PATH)).total, 25);
      own.free();
    });

    test("a client is collected where no timer may be touched, as between the requests of a worker", async (t) => {
      // Not Node's own fetch, which has timers too.
      const client = (fetch) => new copy.OpenProspect({ apiKey: KEY, baseUrl: "http://127.0.0.1:9", fetch });
      const answers = [json({}, 429, { "retry-after": "0.01" }), json(page)];
      // It had a timer, for the pause.
      await client(async () => answers.shift()).get(PATH);
      const { reach, reached } = signpost();
      const other = client(async () => reached).get(PATH);
      const { clearTimeout } = globalThis;
      t.after(() => {
        globalThis.clearTimeout = clearTimeout;
      });
      let refused = 0;
      globalThis.clearTimeout = () => {
        refused += 1;
        throw new Error("not within global scope");
      };
      await until(() => {
        collect();
        return refused > 0;
      }, "the timer is given up");
      globalThis.clearTimeout = clearTimeout;
      reach(json(page));
      assert.equal((await other).total, 1, "a call that is under way");
    });

    test("a broken client is freed, and refuses calls", async (t) => {
      const { client } = await serve(t);
      const own = client({}, copy);
      crossings.at = crossings.count + 1;
      await rejection(own.get(PATH));
      const { instances } = crossings;
      own.free();
      assert.equal(crossings.instances, instances, "an instance was made to free what is gone");
      assert.equal((await rejection(own.get(PATH))).option, "client");
    });

    test("a client is freed where the stack ends, or is not: nothing else is thrown", async (t) => {
      const { client } = await serve(t);
      const other = client({}, copy);
      await other.get(PATH);
      const ends = { freed: 0, not: 0 };
      for (let room = 0; room < 1500; room += 25) {
        const one = client({}, copy);
        const error = await atTheEndOfTheStack(room, async () => one.free()).then(
          () => undefined,
          (thrown) => thrown,
        );
        if (error) assert.equal(error.name, "RangeError", String(error));
        const isFreed = await one.get(PATH).then(
          () => false,
          ({ option }) => option === "client",
        );
        assert.ok(error !== undefined || isFreed, `with room for ${room}`);
        ends[isFreed ? "freed" : "not"] += 1;
        assert.equal((await other.get(PATH)).total, 25);
      }
      assert.ok(ends.freed > 0 && ends.not > 0, JSON.stringify(ends));
    });

    test("a trap while a freed client rejects a call is an InternalError, and the next call is rejected as usual", async (t) => {
      const { client } = await serve(t);
      const own = client({}, copy);
      own.free();
      const { option } = await rejection(own.get(PATH));
      crossings.at = crossings.count + 1;
      assert.ok((await rejection(own.get(PATH))) instanceof copy.InternalError);
      crossings.at = Infinity;
      assert.deepEqual([option, (await rejection(own.get(PATH))).option], ["client", "client"]);
    });

    test("the stack is full: the call ends, and so do the others and the next", async (t) => {
      // Not Node's own fetch, which breaks where the stack ends.
      const own = new copy.OpenProspect({ apiKey: KEY, baseUrl: "http://127.0.0.1:9", fetch: async () => json(page) });
      await own.get(PATH);
      const seen = {};
      for (let room = 0; room < 900; room += 18) {
        const others = Array.from({ length: 10 }, () =>
          own.get(PATH).then(
            () => "a result",
            (error) => error.name,
          ),
        );
        const name = await atTheEndOfTheStack(room, () => own.get(PATH)).then(
          () => "a result",
          (error) => error.name,
        );
        seen[name] = (seen[name] ?? 0) + 1;
        assert.ok(["a result", "InternalError", "RangeError", "ConnectionError"].includes(name), name);
        for (const other of await Promise.all(others)) assert.ok(["a result", "InternalError"].includes(other), other);
        assert.equal((await own.get(PATH)).total, 1);
      }
      t.diagnostic(JSON.stringify(seen));
      assert.ok(seen["a result"] > 0 && seen.RangeError > 0);
    });
  });
}

/** Calls something where the stack has room for so many calls more. What is thrown is a rejection. */
function atTheEndOfTheStack(room, run) {
  let depth = 0;
  const deeper = () => {
    depth += 1;
    deeper();
  };
  assert.equal(thrown(deeper).name, "RangeError");
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
