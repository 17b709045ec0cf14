// Search profiles, and their idempotency keys.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { assertError, assertInvalid, both, TEST_KEYS } from "./setup.mjs";

describe("creating a search profile", () => {
  const path = "/search-profile-creations";
  const body = { profile_name: "p", target_countries: ["DE"], output_language: "en" };
  both("needs an idempotency key, which identifies one body", {}, async ({ mock, call, get }) => {
    /**
     * @param {string} [key]
     * @param {object} [sent]
     * @param {{key: string}} [options]
     */
    const post = (key, sent = body, options) =>
      call("POST", path, sent, { ...options, headers: key === undefined ? {} : { "idempotency-key": key } });
    assertInvalid(await post(), "Idempotency-Key");
    assertInvalid(await post(""), "Idempotency-Key");
    assertInvalid(await post("k", { ...body, target_countries: "DE" }), "target_countries");
    for (const field of [
      "profile_name",
      "ideal_customer_profile",
      "seller_offering",
      "seller_industry",
      "output_language",
    ])
      assertInvalid(await post("k", { [field]: ["x"] }), field);
    for (const field of [
      "target_countries",
      "target_cities",
      "target_industries",
      "excluded_industries",
      "contact_roles",
    ]) {
      for (const invalid of ["x", [5], { 0: "x" }]) assertInvalid(await post("k", { [field]: invalid }), field);
    }

    mock.fail({ status: 503, applied: true });
    assert.equal((await post("k")).status, 503);
    const first = await post("k");
    assert.deepEqual([first.status, first.body.status, first.body.profile_id], [201, "PENDING", null]);
    const { output_language, ...rest } = body;
    assert.deepEqual((await post("k", { output_language, ...rest })).body, first.body);
    assertError(await post("k", { ...body, profile_name: "q" }), 409, "CONFLICT");
    assert.notEqual((await post("k2")).body.id, first.body.id);
    assert.deepEqual((await get(`${path}/${first.body.id}`)).body, first.body);
    const theirs = await post("k", { profile_name: "q" }, { key: TEST_KEYS.otherOrg });
    assert.equal(theirs.status, 201);
    assertError(await get(`${path}/${theirs.body.id}`), 404, "ENTITY_NOT_FOUND");

    // A key of a failed creation always returns that creation: a retry needs another key.
    mock.setStatus("searchProfiles", first.body.id, "FAILED", "no such market");
    const failed = await post("k");
    assert.deepEqual(
      [failed.status, failed.body.id, failed.body.status, failed.body.message],
      [201, first.body.id, "FAILED", "no such market"],
    );
    assertError(await post("k", { ...body, profile_name: "q" }), 409, "CONFLICT");
    assert.equal((await post("k4")).body.status, "PENDING");

    mock.fail(503);
    await post("k3");
    assert.equal((await post("k3", { profile_name: "another" })).status, 201);
  });
});
