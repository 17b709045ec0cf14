import { invalid } from "./errors.js";

/** @import { ListShape } from "../index.d.ts" */
/** @import { Item } from "../data/collection.js" */
/** @import { Problem } from "./errors.js" */
/** @import { ApiResponse, Context } from "./route.js" */
/** @typedef {{items: Item[], total: number, limit: number, offset: number, has_more?: boolean}} Page */

const RANGES = {
  limit: { low: 1, high: 100, fallback: 50 },
  offset: { low: 0, high: Number.MAX_SAFE_INTEGER, fallback: 0 },
};

/**
 * The page that a query requests, or the error response.
 *
 * @param {URLSearchParams} query
 * @returns {{limit: number, offset: number, rejection?: ApiResponse}}
 */
function readPage(query) {
  const page = { limit: 0, offset: 0 };
  /** @type {Problem[]} */
  const problems = [];
  for (const field of /** @type {const} */ (["limit", "offset"])) {
    const { low, high, fallback } = RANGES[field];
    const provided = query.getAll(field).at(-1);
    const value = provided === undefined ? fallback : Number(provided);
    if (provided !== undefined && !/^[+-]?\d+$/.test(provided)) {
      problems.push({ field, error: "must be a whole number", provided });
    } else if (value < low || value > high) {
      problems.push({ field, error: `must be ${value < low ? `at least ${low}` : `at most ${high}`}`, provided });
    }
    page[field] = value;
  }
  return problems.length === 0 ? page : { ...page, rejection: invalid(problems) };
}

/**
 * The list shapes of other API generations, by the value of the option. By default, each list has its documented keys.
 *
 * @type {Record<ListShape, (page: Page, name: string) => object>}
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
 * @param {{length: number, slice: (from: number, to: number) => Item[]}} all
 * @param {Context} context
 * @param {object} list
 * @param {string} list.name the key of the list if it is not `items`
 * @param {boolean} [list.hasMore]
 * @param {(item: Item) => Item} [list.view] returns an item as the response shows it
 * @returns {ApiResponse}
 */
export function pageResponse(all, { query, world }, { name, hasMore = true, view = (item) => item }) {
  const { limit, offset, rejection } = readPage(query);
  if (rejection) return rejection;
  const items = all.slice(offset, offset + limit).map(view);
  /** @type {Page} */
  const page = { items, total: all.length, limit, offset, has_more: offset + items.length < all.length };
  if (world.listShape) return { status: 200, body: LISTS[world.listShape](page, name) };
  if (!hasMore) delete page.has_more;
  return { status: 200, body: page };
}
