import { problemsOf, TEXT, TEXTS, WHOLE } from "./body.js";
import { errorResponse, invalid } from "./errors.js";
import { ok } from "./route.js";

/** @import { Item } from "../data/collection.js" */
/** @import { Rules } from "./body.js" */
/** @import { Problem } from "./errors.js" */

/** @type {Rules} */
const FREE = { name: TEXT, ideal_customer_profile: TEXT };
/** @type {Rules} */
const GUARDED = { geo_locations: TEXTS, search_keywords: TEXTS };
/** @type {Rules} */
const CONTROL = { version: WHOLE, update_mask: TEXTS };

/**
 * A name that every object inherits, such as toString, is not a field.
 *
 * @param {object} fields
 * @param {string} field
 */
const hasField = (fields, field) => Object.hasOwn(fields, field);

/** @param {string} field */
const isReadOnly = (field) => field === "language_config" || field.endsWith("_extraction_commands");

/**
 * @param {string} field
 * @param {Record<string, unknown>} body
 * @returns {Problem | undefined}
 */
function problemOf(field, body) {
  const provided = (hasField(body, field) ? body[field] : undefined) ?? null;
  if (isReadOnly(field)) return { field, error: "cannot be changed", provided };
  if (!hasField(FREE, field) && !hasField(GUARDED, field))
    return { field, error: "is not a field that can be changed", provided };
  if (provided === null) return { field, error: "is in update_mask but missing", provided };
  return undefined;
}

/**
 * Changes a prospect search, if the caller sent its current version.
 *
 * @param {Item} search
 * @param {any} body
 * @param {boolean} admin if false, changes to guarded fields are dropped, and the response lists them
 */
export function editSearch(search, body, admin) {
  const invalidTypes = problemsOf(body, { ...CONTROL, ...FREE, ...GUARDED }, ["version"]);
  if (invalidTypes.length > 0) return invalid(invalidTypes);
  /** @type {string[]} */
  const named = body.update_mask ?? Object.keys(body).filter((field) => !hasField(CONTROL, field));
  const problems = named.map((field) => problemOf(field, body)).filter((problem) => problem !== undefined);
  if (problems.length > 0) return invalid(problems);
  if (body.version !== search.version)
    return errorResponse("CONFLICT", { message: "The prospect search has a different version" });

  const stripped = admin ? [] : named.filter((field) => hasField(GUARDED, field));
  const kept = named.filter((field) => !stripped.includes(field));
  const changes = Object.fromEntries(kept.map((field) => [field, body[field]]));
  if (kept.length > 0) changes.version = search.version + 1;
  return ok({ ...search, ...changes, stripped_fields: stripped }, () => Object.assign(search, changes));
}
