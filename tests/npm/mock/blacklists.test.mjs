// Blacklists, their entries, and the companies that they exclude.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertError, assertInvalid, both, matchBlacklist } from "./setup.mjs";

describe("blacklists", () => {
  both("are created, renamed and deleted", {}, async ({ call, get }) => {
    const { body: made } = await call("POST", "/blacklists", { name: "Ours", description: "d" });
    const path = `/blacklists/${made.id}`;
    assert.deepEqual((await get(path)).body, made);
    const renamed = (await call("PATCH", path, { name: "Yours", id: "other" })).body;
    assert.deepEqual([renamed.id, renamed.name, renamed.description], [made.id, "Yours", "d"]);
    assert.deepEqual((await get(path)).body, renamed);
    assertInvalid(await call("PATCH", path, {}), "body");
    assertInvalid(await call("PATCH", path, { name: 5 }), "name");
    assertInvalid(await call("POST", "/blacklists", { description: [] }), "description");
    const { total } = (await get("/blacklists")).body;
    const gone = await call("DELETE", path);
    assert.deepEqual([gone.status, gone.body], [204, undefined]);
    assertError(await get(path), 404, "BLACKLIST_NOT_FOUND");
    assertError(await call("DELETE", path), 404, "BLACKLIST_NOT_FOUND");
    assert.equal((await get("/blacklists")).body.total, total - 1);
  });

  both(
    "have entries, up to 10,000 in one request",
    { blacklists: [{ id: "b" }, { id: "c" }] },
    async ({ call, get, mock }) => {
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

      assertInvalid(await post(Array(10_001).fill({ external_id: "1" })), "entries");
      assertInvalid(await post([]), "entries");
      assertInvalid(await call("POST", path, {}), "entries");
      assertInvalid(await post([{ external_id: "1" }, { note: "n" }]), "entries.1");
      assertInvalid(await post([{ city: 5 }]), "entries.0.city");
      assert.equal((await get(path)).body.total, 3);

      const ids = made.body.items.map(({ id }) => id);
      assert.deepEqual((await call("DELETE", path, { entry_ids: [ids[0], ids[2], "absent"] })).body, { removed: 2 });
      assert.deepEqual(
        (await get(path)).body.items.map(({ id }) => id),
        [ids[1]],
      );
      assertInvalid(await call("DELETE", path, { entry_ids: "x" }), "entry_ids");
      assertInvalid(await call("DELETE", path, {}), "entry_ids");
      assert.equal((await post(Array(10_000).fill({ external_id: "1" }))).body.total, 10_000);
    },
  );

  test("match by id, then domain, then name and city, then name", () => {
    const entries = [
      { company_name: "Acme" },
      { company_name: "Acme", city: "Ulm" },
      { website_url: "http://acme.example/about" },
      { external_id: "7" },
    ];
    const by = (company) => {
      const found = matchBlacklist(company, entries);
      return found && [found.by, entries.indexOf(found.entry)];
    };
    const whole = { external_id: "7", website_url: "https://www.ACME.example", company_name: " acme ", city: "ulm" };
    assert.deepEqual(by(whole), ["external_id", 3]);
    assert.deepEqual(by({ ...whole, external_id: "8" }), ["website_url", 2]);
    assert.deepEqual(by({ company_name: "ACME", city: "Ulm" }), ["company_name+city", 1]);
    assert.deepEqual(by({ company_name: " acme ", city: " ULM " }), ["company_name+city", 1]);
    assert.deepEqual(by({ name: "Acme", city: "Ulm", website: "https://other.example" }), ["company_name+city", 1]);
    assert.deepEqual(by({ name: "Other", website: "acme.example/x" }), ["website_url", 2]);
    assert.deepEqual(by({ company_name: "Acme", city: "Bonn" }), ["company_name", 0]);
    assert.equal(by({ company_name: "Acm", website_url: "https://other.example", city: "Ulm" }), undefined);
    assert.equal(by({ website_url: "not a url" }), undefined);
    assert.equal(by({}), undefined);
  });

  const companies = [
    { company_name: "A", external_id: "1" },
    { company_name: "B", external_id: "2" },
    { company_name: "C" },
  ];
  const world = {
    blacklists: [{ id: "b" }],
    prospectSearches: [{ id: "s" }],
    durations: { RECEIVED: 0, ACCEPTED: 0, IN_PROGRESS: 0 },
    companies: [
      { id: "x", name: "A", prospect_search_id: "s" },
      { id: "y", name: "B", website: "https://b.example", prospect_search_id: "s" },
    ],
  };
  both("exclude companies from results and deliveries", world, async ({ call, get }) => {
    await call("POST", "/blacklists/b/entries", {
      entries: [{ external_id: "2" }, { website_url: "b.example" }, { company_name: "c" }],
    });
    const order = async (body) => {
      const { id } = (await call("POST", "/orders", { profile_id: "p", ...body })).body;
      return (await get(`/orders/${id}/results`)).body;
    };
    assert.equal((await order({ companies })).total, 3);
    assert.deepEqual(
      (await order({ companies, blacklist_ids: ["b"] })).items.map((item) => item.source_id),
      ["1"],
    );
    const single = (await call("POST", "/blacklists", {})).body.id;
    await call("POST", `/blacklists/${single}/entries`, { entries: [{ external_id: "1" }] });
    assert.deepEqual(
      (await order({ companies, blacklist_ids: [single] })).items.map((item) => item.source_id),
      ["2", null],
    );
    const { id } = (await call("POST", "/orders", { profile_id: "p", companies, blacklist_ids: ["b"] })).body;
    const total = async () => (await get(`/orders/${id}/results`)).body.total;
    assert.equal(await total(), 1);
    assertError(
      await call("POST", "/orders", { profile_id: "p", companies, blacklist_ids: ["absent"] }),
      404,
      "BLACKLIST_NOT_FOUND",
    );

    const delivered = async () => (await get("/deliveries/s/companies")).body.items.map(({ id }) => id);
    assert.deepEqual(await delivered(), ["x", "y"]);
    await call("PUT", "/prospect-searches/s/blacklists", { blacklist_ids: ["b"] });
    assert.deepEqual(await delivered(), ["x"]);
    await call("DELETE", "/blacklists/b");
    assert.deepEqual([await delivered(), await total()], [["x", "y"], 3]);
    assert.equal((await get("/prospect-searches/s/blacklists")).body.total, 0);
  });
});

describe("the blacklists of a search", () => {
  both(
    "are replaced as a whole",
    {
      prospectSearches: [{ id: "s" }, { id: "t" }],
      blacklists: [{ id: "a" }, { id: "b" }, { id: "c" }, { id: "theirs", organisation: "org_neighbour" }],
    },
    async ({ call, get }) => {
      const path = "/prospect-searches/s/blacklists";
      const ids = ({ body }) => body.items.map(({ id }) => id);
      const put = (blacklist_ids) => call("PUT", path, { blacklist_ids });
      assert.deepEqual(ids(await get(path)), []);
      assert.deepEqual(ids(await put(["a", "b", "a"])), ["a", "b"]);
      assert.deepEqual(ids(await put(["c"])), ["c"]);
      assertError(await put(["a", "absent"]), 404, "BLACKLIST_NOT_FOUND");
      for (const invalid of ["a", [5], undefined]) assertInvalid(await put(invalid), "blacklist_ids");
      assertError(await put(["theirs"]), 404, "BLACKLIST_NOT_FOUND");
      assert.deepEqual(ids(await get(path)), ["c"]);
      assert.deepEqual(ids(await get("/prospect-searches/t/blacklists")), []);
      assert.deepEqual(ids(await put([])), []);
    },
  );
});
