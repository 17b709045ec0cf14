// The request that is sent, the response of `request`, and events.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, listen, mockOpenProspect, refusingUrl, rejection, serve, TEST_KEYS } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";

for (const [how, copy] of COPIES) {
  describe(how, () => {
    test("request resolves to the whole response", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail(503);
      const response = await client({}, copy).request("GET", PATH, { query: { limit: 1 } });
      assert.deepEqual(Object.keys(response).sort(), ["attempts", "data", "headers", "requestId", "status"]);
      assert.equal(response.status, 200);
      assert.ok(response.headers instanceof Headers);
      assert.equal(response.headers.get("x-request-id"), "req_000002");
      assert.equal(response.requestId, "req_000002");
      assert.equal(response.data.items.length, 1);
      assert.deepEqual(
        response.attempts.map(({ durationMs, ...rest }) => rest),
        [
          { attempt: 1, status: 503, sent: true, requestId: "req_000001", waitMs: 40, waitReason: "backoff" },
          { attempt: 2, status: 200, sent: true, requestId: "req_000002" },
        ],
      );
    });

    test("without the header there is no requestId", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ headers: { "x-request-id": null } });
      assert.ok(!("requestId" in (await client({}, copy).request("GET", PATH))));
    });

    test("each method, and the name of a method in any case", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({}, copy);
      mock.fail({ status: 200, body: { a: 1 }, times: Infinity });
      for (const method of ["get", "post", "put", "patch", "delete"]) {
        assert.deepEqual(await own[method](PATH), { a: 1 });
        assert.deepEqual((await own.request(method, PATH)).data, { a: 1 });
        assert.deepEqual(
          mock.requests.slice(-2).map((request) => [request.method, request.path]),
          Array(2).fill([method.toUpperCase(), PATH]),
        );
      }
      await own.request("HEAD", PATH);
      assert.equal(mock.requests.at(-1).method, "HEAD");
    });

    test("a body is sent as JSON", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({}, copy);
      const day = new Date(0);
      for (const [body, expected] of [
        [
          { a: [1, "ü\u2028"], d: day },
          { a: [1, "ü\u2028"], d: day.toISOString() },
        ],
        [[], []],
        ["x", "x"],
        [null, null],
        [0, 0],
        [false, false],
      ]) {
        mock.fail({ status: 200, body: {} });
        await own.post(PATH, { body });
        const { headers, body: arrived } = mock.requests.at(-1);
        assert.deepEqual(
          [arrived, headers["content-type"], headers.accept],
          [expected, "application/json", "application/json"],
        );
      }
      await own.post(PATH).catch(() => {});
      assert.deepEqual(
        [mock.requests.at(-1).body, mock.requests.at(-1).headers["content-type"]],
        [undefined, undefined],
      );
    });

    test("headers of the client and of the call are merged", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({ headers: { "X-A": "client", "x-b": "client", accept: "text/plain" } }, copy);
      const forms = [
        { "x-b": "call", "X-C": "call", "x-d": undefined },
        new Headers({ "X-B": "call", "x-c": "call" }),
        [
          ["x-b", "call"],
          ["x-c", "call"],
        ],
      ];
      for (const headers of forms) {
        await own.get(PATH, { headers });
        const sent = mock.requests.at(-1).headers;
        assert.deepEqual(
          [sent["x-a"], sent["x-b"], sent["x-c"], sent["x-d"], sent.accept],
          ["client", "call", "call", undefined, "text/plain"],
        );
        assert.equal(sent.authorization, `Bearer ${TEST_KEYS.full}`);
      }
    });

    test("an idempotency key is sent with every attempt of its call, and no other", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({}, copy);
      mock.fail(503);
      await own.post(PATH, { body: {}, idempotencyKey: "k-1" });
      await own.post(PATH, { body: {} });
      assert.deepEqual(
        mock.requests.map(({ headers }) => headers["idempotency-key"]),
        ["k-1", "k-1", undefined],
      );
    });

    test("a prefix of the base URL is kept", async (t) => {
      /** @type {string[]} */
      const paths = [];
      const url = await listen(t, (request, response) => {
        paths.push(request.url);
        response.end('{"items":[]}');
      });
      for (const prefix of ["/proxy/v2", "/proxy/v2/", ""]) {
        const client = new copy.OpenProspect({ baseUrl: url + prefix });
        await client.get("/x?a=1");
        await client.orders.list({ limit: 3 });
      }
      const expected = ["/x?a=1", "/api/v1/orders?limit=3"];
      assert.deepEqual(paths, [
        ...expected.map((path) => `/proxy/v2${path}`),
        ...expected.map((path) => `/proxy/v2${path}`),
        ...expected,
      ]);
    });

    test("ids and queries are percent-encoded, a path is sent unchanged", async () => {
      /** @type {string[]} */
      const urls = [];
      const fetch = async (url) => (urls.push(url), Response.json({ items: [] }));
      const client = new copy.OpenProspect({ baseUrl: "https://x.test", fetch });
      for (const id of ["o_1", "a/b?c#d é", "../../auth", "a.b..c", "!'()*", "\uD800x", "~-_."])
        await client.orders.get(id);
      await client.orders.list({
        search: "a&b=c d+ü'",
        limit: 10,
        q: ["x", true, 5n],
        none: undefined,
        nil: null,
        day: new Date(0),
      });
      await client.get("/a%2Fb/ü?c=2", { query: { b: 1 } });
      await client.get("/a", { query: {} });
      assert.deepEqual(
        urls.map((url) => url.replace("https://x.test", "")),
        [
          ...["o_1", "a%2Fb%3Fc%23d%20%C3%A9", "..%2F..%2Fauth", "a.b..c", "%21%27%28%29%2A", "%EF%BF%BDx", "~-_."].map(
            (id) => `/api/v1/orders/${id}`,
          ),
          "/api/v1/orders?search=a%26b%3Dc%20d%2B%C3%BC%27&limit=10&q=x&q=true&q=5&day=1970-01-01T00%3A00%3A00.000Z",
          "/a%2Fb/ü?c=2&b=1",
          "/a",
        ],
      );
    });

    test("a custom fetch, here of the mock", async () => {
      const mock = mockOpenProspect();
      const client = new copy.OpenProspect({ apiKey: TEST_KEYS.full, fetch: mock.fetch });
      assert.equal((await client.orders.list()).total, 25);
      assert.equal(mock.requests[0].url, "https://api.openprospect.io/api/v1/orders");
    });

    test("the platform's fetch is looked up for each attempt", async () => {
      const client = new copy.OpenProspect({ apiKey: TEST_KEYS.full });
      const original = globalThis.fetch;
      try {
        for (const seed of [1, 2]) {
          const mock = mockOpenProspect({ seed });
          globalThis.fetch = mock.fetch;
          await client.orders.list();
          assert.equal(mock.requests.length, 1);
        }
        Object.assign(globalThis, { fetch: undefined });
        const error = await rejection(client.orders.list());
        assert.deepEqual([error.name, error.option], ["ConfigurationError", "fetch"]);
      } finally {
        globalThis.fetch = original;
      }
    });

    test("a refused connection", async () => {
      const client = new copy.OpenProspect({ baseUrl: await refusingUrl(), maxRetries: 1, backoff: { baseMs: 1 } });
      const error = await rejection(client.get(PATH));
      assert.equal(error.name, "ConnectionError");
      assert.match(error.message, /^GET \/api\/v1\/orders → no response: .*ECONNREFUSED/);
      assert.ok(error.cause instanceof TypeError);
      assert.equal(error.attempts.length, 2);
    });
  });

  describe(`${how}: events`, () => {
    test("attempts and retries", async (t) => {
      const { mock, client } = await serve(t);
      /** @type {any[]} */
      const events = [];
      mock.fail(503, { reset: "headers" });
      const own = client({ onEvent: (event) => events.push(event) }, copy);
      const { attempts } = await own.request("GET", `${PATH}?q=private`);
      const of = { method: "GET", path: PATH };
      const plain = ({ durationMs, waitMs, ...rest }) => rest;
      assert.deepEqual(events.map(plain), [
        { type: "attempt", ...of, attempt: 1, status: 503, sent: true, requestId: "req_000001", waitReason: "backoff" },
        { type: "retry", ...of, attempt: 1, waitReason: "backoff" },
        { type: "attempt", ...of, attempt: 2, failure: "connection", sent: true, waitReason: "backoff" },
        { type: "retry", ...of, attempt: 2, waitReason: "backoff" },
        { type: "attempt", ...of, attempt: 3, status: 200, sent: true, requestId: "req_000003" },
      ]);
      assert.deepEqual(
        events.filter(({ type }) => type === "retry").map(({ waitMs }) => waitMs),
        attempts.slice(0, 2).map(({ waitMs }) => waitMs),
      );
    });

    test("a handler that throws does not affect the call", async (t) => {
      const { mock, client } = await serve(t);
      let calls = 0;
      const own = client(
        {
          onEvent: () => {
            calls += 1;
            throw new Error("mine");
          },
        },
        copy,
      );
      mock.fail(503);
      assert.equal((await own.get(PATH)).total, 25);
      assert.equal(calls, 3);
    });

    test("a handler that rejects causes no unhandled rejection", async (t) => {
      const { client } = await serve(t);
      /** @type {unknown[]} */
      const unhandled = [];
      /** @param {unknown} reason */
      const record = (reason) => unhandled.push(reason);
      process.on("unhandledRejection", record);
      try {
        await client(
          {
            onEvent: async () => {
              throw new Error("mine");
            },
          },
          copy,
        ).get(PATH);
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      } finally {
        process.off("unhandledRejection", record);
      }
      assert.deepEqual(unhandled, []);
    });

    test("a handler may make calls of its own", async (t) => {
      const { client } = await serve(t);
      /** @type {Promise<any>[]} */
      const inner = [];
      const own = client({ onEvent: () => inner.length === 0 && inner.push(own.auth.validate()) }, copy);
      await own.get(PATH);
      assert.equal((await inner[0]).valid, true);
    });
  });
}
