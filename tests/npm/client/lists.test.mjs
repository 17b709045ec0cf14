// Pages are complete even if the server omits members, and queries are encoded correctly.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertFields, COPIES, rejection, serve, TEST_KEYS } from "../helpers/setup.mjs";

const complete = { items: [{ id: "a" }, { id: "b" }], total: 7, limit: 2, offset: 4, has_more: true };
const { items } = complete;

/** @type {[what: string, params: object | undefined, body: object, page: object][]} */
const PAGES = [
  ["all keys", {}, complete, complete],
  ["an unknown key", {}, { ...complete, next: "x" }, { ...complete, next: "x" }],
  ["no has_more, and more to come", {}, { items, total: 7, limit: 2, offset: 4 }, complete],
  ["no has_more, at the end", {}, { items, total: 6, limit: 2, offset: 4 }, { ...complete, total: 6, has_more: false }],
  ["the server's has_more wins", {}, { ...complete, total: 6 }, { ...complete, total: 6 }],
  ["only items of a full page", { limit: 2, offset: 4 }, { items }, { ...complete, total: 6 }],
  ["only items of a short page", { limit: 3 }, { items }, { items, total: 2, limit: 3, offset: 0, has_more: false }],
  ["only items, without parameters", undefined, { items }, { items, total: 2, limit: 50, offset: 0, has_more: false }],
  ["an empty page", {}, { items: [] }, { items: [], total: 0, limit: 50, offset: 0, has_more: false }],
];
const LISTS = { orders: "orders", prospectSearches: "prospect_searches", blacklists: "blacklists" };

for (const [how, copy] of COPIES) {
  describe(`${how}: pages`, () => {
    for (const [what, params, body, expected] of PAGES) {
      test(what, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ body });
        assert.deepEqual(await client({}, copy).orders.list(params), expected);
      });
    }

    for (const [namespace, legacy] of Object.entries(LISTS)) {
      test(`${namespace}: a list under ${legacy}`, async (t) => {
        const { mock, client } = await serve(t);
        const { items: _, ...counts } = complete;
        mock.fail({ body: { [legacy]: items, ...counts } });
        assert.deepEqual(await client({}, copy)[namespace].list(), complete);
      });

      test(`${namespace}: the mock's own page`, async (t) => {
        const { client } = await serve(t);
        const page = await client({}, copy)[namespace].list({ limit: 2, offset: 1 });
        assert.deepEqual(Object.keys(page).sort(), ["has_more", "items", "limit", "offset", "total"]);
        assertFields(assert, page, { limit: 2, offset: 1, has_more: namespace !== "blacklists" });
        assert.equal(page.items.length, 2);
      });
    }

    for (const body of [{ total: 1 }, {}, { items: {} }, { items: null }, { blacklists: [] }, [], "null", '"x"', "7"]) {
      test(`${JSON.stringify(body)} is not a page`, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ status: 200, body });
        const error = await rejection(client({}, copy).orders.list());
        assertFields(assert, error, {
          name: "DecodeError",
          status: 200,
          path: "/api/v1/orders",
          requestId: "req_000001",
          stoppedBy: "not_retryable",
        });
        assert.match(error.message, /items or orders/);
        assert.equal(error.attempts.length, 1);
      });
    }

    test("one item, and the scopes of the key", async (t) => {
      const { client } = await serve(t);
      const own = client({}, copy);
      const {
        items: [first],
      } = await own.orders.list();
      assert.deepEqual(await own.orders.get(first.id), first);
      const { valid, scopes } = await own.auth.validate();
      assert.ok(valid && scopes.includes("orders:write"));
    });

    test("a namespace is one object, and calls may run concurrently", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({}, copy);
      assert.equal(own.orders, own.orders);
      const { list } = own.orders;
      const pages = await Promise.all(Array.from({ length: 50 }, (_, offset) => list({ offset, limit: 1 })));
      assert.deepEqual(
        pages.map(({ offset }) => offset),
        Array.from({ length: 50 }, (_, offset) => offset),
      );
      assert.equal(mock.requests.length, 50);
    });
  });

  describe(`${how}: queries`, () => {
    const day = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    /** @type {[query: object | undefined, expected: string][]} */
    const QUERIES = [
      [
        { a: "x", b: 1, c: 1.5, d: true, e: false, f: 10n ** 20n, g: 0, h: "" },
        "a=x&b=1&c=1.5&d=true&e=false&f=100000000000000000000&g=0&h=",
      ],
      [{ a: undefined, b: null, c: [] }, ""],
      [{ a: ["x", 2, true] }, "a=x&a=2&a=true"],
      [{ from: day }, "from=2026-01-02T03%3A04%3A05.678Z"],
      [{ "ä b&": "c/d?e=#+ü%" }, "%C3%A4%20b%26=c%2Fd%3Fe%3D%23%2B%C3%BC%25"],
      [undefined, ""],
    ];
    for (const [query, expected] of QUERIES) {
      test(expected || "none", async (t) => {
        const { mock, client } = await serve(t);
        const own = client({}, copy);
        await own.get("/api/v1/auth/validate", { query });
        await own.get("/api/v1/auth/validate?own=1", { query });
        const searches = mock.requests.map(({ url }) => new URL(url).search);
        assert.deepEqual(searches, [expected && `?${expected}`, `?own=1${expected && `&${expected}`}`]);
      });
    }

    test("an id is one segment of the path", async (t) => {
      const { mock, client } = await serve(t);
      for (const id of ["a/b", "a?b", "a#b", "a b", "%2F", "ü", "a\\b", "...", "a..b"]) {
        await rejection(client({}, copy).orders.get(id));
        const { path } = mock.requests.at(-1);
        assert.equal(decodeURIComponent(path.replace("/api/v1/orders/", "")), id);
        assert.equal(path.split("/").length, 5);
      }
    });

    test("errors have the path without the query", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail(400);
      const error = await rejection(client({}, copy).get("/api/v1/orders?q=private", { query: { r: "private" } }));
      assert.equal(error.path, "/api/v1/orders");
      assert.ok(!JSON.stringify(error).includes("private"));
    });
  });
}

for (const [how, { OpenProspect }] of COPIES) {
  test(`${how}: delivered_since must be a valid ISO 8601 date`, async () => {
    /** @type {(string | null)[]} */
    const sent = [];
    const fetch = async (url) => {
      sent.push(new URL(url).searchParams.get("delivered_since"));
      return Response.json({ items: [], total: 0, limit: 50, offset: 0, has_more: false });
    };
    const { deliveries } = new OpenProspect({ apiKey: TEST_KEYS.full, fetch });
    /** @type {((since: unknown) => Promise<unknown>)[]} */
    const methods = [
      (since) => deliveries.companies("s", { delivered_since: since }),
      (since) => deliveries.allCompanies("s", { delivered_since: since }).next(),
    ];
    for (const call of methods) {
      for (const invalid of [
        "04.02.2026",
        "2026-02-30",
        "2025-02-29",
        "1900-02-29",
        "2026-06-31T08:00:00Z",
        "2026-13-01",
        "2026-1-1",
        "20260131",
        "2026-01-31T25:00Z",
        "2026-01-31T08:00:00+15:00",
        "yesterday",
        "1790000000",
        "",
        "2026-01-31 08:00",
        " 2026-01-31",
      ]) {
        const error = await rejection(call(invalid));
        assert.deepEqual(
          [error.name, error.option, sent.length],
          ["ConfigurationError", "query.delivered_since", 0],
          invalid,
        );
        assert.match(error.message, /expected a Date, or an ISO 8601 date or time that is on the calendar/);
      }
      const valid = [
        "2024-02-29",
        "2000-02-29T23:59:59.999Z",
        "2026-01-31T08:00",
        "2026-12-31T08:00:00.5+05:30",
        "2026-12-31T08:00:00-0330",
      ];
      for (const since of [...valid, new Date(0), undefined]) await call(since);
      assert.deepEqual(sent.splice(0), [...valid, "1970-01-01T00:00:00.000Z", null]);
    }
  });
}
