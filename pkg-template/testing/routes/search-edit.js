import { problemsOf, TEXT, TEXTS, WHOLE } from "./body.js";
import { invalid, refusal } from "./errors.js";
import { ok } from "./route.js";

const FREE = { name: TEXT, ideal_customer_profile: TEXT };
const GUARDED = { geo_locations: TEXTS, search_keywords: TEXTS };
const CONTROL = { version: WHOLE, update_mask: TEXTS };

// A name that every object inherits, such as toString, is not a field.
const among = (fields, field) => Object.hasOwn(fields, field);

const isReadOnly = (field) => field === "language_config" || field.endsWith("_extraction_commands");

function problemOf(field, body) {
  const provided = (among(body, field) ? body[field] : undefined) ?? null;
  if (isReadOnly(field)) return { field, error: "cannot be changed", provided };
  if (!among(FREE, field) && !among(GUARDED, field))
    return { field, error: "is not a field that can be changed", provided };
  if (provided === null) return { field, error: "is named in update_mask but absent", provided };
  return undefined;
}

/**
 * Changes a prospect search, if the caller sent its current version.
 *
 * @param {object} search
 * @param {object} body
 * @param {boolean} admin if false, changes to guarded fields are dropped, and the response lists them
 */
export function editSearch(search, body, admin) {
  const wrong = problemsOf(body, { ...CONTROL, ...FREE, ...GUARDED }, ["version"]);
  if (wrong.length > 0) return invalid(wrong);
  const named = body.update_mask ?? Object.keys(body).filter((field) => !among(CONTROL, field));
  const problems = named.map((field) => problemOf(field, body)).filter((problem) => problem !== undefined);
  if (problems.length > 0) return invalid(problems);
  if (body.version !== search.version)
    return refusal("CONFLICT", { message: "The prospect search has another version by now" });

  const stripped = admin ? [] : named.filter((field) => among(GUARDED, field));
  const kept = named.filter((field) => !stripped.includes(field));
  const changes = Object.fromEntries(kept.map((field) => [field, body[field]]));
  if (kept.length > 0) changes.version = search.version + 1;
  return ok({ ...search, ...changes, stripped_fields: stripped }, () => Object.assign(search, changes));
}
