// The events when the attempts of an operation keep failing, and when it recovers.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Clock, createServer } from "../helpers/fake-clock.mjs";
import { COPIES, refusingUrl, rejection, serve, TEST_KEYS, until } from "../helpers/setup.mjs";

const isNotice = ({ type }) => type === "alert" || type === "recovered";
const FAST = { backoff: { baseMs: 1, maxMs: 1 } };

for (const [how, copy] of COPIES) {
  describe(how, () => {
    /**
     * A client without retries, and its events about repeated failures.
     *
     * @param {import("node:test").TestContext} t
     * @param {object} [options] of the client
     */
    async function watchedClient(t, options) {
      /** @type {any[]} */
      const events = [];
      const { mock, client } = await serve(t);
      const onEvent = (event) => {
        if (isNotice(event)) events.push(event);
      };
      return { mock, events, own: client({ maxRetries: 0, onEvent, ...options }, copy) };
    }
    const brief = (events) => events.map(({ type, operation, count }) => [type, operation, count]);

    test("the third failed attempt in a row alerts once, the next success recovers", async (t) => {
      const { mock, events, own } = await watchedClient(t);
      const before = Date.now();
      mock.fail(500, { reset: "headers" }, 503, 502, 500);
      const errors = [];
      for (let call = 0; call < 5; call += 1) errors.push(await rejection(own.orders.list()));
      assert.deepEqual(brief(events), [["alert", "GET /api/v1/orders", 3]]);
      await own.orders.list();
      await own.orders.list();
      assert.deepEqual(brief(events), [
        ["alert", "GET /api/v1/orders", 3],
        ["recovered", "GET /api/v1/orders", 5],
      ]);
      for (const { method, path } of events) assert.deepEqual([method, path], ["GET", "/api/v1/orders"]);
      assert.equal(events[0].error, errors[2], "the same error that was thrown");
      assert.ok(events[0].error instanceof copy.ServerError && events[0].error.status === 503);
      for (const { since } of events)
        assert.ok(since instanceof Date && Number(since) >= before && Number(since) <= Date.now());
      assert.equal(events[1].since.getTime(), events[0].since.getTime());
    });

    test("a single call that uses up its retries alerts, even after a success of another operation", async (t) => {
      const { mock, events, own } = await watchedClient(t, { maxRetries: 2, ...FAST });
      await own.auth.validate();
      mock.fail(500, 502, 503);
      const error = await rejection(own.deliveries.companies("s"));
      assert.deepEqual(brief(events), [["alert", "GET /api/v1/deliveries/{prospect_search_id}/companies", 3]]);
      assert.equal(events[0].error, error);
      assert.equal(events[0].path, "/api/v1/deliveries/s/companies");
      await own.auth.validate();
      assert.equal(events.length, 1);
    });

    test("a call alerts while it still retries, and recovers when it succeeds", async (t) => {
      const { mock, events, own } = await watchedClient(t, { maxRetries: 4, ...FAST });
      mock.fail(500, 502, 503, 504);
      await own.orders.list();
      assert.deepEqual(brief(events), [
        ["alert", "GET /api/v1/orders", 3],
        ["recovered", "GET /api/v1/orders", 4],
      ]);
      const { error } = events[0];
      assert.ok(error instanceof copy.ServerError);
      assert.deepEqual([error.status, error.attempts.map(({ status }) => status)], [503, [500, 502, 503]]);
    });

    test("failures are counted per operation, whatever its arguments", async (t) => {
      const { mock, events, own } = await watchedClient(t);
      const {
        items: [one, two],
      } = await own.blacklists.list();
      const operation = "GET /api/v1/blacklists/{blacklist_id}";
      for (const get of [
        () => own.blacklists.get(one.id),
        () => own.request("GET", `/api/v1/blacklists/${two.id}?fresh=1`),
        () => own.get(`/api/v1/blacklists/${one.id}`),
      ]) {
        mock.fail(503);
        await rejection(get());
        await own.auth.validate();
      }
      assert.deepEqual(brief(events), [["alert", operation, 3]]);
      await own.get(`/api/v1/blacklists/${two.id}`);
      assert.deepEqual(brief(events), [
        ["alert", operation, 3],
        ["recovered", operation, 3],
      ]);
    });

    test("an undocumented request is identified by its path, without the query", async (t) => {
      const { mock, events, own } = await watchedClient(t);
      mock.fail(500, 500, 500, { status: 200, body: {}, applied: true });
      for (let call = 0; call < 3; call += 1) await rejection(own.get(`/api/v7/teapots/9?page=${call}`));
      await own.get("/api/v7/teapots/9");
      assert.deepEqual(brief(events), [
        ["alert", "GET /api/v7/teapots/9", 3],
        ["recovered", "GET /api/v7/teapots/9", 3],
      ]);
    });

    test("any other response resets the count, even a 429", async (t) => {
      const { mock, events, own } = await watchedClient(t);
      mock.fail(500, 500, 404, 500, 500, 429, 500, 500);
      for (let call = 0; call < 8; call += 1) await rejection(own.orders.list());
      assert.deepEqual(events, []);
    });

    test("rate limits alone never alert", async (t) => {
      const { mock, events, own } = await watchedClient(t, { maxRetries: 5, ...FAST });
      mock.fail({ status: 429, retryAfter: 0.001, times: 5 });
      await own.orders.list();
      assert.deepEqual(events, []);
    });

    test("calls that are aborted or not sent do not count", async (t) => {
      const { mock, events, own } = await watchedClient(t);
      mock.fail(500, 500);
      await rejection(own.orders.list());
      await rejection(own.orders.list());
      await rejection(own.orders.get(""));
      await rejection(own.orders.list({}, { signal: AbortSignal.abort() }));
      assert.deepEqual(events, []);
      mock.fail(500);
      await rejection(own.orders.list());
      assert.deepEqual(brief(events), [["alert", "GET /api/v1/orders", 3]]);
    });

    test("a missing response counts, and each client counts separately", async (t) => {
      const url = await refusingUrl();
      const { events, own } = await watchedClient(t, { baseUrl: url });
      const other = await watchedClient(t, { baseUrl: url });
      await rejection(other.own.orders.list());
      await rejection(other.own.orders.list());
      for (let call = 0; call < 3; call += 1) await rejection(own.orders.list());
      assert.equal(events[0].error.name, "ConnectionError");
      assert.deepEqual(other.events, []);
    });

    test("a thousand calls to a server that is down alert once per operation", async (t) => {
      const clock = new Clock().install(t);
      let isDown = true;
      const { fetch, requests } = createServer(clock, () => ({ status: isDown ? 503 : 200 }));
      /** @type {any[]} */
      const events = [];
      const onEvent = (event) => {
        if (isNotice(event)) events.push(event);
      };
      const client = new copy.OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: "https://api.test", fetch, onEvent });
      const calls = Array.from({ length: 1000 }, (_, n) =>
        n % 2 ? client.orders.get(`o${n}`) : client.companies.get(`c${n}`),
      );
      const errors = await clock.run(Promise.all(calls.map(rejection)));
      const operations = ["GET /api/v1/companies/{company_id}", "GET /api/v1/orders/{order_id}"];
      assert.deepEqual(
        events.map(({ type, operation }) => `${type} ${operation}`).sort(),
        operations.map((name) => `alert ${name}`),
      );
      assert.ok(errors.every(({ name, attempts }) => name === "ServerError" && attempts.length === 3));
      assert.ok(requests.length < 100, `${requests.length} requests`);
      isDown = false;
      await clock.run(client.orders.get("o"));
      await clock.run(client.companies.get("c"));
      assert.deepEqual(
        events.slice(2).map(({ type, operation }) => `${type} ${operation}`),
        [...operations].reverse().map((name) => `recovered ${name}`),
      );
    });

    test("a handler that throws, frees the client or calls it changes nothing", async (t) => {
      const { mock, client } = await serve(t);
      /** @type {string[]} */
      const types = [];
      const own = client(
        {
          maxRetries: 0,
          onEvent(event) {
            types.push(event.type);
            if (event.type === "alert") own.orders.get(id).then(() => types.push("got"));
            if (event.type === "recovered") own.free();
            throw new Error("mine");
          },
        },
        copy,
      );
      const {
        items: [{ id }],
      } = await own.orders.list();
      mock.fail(500, 500, 500);
      for (let call = 0; call < 3; call += 1) assert.equal((await rejection(own.orders.get("o"))).name, "ServerError");
      await until(() => types.includes("got"), "the call of the handler succeeds");
      assert.deepEqual(types, ["attempt", "attempt", "attempt", "attempt", "alert", "attempt", "recovered", "got"]);
      assert.equal((await rejection(own.orders.list())).name, "ConfigurationError");
    });
  });
}
