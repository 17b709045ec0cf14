import { invalid } from "./errors.js";

const RANGES = {
  limit: { low: 1, high: 100, fallback: 50 },
  offset: { low: 0, high: Number.MAX_SAFE_INTEGER, fallback: 0 },
};

/** The page that a query requests, or the error response. */
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
 * The list shapes of other API generations, by the value of the option. By default, each list has its documented keys.
 */
const LISTS = {
  items: ({ items, total, limit, offset, has_more }) => ({ items, total, limit, offset, has_more }),
  named: ({ items, ...rest }, name) => ({ [name]: items, ...rest }),
  bare: ({ items, limit, offset }) => ({ items, limit, offset }),
};

export const LIST_SHAPES = Object.freeze(Object.keys(LISTS));

/**
 * Returns one page of a list. The documented envelopes differ: not every list reports whether there are more items.
 *
 * @param {{length: number, slice: (from: number, to: number) => unknown[]}} all
 * @param {{query: URLSearchParams, world: {listShape?: string}}} context
 * @param {{name: string, hasMore?: boolean, view?: (item: object) => object}} list
 *   `name`: the key of the list if it is not `items`; `view`: returns an item as the response shows it
 */
export function answerPage(all, { query, world }, { name, hasMore = true, view = (item) => item }) {
  const { limit, offset, refused } = readPage(query);
  if (refused) return refused;
  const items = all.slice(offset, offset + limit).map(view);
  const whole = { items, total: all.length, limit, offset, has_more: offset + items.length < all.length };
  if (world.listShape) return { status: 200, body: LISTS[world.listShape](whole, name) };
  if (!hasMore) delete whole.has_more;
  return { status: 200, body: whole };
}
