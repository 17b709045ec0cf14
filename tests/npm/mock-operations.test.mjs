// The mock's operations, held against what the vendor documents; typed in here and not taken from the mock.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { both, invalid, OPERATIONS, refused, TEST_KEYS } from "./mock-help.mjs";

const ORDER = "ORDER_NOT_FOUND";
const SEARCH = "PROSPECT_SEARCH_NOT_FOUND";
const BLACKLIST = "BLACKLIST_NOT_FOUND";

/** Rows 1 to 29 of the inventory: method, path, scopes, the code of a 404 where an id is in the path, a body that fits. */
const DOCUMENTED = [
  ["GET", "/auth/validate", []],
  ["POST", "/orders", ["orders:write"], undefined, {}],
  ["GET", "/orders", ["orders:read"]],
  ["GET", "/orders/{order_id}", ["orders:read"], ORDER],
  ["GET", "/orders/{order_id}/results", ["orders:read"], ORDER],
  ["GET", "/deliveries/{prospect_search_id}/companies", ["companies:read", "prospects:read"], SEARCH],
  ["GET", "/prospect-searches", ["prospect_searches:read"]],
  ["GET", "/companies", ["companies:read"]],
  ["GET", "/companies/{company_id}", ["companies:read"], "NOT_FOUND"],
  ["GET", "/companies/{company_id}/jobs", ["companies:read"], "NOT_FOUND"],
  ["GET", "/companies/{company_id}/jobs/summary", ["companies:read"], "NOT_FOUND"],
  ["GET", "/companies/{company_id}/webtech-intel", ["companies:read"], "NOT_FOUND"],
  ["GET", "/companies/{company_id}/webtech-intel/summary", ["companies:read"], "NOT_FOUND"],
  ["GET", "/prospects", ["prospects:read"]],
  ["GET", "/prospects/{prospect_id}", ["prospects:read"], "NOT_FOUND"],
  ["POST", "/blacklists", ["blacklists:write"], undefined, {}],
  ["GET", "/blacklists", ["blacklists:read"]],
  ["GET", "/blacklists/{blacklist_id}", ["blacklists:read"], BLACKLIST],
  ["PATCH", "/blacklists/{blacklist_id}", ["blacklists:write"], BLACKLIST, { name: "n" }],
  ["DELETE", "/blacklists/{blacklist_id}", ["blacklists:write"], BLACKLIST],
  ["POST", "/blacklists/{blacklist_id}/entries", ["blacklists:write"], BLACKLIST, { entries: [{ external_id: "e" }] }],
  ["GET", "/blacklists/{blacklist_id}/entries", ["blacklists:read"], BLACKLIST],
  ["DELETE", "/blacklists/{blacklist_id}/entries", ["blacklists:write"], BLACKLIST, { entry_ids: ["e"] }],
  ["GET", "/prospect-searches/{prospect_search_id}/blacklists", ["blacklists:read"], SEARCH],
  ["PUT", "/prospect-searches/{prospect_search_id}/blacklists", ["blacklists:write"], SEARCH, { blacklist_ids: [] }],
  ["POST", "/search-profile-creations", ["orders:write"], undefined, {}],
  ["GET", "/search-profile-creations/{profile_creation_id}", ["orders:read"], "NOT_FOUND"],
  ["GET", "/prospect-searches/{prospect_search_id}", ["prospect_searches:read"], SEARCH],
  ["PATCH", "/prospect-searches/{prospect_search_id}", ["prospect_searches:write"], SEARCH, { version: 1 }],
];

describe("the inventory", () => {
  test("is whole, and no larger", () => {
    const line = (method, path, scopes) => `${method} ${path} ${scopes.join(" ")}`;
    const mine = OPERATIONS.map(({ method, path, scopes }) => line(method, path, scopes));
    assert.equal(mine.length, 29);
    assert.deepEqual(mine.sort(), DOCUMENTED.map(([method, path, scopes]) => line(method, `/api/v1${path}`, scopes)).sort());
  });

  const keys = Object.fromEntries(DOCUMENTED.flatMap(([, , scopes]) => [
    [`lnc_test_${scopes.join("+")}`, { scopes }],
    ...scopes.map((left) => [`lnc_test_${scopes.join("+")}-${left}`, { scopes: scopes.filter((scope) => scope !== left) }]),
  ]));
  const item = [{ id: "mine" }];
  const world = { keys, orders: item, prospectSearches: item, blacklists: item, companies: item, prospects: item, searchProfiles: item };
  both("each operation needs all of its scopes, and no other", world, async ({ call }) => {
    for (const [method, path, scopes, , body] of DOCUMENTED) {
      const at = path.replace(/\{\w+\}/, "mine");
      const key = `lnc_test_${scopes.join("+")}`;
      for (const left of scopes) {
        const answer = await call(method, at, body, { key: `${key}-${left}` });
        refused(answer, 403, "AUTHORIZATION_ERROR");
        assert.equal(answer.body.message, `Missing required scopes: ${left}`);
        assert.deepEqual(answer.body.details, { required_scopes: scopes, user_scopes: scopes.filter((scope) => scope !== left) });
      }
      const answer = await call(method, at, body, { key, headers: { "idempotency-key": "k" } });
      // Only the list of companies needs a query of its own; a deleted item is put back by nothing.
      if (path === "/companies") invalid(answer, "prospect_search_id");
      else if (!/^\/blacklists\/.*entries/.test(path)) assert.ok(answer.status < 300, `${method} ${path}: ${answer.status}`);
    }
  });

  both("what is absent and what is another organisation's look the same", world, async ({ call }) => {
    for (const [method, path, , code, body] of DOCUMENTED) {
      if (code === undefined) continue;
      const absent = await call(method, path.replace(/\{\w+\}/, "absent"), body);
      refused(absent, 404, code);
      const hidden = await call(method, path.replace(/\{\w+\}/, "mine"), body, { key: TEST_KEYS.otherOrg });
      assert.deepEqual([hidden.status, hidden.body], [404, absent.body]);
    }
  });
});
