// The options of a mock: valid values, invalid values, and defaults.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, mockOpenProspect } from "./setup.mjs";

/** @typedef {[valid: unknown[], invalid: unknown[]]} Values */

/** @type {Values} */
const items = [
  [0, 3, [], [{}], [{ id: "x", organisation: "org_x", more: 1 }]],
  [-1, 1.5, "5", null, {}, [1], [null], [[]]],
];
/** @type {Values} */
const limits = [
  [
    { limit: 1 },
    { limit: 5, windowMs: 0.5 },
    { tier: "free" },
    { tier: "pro", limit: 7 },
    { tier: "pro", windowMs: 1 },
  ],
  [
    null,
    5,
    [],
    {},
    { windowMs: 5 },
    { limit: 0 },
    { limit: 1.5 },
    { limit: 5, windowMs: 0 },
    { limit: 5, windowMs: Infinity },
    { limit: 5, perHour: 1 },
    { tier: "odd" },
    { tier: "toString" },
  ],
];
const grant = (more) => ({ lnc_test_k: { scopes: [], ...more } });

/**
 * By option: valid values, invalid values.
 *
 * @type {Record<string, Values>}
 */
const OPTIONS = {
  seed: [
    [0, -5, 7],
    [1.5, "1", NaN, null],
  ],
  now: [[() => 5], [5, null]],
  latencyMs: [
    [0, 2 ** 31 - 1],
    [-1, 2 ** 31, Infinity, "5", NaN],
  ],
  durations: [
    [{}, { RECEIVED: 0, PENDING: Infinity, ACCEPTED: 1, IN_PROGRESS: 1, RUNNING: 1 }],
    [5, null, [], { COMPLETED: 1 }, { PENDING: -1 }, { PENDING: "1" }, { PENDING: NaN }, { toString: 1 }],
  ],
  errorShape: [
    ["flat", "extra", "nested", "legacy"],
    ["fastapi", "html", "", null],
  ],
  listShape: [
    ["items", "named", "bare"],
    ["odd", "toString", null],
  ],
  rateLimit: limits,
  burst: [
    [{ perSecond: 0.1 }, { perSecond: 5, burst: 7 }],
    [
      null,
      5,
      {},
      { burst: 5 },
      { perSecond: 0 },
      { perSecond: Infinity },
      { perSecond: 1, burst: 0 },
      { perSecond: 1, burst: 1.5 },
      { perSecond: 1, size: 5 },
    ],
  ],
  rateLimitHeaders: [
    [true, false],
    [1, "draft", null],
  ],
  retryAfter: [
    ["header", "body", "both", "none"],
    [true, 7, "7", "", null],
  ],
  orders: items,
  prospectSearches: items,
  blacklists: items,
  searchProfiles: items,
  companies: items,
  prospects: items,
  keys: [
    [
      {},
      grant(),
      grant({ scopes: ["any:thing"] }),
      grant({ organisation: "org_x" }),
      grant({ status: "active" }),
      grant({ status: "expired" }),
      grant({ status: "revoked" }),
      grant({ admin: true }),
      grant({ tier: "free" }),
      ...limits[0].map((rateLimit) => grant({ rateLimit })),
    ],
    [
      null,
      5,
      [],
      { "": { scopes: [] } },
      { "a b": { scopes: [] } },
      { k: null },
      { k: {} },
      { k: { scopes: "orders:read" } },
      grant({ scopes: [5] }),
      grant({ organisation: 5 }),
      grant({ organization: "org_x" }),
      grant({ status: "old" }),
      grant({ admin: 1 }),
      grant({ tier: "odd" }),
      grant({ tier: "toString" }),
      grant({ tier: "free", rateLimit: { limit: 5 } }),
      ...limits[1].map((rateLimit) => grant({ rateLimit })),
    ],
  ],
};

describe("options", () => {
  const assertRejected = (options, name) => {
    assert.throws(
      () => mockOpenProspect(options),
      (error) => error instanceof TypeError && error.message.startsWith(`mockOpenProspect: ${name}`),
      `${name}: ${JSON.stringify(options)}`,
    );
  };
  for (const [name, [valid, invalid]] of Object.entries(OPTIONS)) {
    test(name, () => {
      for (const value of [...valid, undefined]) mockOpenProspect({ [name]: value });
      for (const value of invalid) assertRejected({ [name]: value }, name);
    });
  }

  test("unknown ones are rejected", () => {
    assertRejected({ sed: 1 }, "sed ");
    assertRejected({ toString: 1 }, "toString ");
    for (const options of [5, null, [], "seed"]) assertRejected(options, "options ");
    mockOpenProspect({});
    mockOpenProspect();
  });

  test("are optional", async () => {
    const { get, call, last } = connect(mockOpenProspect());
    const total = async (path) => (await get(path)).body.total;
    assert.deepEqual(
      [
        await total("/orders"),
        await total("/prospect-searches"),
        await total("/blacklists"),
        await total("/prospects"),
      ],
      [25, 4, 3, 45],
    );
    let companies = 0;
    for (const { id } of (await get("/prospect-searches")).body.items)
      companies += await total(`/companies?prospect_search_id=${id}`);
    assert.equal(companies, 30);
    const before = Date.now();
    await call("GET", "/orders");
    assert.ok(last().at >= before && last().at <= Date.now());
  });
});
