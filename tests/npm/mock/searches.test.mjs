// Prospect searches, and edits with their version.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { assertError, assertInvalid, both } from "./setup.mjs";

describe("editing a search", () => {
  const world = {
    prospectSearches: [{ id: "s", name: "old" }],
    keys: { lnc_test_admin: { scopes: ["prospect_searches:write"], admin: true } },
  };
  const path = "/prospect-searches/s";
  both("needs the current version", world, async ({ mock, call, get }) => {
    const patch = (body) => call("PATCH", path, body);
    assert.equal((await get(path)).body.version, 1);
    const edited = await patch({ version: 1, name: "new" });
    assert.deepEqual([edited.status, edited.body], [200, { id: "s", name: "new", version: 2, stripped_fields: [] }]);
    assert.deepEqual((await get(path)).body, { id: "s", name: "new", version: 2 });
    assertError(await patch({ version: 1, name: "late" }), 409, "CONFLICT");
    assertError(await patch({ version: 3, name: "early" }), 409, "CONFLICT");
    assertInvalid(await patch({ name: "n" }), "version");
    for (const version of ["2", 1.5, null]) assertInvalid(await patch({ version, name: "n" }), "version");
    mock.fail(500);
    await patch({ version: 2, name: "lost" });
    assert.deepEqual((await get(path)).body, { id: "s", name: "new", version: 2 });
  });

  both("changes the fields of the mask, and lists those that it dropped", world, async ({ call, get }) => {
    const patch = (body, key) => call("PATCH", path, body, { key });
    const masked = (
      await patch({ version: 1, name: "a", ideal_customer_profile: "b", update_mask: ["ideal_customer_profile"] })
    ).body;
    assert.deepEqual([masked.name, masked.ideal_customer_profile, masked.version], ["old", "b", 2]);
    assertInvalid(await patch({ version: 2, update_mask: ["name"] }), "name");
    assertInvalid(await patch({ version: 2, update_mask: "name" }), "update_mask");

    const guarded = { geo_locations: ["x"], search_keywords: ["y"] };
    const partly = (await patch({ version: 2, name: "c", ...guarded })).body;
    assert.deepEqual(
      [partly.name, partly.geo_locations, partly.version, partly.stripped_fields],
      ["c", undefined, 3, ["geo_locations", "search_keywords"]],
    );
    assert.equal((await patch({ version: 3, ...guarded })).body.version, 3);
    const whole = (await patch({ version: 3, ...guarded }, "lnc_test_admin")).body;
    assert.deepEqual(
      [whole.geo_locations, whole.search_keywords, whole.version, whole.stripped_fields],
      [["x"], ["y"], 4, []],
    );

    const problem = async (field) => {
      const response = await patch({ version: 4, name: "n", [field]: {} });
      assertInvalid(response, field);
      return response.body.details.validation_errors[0].error;
    };
    for (const field of ["language_config", "company_extraction_commands", "x_extraction_commands"])
      assert.equal(await problem(field), "cannot be changed");
    for (const field of ["odd", "id", "status", "toString", "extraction_commands_of"])
      assert.equal(await problem(field), "is not a field that can be changed");
    assertInvalid(await patch('{"version":4,"__proto__":{"name":"n"}}'), "__proto__");
    for (const field of ["toString", "version", "language_config"])
      assertInvalid(await patch({ version: 4, update_mask: [field] }), field);
    assertInvalid(await patch({ version: 4, name: 5 }), "name");
    assert.equal((await get(path)).body.name, "c");
  });
});
