// `waitAll` polls several jobs together, with a list where that shows them. On a fake clock.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Clock } from "../helpers/fake-clock.mjs";
import { COPIES, rejection } from "../helpers/setup.mjs";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const LIST = "/api/v1/orders";

/** @param {unknown} body @param {number} [status] @param {Record<string, string>} [headers] */
const json = (body, status = 200, headers = {}) => new Response(JSON.stringify(body), { status, headers });

/**
 * The status of a job, by the milliseconds that have passed. `undefined` for a job that does not exist.
 *
 * @typedef {(elapsed: number) => string | undefined} Job
 */

/** @type {(end: string, at?: number) => Job} */
const until =
  (end, at = 8 * SECOND) =>
  (elapsed) =>
    elapsed < at ? "RECEIVED" : end;

/**
 * A server with jobs, and a client of it. `listed` are the ids in the order of the list; `answer` may respond first.
 *
 * @typedef {{ clock: Clock, path: string, n: number }} Sent
 * @typedef {object} World
 * @property {Record<string, Job>} jobs
 * @property {string[]} [listed]
 * @property {(sent: Sent) => Response | undefined} [answer]
 * @property {object} [client] options
 *
 * @param {import("node:test").TestContext} t
 * @param {any} copy of the package
 * @param {World} world
 */
function connect(t, copy, { jobs, listed = Object.keys(jobs), answer, client }) {
  const clock = new Clock().install(t);
  /** @type {string[]} */
  const requests = [];
  /** @param {string} id */
  const job = (id) => ({ id, status: jobs[id]?.(clock.elapsed), message: "no budget" });
  /** @param {string} url */
  const respond = (url) => {
    const { pathname, searchParams } = new URL(url);
    const offset = Number(searchParams.get("offset"));
    const path = pathname === LIST ? `list ${offset}` : (pathname.split("/").at(-1) ?? "");
    requests.push(path);
    const own = answer?.({ clock, path, n: requests.length });
    if (own) return own;
    if (pathname !== LIST) return job(path).status ? json(job(path)) : json({ code: "NOT_FOUND", message: "m" }, 404);
    assert.equal(searchParams.get("limit"), "100");
    const items = listed.slice(offset, offset + 100).map(job);
    return json({ items, total: listed.length, limit: 100, offset, has_more: offset + 100 < listed.length });
  };
  /** @param {string} url */
  const fetch = async (url) => respond(url);
  const options = { apiKey: "lnc_test_w", baseUrl: "https://api.test", fetch, ...client };
  return { clock, requests, client: new copy.OpenProspect(options) };
}

/** @param {string} prefix @param {number} count */
const names = (prefix, count) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
/** @param {string[]} ids @param {Job} job */
const all = (ids, job) => Object.fromEntries(ids.map((id) => [id, job]));
/** @param {any[]} results */
const outcomes = (results) => results.map((result) => result.status);
/** The polls are 5 s and 7.5 s apart: the jobs end before the third. @param {string[]} round */
const rounds = (round) => [...round, ...round, ...round];

for (const [how, copy] of COPIES) {
  describe(how, () => {
    test("each result is in the place of its id: a job, or the error that it ended with", async (t) => {
      const jobs = { a: until("COMPLETED"), b: until("FAILED", 0), c: until("CANCELLED"), d: until("COMPLETED", 0) };
      const { clock, client, requests } = connect(t, copy, { jobs, listed: ["d", "c", "b", "a"] });
      const results = await clock.run(client.orders.waitAll(["a", "missing", "b", "c", "d"]));
      const [a, missing, b, c, d] = results;
      assert.deepEqual([a.id, a.status, d.id, d.status], ["a", "COMPLETED", "d", "COMPLETED"]);
      assert.ok(missing instanceof copy.NotFoundError, String(missing));
      assert.equal(missing.path, `${LIST}/missing`);
      for (const [id, error, status] of [
        ["b", b, "FAILED"],
        ["c", c, "CANCELLED"],
      ]) {
        assert.ok(error instanceof copy.TerminalStatusError, String(error));
        assert.deepEqual([error.status, error.resource.id, error.path], [status, id, `${LIST}/${id}`]);
        assert.match(error.message, new RegExp(`ended as ${status}: no budget`));
        assert.match(error.stack, /wait-all\.test\.mjs/);
      }
      // Three, then the two that are open, each time with one request.
      assert.deepEqual(requests, ["list 0", "missing", "list 0", "list 0"]);
      assert.equal(clock.elapsed, 12.5 * SECOND);
    });

    test("no id needs no request", async (t) => {
      const { client, clock, requests } = connect(t, copy, { jobs: {} });
      assert.deepEqual(await clock.run(client.orders.waitAll([])), []);
      assert.deepEqual(requests, []);
    });

    test("one id, and the last one that is open, is polled itself", async (t) => {
      const jobs = { a: until("COMPLETED"), b: until("COMPLETED", 0) };
      const one = connect(t, copy, { jobs });
      assert.deepEqual(outcomes(await one.clock.run(one.client.orders.waitAll(["a"]))), ["COMPLETED"]);
      assert.deepEqual(one.requests, ["a", "a", "a"]);
      const two = connect(t, copy, { jobs });
      await two.clock.run(two.client.orders.waitAll(["a", "b"]));
      assert.deepEqual(two.requests, ["list 0", "a", "a"]);
    });

    test("an id that occurs twice has a result in each place, and is polled once", async (t) => {
      const jobs = { a: until("COMPLETED"), b: until("FAILED") };
      const { client, clock, requests } = connect(t, copy, { jobs });
      /** @type {string[]} */
      const statuses = [];
      /** @param {string} status @param {{ id: string }} order */
      const onStatus = (status, { id }) => statuses.push(`${id} ${status}`);
      const results = await clock.run(client.orders.waitAll(["a", "b", "a", "b"], { onStatus }));
      assert.deepEqual(outcomes(results), ["COMPLETED", "FAILED", "COMPLETED", "FAILED"]);
      assert.deepEqual(requests, ["list 0", "list 0", "list 0"]);
      assert.deepEqual(statuses, ["a RECEIVED", "b RECEIVED", "a COMPLETED", "b FAILED"]);
    });

    test("a list whose items have no status does not show the jobs", async (t) => {
      const jobs = { a: until("COMPLETED", 0), b: until("FAILED", 0) };
      const { client, clock, requests } = connect(t, copy, {
        jobs,
        answer: ({ path }) => (path === "list 0" ? json({ items: [{ id: "a" }, { id: "b", status: 7 }] }) : undefined),
      });
      assert.deepEqual(outcomes(await clock.run(client.orders.waitAll(["a", "b"]))), ["COMPLETED", "FAILED"]);
      assert.deepEqual(requests, ["list 0", "a", "b"]);
    });

    test("a Retry-After that is too long ends it for all, with the error of that job", async (t) => {
      const { client, clock } = connect(t, copy, {
        jobs: all(["a", "b"], () => "RECEIVED"),
        answer: ({ path }) => {
          if (path === "list 0") return json({}, 403);
          return path === "b" ? json({ id: "b", status: "RECEIVED" }, 200, { "retry-after": "8000" }) : undefined;
        },
      });
      const error = await clock.run(rejection(client.orders.waitAll(["a", "b"])));
      assert.ok(error instanceof copy.RateLimitError, String(error));
      assert.deepEqual([error.path, error.stoppedBy], [`${LIST}/b`, "retry_after"]);
    });

    const empty = { "ratelimit-remaining": "0", "ratelimit-reset": "3600" };
    for (const [name, headers] of /** @type {[string, Record<string, string>][]} */ ([
      ["a limit of 0", { ...empty, "ratelimit-limit": "0" }],
      ["nothing that remains, ever", empty],
    ]))
      test(`headers that report ${name} do not stop the polls`, async (t) => {
        const jobs = { a: until("COMPLETED", 40 * MINUTE) };
        const { client, clock } = connect(t, copy, {
          jobs,
          answer: () => json({ id: "a", status: jobs.a(clock.elapsed) }, 200, headers),
        });
        assert.equal((await clock.run(client.orders.wait("a"))).status, "COMPLETED");
        assert.ok(clock.elapsed <= 55 * MINUTE, `${clock.elapsed}`);
      });

    const [ids, others] = [names("job", 3), names("other", 250)];
    const jobs = { ...all(ids, until("COMPLETED")), ...all(others, until("COMPLETED", 0)) };
    const middle = [...others.slice(0, 120), ...ids, ...others.slice(120)];
    for (const [where, listed, expected] of /** @type {[string, string[], string[]][]} */ ([
      ["on the first page", [...ids, ...others], rounds(["list 0"])],
      ["on the last page", [...others, ...ids], ["list 0", ...rounds(["list 153"])]],
      ["on the second of four pages", [...middle, ...others.slice(0, 100)], ["list 0", "list 253", ...rounds(ids)]],
      ["on no page", others, ["list 0", "list 150", ...rounds(ids)]],
      ["on the only page, which shows none", others.slice(0, 9), ["list 0", ...rounds(ids)]],
      [
        "on two pages, one of them alone",
        [ids[0], ...others, ...ids.slice(1)],
        ["list 0", ...rounds(ids).toSpliced(0, 1)],
      ],
    ]))
      test(`jobs that the list shows ${where}`, async (t) => {
        const { client, clock, requests } = connect(t, copy, { jobs, listed });
        assert.deepEqual(
          outcomes(await clock.run(client.orders.waitAll(ids))),
          ids.map(() => "COMPLETED"),
        );
        assert.deepEqual(requests, expected);
      });

    test("150 jobs on the first two pages are two requests", async (t) => {
      const many = names("job", 150);
      const { client, clock, requests } = connect(t, copy, { jobs: all(many, until("COMPLETED")) });
      const results = await clock.run(client.orders.waitAll(many));
      assert.deepEqual(
        results.map((/** @type {any} */ { id }) => id),
        many,
      );
      assert.deepEqual(requests, rounds(["list 0", "list 100"]));
    });

    test("search profiles have no list: each is polled", async (t) => {
      const { client, clock, requests } = connect(t, copy, { jobs: all(["a", "b"], until("SUCCEEDED")) });
      const results = await clock.run(client.searchProfiles.waitAll(["a", "b"]));
      assert.deepEqual(outcomes(results), ["SUCCEEDED", "SUCCEEDED"]);
      assert.deepEqual(requests, rounds(["a", "b"]));
    });

    for (const [what, response] of /** @type {[string, () => Response][]} */ ([
      ["forbidden", () => json({ code: "AUTHORIZATION_ERROR", message: "m" }, 403)],
      ["missing", () => json({ code: "NOT_FOUND", message: "m" }, 404)],
      ["no list", () => json({ orders: "none" })],
      ["no JSON", () => new Response("<h1>orders</h1>")],
    ]))
      test(`a list that is ${what} is requested once`, async (t) => {
        const answer = (/** @type {Sent} */ { path }) => (path.startsWith("list") ? response() : undefined);
        const { client, clock, requests } = connect(t, copy, { jobs: all(["a", "b"], until("COMPLETED")), answer });
        assert.deepEqual(outcomes(await clock.run(client.orders.waitAll(["a", "b"]))), ["COMPLETED", "COMPLETED"]);
        assert.deepEqual(requests, ["list 0", ...rounds(["a", "b"])]);
      });

    test("ten minutes of 503 do not end it, and are no reason to poll each job", async (t) => {
      const down = ({ clock }) => (clock.elapsed < 10 * MINUTE ? new Response("", { status: 503 }) : undefined);
      const answer = /** @type {(sent: Sent) => Response | undefined} */ (down);
      const { client, clock, requests } = connect(t, copy, { jobs: all(["a", "b"], until("COMPLETED", 0)), answer });
      assert.deepEqual(outcomes(await clock.run(client.orders.waitAll(["a", "b"]))), ["COMPLETED", "COMPLETED"]);
      assert.ok(clock.elapsed >= 10 * MINUTE && clock.elapsed < 12 * MINUTE, `${clock.elapsed}`);
      assert.deepEqual([...new Set(requests)], ["list 0"]);
      assert.ok(requests.length < 150, `${requests.length} requests`);
    });

    test("onStatus is called once for each change of a job", async (t) => {
      /** @type {Job} */
      const slow = (elapsed) =>
        ["RECEIVED", "RECEIVED", "IN_PROGRESS", "COMPLETED"][Math.floor(elapsed / 6000)] ?? "COMPLETED";
      const { client, clock } = connect(t, copy, { jobs: { a: slow, b: until("FAILED"), c: until("COMPLETED", 0) } });
      /** @type {string[]} */
      const calls = [];
      const onStatus = (/** @type {string} */ status, /** @type {any} */ { id }) => {
        calls.push(`${id} ${status}`);
        throw new Error("ignored");
      };
      await clock.run(client.orders.waitAll(["a", "b", "c"], { onStatus }));
      const of = (/** @type {string} */ id) => calls.filter((call) => call.startsWith(id));
      assert.deepEqual(of("a"), ["a RECEIVED", "a IN_PROGRESS", "a COMPLETED"]);
      assert.deepEqual([of("b"), of("c")], [["b RECEIVED", "b FAILED"], ["c COMPLETED"]]);
    });

    test("its deadline ends it with a TimeoutError about an open job", async (t) => {
      const { client, clock } = connect(t, copy, { jobs: { a: until("COMPLETED", 0), b: until("COMPLETED", MINUTE) } });
      const error = await clock.run(rejection(client.orders.waitAll(["a", "b"], { deadlineMs: 30_000 })));
      assert.ok(error instanceof copy.TimeoutError, String(error));
      assert.deepEqual([error.scope, error.path], ["deadline", `${LIST}/b`]);
      assert.match(error.message, /still RECEIVED after 30 s \(deadlineMs\)/);
      assert.ok(clock.elapsed <= 30_000);
    });

    test("its deadline ends it with the error of the last poll if that failed", async (t) => {
      const answer = () => new Response("", { status: 503 });
      const { client, clock } = connect(t, copy, { jobs: {}, answer });
      const error = await clock.run(rejection(client.orders.waitAll(["a", "b"], { deadlineMs: 2 * MINUTE })));
      assert.ok(error instanceof copy.ServerError, String(error));
      assert.ok(clock.elapsed <= 2 * MINUTE + 1, `${clock.elapsed}`);
    });

    test("its signal ends it before the first poll, during a poll and between two", async (t) => {
      const jobs = all(["a", "b"], until("COMPLETED", MINUTE));
      const before = connect(t, copy, { jobs });
      const signal = AbortSignal.abort("before");
      assert.equal(await before.clock.run(rejection(before.client.orders.waitAll(["a", "b"], { signal }))), "before");
      assert.deepEqual(before.requests, []);
      for (const at of [5 * SECOND, 7 * SECOND]) {
        const controller = new AbortController();
        const { client, clock, requests } = connect(t, copy, { jobs });
        clock.schedule(at, () => controller.abort("enough"));
        const options = { signal: controller.signal };
        assert.equal(await clock.run(rejection(client.orders.waitAll(["a", "b"], options))), "enough");
        assert.equal(clock.elapsed, at);
        const { length } = requests;
        await clock.wait(5 * MINUTE);
        assert.equal(requests.length, length, "nothing is sent afterwards");
      }
      const during = new AbortController();
      const answer = () => void during.abort("during");
      const { client, clock, requests } = connect(t, copy, { jobs, answer });
      assert.equal(await clock.run(rejection(client.orders.waitAll(["a", "b"], { signal: during.signal }))), "during");
      assert.deepEqual(requests, ["list 0"]);
    });

    test("what concerns all jobs is thrown: a 401", async (t) => {
      const answer = () => json({ code: "AUTHENTICATION_ERROR", message: "m" }, 401);
      const { client, clock } = connect(t, copy, { jobs: {}, answer });
      const error = await clock.run(rejection(client.orders.waitAll(["a", "b"])));
      assert.ok(error instanceof copy.AuthenticationError, String(error));
      assert.equal(clock.elapsed, 0);
    });

    for (const [ids, message] of /** @type {[any, RegExp][]} */ ([
      [undefined, /ids is missing; expected an array of ids/],
      ["a", /ids: got "a"; expected an array of ids/],
      [{ length: 1, 0: "a" }, /ids: got an object; expected an array of ids/],
      [["a", ""], /order_id: got/],
      [[null], /order_id: got null; expected/],
      [["a", ".."], /order_id: got/],
      [["a", undefined], /order_id is missing; expected/],
    ]))
      test(`invalid ids: ${JSON.stringify(ids)}`, async (t) => {
        const { client, clock, requests } = connect(t, copy, { jobs: all(["a"], until("COMPLETED", 0)) });
        const error = await clock.run(rejection(client.orders.waitAll(ids)));
        assert.ok(error instanceof copy.ConfigurationError, String(error));
        assert.match(error.message, message);
        assert.deepEqual(requests, []);
      });

    test("invalid options", async (t) => {
      const { client, clock, requests } = connect(t, copy, { jobs: {} });
      for (const options of [{ pollMs: 0 }, { batch: true }, { deadlineMs: "1" }, { onStatus: 1 }, []])
        assert.ok(
          (await clock.run(rejection(client.orders.waitAll(["a", "b"], options)))) instanceof copy.ConfigurationError,
        );
      assert.deepEqual(requests, []);
    });

    test("the longest Retry-After of a round determines the next one", async (t) => {
      const wait = (/** @type {string} */ path) => ({ "retry-after": path === "a" ? "90" : "20" });
      const answer = (/** @type {Sent} */ { path, clock }) =>
        path.startsWith("list")
          ? json({ code: "NOT_FOUND", message: "m" }, 404)
          : json({ id: path, status: until("COMPLETED")(clock.elapsed) }, 200, wait(path));
      const { client, clock, requests } = connect(t, copy, { jobs: {}, answer });
      await clock.run(client.orders.waitAll(["a", "b"]));
      assert.deepEqual([clock.elapsed, requests], [90 * SECOND, ["list 0", "a", "b", "a", "b"]]);
    });

    test("a 429 with Retry-After is waited for, and sends nothing in between", async (t) => {
      const answer = (/** @type {Sent} */ { n }) =>
        n === 1 ? new Response("", { status: 429, headers: { "retry-after": "3000" } }) : undefined;
      const { client, clock, requests } = connect(t, copy, { jobs: all(["a", "b"], until("COMPLETED", 0)), answer });
      await clock.run(client.orders.waitAll(["a", "b"]));
      assert.ok(clock.elapsed >= 50 * MINUTE && clock.elapsed < 51 * MINUTE, `${clock.elapsed}`);
      assert.deepEqual(requests, ["list 0", "list 0"]);
    });

    test("a client that is freed during a poll or between two ends it", async (t) => {
      const jobs = all(["a", "b"], until("COMPLETED", MINUTE));
      /** @type {ReturnType<typeof connect>} */
      const during = connect(t, copy, { jobs, answer: ({ n }) => (n === 2 ? during.client.free() : undefined) });
      const between = connect(t, copy, { jobs });
      const ends = async (/** @type {ReturnType<typeof connect>} */ { clock, client }) => {
        const error = await clock.run(rejection(client.orders.waitAll(["a", "b"])));
        assert.ok(error instanceof copy.ConfigurationError, String(error));
        assert.equal(error.option, "client");
      };
      during.clock.install(t);
      await ends(during);
      assert.deepEqual(during.requests, ["list 0", "list 0"]);
      between.clock.install(t);
      between.clock.schedule(6 * SECOND, () => between.client.free());
      await ends(between);
      assert.deepEqual(between.requests, ["list 0", "list 0"]);
    });
  });
}
