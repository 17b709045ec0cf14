import { invalid } from "./errors.js";

const RANGES = {
  limit: { low: 1, high: 100, fallback: 50 },
  offset: { low: 0, high: Number.MAX_SAFE_INTEGER, fallback: 0 },
};

/** The page that a query asks for, or the refusal it earns. */
function readPage(query) {
  const page = {};
  const problems = [];
  for (const [field, { low, high, fallback }] of Object.entries(RANGES)) {
    const provided = query.getAll(field).at(-1);
    const value = provided === undefined ? fallback : Number(provided);
    if (provided !== undefined && !/^[+-]?\d+$/.test(provided)) {
      problems.push({ field, error: "must be a whole number", provided });
    } else if (value < low || value > high) {
      problems.push({ field, error: `must be ${value < low ? `at least ${low}` : `at most ${high}`}`, provided });
    }
    page[field] = value;
  }
  return problems.length === 0 ? page : { refused: invalid(problems) };
}

/**
 * Answers one page of a list. The documented envelopes differ: not every list tells whether more follows.
 *
 * @param {unknown[]} all
 * @param {URLSearchParams} query
 * @param {{hasMore: boolean}} envelope
 */
export function answerPage(all, query, { hasMore }) {
  const { limit, offset, refused } = readPage(query);
  if (refused) return refused;
  const items = all.slice(offset, offset + limit);
  const body = { items, total: all.length, limit, offset };
  if (hasMore) body.has_more = offset + items.length < all.length;
  return { status: 200, body };
}
