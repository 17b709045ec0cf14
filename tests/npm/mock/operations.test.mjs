// The mock's operations, compared to the vendor's documentation; this list is independent of the mock.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertError, assertInvalid, both, OPERATIONS, TEST_KEYS } from "./setup.mjs";

const ORDER = "ORDER_NOT_FOUND";
const SEARCH = "PROSPECT_SEARCH_NOT_FOUND";
const BLACKLIST = "BLACKLIST_NOT_FOUND";

/**
 * The documented operations, in their order, with the code of the 404 for an unknown id, and a valid body.
 *
 * @type {[method: string, path: string, scopes: string[], code?: string, body?: object][]}
 */
const DOCUMENTED = [
  ["GET", "/api/v1/auth/validate", []],
  ["POST", "/api/v1/orders", ["orders:write"], undefined, {}],
  ["GET", "/api/v1/orders", ["orders:read"]],
  ["GET", "/api/v1/orders/{order_id}", ["orders:read"], ORDER],
  ["GET", "/api/v1/orders/{order_id}/results", ["orders:read"], ORDER],
  ["GET", "/api/v1/deliveries/{prospect_search_id}/companies", ["companies:read", "prospects:read"], SEARCH],
  ["GET", "/api/v1/prospect-searches", ["prospect_searches:read"]],
  ["GET", "/api/v1/companies", ["companies:read"]],
  ["GET", "/api/v1/companies/{company_id}", ["companies:read"], "ENTITY_NOT_FOUND"],
  ["GET", "/api/v1/companies/{company_id}/jobs", ["companies:read"], "ENTITY_NOT_FOUND"],
  ["GET", "/api/v1/companies/{company_id}/jobs/summary", ["companies:read"], "ENTITY_NOT_FOUND"],
  ["GET", "/api/v1/companies/{company_id}/webtech-intel", ["companies:read"], "ENTITY_NOT_FOUND"],
  ["GET", "/api/v1/companies/{company_id}/webtech-intel/summary", ["companies:read"], "ENTITY_NOT_FOUND"],
  ["GET", "/api/v1/prospects", ["prospects:read"]],
  ["GET", "/api/v1/prospects/{prospect_id}", ["prospects:read"], "ENTITY_NOT_FOUND"],
  ["POST", "/api/v1/blacklists", ["blacklists:write"], undefined, {}],
  ["GET", "/api/v1/blacklists", ["blacklists:read"]],
  ["GET", "/api/v1/blacklists/{blacklist_id}", ["blacklists:read"], BLACKLIST],
  ["PATCH", "/api/v1/blacklists/{blacklist_id}", ["blacklists:write"], BLACKLIST, { name: "n" }],
  ["DELETE", "/api/v1/blacklists/{blacklist_id}", ["blacklists:write"], BLACKLIST],
  [
    "POST",
    "/api/v1/blacklists/{blacklist_id}/entries",
    ["blacklists:write"],
    BLACKLIST,
    { entries: [{ external_id: "e" }] },
  ],
  ["GET", "/api/v1/blacklists/{blacklist_id}/entries", ["blacklists:read"], BLACKLIST],
  ["DELETE", "/api/v1/blacklists/{blacklist_id}/entries", ["blacklists:write"], BLACKLIST, { entry_ids: ["e"] }],
  ["GET", "/api/v1/prospect-searches/{prospect_search_id}/blacklists", ["blacklists:read"], SEARCH],
  [
    "PUT",
    "/api/v1/prospect-searches/{prospect_search_id}/blacklists",
    ["blacklists:write"],
    SEARCH,
    { blacklist_ids: [] },
  ],
  ["POST", "/api/v1/search-profile-creations", ["orders:write"], undefined, {}],
  ["GET", "/api/v1/search-profile-creations/{profile_creation_id}", ["orders:read"], "ENTITY_NOT_FOUND"],
  ["GET", "/api/v1/prospect-searches/{prospect_search_id}", ["prospect_searches:read"], SEARCH],
  ["PATCH", "/api/v1/prospect-searches/{prospect_search_id}", ["prospect_searches:write"], SEARCH, { version: 1 }],
  [
    "POST",
    "/api/v1/deliveries/{delivery_id}/destinations",
    ["deliveries:write"],
    SEARCH,
    { type: "webhook", url: "https://hook.example" },
  ],
  ["GET", "/health", []],
];

describe("the inventory", () => {
  test("is complete, and has no other operation", () => {
    const row = (method, path, scopes) => `${method} ${path} ${scopes.join(" ")}`;
    const actual = OPERATIONS.map(({ method, path, scopes }) => row(method, path, scopes));
    assert.deepEqual(actual.sort(), DOCUMENTED.map(([method, path, scopes]) => row(method, path, scopes)).sort());
  });

  const keys = Object.fromEntries(
    DOCUMENTED.flatMap(([, , scopes]) => [
      [`lnc_test_${scopes.join("+")}`, { scopes }],
      ...scopes.map((left) => [
        `lnc_test_${scopes.join("+")}-${left}`,
        { scopes: scopes.filter((scope) => scope !== left) },
      ]),
    ]),
  );
  const item = [{ id: "mine" }];
  const world = {
    keys,
    orders: item,
    prospectSearches: item,
    blacklists: item,
    companies: item,
    prospects: item,
    searchProfiles: item,
  };
  both("each operation needs all of its scopes, and no others", world, async ({ root }) => {
    // Deletions come last: the blacklist is not created again.
    /** @param {typeof DOCUMENTED[number]} operation */
    const isDeletion = ([method, path]) => method === "DELETE" && path.endsWith("{blacklist_id}");
    for (const [method, path, scopes, , body] of DOCUMENTED.toSorted(
      (a, b) => Number(isDeletion(a)) - Number(isDeletion(b)),
    )) {
      const at = path.replace(/\{\w+\}/, "mine");
      const key = `lnc_test_${scopes.join("+")}`;
      for (const left of scopes) {
        const response = await root(method, at, body, { key: `${key}-${left}` });
        assertError(response, 403, "AUTHORIZATION_ERROR");
        assert.equal(response.body.message, `Missing required scopes: ${left}`);
        assert.deepEqual(response.body.details, {
          required_scopes: scopes,
          user_scopes: scopes.filter((scope) => scope !== left),
        });
      }
      const response = await root(method, at, body, { key, headers: { "idempotency-key": "k" } });
      // Only the list of companies needs a query of its own.
      if (path === "/api/v1/companies") assertInvalid(response, "prospect_search_id");
      else assert.ok(response.status < 300, `${method} ${path}: ${response.status}`);
    }
  });

  both("every operation with a body rejects one that is not an object", world, async ({ root }) => {
    const readers = DOCUMENTED.filter(([, , , , body]) => body !== undefined);
    assert.deepEqual(
      readers.filter(([method]) => method === "GET"),
      [],
    );
    for (const [method, path] of readers) {
      const send = (body) =>
        root(method, path.replace(/\{\w+\}/, "mine"), body, { headers: { "idempotency-key": "k" } });
      assertError(await send("{"), 400, "INVALID_JSON");
      for (const body of ["", "[]", "5"]) assertInvalid(await send(body), "body");
    }
  });

  both("a missing item and one of another organization have the same response", world, async ({ root }) => {
    for (const [method, path, , code, body] of DOCUMENTED) {
      if (code === undefined) continue;
      const absent = await root(method, path.replace(/\{\w+\}/, "absent"), body);
      assertError(absent, 404, code);
      const hidden = await root(method, path.replace(/\{\w+\}/, "mine"), body, { key: TEST_KEYS.otherOrg });
      assert.deepEqual([hidden.status, hidden.body], [404, absent.body]);
    }
  });
});
