// Companies that a mock has delivered for a search, for the tests of `deliveries sync`.

export const SEARCH = "search-1";

/**
 * @param {number} count
 * @param {object} [more] fields that every company has
 */
export function deliveries(count, more = {}) {
  return Array.from({ length: count }, (_, n) => ({
    id: `company-${n}`,
    prospect_search_id: SEARCH,
    name: n % 5 === 0 ? `Company "${n}",\nwith a line` : `Company ${n}`,
    website: `https://firm-${n}.example`,
    match_score: (n % 100) / 10,
    delivered_at: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
    tags: ["a", n],
    ...more,
  }));
}

/**
 * Options of a mock with these companies.
 *
 * @param {object[]} companies
 */
export const mockOptions = (companies) => ({
  prospectSearches: [{ id: SEARCH, name: "s", status: "active" }],
  companies,
  prospects: 0,
});
/** @param {string[]} more */
export const sync = (...more) => ["deliveries", "sync", SEARCH, ...more];
/**
 * The ids in a file of the command.
 *
 * @param {string} text
 * @returns {string[]}
 */
export const ids = (text) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).id);
