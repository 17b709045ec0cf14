import { problemsOf, readObject, TEXT, TEXTS } from "./body.js";
import { errorResponse, invalid } from "./errors.js";
import { MISSING, withItem } from "../data/find.js";
import { ok, route } from "./route.js";

/** @import { Rules } from "./body.js" */
/** @import { Handler } from "./route.js" */

/** @type {Rules} */
const RULES = {
  profile_name: TEXT,
  ideal_customer_profile: TEXT,
  seller_offering: TEXT,
  seller_industry: TEXT,
  target_countries: TEXTS,
  target_cities: TEXTS,
  target_industries: TEXTS,
  excluded_industries: TEXTS,
  contact_roles: TEXTS,
  output_language: TEXT,
};

/**
 * The same text for the same value, regardless of the order of its keys.
 *
 * @param {unknown} value
 */
const canonical = (value) =>
  JSON.stringify(value, (_, part) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/**
 * The documentation says that the key is required and when it may be reused, but not what happens otherwise: 422 is its
 * status for a request that does not match the schema, 409 for a conflict with stored data.
 *
 * @type {Handler}
 */
function create({ world, grant, text, headers }) {
  const key = headers["idempotency-key"];
  if (!key) return invalid([{ field: "Idempotency-Key", error: "is required", provided: null }]);
  const { value, rejection } = readObject(text);
  if (rejection) return rejection;
  const problems = problemsOf(value, RULES);
  if (problems.length > 0) return invalid(problems);

  const { organisation } = grant;
  const replayKey = JSON.stringify([organisation, key]);
  const body = canonical(value);
  const previous = world.replays.get(replayKey);
  if (previous !== undefined) {
    if (previous.body !== body)
      return errorResponse("CONFLICT", { message: "The idempotency key was used with another body" });
    return { status: 201, body: world.lifecycle.update(previous.profile) };
  }
  const time = new Date(world.now()).toISOString();
  const profile = {
    ...value,
    id: world.random.uuid(),
    status: "PENDING",
    profile_id: null,
    created_at: time,
    updated_at: time,
  };
  const commit = () => {
    world.replays.set(replayKey, { body, profile });
    world.lifecycle.begin(profile);
    world.collections.searchProfiles.add(organisation, profile);
  };
  return { status: 201, body: profile, commit };
}

const get = withItem("searchProfiles", (profile, { world }) => ok(world.lifecycle.update(profile)));

export const PROFILES = [
  route("POST", "/api/v1/search-profile-creations", ["orders:write"], create, MISSING.searchProfiles),
  route("GET", "/api/v1/search-profile-creations/{profile_creation_id}", ["orders:read"], get, MISSING.searchProfiles),
];
