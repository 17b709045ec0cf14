// The tests of a user's program, which run in several test environments. CommonJS, since jest does not load ES modules.

const assert = require("node:assert/strict");
const { createServer } = require("node:http");
const { runInThisContext } = require("node:vm");

const PATH = "/api/v1/orders";
const QUICK = { backoff: { baseMs: 40, maxMs: 100 }, deadlineMs: 5000 };

/** The reason of a promise that must reject. */
const rejection = (promise) =>
  promise.then(
    (value) => {
      throw new Error(`did not reject, fulfilled with ${JSON.stringify(value)}`);
    },
    (reason) => reason,
  );

/** Calls `run` with the address of a server, which is closed afterwards. */
async function served(handle, run) {
  const server = createServer((request, response) => {
    // happy-dom sends preflights, as browsers do.
    const {
      origin = "*",
      "access-control-request-headers": headers = "*",
      "access-control-request-method": method = "*",
    } = request.headers;
    for (const [name, value] of Object.entries({ origin, headers, methods: method }))
      response.setHeader(`access-control-allow-${name}`, value);
    if (request.method === "OPTIONS") response.end();
    else handle(request, response);
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  try {
    return await run(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
}

/** The cases by name. `hasFetch`: whether the environment has a fetch that reaches a server. */
module.exports = function cases(
  { OpenProspect, isOpenProspectError, RateLimitError, TimeoutError },
  { mockOpenProspect, TEST_KEYS },
  hasFetch,
) {
  const connect = (options) => new OpenProspect({ apiKey: TEST_KEYS.full, ...QUICK, ...options });
  const inMemory = {
    "a list, a creation and an error": async () => {
      const mock = mockOpenProspect({ orders: 7, prospectSearches: [{ id: "s", name: "Grüße 日本 🙂" }] });
      const client = connect({ fetch: mock.fetch });
      assert.equal((await client.orders.list({ limit: 3 })).items.length, 3);
      assert.equal((await client.prospectSearches.get("s")).name, "Grüße 日本 🙂");
      const { id } = await client.orders.create({ briefing_quantity: 5 });
      assert.equal((await client.orders.get(id)).briefing_quantity, 5);
      const error = await rejection(client.orders.get("nobody"));
      assert.ok(
        isOpenProspectError(error, "not_found") && error instanceof Error && error.code === "ORDER_NOT_FOUND",
        String(error),
      );
      assert.deepEqual(
        mock.requests.map(({ method, status }) => [method, status]),
        [
          ["GET", 200],
          ["GET", 200],
          ["POST", 201],
          ["GET", 200],
          ["GET", 404],
        ],
      );
    },
    "retries, limits and invalid bodies": async () => {
      const mock = mockOpenProspect({ orders: 1 });
      const client = connect({ fetch: mock.fetch });
      mock.fail({ status: 429, retryAfter: "0.1" }, { reset: "headers" });
      assert.equal((await client.orders.list()).total, 1);
      mock.fail({ shape: "invalid_utf8", status: 400 }, { shape: "html", status: 502, times: 3 });
      assert.equal((await rejection(client.orders.list())).kind, "bad_request");
      assert.equal((await rejection(client.orders.list())).status, 502);
      mock.fail({ status: 429, retryAfter: "500" });
      assert.ok((await rejection(client.orders.list())) instanceof RateLimitError);
    },
    "a timeout and an abort": async () => {
      const mock = mockOpenProspect();
      const client = connect({ fetch: mock.fetch, maxRetries: 0 });
      mock.fail({ stall: "headers" }, { stall: "body" }, { stall: "headers" });
      assert.ok((await rejection(client.get(PATH, { timeoutMs: 60 }))) instanceof TimeoutError);
      assert.ok((await rejection(client.get(PATH, { timeoutMs: 60 }))) instanceof TimeoutError);
      const controller = new AbortController();
      const call = rejection(client.get(PATH, { signal: controller.signal }));
      controller.abort("enough");
      const reason = await call;
      assert.ok(reason === "enough" || reason.name === "AbortError", String(reason));
    },
    "waiting for a job": async () => {
      const mock = mockOpenProspect({ orders: [{ id: "a", status: "IN_PROGRESS" }] });
      const statuses = [];
      const onStatus = (status) => {
        statuses.push(status);
        mock.setStatus("orders", "a", "COMPLETED");
      };
      await connect({ fetch: mock.fetch }).orders.wait("a", { pollMs: 10, onStatus });
      assert.deepEqual(statuses, ["IN_PROGRESS", "COMPLETED"]);
    },
    "a Date of another realm": async () => {
      const mock = mockOpenProspect();
      const since = runInThisContext("new Date(1790000000000)");
      await connect({ fetch: mock.fetch }).request("GET", PATH, { query: { since, too: new Date(0) } });
      assert.match(
        mock.requests[0].url ?? mock.requests[0].path,
        /since=2026-09-21T14%3A13%3A20\.000Z&too=1970-01-01T00%3A00%3A00\.000Z/,
      );
    },
    "an error of another realm is redacted": async () => {
      const fetch = () => {
        const cause = `new DOMException("sent Bearer ${TEST_KEYS.full}", "NetworkError")`;
        throw runInThisContext(`new TypeError("fetch failed", { cause: ${cause} })`);
      };
      const error = await rejection(connect({ fetch, maxRetries: 0 }).get(PATH));
      assert.equal(error.kind, "connection");
      for (let cause = error; cause !== undefined; cause = cause.cause)
        assert.ok(!`${cause.message} ${cause.stack}`.includes(TEST_KEYS.full));
    },
  };
  const overHttp = {
    "requests over HTTP": () =>
      served(
        (request, response) => response.end(`{"key":"${request.headers.authorization}"}`),
        async (baseUrl) => {
          assert.deepEqual(await connect({ baseUrl }).get(PATH), { key: `Bearer ${TEST_KEYS.full}` });
          assert.deepEqual(
            await connect({ baseUrl, fetch: (url, init) => fetch(url, init) }).post(PATH, { body: { a: "ü" } }),
            { key: `Bearer ${TEST_KEYS.full}` },
          );
        },
      ),
    "a timeout and an abort over HTTP": () =>
      served(
        () => {},
        async (baseUrl) => {
          const client = connect({ baseUrl, maxRetries: 0 });
          assert.ok((await rejection(client.get(PATH, { timeoutMs: 60 }))) instanceof TimeoutError);
          const controller = new AbortController();
          const call = rejection(client.get(PATH, { signal: controller.signal }));
          setTimeout(() => controller.abort(new Error("the user left")), 20);
          assert.equal((await call).message, "the user left");
        },
      ),
  };
  return Object.entries(hasFetch ? { ...inMemory, ...overHttp } : inMemory);
};
