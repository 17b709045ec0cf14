// What the mock stores: blacklists, prospect searches, search profiles.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { matchBlacklist, mockOpenProspect, TEST_KEYS } from "../../pkg-template/testing/node.js";

const FULL = TEST_KEYS.full;

/** Runs a test in memory and over a socket. */
function both(name, options, run) {
  for (const socket of [false, true]) {
    test(`${name} [${socket ? "socket" : "memory"}]`, async (t) => {
      const mock = mockOpenProspect(options);
      const served = socket ? await mock.serve() : undefined;
      if (served) t.after(served.close);
      const send = served ? globalThis.fetch : mock.fetch;
      const call = async (method, path, body, { key = FULL, headers } = {}) => {
        const json = body === undefined ? {} : { "content-type": "application/json" };
        const response = await send(`${served?.url ?? "https://x.test"}/api/v1${path}`, {
          method, headers: { authorization: `Bearer ${key}`, ...json, ...headers }, body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await response.text();
        return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
      };
      await run({ mock, call, get: (path, more) => call("GET", path, undefined, more) });
    });
  }
}

const refused = ({ status, body }, expected, code) => assert.deepEqual([status, body.code, typeof body.message], [expected, code, "string"]);
const invalid = (answer, ...fields) => {
  refused(answer, 422, "VALIDATION_ERROR");
  assert.deepEqual(answer.body.details.validation_errors.map(({ field }) => field), fields);
};

describe("blacklists", () => {
  both("are created, renamed and deleted", {}, async ({ call, get }) => {
    const { body: made } = await call("POST", "/blacklists", { name: "Ours", description: "d" });
    const path = `/blacklists/${made.id}`;
    assert.deepEqual((await get(path)).body, made);
    const renamed = (await call("PATCH", path, { name: "Yours", id: "other" })).body;
    assert.deepEqual([renamed.id, renamed.name, renamed.description], [made.id, "Yours", "d"]);
    assert.deepEqual((await get(path)).body, renamed);
    invalid(await call("PATCH", path, {}), "body");
    invalid(await call("PATCH", path, { name: 5 }), "name");
    invalid(await call("POST", "/blacklists", { description: [] }), "description");
    const { total } = (await get("/blacklists")).body;
    const gone = await call("DELETE", path);
    assert.deepEqual([gone.status, gone.body], [204, undefined]);
    refused(await get(path), 404, "BLACKLIST_NOT_FOUND");
    refused(await call("DELETE", path), 404, "BLACKLIST_NOT_FOUND");
    assert.equal((await get("/blacklists")).body.total, total - 1);
  });

  both("hold entries, up to 10,000 in one request", { blacklists: [{ id: "b" }, { id: "c" }] }, async ({ call, get, mock }) => {
    const path = "/blacklists/b/entries";
    const post = (entries) => call("POST", path, { entries });
    const entries = [{ external_id: "1" }, { website_url: "https://a.example" }, { company_name: "A", city: "B" }];
    const made = await post(entries);
    assert.equal(made.status, 201);
    const page = (await get(`${path}?limit=2`)).body;
    assert.deepEqual([page.items, page.total, page.has_more], [made.body.items.slice(0, 2), 3, true]);
    assert.equal((await get("/blacklists/c/entries")).body.total, 0);
    mock.fail(503);
    await post(entries);
    assert.equal((await get(path)).body.total, 3);

    invalid(await post(Array(10_001).fill({ external_id: "1" })), "entries");
    invalid(await post([]), "entries");
    invalid(await call("POST", path, {}), "entries");
    invalid(await post([{ external_id: "1" }, { note: "n" }]), "entries.1");
    invalid(await post([{ city: 5 }]), "entries.0.city");
    assert.equal((await get(path)).body.total, 3);

    const ids = made.body.items.map(({ id }) => id);
    assert.deepEqual((await call("DELETE", path, { entry_ids: [ids[0], ids[2], "absent"] })).body, { removed: 2 });
    assert.deepEqual((await get(path)).body.items.map(({ id }) => id), [ids[1]]);
    invalid(await call("DELETE", path, { entry_ids: "x" }), "entry_ids");
    invalid(await call("DELETE", path, {}), "entry_ids");
    assert.equal((await post(Array(10_000).fill({ external_id: "1" }))).body.total, 10_000);
  });

  test("match by id, then domain, then name and city, then name", () => {
    const entries = [{ company_name: "Acme" }, { company_name: "Acme", city: "Ulm" }, { website_url: "http://acme.example/about" }, { external_id: "7" }];
    const by = (company) => {
      const found = matchBlacklist(company, entries);
      return found && [found.by, entries.indexOf(found.entry)];
    };
    const whole = { external_id: "7", website_url: "https://www.ACME.example", company_name: " acme ", city: "ulm" };
    assert.deepEqual(by(whole), ["external_id", 3]);
    assert.deepEqual(by({ ...whole, external_id: "8" }), ["website_url", 2]);
    assert.deepEqual(by({ company_name: "ACME", city: "Ulm" }), ["company_name+city", 1]);
    assert.deepEqual(by({ company_name: "Acme", city: "Bonn" }), ["company_name", 0]);
    assert.equal(by({ company_name: "Acm", website_url: "https://other.example", city: "Ulm" }), undefined);
    assert.equal(by({ website_url: "no url at all" }), undefined);
    assert.equal(by({}), undefined);
  });

  const companies = [{ company_name: "A", external_id: "1" }, { company_name: "B", external_id: "2" }, { company_name: "C" }];
  const world = {
    blacklists: [{ id: "b" }], prospectSearches: [{ id: "s" }], durations: { RECEIVED: 0, ACCEPTED: 0, IN_PROGRESS: 0 },
    companies: [{ id: "x", name: "A", prospect_search_id: "s" }, { id: "y", name: "B", website: "https://b.example", prospect_search_id: "s" }],
  };
  both("keep companies out of results and deliveries", world, async ({ call, get }) => {
    await call("POST", "/blacklists/b/entries", { entries: [{ external_id: "2" }, { website_url: "b.example" }, { company_name: "c" }] });
    const order = async (body) => {
      const { id } = (await call("POST", "/orders", { profile_id: "p", ...body })).body;
      return (await get(`/orders/${id}/results`)).body;
    };
    assert.equal((await order({ companies })).total, 3);
    assert.deepEqual((await order({ companies, blacklist_ids: ["b"] })).items.map((item) => item.source_id), ["1"]);
    refused(await call("POST", "/orders", { profile_id: "p", companies, blacklist_ids: ["absent"] }), 404, "BLACKLIST_NOT_FOUND");

    const delivered = async () => (await get("/deliveries/s/companies")).body.items.map(({ id }) => id);
    assert.deepEqual(await delivered(), ["x", "y"]);
    await call("PUT", "/prospect-searches/s/blacklists", { blacklist_ids: ["b"] });
    assert.deepEqual(await delivered(), ["x"]);
    await call("DELETE", "/blacklists/b");
    assert.deepEqual(await delivered(), ["x", "y"]);
    assert.equal((await get("/prospect-searches/s/blacklists")).body.total, 0);
  });
});

describe("the blacklists of a search", () => {
  both("are replaced as a whole", { prospectSearches: [{ id: "s" }, { id: "t" }], blacklists: [{ id: "a" }, { id: "b" }, { id: "c" }] }, async ({ call, get }) => {
    const path = "/prospect-searches/s/blacklists";
    const ids = ({ body }) => body.items.map(({ id }) => id);
    const put = (blacklist_ids) => call("PUT", path, { blacklist_ids });
    assert.deepEqual(ids(await get(path)), []);
    assert.deepEqual(ids(await put(["a", "b", "a"])), ["a", "b"]);
    assert.deepEqual(ids(await put(["c"])), ["c"]);
    refused(await put(["a", "absent"]), 404, "BLACKLIST_NOT_FOUND");
    invalid(await put("a"), "blacklist_ids");
    assert.deepEqual(ids(await get(path)), ["c"]);
    assert.deepEqual(ids(await get("/prospect-searches/t/blacklists")), []);
    assert.deepEqual(ids(await put([])), []);
  });
});

describe("editing a search", () => {
  const world = { prospectSearches: [{ id: "s", name: "old" }], keys: { lnc_test_admin: { scopes: ["prospect_searches:write"], admin: true } } };
  const path = "/prospect-searches/s";
  both("needs the version that is stored", world, async ({ mock, call, get }) => {
    const patch = (body) => call("PATCH", path, body);
    assert.equal((await get(path)).body.version, 1);
    const edited = await patch({ version: 1, name: "new" });
    assert.deepEqual([edited.status, edited.body], [200, { id: "s", name: "new", version: 2, stripped_fields: [] }]);
    assert.deepEqual((await get(path)).body, { id: "s", name: "new", version: 2 });
    refused(await patch({ version: 1, name: "late" }), 409, "CONFLICT");
    refused(await patch({ version: 3, name: "early" }), 409, "CONFLICT");
    invalid(await patch({ name: "n" }), "version");
    for (const version of ["2", 1.5, null]) invalid(await patch({ version, name: "n" }), "version");
    mock.fail(500);
    await patch({ version: 2, name: "lost" });
    assert.deepEqual((await get(path)).body, { id: "s", name: "new", version: 2 });
  });

  both("changes what the mask names, and says what it dropped", world, async ({ call, get }) => {
    const patch = (body, key) => call("PATCH", path, body, { key });
    const masked = (await patch({ version: 1, name: "a", ideal_customer_profile: "b", update_mask: ["ideal_customer_profile"] })).body;
    assert.deepEqual([masked.name, masked.ideal_customer_profile, masked.version], ["old", "b", 2]);
    invalid(await patch({ version: 2, update_mask: ["name"] }), "name");
    invalid(await patch({ version: 2, update_mask: "name" }), "update_mask");

    const guarded = { geo_locations: ["x"], search_keywords: ["y"] };
    const partly = (await patch({ version: 2, name: "c", ...guarded })).body;
    assert.deepEqual([partly.name, partly.geo_locations, partly.version, partly.stripped_fields], ["c", undefined, 3, ["geo_locations", "search_keywords"]]);
    assert.equal((await patch({ version: 3, ...guarded })).body.version, 3);
    const whole = (await patch({ version: 3, ...guarded }, "lnc_test_admin")).body;
    assert.deepEqual([whole.geo_locations, whole.search_keywords, whole.version, whole.stripped_fields], [["x"], ["y"], 4, []]);

    for (const field of ["language_config", "company_extraction_commands", "odd"]) invalid(await patch({ version: 4, name: "n", [field]: {} }), field);
    invalid(await patch({ version: 4, name: 5 }), "name");
    assert.equal((await get(path)).body.name, "c");
  });
});

describe("creating a search profile", () => {
  const path = "/search-profile-creations";
  const body = { profile_name: "p", target_countries: ["DE"], output_language: "en" };
  both("needs an idempotency key, which stands for one body", {}, async ({ mock, call, get }) => {
    const post = (key, sent = body, more) => call("POST", path, sent, { ...more, headers: key === undefined ? {} : { "idempotency-key": key } });
    invalid(await post(), "Idempotency-Key");
    invalid(await post(""), "Idempotency-Key");
    invalid(await post("k", { ...body, target_countries: "DE" }), "target_countries");
    invalid(await post("k", []), "body");

    mock.fail({ status: 503, applied: true });
    assert.equal((await post("k")).status, 503);
    const first = await post("k");
    assert.deepEqual([first.status, first.body.status, first.body.profile_id], [201, "PENDING", null]);
    const { output_language, ...rest } = body;
    assert.deepEqual((await post("k", { output_language, ...rest })).body, first.body);
    refused(await post("k", { ...body, profile_name: "q" }), 409, "CONFLICT");
    assert.notEqual((await post("k2")).body.id, first.body.id);
    assert.deepEqual((await get(`${path}/${first.body.id}`)).body, first.body);
    const theirs = await post("k", { profile_name: "q" }, { key: TEST_KEYS.otherOrg });
    assert.equal(theirs.status, 201);
    refused(await get(`${path}/${theirs.body.id}`), 404, "NOT_FOUND");

    mock.fail(503);
    await post("k3");
    assert.equal((await post("k3", { profile_name: "another" })).status, 201);
  });
});
