// The mock's operations, held against what the vendor documents; typed in here and not taken from the mock.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { both, invalid, OPERATIONS, refused, TEST_KEYS } from "./setup.mjs";

const ORDER = "ORDER_NOT_FOUND";
const SEARCH = "PROSPECT_SEARCH_NOT_FOUND";
const BLACKLIST = "BLACKLIST_NOT_FOUND";

/** The rows of the inventory, in its order: method, path, scopes, the code of a 404 where an id is in the path, a body that fits. */
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
  test("is whole, and no larger", () => {
    const line = (method, path, scopes) => `${method} ${path} ${scopes.join(" ")}`;
    const mine = OPERATIONS.map(({ method, path, scopes }) => line(method, path, scopes));
    assert.deepEqual(mine.sort(), DOCUMENTED.map(([method, path, scopes]) => line(method, path, scopes)).sort());
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
  both("each operation needs all of its scopes, and no other", world, async ({ root }) => {
    // What is deleted comes last: nothing puts it back.
    const removes = ([method, path]) => method === "DELETE" && path.endsWith("{blacklist_id}");
    for (const [method, path, scopes, , body] of DOCUMENTED.toSorted((a, b) => removes(a) - removes(b))) {
      const at = path.replace(/\{\w+\}/, "mine");
      const key = `lnc_test_${scopes.join("+")}`;
      for (const left of scopes) {
        const answer = await root(method, at, body, { key: `${key}-${left}` });
        refused(answer, 403, "AUTHORIZATION_ERROR");
        assert.equal(answer.body.message, `Missing required scopes: ${left}`);
        assert.deepEqual(answer.body.details, {
          required_scopes: scopes,
          user_scopes: scopes.filter((scope) => scope !== left),
        });
      }
      const answer = await root(method, at, body, { key, headers: { "idempotency-key": "k" } });
      // Only the list of companies needs a query of its own.
      if (path === "/api/v1/companies") invalid(answer, "prospect_search_id");
      else assert.ok(answer.status < 300, `${method} ${path}: ${answer.status}`);
    }
  });

  both("whatever reads a body refuses what is no object", world, async ({ root }) => {
    const readers = DOCUMENTED.filter(([, , , , body]) => body !== undefined);
    assert.deepEqual(
      readers.filter(([method]) => method === "GET"),
      [],
    );
    for (const [method, path] of readers) {
      const send = (body) =>
        root(method, path.replace(/\{\w+\}/, "mine"), body, { headers: { "idempotency-key": "k" } });
      refused(await send("{"), 400, "INVALID_JSON");
      for (const body of ["", "[]", "5"]) invalid(await send(body), "body");
    }
  });

  both("what is absent and what is another organisation's look the same", world, async ({ root }) => {
    for (const [method, path, , code, body] of DOCUMENTED) {
      if (code === undefined) continue;
      const absent = await root(method, path.replace(/\{\w+\}/, "absent"), body);
      refused(absent, 404, code);
      const hidden = await root(method, path.replace(/\{\w+\}/, "mine"), body, { key: TEST_KEYS.otherOrg });
      assert.deepEqual([hidden.status, hidden.body], [404, absent.body]);
    }
  });
});
