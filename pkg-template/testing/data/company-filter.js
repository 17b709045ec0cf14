import { REVIEWS } from "./seed-companies.js";

/** @import { Problem } from "../routes/errors.js" */
/** @import { Item } from "./collection.js" */

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * @param {URLSearchParams} query
 * @param {string} field
 */
const last = (query, field) => query.getAll(field).at(-1);

/** @param {URLSearchParams} query */
function problemsOf(query) {
  /** @type {Problem[]} */
  const problems = [];
  const search = last(query, "prospect_search_id");
  if (search === undefined) problems.push({ field: "prospect_search_id", error: "is required", provided: null });
  else if (!UUID.test(search))
    problems.push({ field: "prospect_search_id", error: "must be a UUID", provided: search });

  const score = last(query, "min_match_score");
  if (score !== undefined && !(/^\d+(?:\.\d+)?$/.test(score) && Number(score) <= 10)) {
    problems.push({ field: "min_match_score", error: "must be a number from 0 to 10", provided: score });
  }
  for (const field of ["review_status", "review_status_list"]) {
    for (const provided of query.getAll(field)) {
      if (!REVIEWS.includes(provided)) problems.push({ field, error: `must be ${REVIEWS.join(", ")}`, provided });
    }
  }
  return problems;
}

/**
 * @typedef {object} CompanyFilter
 * @property {string} searchId
 * @property {(company: Item) => boolean} matches
 * @property {string} signature the same for filters with the same result
 */

/**
 * Reads the filters of a list of companies.
 *
 * @param {URLSearchParams} query
 * @param {(company: Item) => Item[]} contactsOf
 * @returns {{problems: Problem[], filter?: undefined} | {problems?: undefined, filter: CompanyFilter}}
 */
export function readFilter(query, contactsOf) {
  const problems = problemsOf(query);
  if (problems.length > 0) return { problems };
  const searchId = last(query, "prospect_search_id") ?? "";
  const score = Number(last(query, "min_match_score") ?? 0);
  const listed = query.getAll("review_status_list");
  // The list takes precedence if both are sent.
  const reviews = listed.length > 0 ? listed : query.getAll("review_status").slice(-1);
  const term = last(query, "search")?.trim().toLowerCase() ?? "";
  /**
   * @param {Item} company
   * @returns {(string | undefined)[]}
   */
  const texts = (company) => [
    company.name,
    company.city,
    company.business_type,
    ...contactsOf(company).flatMap(({ first_name: first, last_name: name, email }) => [[first, name].join(" "), email]),
  ];
  /** @param {Item} company */
  const matches = (company) =>
    (score === 0 || company.match_score >= score) &&
    (reviews.length === 0 || reviews.includes(company.review_status)) &&
    (term === "" || texts(company).some((text) => text?.toLowerCase().includes(term)));
  return { filter: { searchId, matches, signature: JSON.stringify([score, reviews, term]) } };
}
