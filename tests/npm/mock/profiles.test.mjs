// Search profiles, and the idempotency keys that they need.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { both, invalid, refused, TEST_KEYS } from "./setup.mjs";

describe("creating a search profile", () => {
  const path = "/search-profile-creations";
  const body = { profile_name: "p", target_countries: ["DE"], output_language: "en" };
  both("needs an idempotency key, which stands for one body", {}, async ({ mock, call, get }) => {
    const post = (key, sent = body, more) =>
      call("POST", path, sent, { ...more, headers: key === undefined ? {} : { "idempotency-key": key } });
    invalid(await post(), "Idempotency-Key");
    invalid(await post(""), "Idempotency-Key");
    invalid(await post("k", { ...body, target_countries: "DE" }), "target_countries");
    for (const field of [
      "profile_name",
      "ideal_customer_profile",
      "seller_offering",
      "seller_industry",
      "output_language",
    ])
      invalid(await post("k", { [field]: ["x"] }), field);
    for (const field of [
      "target_countries",
      "target_cities",
      "target_industries",
      "excluded_industries",
      "contact_roles",
    ]) {
      for (const wrong of ["x", [5], { 0: "x" }]) invalid(await post("k", { [field]: wrong }), field);
    }

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
    refused(await get(`${path}/${theirs.body.id}`), 404, "ENTITY_NOT_FOUND");

    // A key that stands for a failed creation stands for it for good: another try needs another key.
    mock.setStatus("searchProfiles", first.body.id, "FAILED", "no such market");
    const failed = await post("k");
    assert.deepEqual(
      [failed.status, failed.body.id, failed.body.status, failed.body.message],
      [201, first.body.id, "FAILED", "no such market"],
    );
    refused(await post("k", { ...body, profile_name: "q" }), 409, "CONFLICT");
    assert.equal((await post("k4")).body.status, "PENDING");

    mock.fail(503);
    await post("k3");
    assert.equal((await post("k3", { profile_name: "another" })).status, 201);
  });
});
