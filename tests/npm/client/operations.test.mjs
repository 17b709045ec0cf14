// Every operation of the documented API: the request, and the result.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, OPERATIONS as TABLE, QUICK, listen, rejection } from "../helpers/setup.mjs";

const BODY = { name: "a" };
const ENTRIES = [{ website_url: "https://a.example" }];

/**
 * A call, and the expected request; the path is relative to /api/v1/.
 *
 * @typedef {(client: any) => Promise<any>} Call
 * @type {[call: Call, method: string, path: string, query?: string, body?: unknown][]}
 */
const OPERATIONS = [
  [(c) => c.auth.validate(), "GET", "/auth/validate"],
  [
    (c) => c.orders.create({ profile_id: "p", briefing_quantity: 5 }),
    "POST",
    "/orders",
    "",
    { profile_id: "p", briefing_quantity: 5 },
  ],
  [(c) => c.orders.list({ limit: 10 }), "GET", "/orders", "limit=10"],
  [(c) => c.orders.get("o/1"), "GET", "/orders/o%2F1"],
  [(c) => c.orders.results("o", { limit: 3 }), "GET", "/orders/o/results", "limit=3"],
  [(c) => c.searchProfiles.create(BODY), "POST", "/search-profile-creations", "", BODY],
  [(c) => c.searchProfiles.get("s"), "GET", "/search-profile-creations/s"],
  [
    (c) => c.deliveries.companies("s", { delivered_since: new Date(0) }),
    "GET",
    "/deliveries/s/companies",
    "delivered_since=1970-01-01T00%3A00%3A00.000Z",
  ],
  [(c) => c.deliveries.addDestination("7", BODY), "POST", "/deliveries/7/destinations", "", BODY],
  [(c) => c.prospectSearches.list(), "GET", "/prospect-searches"],
  [(c) => c.prospectSearches.get("s"), "GET", "/prospect-searches/s"],
  [
    (c) => c.prospectSearches.update("s", { version: 3, name: "n" }),
    "PATCH",
    "/prospect-searches/s",
    "",
    { version: 3, name: "n" },
  ],
  [(c) => c.prospectSearches.blacklists("s"), "GET", "/prospect-searches/s/blacklists"],
  [
    (c) => c.prospectSearches.setBlacklists("s", ["a", "b"]),
    "PUT",
    "/prospect-searches/s/blacklists",
    "",
    { blacklist_ids: ["a", "b"] },
  ],
  [
    (c) => c.companies.list({ prospect_search_id: "s", review_status_list: ["accepted", "pending"] }),
    "GET",
    "/companies",
    "prospect_search_id=s&review_status_list=accepted&review_status_list=pending",
  ],
  [(c) => c.companies.get("c"), "GET", "/companies/c"],
  [(c) => c.companies.jobs("c"), "GET", "/companies/c/jobs"],
  [(c) => c.companies.jobsSummary("c"), "GET", "/companies/c/jobs/summary"],
  [(c) => c.companies.webtechIntel("c"), "GET", "/companies/c/webtech-intel"],
  [(c) => c.companies.webtechIntelSummary("c"), "GET", "/companies/c/webtech-intel/summary"],
  [(c) => c.prospects.list({ offset: 5 }), "GET", "/prospects", "offset=5"],
  [(c) => c.prospects.get("ps_1"), "GET", "/prospects/ps_1"],
  [(c) => c.blacklists.create(BODY), "POST", "/blacklists", "", BODY],
  [(c) => c.blacklists.list(), "GET", "/blacklists"],
  [(c) => c.blacklists.get("b"), "GET", "/blacklists/b"],
  [(c) => c.blacklists.update("b", { description: "d" }), "PATCH", "/blacklists/b", "", { description: "d" }],
  [(c) => c.blacklists.delete("b"), "DELETE", "/blacklists/b"],
  [(c) => c.blacklists.entries("b", { limit: 2 }), "GET", "/blacklists/b/entries", "limit=2"],
  [(c) => c.blacklists.addEntries("b", ENTRIES), "POST", "/blacklists/b/entries", "", { entries: ENTRIES }],
  [(c) => c.blacklists.removeEntries("b", ["e"]), "DELETE", "/blacklists/b/entries", "", { entry_ids: ["e"] }],
  [(c) => c.health.check(), "GET", "../../health"],
];

/** @param {string} path */
const full = (path) => new URL(path.replace(/^\//, ""), "http://a/api/v1/").pathname;

/** @param {import("node:http").IncomingMessage} request */
async function read(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text === "" ? undefined : JSON.parse(text);
}

for (const [how, copy] of COPIES) {
  describe(how, () => {
    test("the table matches the operations of the package", () => {
      const rows = TABLE.map(({ key }) => key);
      const called = OPERATIONS.map(([call]) => /c\.(\w+\.\w+)\(/.exec(String(call))?.[1]);
      assert.deepEqual([...rows].sort(), [...called].sort());
    });

    for (const [call, method, path, query = "", body] of OPERATIONS) {
      test(`${method} ${path}`, async (t) => {
        /** @type {unknown[]} */
        const requests = [];
        const url = await listen(t, async (request, response) => {
          requests.push({
            method: request.method,
            url: request.url,
            body: await read(request),
            type: request.headers["content-type"],
          });
          response.setHeader("content-type", "application/json");
          response.end(JSON.stringify({ items: [], echo: 1 }));
        });
        const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK });
        const result = await call(client);
        assert.equal((result.results?.[0] ?? result).echo, 1);
        const type = body && "application/json";
        assert.deepEqual(requests, [{ method, url: `${full(path)}${query && `?${query}`}`, body, type }]);
      });
    }

    test("each rejects with an AuthorizationError if the scope is missing", async (t) => {
      const url = await listen(t, (_, response) => {
        response.statusCode = 403;
        response.end(
          JSON.stringify({
            code: "AUTHORIZATION_ERROR",
            message: "no",
            details: { required_scopes: ["a"], user_scopes: [] },
          }),
        );
      });
      const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK });
      for (const [call, method, path] of OPERATIONS) {
        const error = await rejection(call(client));
        assert.ok(error instanceof copy.AuthorizationError, `${method} ${path}: ${error}`);
        assert.deepEqual([error.method, error.path, error.missingScopes], [method, full(path), ["a"]]);
      }
    });

    test("searchProfiles.create has one idempotency key per call, the same for each attempt", async (t) => {
      /** @type {unknown[]} */
      const keys = [];
      const url = await listen(t, (request, response) => {
        keys.push(request.headers["idempotency-key"]);
        response.statusCode = keys.length % 2 === 1 ? 503 : keys.length === 6 ? 422 : 201;
        response.end("{}");
      });
      const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK });
      await client.searchProfiles.create(BODY);
      await client.searchProfiles.create(BODY, { idempotencyKey: "mine" });
      const error = await rejection(client.searchProfiles.create(BODY));
      assert.equal(keys[0], keys[1]);
      assert.match(String(keys[0]), /^[0-9a-f]{32}$/);
      assert.deepEqual(keys.slice(2, 4), ["mine", "mine"]);
      assert.equal(keys[4], keys[5]);
      assert.notEqual(keys[4], keys[0]);
      assert.equal(error.idempotencyKey, keys[4]);
      assert.equal(error.mayHaveBeenApplied, true);
    });

    /** @type {[call: Call, option: string][]} */
    const INVALID = [
      [(c) => c.orders.create(), "body"],
      [(c) => c.orders.create([]), "body"],
      [(c) => c.orders.create({}), "order"],
      [(c) => c.orders.create({ briefing_quantity: 1, companies: [{}] }), "order"],
      [(c) => c.orders.create({ companies: [] }), "order"],
      [(c) => c.orders.create({ companies: Array(10_001).fill({}) }), "order"],
      [(c) => c.blacklists.addEntries("b", {}), "entries"],
      [(c) => c.blacklists.removeEntries("b"), "entry_ids"],
      [(c) => c.blacklists.update("", BODY), "blacklist_id"],
      [(c) => c.companies.list("s"), "query"],
    ];

    test("the error names the invalid argument, and no request is sent", async (t) => {
      const url = await listen(t, () => assert.fail("a request"));
      const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url });
      for (const [call, option] of INVALID) {
        const error = await rejection(call(client));
        assert.deepEqual([error.name, error.option], ["ConfigurationError", option], String(call));
      }
    });
  });
}
