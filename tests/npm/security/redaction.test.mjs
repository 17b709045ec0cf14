// No error, event or client exposes the key.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspected } from "./canary/inspected.mjs";
import { canary, COPIES, listen, rejection, serve, thrown } from "../helpers/setup.mjs";
import { readings } from "../suite/readings.mjs";

const PATH = "/api/v1/orders";
const SECRET = "c4n4ry5ecret";
const KEY = `lnc_test_${SECRET}`;
/** A key of another form, without a prefix. */
const OTHER = `sk+${SECRET}/==`;
const ESCAPED = KEY.replaceAll("_", "\\u005f");
const GRANTS = { keys: { [KEY]: { scopes: ["orders:read"] }, [OTHER]: { scopes: ["orders:read"] } } };

/**
 * Half of the key would be a leak, too.
 *
 * @param {string} what
 * @param {unknown} value
 */
function assertRedacted(what, value) {
  for (const text of readings(value, inspected))
    assert.ok(!text.includes(SECRET.slice(0, 6)), `${what} shows the key: ${text}`);
}

/**
 * A fetch that throws an error with these fields.
 *
 * @param {(url: string, init: RequestInit & { headers: Record<string, string> }) => object} fields
 */
const failing = (fields) => ({
  /** @type {(...args: Parameters<typeof fields>) => Promise<never>} */
  fetch: async (...args) => {
    throw Object.assign(new TypeError("fetch failed"), fields(...args));
  },
});
/** @param {string} body */
const badRequest = (body) => ({ status: 400, body: `{"code":"X","message":"m",${body}}` });

/**
 * The faults of the mock, the options of the client, and the call.
 *
 * @type {[where: string, faults: unknown[], options?: object, call?: (client: any) => Promise<unknown>][]}
 */
const ECHOES = [
  ["in message and details", [{ echoKey: true }]],
  ["in each response", [{ status: 503, echoKey: true, times: 3 }]],
  ["in scopes", [{ status: 403, details: { required_scopes: [KEY], user_scopes: [`x ${KEY}`] } }]],
  [
    "in fields",
    [{ status: 422, details: { validation_errors: [{ field: KEY, error: KEY, provided: { [KEY]: [KEY] } }] } }],
  ],
  ["as the code", [{ status: 400, code: KEY }]],
  ["as a name", [{ status: 400, details: { [KEY]: { [KEY]: 1 } } }]],
  ["as the request id", [{ status: 404, headers: { "x-request-id": KEY } }]],
  ["in a request id, before another error", [{ status: 503, headers: { "x-request-id": `id-${KEY}` } }, 404]],
  ["in a redirect", [{ redirect: `/elsewhere?key=${KEY}` }]],
  ["in a redirect to another origin", [{ redirect: `http://127.0.0.1:1/${KEY}` }]],
  ["with escapes in details", [badRequest(`"details":{"a":["${ESCAPED}"]}`)]],
  ["with escapes in the message", [{ status: 400, body: `{"code":"X","message":"no ${ESCAPED}"}` }]],
  ["with escapes in the code", [{ status: 400, body: `{"code":"${ESCAPED}","message":"m"}` }]],
  ["with escapes in unused members", [badRequest(`"error":{"a":1},"retry_after":"${ESCAPED}"`)]],
  [
    "with escapes, where the message is truncated",
    [{ status: 400, body: `{"code":"X","message":"${"x".repeat(1990)}${ESCAPED}"}` }],
  ],
  ["where the body is truncated", [{ status: 400, body: `${"x".repeat(65_520)}${KEY}` }]],
  ["in text", [{ status: 500, body: `no entry for ${KEY}`, contentType: "text/plain", times: 3 }]],
  ["in a 200 that is not JSON", [{ body: `hello ${KEY}` }]],
  ["in a 200 that is not JSON, where the snippet is truncated", [{ body: `${"x".repeat(190)}${KEY}` }]],
  ["in a content type", [{ body: "x", contentType: `text/plain; key=${KEY}` }]],
  ["in a page without a list", [{ body: { key: KEY } }], undefined, (client) => client.orders.list()],
  ["in an error of fetch", [], failing((_, init) => ({ init }))],
  [
    "in the cause of an error of fetch",
    [],
    failing((_, { headers }) => ({ cause: new Error(`headers: ${JSON.stringify(headers)}`) })),
  ],
  ["in a Request", [], failing((url, init) => ({ request: new Request(url, init) }))],
  ["in Headers", [], failing((_, { headers }) => ({ cause: { headers: new Headers(headers) } }))],
  ["in a Map", [], failing((_, { headers }) => ({ headers: new Map([["a", [new Map(Object.entries(headers))]]]) }))],
  [
    "behind a getter",
    [],
    failing((_, { headers }) =>
      Object.defineProperty({}, "cause", {
        value: Object.defineProperty({}, "headers", { enumerable: true, get: () => headers }),
        enumerable: true,
      }),
    ),
  ],
  [
    "in a thrown string",
    [],
    {
      fetch: async (_, { headers }) => {
        throw `failed with ${headers.authorization}`;
      },
    },
  ],
  [
    "in a name of an error",
    [],
    failing((_, { headers }) => ({ name: headers.authorization, code: headers.authorization })),
  ],
  [
    "from a failing key provider",
    [],
    {
      apiKey: () => {
        throw new Error("no more keys");
      },
    },
  ],
  ["in the path", [404], undefined, (client) => client.get(`${PATH}/${KEY}`)],
  ["as an id", [404], undefined, (client) => client.orders.get(KEY)],
];

for (const [how, copy] of COPIES) {
  describe(`${how}: a server or fetch that repeats the key`, () => {
    for (const [where, faults, options, call = (client) => client.get(PATH)] of ECHOES) {
      for (const [form, apiKey] of Object.entries({ string: KEY, function: async () => KEY })) {
        test(`${where} (${form})`, async (t) => {
          const { mock, client } = await serve(t, GRANTS);
          /** @type {unknown[]} */
          const events = [];
          mock.fail(...faults);
          const own = client(
            { apiKey, backoff: { baseMs: 1, maxMs: 1 }, onEvent: (event) => events.push(event), ...options },
            copy,
          );
          const error = await rejection(call(own));
          assert.ok(error instanceof copy.OpenProspectError);
          assertRedacted("the error", error);
          assertRedacted("an event", events);
          assertRedacted("the client", own);
        });
      }
    }

    test("the client does not expose the key after a success", async (t) => {
      const { client } = await serve(t, GRANTS);
      const own = client({ apiKey: KEY }, copy);
      await own.orders.list();
      assertRedacted("the client", own);
      assertRedacted("the namespace", own.orders);
    });

    test("a previous key and a new one", async (t) => {
      const { mock, client } = await serve(t);
      let calls = 0;
      mock.fail(
        { status: 401, message: "old" },
        { status: 400, message: `not ${KEY}-1 but ${KEY}-2`, details: { a: `${KEY}-1`, b: `${KEY}-2` } },
      );
      const error = await rejection(client({ apiKey: () => `${KEY}-${(calls += 1)}` }, copy).get(PATH));
      assert.equal(mock.requests.length, 2);
      assert.equal(error.message, `GET ${PATH} → 400 INVALID_REQUEST: not [redacted] but [redacted]`);
      assertRedacted("the error", error);
    });

    test("a redirect to another origin is not followed", async (t) => {
      const { mock, client } = await serve(t, GRANTS);
      let connections = 0;
      const elsewhere = await listen(t, (_, response) => {
        connections += 1;
        response.end("{}");
      });
      for (const status of [301, 302, 303, 307, 308]) {
        mock.fail({ redirect: `${elsewhere}${PATH}`, status });
        const error = await rejection(client({ apiKey: KEY }, copy).post(PATH, { body: {} }));
        assert.deepEqual([error.code, error.status], ["UNEXPECTED_REDIRECT", status]);
        assert.match(error.resolution, /baseUrl/);
      }
      assert.equal(connections, 0);
    });
  });

  describe(`${how}: the key as an id or a path`, () => {
    const MANY = Array.from({ length: 20_001 }, () => ({ city: "c" }));
    /** @param {unknown} value */
    const json = (value) => JSON.stringify(value);
    /**
     * A call, and the responses in order.
     *
     * @typedef {[status: number, body: string | ((key: string) => string)]} Answer
     * @type {Record<string, [call: (client: any, id: string) => Promise<unknown>, ...answers: Answer[]]>}
     */
    const ROWS = {
      "an order that does not exist": [(one, id) => one.orders.get(id), [404, "{}"]],
      "waiting for an order that does not exist": [(one, id) => one.orders.wait(id), [404, "{}"]],
      "an order that fails, with the key in its message": [
        (one, id) => one.orders.wait(id),
        [200, (key) => json({ status: "FAILED", message: `for ${key}`, by: [{ [key]: key }] })],
      ],
      "an order that does not finish before the deadline": [
        (one, id) => one.orders.wait(id, { deadlineMs: 1 }),
        [200, (key) => json({ status: "RUNNING", id: key })],
      ],
      "entries in batches, one of which fails": [
        (one, id) => one.blacklists.addEntries(id, MANY),
        [200, (key) => json({ id: key })],
        [500, "{}"],
      ],
      "a path": [(one, id) => one.get(`/x/${encodeURIComponent(id)}`), [500, "{}"]],
      "a path with every character percent-encoded": [
        (one, id) => one.get(`/x/${Array.from(id, (letter) => `%${letter.charCodeAt(0).toString(16)}`).join("")}`),
        [500, "{}"],
      ],
      "a body that repeats it percent-encoded": [
        (one) => one.get("/x"),
        [
          400,
          (key) =>
            json({ code: "C", message: `no ${encodeURIComponent(key)}`, details: { [encodeURIComponent(key)]: 1 } }),
        ],
      ],
    };
    for (const key of [KEY, OTHER]) {
      for (const [what, [call, ...answers]] of Object.entries(ROWS)) {
        test(`${what}, ${key === KEY ? "a documented key" : "another form"}`, async (t) => {
          canary.allowAnswers();
          const left = [...answers];
          const url = await listen(t, (_, response) => {
            const [status, body] = left.shift() ?? [500, "{}"];
            response.writeHead(status, { "content-type": "application/json" });
            response.end(typeof body === "string" ? body : body(key));
          });
          /** @type {unknown[]} */
          const events = [];
          const one = new copy.OpenProspect({
            apiKey: key,
            baseUrl: url,
            maxRetries: 0,
            onEvent: (event) => events.push(event),
          });
          const error = await rejection(call(one, key));
          assert.ok(error instanceof copy.OpenProspectError, error.stack);
          assert.ok(events.length > 0);
          assertRedacted("the error", error);
          assertRedacted("an event", events);
        });
      }
    }
  });

  describe(`${how}: a misplaced key`, () => {
    /** @type {(key: string) => any[]} */
    const INVALID = (key) => [
      key,
      { apiKey: `${key}\n` },
      { apiKey: `Bearer ${key}` },
      { apiKey: key, timeoutMs: key },
      { apiKey: key, onEvent: key },
      { apiKey: key, headers: { "x-key": `${key}\n` } },
      { apiKey: key, headers: { authorization: `Bearer ${key}` } },
      { apiKey: key, baseUrl: key },
      { apiKey: key, baseUrl: `https://x.test/?key=${key}` },
      { apiKey: key, baseUrl: `https://${SECRET}@x.test` },
      { apiKey: key, [key]: 1 },
      { apiKey: [key] },
      { apiKey: { key } },
    ];
    for (const key of [KEY, OTHER]) {
      for (const [index, options] of INVALID(key).entries()) {
        // Without a prefix, and not in the apiKey option, a key cannot be recognized.
        if (typeof options === "string" && key === OTHER) continue;
        test(`option ${index + 1}, ${key === KEY ? "a documented key" : "another form"}`, () => {
          const error = thrown(() => new copy.OpenProspect(options));
          assert.equal(error.name, "ConfigurationError");
          assertRedacted("the error", error);
        });
      }

      /** @type {Record<string, (client: any) => Promise<unknown>>} */
      const CALLS = {
        "as a method": (client) => client.request(key, PATH),
        "as a path": (client) => client.get(key),
        "as a whole URL": (client) => client.get(`https://x.test/?key=${key}`),
        "as options": (client) => client.get(PATH, key),
        "as a signal": (client) => client.get(PATH, { signal: key }),
        "as a query": (client) => client.get(PATH, { query: key }),
        "as a name in a query": (client) => client.get(PATH, { query: { [key]: {} } }),
        "as an unknown option": (client) => client.get(PATH, { [key]: 1 }),
        "as params": (client) => client.orders.list(key),
        "as a header": (client) => client.get(PATH, { headers: { authorization: `Bearer ${key}` } }),
        "as a name of a header": (client) => client.get(PATH, { headers: { [key]: "\n" } }),
      };
      for (const [what, call] of Object.entries(CALLS)) {
        test(`${what}, ${key === KEY ? "a documented key" : "another form"}`, async (t) => {
          const { client } = await serve(t, GRANTS);
          const error = await rejection(call(client({ apiKey: key }, copy)));
          assert.equal(error.name, "ConfigurationError", error.stack);
          assertRedacted("the error", error);
        });
      }
    }
  });
}
