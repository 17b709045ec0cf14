import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { mockOpenProspect as memoryOnly } from "../../pkg-template/testing/index.js";
import { ERRORS, mockOpenProspect, TEST_KEYS } from "../../pkg-template/testing/node.js";

const FULL = TEST_KEYS.full;
const bearer = (key) => ({ authorization: `Bearer ${key}` });
const json = (value, key = FULL) => ({ method: "POST", headers: { ...bearer(key), "content-type": "application/json" }, body: JSON.stringify(value) });

/** Turns of the event loop until something is true: a state is awaited, no time is. */
async function until(condition, what) {
  for (let turn = 0; turn < 1_000_000; turn += 1) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail(`never: ${what}`);
}

/** Runs a test twice: in memory, and over a socket. */
function both(name, run, options) {
  const setUp = (settings) => mockOpenProspect({ ...options, ...settings });
  test(`${name} [memory]`, async () => {
    const mock = setUp();
    await run(carrier(mock, mock.fetch, "https://api.example.test"));
  });
  test(`${name} [socket]`, async () => {
    const mock = setUp();
    const served = await mock.serve();
    try {
      await run(carrier(mock, globalThis.fetch, served.url));
    } finally {
      await served.close();
    }
  });
}

function carrier(mock, fetch, base) {
  const call = (path, init = { headers: bearer(FULL) }) => fetch(base + path, init);
  const read = async (path, init) => {
    const response = await call(path, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, get body() { return JSON.parse(text); } };
  };
  return { mock, call, read, base, last: () => mock.requests.at(-1) };
}

const refused = (answer, status, code) => {
  assert.equal(answer.status, status);
  assert.equal(answer.body.code, code);
  assert.equal(typeof answer.body.message, "string");
};

describe("the vendor's table", () => {
  // Status, code and retry advice of the vendor's present page, typed in here and not taken from the mock.
  const CODES = [
    ["UNAUTHORIZED", 401],
    ["AUTHORIZATION_ERROR", 403],
    ["VALIDATION_ERROR", 422],
    ["ORDER_NOT_FOUND", 404],
    ["PROSPECT_SEARCH_NOT_FOUND", 404],
    ["BLACKLIST_NOT_FOUND", 404],
  ];

  test("has the present codes, and no other as present", () => {
    const current = ERRORS.filter((row) => row.documented === "current").map((row) => [row.code, row.status]);
    assert.deepEqual(current.sort(), [...CODES].sort());
    for (const row of ERRORS) assert.ok(row.message && row.resolution, row.code);
  });

  for (const [code, status] of CODES) {
    both(`${code} is ${status}`, async ({ mock, read }) => {
      mock.fail({ code });
      const answer = await read("/api/v1/auth/validate");
      refused(answer, status, code);
      assert.deepEqual(Object.keys(answer.body).filter((field) => !["code", "message", "details"].includes(field)), []);
    });
  }

  both("each status fault has the code that fits it", async ({ mock, read }) => {
    const fits = {
      400: "INVALID_REQUEST", 401: "UNAUTHORIZED", 403: "AUTHORIZATION_ERROR", 404: "ORDER_NOT_FOUND", 405: "METHOD_NOT_ALLOWED",
      409: "CONFLICT", 422: "VALIDATION_ERROR", 429: "RATE_LIMIT_EXCEEDED", 500: "INTERNAL_ERROR", 502: "BAD_GATEWAY",
      503: "SERVICE_UNAVAILABLE", 504: "GATEWAY_TIMEOUT", 418: "HTTP_418",
    };
    for (const [status, code] of Object.entries(fits)) {
      mock.fail(Number(status));
      refused(await read("/api/v1/orders"), Number(status), code);
    }
    for (const [path, code] of [["prospect-searches", "PROSPECT_SEARCH_NOT_FOUND"], ["blacklists", "BLACKLIST_NOT_FOUND"], ["auth/validate", "NOT_FOUND"]]) {
      mock.fail(404);
      refused(await read(`/api/v1/${path}`), 404, code);
    }
    mock.fail({ status: 403, match: { path: "/api/v1/orders" } });
    const { body } = await read("/api/v1/orders", { headers: bearer(TEST_KEYS.none) });
    assert.deepEqual(body, { code: "AUTHORIZATION_ERROR", message: "Missing required scopes: orders:read", details: { required_scopes: ["orders:read"], user_scopes: [] } });
  });

  both("code, message and details can be given", async ({ mock, read }) => {
    mock.fail({ status: 409, code: "VERSION_MISMATCH", message: "too late", details: { version: 4 } });
    const answer = await read("/api/v1/orders");
    assert.equal(answer.status, 409);
    assert.deepEqual(answer.body, { code: "VERSION_MISMATCH", message: "too late", details: { version: 4 } });
  });
});

describe("keys and scopes", () => {
  both("validate lists the scopes of any active key", async ({ read }) => {
    const full = (await read("/api/v1/auth/validate")).body;
    assert.equal(full.valid, true);
    assert.deepEqual([...full.scopes].sort(), [
      "blacklists:read", "blacklists:write", "companies:read", "orders:read", "orders:write",
      "prospect_searches:read", "prospect_searches:write", "prospects:read",
    ]);
    assert.deepEqual((await read("/api/v1/auth/validate", { headers: bearer(TEST_KEYS.none) })).body, { valid: true, scopes: [] });
  });

  both("a key that is missing, malformed, unknown, expired or revoked is 401", async ({ read }) => {
    const headers = [{}, { authorization: FULL }, { authorization: `Basic ${FULL}` }, { authorization: "Bearer" }, bearer("lnc_live_unknown"), bearer(TEST_KEYS.expired), bearer(TEST_KEYS.revoked)];
    const messages = new Set();
    for (const sent of headers) {
      const answer = await read("/api/v1/auth/validate", { headers: sent });
      refused(answer, 401, "UNAUTHORIZED");
      messages.add(answer.body.message);
      assert.ok(!answer.text.includes(FULL));
    }
    assert.equal(messages.size, 5);
  });

  const needs = [
    ["GET", "/api/v1/orders", "orders:read"],
    ["GET", "/api/v1/orders/some-id", "orders:read"],
    ["POST", "/api/v1/orders", "orders:write"],
    ["GET", "/api/v1/prospect-searches", "prospect_searches:read"],
    ["GET", "/api/v1/blacklists", "blacklists:read"],
    ["POST", "/api/v1/blacklists", "blacklists:write"],
  ];
  for (const [method, path, scope] of needs) {
    both(`${method} ${path} needs ${scope}`, async ({ read }) => {
      const answer = await read(path, { method, headers: bearer("lnc_test_validate_only") });
      refused(answer, 403, "AUTHORIZATION_ERROR");
      assert.equal(answer.body.message, `Missing required scopes: ${scope}`);
      assert.deepEqual(answer.body.details, { required_scopes: [scope], user_scopes: ["companies:read"] });
      const allowed = await read(path, { method, headers: bearer("lnc_test_one"), ...(method === "POST" && { body: "{}" }) });
      assert.notEqual(allowed.status, 403);
    }, { keys: { lnc_test_validate_only: { scopes: ["companies:read"] }, lnc_test_one: { scopes: [scope] } } });
  }
});

describe("routes", () => {
  both("an unknown path is 404, a known path with a wrong method 405", async ({ read }) => {
    for (const path of ["/", "/api/v1", "/api/v1/orders/", "/api/v1/orders/a/b", "/api/v1/nothing"]) refused(await read(path), 404, "NOT_FOUND");
    const wrong = await read("/api/v1/orders", { method: "DELETE", headers: bearer(FULL) });
    refused(wrong, 405, "METHOD_NOT_ALLOWED");
    assert.equal(wrong.headers.get("allow"), "GET, POST");
  });

  both("an order is found by its id, and only by its own organisation", async ({ read }) => {
    const { items } = (await read("/api/v1/orders")).body;
    const path = `/api/v1/orders/${items[3].id}`;
    assert.deepEqual((await read(path)).body, items[3]);
    const hidden = await read(path, { headers: bearer(TEST_KEYS.otherOrg) });
    refused(hidden, 404, "ORDER_NOT_FOUND");
    const absent = await read("/api/v1/orders/absent");
    refused(absent, 404, "ORDER_NOT_FOUND");
    assert.equal(absent.text, hidden.text);
  });

  both("an id is percent-decoded", async ({ read }) => {
    assert.equal((await read("/api/v1/orders/a%2Fb%20c")).body.title, "odd");
  }, { orders: [{ id: "a/b c", title: "odd" }] });

  both("every answer has JSON, a counted request id, a date and open CORS headers", async ({ mock, read }) => {
    mock.fail({ status: 500, match: { path: "/api/v1/blacklists" } });
    const paths = ["/api/v1/orders", "/api/v1/blacklists", "/nothing"];
    for (const [index, path] of paths.entries()) {
      const { headers } = await read(path);
      assert.equal(headers.get("content-type"), "application/json");
      assert.equal(headers.get("x-request-id"), `req_00000${index + 1}`);
      assert.equal(headers.get("date"), "Tue, 14 Nov 2023 22:13:20 GMT");
      assert.equal(headers.get("access-control-allow-origin"), "*");
      assert.deepEqual(headers.get("access-control-expose-headers").split(", ").sort(), ["date", "retry-after", "x-request-id"]);
    }
  }, { now: () => 1_700_000_000_000 });
});

describe("pages", () => {
  both("orders default to 50 from 0, and tell whether more follow", async ({ read }) => {
    const first = (await read("/api/v1/orders")).body;
    assert.deepEqual(Object.keys(first), ["items", "total", "limit", "offset", "has_more"]);
    assert.deepEqual([first.items.length, first.total, first.limit, first.offset, first.has_more], [50, 120, 50, 0, true]);
    const seen = new Set();
    for (let offset = 0; offset < 120; offset += 50) {
      const { items, has_more } = (await read(`/api/v1/orders?limit=50&offset=${offset}`)).body;
      assert.equal(has_more, offset < 100);
      for (const { id } of items) seen.add(id);
    }
    assert.equal(seen.size, 120);
    const beyond = (await read("/api/v1/orders?offset=500&limit=100")).body;
    assert.deepEqual([beyond.items, beyond.has_more, beyond.limit], [[], false, 100]);
    assert.equal((await read("/api/v1/orders?offset=20&limit=100")).body.has_more, false);
  }, { orders: 120 });

  both("prospect searches come without has_more, blacklists with it", async ({ read }) => {
    assert.deepEqual(Object.keys((await read("/api/v1/prospect-searches?limit=2")).body), ["items", "total", "limit", "offset"]);
    assert.equal((await read("/api/v1/blacklists?limit=1")).body.has_more, true);
  });

  both("a wrong limit or offset is 422 with the field, the reason and the value", async ({ read }) => {
    for (const [query, field, provided] of [["limit=0", "limit", "0"], ["limit=101", "limit", "101"], ["limit=ten", "limit", "ten"], ["limit=", "limit", ""], ["limit=1.5", "limit", "1.5"], ["offset=-1", "offset", "-1"], ["offset=x", "offset", "x"]]) {
      for (const path of ["orders", "prospect-searches", "blacklists"]) {
        const answer = await read(`/api/v1/${path}?${query}`);
        refused(answer, 422, "VALIDATION_ERROR");
        const [problem] = answer.body.details.validation_errors;
        assert.deepEqual([problem.field, problem.provided, typeof problem.error], [field, provided, "string"]);
      }
    }
    assert.equal((await read("/api/v1/orders?limit=0&offset=-1")).body.details.validation_errors.length, 2);
    assert.equal((await read("/api/v1/orders?limit=1")).body.items.length, 1);
    assert.equal((await read("/api/v1/orders?limit=100")).status, 200);
  });
});

describe("creation", () => {
  for (const kind of ["orders", "blacklists"]) {
    both(`POST ${kind} stores what was sent`, async ({ read }) => {
      const before = (await read(`/api/v1/${kind}`)).body.total;
      const made = await read(`/api/v1/${kind}`, json({ id: "mine", title: "Grüße" }));
      assert.equal(made.status, 201);
      assert.equal(made.body.title, "Grüße");
      assert.notEqual(made.body.id, "mine");
      const after = (await read(`/api/v1/${kind}?limit=100`)).body;
      assert.equal(after.total, before + 1);
      assert.deepEqual(after.items.at(-1), made.body);
      const other = await read(`/api/v1/${kind}?limit=100`, { headers: bearer(TEST_KEYS.otherOrg) });
      assert.ok(other.body.items.every((item) => item.id !== made.body.id));
    });

    both(`POST ${kind} refuses what is no object`, async ({ read }) => {
      const before = (await read(`/api/v1/${kind}`)).body.total;
      for (const body of ["[]", "null", '"text"', "7"]) {
        const answer = await read(`/api/v1/${kind}`, { ...json({}), body });
        refused(answer, 422, "VALIDATION_ERROR");
        assert.equal(answer.body.details.validation_errors[0].field, "body");
      }
      refused(await read(`/api/v1/${kind}`, { method: "POST", headers: bearer(FULL) }), 422, "VALIDATION_ERROR");
      refused(await read(`/api/v1/${kind}`, { ...json({}), body: "{" }), 400, "INVALID_JSON");
      assert.equal((await read(`/api/v1/${kind}`)).body.total, before);
    });
  }

  both("a new order is received, and one for given companies counts them", async ({ read }) => {
    const { body } = await read("/api/v1/orders", json({ companies: [{ company_name: "A" }, { company_name: "B" }] }));
    assert.deepEqual([body.status, body.briefing_quantity], ["RECEIVED", 2]);
    assert.equal((await read("/api/v1/orders", json({ briefing_quantity: 9 }))).body.briefing_quantity, 9);
  });
});

describe("determinism", () => {
  const world = async (options) => {
    const { read } = ((mock) => carrier(mock, mock.fetch, "https://x.test"))(mockOpenProspect({ now: () => 0, ...options }));
    const made = await read("/api/v1/orders", json({}));
    const lists = await Promise.all(["orders", "prospect-searches", "blacklists"].map((path) => read(`/api/v1/${path}`)));
    const other = await read("/api/v1/orders", { headers: bearer(TEST_KEYS.otherOrg) });
    return [made, ...lists, other].map(({ text }) => text);
  };

  test("one seed gives one world, another seed another", async () => {
    assert.deepEqual(await world(), await world({ seed: 1 }));
    const [one, two] = [await world({ seed: 1 }), await world({ seed: 2 })];
    for (const [index, text] of one.entries()) assert.notEqual(text, two[index]);
  });

  test("more of one kind leaves the others alone", async () => {
    const [few, many] = [await world(), await world({ orders: 80 })];
    assert.notEqual(few[1], many[1]);
    assert.deepEqual([few[2], few[3]], [many[2], many[3]]);
  });

  test("every documented status is there, and two organisations share nothing", async () => {
    const [, orders, , , other] = (await world({ orders: 25 })).map((text) => JSON.parse(text));
    assert.deepEqual([...new Set(orders.items.map((order) => order.status))].sort(), ["ACCEPTED", "CANCELLED", "COMPLETED", "FAILED", "IN_PROGRESS", "RECEIVED", "REJECTED"]);
    const ids = new Set(orders.items.map((order) => order.id));
    assert.equal(ids.size, 26);
    assert.equal(other.total, 25);
    assert.ok(other.items.every((order) => !ids.has(order.id)));
  });

  test("given items belong to whom they say", async () => {
    const mock = mockOpenProspect({ blacklists: [{ name: "ours" }, { name: "theirs", organisation: "org_x" }], keys: { k: { scopes: ["blacklists:read"], organisation: "org_x" } } });
    const names = async (key) => (await (await mock.fetch("https://x.test/api/v1/blacklists", { headers: bearer(key) })).json()).items.map(({ id, ...rest }) => (assert.ok(id), rest));
    assert.deepEqual(await names(FULL), [{ name: "ours" }]);
    assert.deepEqual(await names("k"), [{ name: "theirs" }]);
  });

  test("wrong options are refused", () => {
    for (const options of [{ sed: 1 }, { seed: 1.5 }, { now: 5 }, { orders: -1 }, { orders: [1] }, { latencyMs: Infinity }, { keys: { k: {} } }, { keys: { k: { scopes: [], status: "old" } } }, 5]) {
      assert.throws(() => mockOpenProspect(options), TypeError, JSON.stringify(options));
    }
  });
});

describe("CORS", () => {
  both("a preflight is answered, open to all, and not recorded", async ({ mock, call }) => {
    mock.fail(500);
    const response = await call("/api/v1/orders", { method: "OPTIONS", headers: { origin: "https://page.test", "access-control-request-method": "POST", "access-control-request-headers": "authorization,X-Trace" } });
    assert.equal(response.status, 204);
    assert.equal(await response.text(), "");
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) assert.ok(response.headers.get("access-control-allow-methods").split(", ").includes(method));
    assert.deepEqual(response.headers.get("access-control-allow-headers").split(", "), ["authorization", "content-type", "idempotency-key", "accept", "x-trace"]);
    assert.ok(Number(response.headers.get("access-control-max-age")) > 0);
    assert.equal(mock.requests.length, 0);
    const next = await call("/api/v1/orders");
    assert.equal(next.status, 500);
    assert.equal(next.headers.get("x-request-id"), "req_000001");
  });
});

describe("records", () => {
  both("say what came and what was answered", async ({ mock, read, base }) => {
    await read("/api/v1/orders?limit=2&tag=a&tag=b");
    await read("/api/v1/orders", json({ a: 1 }));
    await read("/api/v1/orders", { ...json({}), body: "{no" });
    const [get, post, bad] = mock.requests;
    assert.deepEqual({ ...get, headers: get.headers.authorization }, {
      n: 1, method: "GET", url: `${base}/api/v1/orders?limit=2&tag=a&tag=b`, path: "/api/v1/orders", query: { limit: "2", tag: ["a", "b"] },
      headers: `Bearer ${FULL}`, body: undefined, at: 77, fault: undefined, status: 200, aborted: false,
    });
    assert.deepEqual([post.n, post.method, post.body, post.status, post.headers["content-type"]], [2, "POST", { a: 1 }, 201, "application/json"]);
    assert.deepEqual([bad.body, bad.status], ["{no", 400]);
    const kept = mock.requests;
    mock.fail(500);
    mock.clear();
    assert.equal(kept.length, 0);
    assert.equal((await read("/api/v1/orders")).status, 200);
    assert.equal(kept[0].n, 4);
  }, { now: () => 77 });
});

describe("the queue of faults", () => {
  both("one after the other, times, and match", async ({ mock, read, last }) => {
    const status = async (path, init) => (await read(path, init)).status;
    mock.fail(500);
    mock.fail({ status: 503, times: 2, name: "busy" });
    assert.deepEqual([await status("/api/v1/orders"), last().fault], [500, "500"]);
    assert.deepEqual([await status("/api/v1/orders"), last().fault], [503, "busy"]);
    assert.deepEqual([await status("/api/v1/orders"), await status("/api/v1/orders"), last().fault], [503, 200, undefined]);

    mock.fail({ status: 502, match: { method: "post", path: "/api/v1/bl" } }, { status: 504, match: { path: /orders$/g }, times: Infinity });
    assert.equal(await status("/api/v1/blacklists"), 200);
    assert.deepEqual([await status("/api/v1/orders"), await status("/api/v1/orders"), await status("/api/v1/orders")], [504, 504, 504]);
    assert.equal(await status("/api/v1/blacklists", json({})), 502);
    assert.equal(await status("/api/v1/blacklists", json({})), 201);
    mock.clear();
    assert.equal(await status("/api/v1/orders"), 200);
  });

  both("a function decides for each request", async ({ mock, read }) => {
    const status = async (path) => (await read(path)).status;
    mock.fail((request) => (request.query.limit === "7" ? 500 : undefined));
    assert.deepEqual([await status("/api/v1/orders"), await status("/api/v1/orders?limit=7"), await status("/api/v1/orders?limit=7")], [200, 500, 200]);
    mock.fail((request) => (request.n % 2 === 0 ? { status: 503, times: Infinity } : undefined));
    assert.deepEqual([await status("/api/v1/orders"), await status("/api/v1/orders"), await status("/api/v1/orders")], [503, 200, 503]);
  });

  test("a wrong fault is refused, and nothing of its call is queued", async () => {
    const mock = mockOpenProspect();
    const wrong = [{ statsu: 500 }, { status: 99 }, { status: 600 }, "500", null, { times: 0 }, { reset: "never" }, { reset: "body", stall: "body" }, { body: "x", shape: "html" }, { shape: "odd" }, { headers: { "a b": "c" } }, { retryAfter: "a\nb" }, { latencyMs: -1 }, { match: { url: "x" } }];
    for (const fault of wrong) assert.throws(() => mock.fail(500, fault), TypeError, JSON.stringify(fault));
    assert.equal((await mock.fetch("https://x.test/api/v1/auth/validate", { headers: bearer(FULL) })).status, 200);
  });
});

describe("state under faults", () => {
  both("a faulted POST leaves no trace unless it says so", async ({ mock, read, call }) => {
    const total = async () => (await read("/api/v1/orders")).body.total;
    const start = await total();
    for (const fault of [500, { status: 429, retryAfter: 1 }, { shape: "html" }, { redirect: "/x" }, { shape: "truncated_json" }, { body: "{}" }]) {
      mock.fail({ ...(typeof fault === "number" ? { status: fault } : fault), match: { method: "POST" } });
      await (await call("/api/v1/orders", { ...json({}), redirect: "manual" })).text();
    }
    for (const at of ["headers", "body"]) {
      mock.fail({ reset: at });
      await assert.rejects(async () => (await call("/api/v1/orders", json({}))).text(), TypeError);
    }
    assert.equal(await total(), start);
    mock.fail({ status: 500, applied: true });
    refused(await read("/api/v1/orders", json({})), 500, "INTERNAL_ERROR");
    mock.fail({ reset: "headers", applied: true });
    await assert.rejects(call("/api/v1/orders", json({})), TypeError);
    assert.equal(await total(), start + 2);
    mock.fail({ headers: { "x-extra": "1" }, latencyMs: 1 });
    assert.equal((await read("/api/v1/orders", json({}))).status, 201);
    assert.equal(await total(), start + 3);
    mock.fail({ status: 500, applied: true });
    await read("/api/v1/orders", json({}, TEST_KEYS.read));
    assert.equal(await total(), start + 3);
  });
});

describe("headers of faults", () => {
  const NOW = Date.UTC(2026, 2, 1, 12);

  both("Retry-After: verbatim, as a date, and in the body", async ({ mock, read }) => {
    for (const value of ["7", "-5", "1e3", "soon", "1, 20", "Sunday, 06-Nov-94 08:49:37 GMT"]) {
      mock.fail({ status: 503, retryAfter: value });
      const answer = await read("/api/v1/orders");
      assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, value]);
    }
    mock.fail({ retryAfter: 3 });
    assert.deepEqual([(await read("/api/v1/orders")).headers.get("retry-after"), mock.requests.at(-1).status], ["3", 429]);
    mock.fail({ status: 429, retryAfter: { date: 90_000 } });
    assert.equal((await read("/api/v1/orders")).headers.get("retry-after"), "Sun, 01 Mar 2026 12:01:30 GMT");
    mock.fail({ retryAfterBody: 12 });
    const { body, status, headers } = await read("/api/v1/orders");
    assert.deepEqual([status, body.code, body.retry_after, headers.get("retry-after")], [429, "RATE_LIMIT_EXCEEDED", 12, null]);
  }, { now: () => NOW });

  both("a skewed clock moves the date and what is reckoned from it", async ({ mock, read }) => {
    mock.fail({ status: 429, retryAfter: { date: 5000 }, clockSkewMs: 3_600_000 }, { clockSkewMs: -60_000 });
    const { headers } = await read("/api/v1/orders");
    assert.deepEqual([headers.get("date"), headers.get("retry-after")], ["Sun, 01 Mar 2026 13:00:00 GMT", "Sun, 01 Mar 2026 13:00:05 GMT"]);
    const behind = await read("/api/v1/orders");
    assert.deepEqual([behind.status, behind.headers.get("date")], [200, "Sun, 01 Mar 2026 11:59:00 GMT"]);
  }, { now: () => NOW });

  both("headers are added, replaced and left out", async ({ mock, read }) => {
    mock.fail({ headers: { Date: "yesterday", "X-Request-Id": "mine", "x-more": "1", "access-control-allow-origin": null } }, { headers: { date: null } });
    const { status, headers } = await read("/api/v1/orders");
    assert.equal(status, 200);
    assert.deepEqual(["date", "x-request-id", "x-more", "access-control-allow-origin"].map((name) => headers.get(name)), ["yesterday", "mine", "1", null]);
    assert.equal((await read("/api/v1/orders")).headers.get("date"), null);
  });
});

describe("bodies of faults", () => {
  const bytesOf = async ({ call }) => {
    const response = await call("/api/v1/orders?limit=3");
    return { status: response.status, type: response.headers.get("content-type"), bytes: new Uint8Array(await response.arrayBuffer()) };
  };
  const decode = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

  both("given bodies", async (at) => {
    at.mock.fail({ body: "as it is" }, { status: 500, body: { own: [1] }, contentType: "application/problem+json" }, { status: 502, body: [1, 2] });
    const [text, object, array] = [await bytesOf(at), await bytesOf(at), await bytesOf(at)];
    assert.deepEqual([text.status, decode(text.bytes)], [200, "as it is"]);
    assert.deepEqual([object.status, object.type, decode(object.bytes)], [500, "application/problem+json", '{"own":[1]}']);
    assert.deepEqual([array.status, decode(array.bytes)], [502, "[1,2]"]);
  });

  both("broken bodies, on success and on failure", async (at) => {
    for (const status of [undefined, 502]) {
      at.mock.fail(...["truncated_json", "html", "empty", "invalid_utf8", "not_json"].map((shape) => ({ shape, status })));
      const [cut, html, empty, spoilt, prose] = [await bytesOf(at), await bytesOf(at), await bytesOf(at), await bytesOf(at), await bytesOf(at)];
      for (const one of [cut, html, empty, spoilt, prose]) assert.equal(one.status, status ?? 200);
      assert.ok(cut.bytes.length > 2);
      assert.throws(() => JSON.parse(decode(cut.bytes)), SyntaxError);
      assert.match(html.type, /^text\/html/);
      assert.match(decode(html.bytes), /^<!doctype html>/);
      assert.equal(empty.bytes.length, 0);
      assert.throws(() => decode(spoilt.bytes), TypeError);
      const lenient = JSON.parse(new TextDecoder().decode(spoilt.bytes));
      if (status) assert.equal(lenient.code, "BAD_GATEWAY");
      else assert.equal(lenient.items.length, 3);
      assert.throws(() => JSON.parse(decode(prose.bytes)), SyntaxError);
      assert.match(prose.type, /^text\/plain/);
    }
  });

  both("the other envelopes", async ({ mock, read }) => {
    mock.fail({ shape: "nested", code: "INVALID_REQUEST", details: { validation_errors: [] } });
    const nested = await read("/api/v1/orders");
    assert.deepEqual([nested.status, nested.body], [400, { error: { code: "INVALID_REQUEST", message: nested.body.error.message, details: { validation_errors: [] } } }]);

    mock.fail({ shape: "legacy", retryAfterBody: 3600, message: "slow down" });
    const legacy = await read("/api/v1/orders");
    assert.deepEqual([legacy.status, legacy.body], [429, { error: "RATE_LIMIT_EXCEEDED", message: "slow down", retry_after: 3600 }]);

    mock.fail({ shape: "extra" }, { shape: "extra", status: 409, details: { version: 2 } });
    const extra = await read("/api/v1/orders/77");
    assert.deepEqual([extra.status, extra.body], [404, { entity_type: "orders", identifier: "77", code: "ORDER_NOT_FOUND", message: extra.body.message }]);
    assert.equal((await read("/api/v1/orders")).body.version, 2);

    mock.fail({ shape: "fastapi" });
    const fastapi = await read("/api/v1/orders");
    assert.equal(fastapi.status, 422);
    assert.deepEqual(Object.keys(fastapi.body), ["detail"]);
    assert.deepEqual(Object.keys(fastapi.body.detail[0]), ["type", "loc", "msg", "input"]);
  });

  both("an echoed key is in the message and the details", async ({ mock, read }) => {
    for (const shape of [undefined, "nested", "legacy", "html", "not_json"]) {
      mock.fail({ echoKey: true, status: 500, shape });
      assert.ok((await read("/api/v1/orders")).text.includes(FULL), shape);
    }
    mock.fail({ echoKey: true });
    const { status, body } = await read("/api/v1/orders");
    assert.equal(status, 401);
    assert.ok(body.message.includes(FULL) && JSON.stringify(body.details).includes(FULL));
    mock.fail({ echoKey: true });
    assert.equal((await read("/api/v1/orders", {})).body.details, undefined);
  });
});

describe("broken connections", () => {
  both("a reset before the headers", async ({ mock, call, last }) => {
    mock.fail({ reset: "headers" });
    await assert.rejects(call("/api/v1/orders"), (error) => error instanceof TypeError && error.message === "fetch failed" && error.cause.code === "ECONNRESET");
    assert.deepEqual([last().status, last().fault, last().aborted], [undefined, "reset:headers", false]);
    assert.equal((await call("/api/v1/orders")).status, 200);
  });

  both("a reset in the body comes after half of it", async ({ mock, call, last }) => {
    mock.fail({ reset: "body", status: 503 });
    const response = await call("/api/v1/orders");
    assert.equal(response.status, 503);
    const reader = response.body.getReader();
    const first = await reader.read();
    assert.equal(first.value.length, Number(response.headers.get("content-length")) >> 1);
    await assert.rejects(reader.read(), (error) => error instanceof TypeError && error.cause.code === "ECONNRESET");
    assert.deepEqual([last().status, last().fault, last().aborted], [503, "503 reset:body", false]);
  });

  both("a stall before the headers ends with the abort's own reason", async ({ mock, call, last }) => {
    mock.fail({ stall: "headers" });
    const controller = new AbortController();
    const reason = new Error("enough");
    const pending = call("/api/v1/orders", { headers: bearer(FULL), signal: controller.signal });
    await until(() => mock.requests.length === 1, "the request arrives");
    controller.abort(reason);
    await assert.rejects(pending, (error) => error === reason);
    await until(() => last().aborted, "the abort is noticed");
    assert.equal(last().status, undefined);
  });

  both("a stall in the body gives half, then nothing until the abort", async ({ mock, call, last }) => {
    mock.fail({ stall: "body" });
    const controller = new AbortController();
    const reason = new Error("enough");
    const response = await call("/api/v1/orders", { headers: bearer(FULL), signal: controller.signal });
    const reader = response.body.getReader();
    assert.equal((await reader.read()).value.length, Number(response.headers.get("content-length")) >> 1);
    const next = reader.read();
    controller.abort(reason);
    await assert.rejects(next, (error) => error === reason);
    await until(() => last().aborted, "the abort is noticed");
    assert.equal(last().status, 200);
  });

  both("a caller that cancels a stalled body has left", async ({ mock, call, last }) => {
    mock.fail({ stall: "body" });
    await (await call("/api/v1/orders")).body.cancel();
    await until(() => last().aborted, "the cancel is noticed");
  });

  both("an abort while the answer is late", async ({ mock, call, last }) => {
    mock.fail({ latencyMs: 60_000 });
    const controller = new AbortController();
    const pending = call("/api/v1/orders", { headers: bearer(FULL), signal: controller.signal });
    await until(() => mock.requests.length === 1, "the request arrives");
    controller.abort("late");
    await assert.rejects(pending, (error) => error === "late");
    await until(() => last().aborted, "the abort is noticed");
  });

  both("an abort before the sending, and one before the reading", async ({ mock, call, base }) => {
    const reason = new Error("no");
    await assert.rejects(call("/api/v1/orders", { signal: AbortSignal.abort(reason) }), (error) => error === reason);
    assert.equal(mock.requests.length, 0);
    const controller = new AbortController();
    mock.fail({ reset: "body" });
    const response = await call("/api/v1/orders", { headers: bearer(FULL), signal: controller.signal });
    controller.abort(reason);
    // Some versions of Node put an AbortError of their own in the reason's place here; the mock does not.
    await assert.rejects(response.text(), (error) => error === reason || (base.includes("127.0.0.1") && error.name === "AbortError"));
  });

  both("latency is that of the mock, or of the fault in its place", async ({ mock, read, call, last }) => {
    const start = performance.now();
    mock.fail({ latencyMs: 30 });
    await read("/api/v1/orders");
    // A timer may fire up to a millisecond early by this clock.
    assert.ok(performance.now() - start >= 29);
    const controller = new AbortController();
    const pending = call("/api/v1/orders", { headers: bearer(FULL), signal: controller.signal });
    await until(() => mock.requests.length === 2, "the request arrives");
    controller.abort("enough");
    await assert.rejects(pending, (error) => error === "enough");
    assert.equal(last().status, undefined);
  }, { latencyMs: 600_000 });
});

describe("redirects", () => {
  both("are sent with their address, and fetch does with them as it is told", async ({ mock, call, last, base }) => {
    const elsewhere = base.replace("127.0.0.1", "localhost").replace("api.example", "other.example");
    mock.fail({ redirect: `${base}/api/v1/blacklists` });
    const manual = await call("/api/v1/orders", { headers: bearer(FULL), redirect: "manual" });
    assert.deepEqual([manual.status, manual.headers.get("location")], [302, `${base}/api/v1/blacklists`]);

    mock.fail({ redirect: "/api/v1/blacklists", status: 307 });
    await assert.rejects(call("/api/v1/orders", { headers: bearer(FULL), redirect: "error" }), TypeError);

    mock.fail({ redirect: "/api/v1/blacklists" });
    const followed = await call("/api/v1/orders", json({ a: 1 }));
    assert.deepEqual([followed.status, followed.url, followed.redirected, last().method, last().body], [200, `${base}/api/v1/blacklists`, true, "GET", undefined]);

    mock.fail({ redirect: "/api/v1/blacklists", status: 308 });
    assert.equal((await call("/api/v1/orders", json({ a: 1 }))).status, 201);
    assert.deepEqual([last().method, last().body], ["POST", { a: 1 }]);

    // A name that only memory resolves would make the socket's case depend on the machine.
    if (!base.includes("127.0.0.1")) {
      mock.fail({ redirect: `${elsewhere}/api/v1/orders` });
      assert.equal((await call("/api/v1/orders")).status, 401);
      assert.equal(last().headers.authorization, undefined);
    }
    mock.fail({ redirect: "/api/v1/orders", times: Infinity });
    await assert.rejects(call("/api/v1/orders"), (error) => error instanceof TypeError && /redirect count/.test(error.cause.message));
  });
});

describe("fetch in memory", () => {
  test("takes a string, a URL or a Request, and gives a real Response", async () => {
    const { fetch } = mockOpenProspect();
    const url = "https://x.test/api/v1/auth/validate";
    for (const input of [url, new URL(url)]) {
      const response = await fetch(input, { headers: bearer(FULL) });
      assert.ok(response instanceof Response);
      assert.deepEqual([response.status, response.url], [200, url]);
      assert.deepEqual(await response.clone().json(), await response.json());
    }
    assert.equal((await fetch(new Request(url, { headers: bearer(FULL) }))).status, 200);
    assert.equal((await fetch(new Request(url), { headers: bearer(FULL) })).status, 200);
    await assert.rejects(fetch("/relative"), TypeError);
    await assert.rejects(fetch(url, { body: "x" }), TypeError);
  });

  test("follows the signal of a Request, unless init has its own", async () => {
    const mock = mockOpenProspect();
    const url = "https://x.test/api/v1/auth/validate";
    const aborted = new Request(url, { signal: AbortSignal.abort("gone"), headers: bearer(FULL) });
    await assert.rejects(mock.fetch(aborted), (error) => error === "gone");
    assert.equal((await mock.fetch(aborted, { signal: null })).status, 200);
  });

  test("leaves no listener on the signal", async () => {
    const mock = mockOpenProspect({ latencyMs: 1 });
    const { signal } = new AbortController();
    let listeners = 0;
    for (const [name, step] of [["addEventListener", 1], ["removeEventListener", -1]]) {
      const plain = signal[name].bind(signal);
      signal[name] = (...given) => {
        listeners += step;
        return plain(...given);
      };
    }
    const call = () => mock.fetch("https://x.test/api/v1/orders", { headers: bearer(FULL), signal });
    await (await call()).text();
    await (await call()).body.cancel();
    mock.fail({ reset: "headers" }, { reset: "body" }, 204);
    await assert.rejects(call());
    await assert.rejects((await call()).text());
    await call();
    mock.fail({ redirect: "/api/v1/blacklists" });
    await (await call()).text();
    assert.equal(listeners, 0);
  });

  test("answers without a body where HTTP has none", async () => {
    const mock = mockOpenProspect();
    mock.fail(204, 304);
    for (const status of [204, 304]) {
      const response = await mock.fetch("https://x.test/api/v1/orders");
      assert.deepEqual([response.status, response.body], [status, null]);
    }
    assert.equal((await mock.fetch("https://x.test/api/v1/orders", { method: "HEAD" })).body, null);
  });
});

describe("serve", { timeout: 8000 }, () => {
  test("listens on loopback only", async () => {
    const mock = mockOpenProspect();
    for (const host of ["0.0.0.0", "::", "example.com", "10.0.0.1", "127.0.0.1.example.com", ""]) await assert.rejects(mock.serve({ host }), TypeError, host);
    const served = await mock.serve({ host: "localhost" });
    assert.equal(served.url, `http://localhost:${served.port}`);
    await assert.rejects(mock.serve({ host: "localhost", port: served.port }), { code: "EADDRINUSE" });
    await served.close();
  });

  test("shares its state with memory and with a second server", async () => {
    const mock = mockOpenProspect();
    const [one, two] = await Promise.all([mock.serve(), mock.serve()]);
    const { id } = await (await fetch(`${one.url}/api/v1/orders`, json({}))).json();
    assert.equal((await fetch(`${two.url}/api/v1/orders/${id}`, { headers: bearer(FULL) })).status, 200);
    assert.equal((await mock.fetch(`${two.url}/api/v1/orders/${id}`, { headers: bearer(FULL) })).status, 200);
    assert.deepEqual(mock.requests.map(({ n }) => n), [1, 2, 3]);
    await Promise.all([one.close(), two.close()]);
  });

  test("close ends what is silent, late and idle, any number of times", async () => {
    const mock = mockOpenProspect();
    const served = await mock.serve();
    const url = `${served.url}/api/v1/orders`;
    await (await fetch(url)).text();
    mock.fail({ stall: "headers" }, { stall: "body" }, { latencyMs: 600_000 });
    const silent = assert.rejects(fetch(url), TypeError);
    await until(() => mock.requests.length === 2, "the first arrives");
    const half = await fetch(url);
    const late = assert.rejects(fetch(url), TypeError);
    await until(() => mock.requests.length === 4, "the last arrives");
    assert.equal(served.close(), served.close());
    await served.close();
    await Promise.all([silent, late, assert.rejects(half.text(), TypeError)]);
    await served.close();
    assert.deepEqual(mock.requests.map(({ aborted }) => aborted), [false, false, false, false]);
    await assert.rejects(fetch(url), (error) => error.cause.code === "ECONNREFUSED");
    if (Symbol.asyncDispose) assert.equal(served[Symbol.asyncDispose], served.close);
  });

  test("close leaves nothing that keeps a process alive", async () => {
    const script = `
      import { mockOpenProspect } from ${JSON.stringify(new URL("../../pkg-template/testing/node.js", import.meta.url).href)};
      const mock = mockOpenProspect();
      const served = await mock.serve();
      mock.fail({ stall: "headers" }, { latencyMs: 600000 }, { stall: "body" });
      const calls = [1, 2, 3].map(() => fetch(served.url + "/api/v1/orders").then((r) => r.text()).catch(() => {}));
      while (mock.requests.length < 3) await new Promise((r) => setImmediate(r));
      await served.close();
      await Promise.all(calls);
      const left = () => process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap" || name === "TCPSocketWrap");
      for (let turn = 0; turn < 1000 && left().length > 0; turn += 1) await new Promise((r) => setImmediate(r));
      console.log(JSON.stringify(left()));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { timeout: 8000 });
    assert.equal(stdout.trim(), "[]");
  });

  test("a fault function that throws is heard of", async () => {
    const mock = mockOpenProspect();
    mock.fail(() => {
      throw new Error("my test is wrong");
    });
    await assert.rejects(mock.fetch("https://x.test/"), /my test is wrong/);
    const served = await mock.serve();
    const response = await fetch(served.url);
    assert.equal(response.status, 500);
    assert.match(await response.text(), /my test is wrong/);
    await served.close();
  });

  test("elsewhere than in Node it says that it cannot", async () => {
    const mock = memoryOnly();
    assert.equal((await mock.fetch("https://x.test/api/v1/auth/validate", { headers: bearer(FULL) })).status, 200);
    await assert.rejects(mock.serve(), /Node/);
  });
});
