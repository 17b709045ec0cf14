// The pages of a search's deliveries. A page that the server cannot give is halved down to the row that it fails on.

import { isOpenProspectError } from "../index.js";
import { checkDepth, Problem } from "./failure.js";

export const LIMIT = 100;

/** Attempts again of the parts of a page: that the server works is known. */
const PART_RETRIES = 1;

/** A single row that the server does not give. */
export class BadRow extends Error {
  constructor(offset, cause) {
    super(`row ${offset}`, { cause });
    this.offset = offset;
  }
}

/**
 * @returns a function that gives `{ rows, total, hasMore, date }` from an offset on; in `rows` a `BadRow` stands for a row that
 *   the server does not give
 */
export function createPages({ client, search, options, onPage = () => {} }) {
  const path = `/api/v1/deliveries/${encodeURIComponent(search)}/companies`;
  const quick = (maxRetries) => ({ ...options, maxRetries: Math.min(maxRetries, options.maxRetries) });

  async function get(since, offset, limit, callOptions) {
    const { data, headers } = await client.request("GET", path, { ...callOptions, query: { delivered_since: since ?? undefined, limit, offset } });
    onPage();
    return checked(data, headers, offset);
  }

  /** Whether the server gives other rows: it does not while it is down. */
  const works = (since, offset) => get(since, offset, 1, quick(0)).then(() => true, () => false);

  /** The rows of a range that the server has failed to give as a whole. */
  async function halves(since, offset, limit, error) {
    if (limit === 1) return [new BadRow(offset, error)];
    const half = limit >> 1;
    const parts = [];
    // Both before one of them is halved again, so that failures and successes take turns.
    for (const [from, count] of [[offset, half], [offset + half, limit - half]]) {
      parts.push(await get(since, from, count, quick(PART_RETRIES)).then(({ rows }) => ({ rows }), (failure) => ({ failure, from, count })));
    }
    const rows = [];
    for (const { rows: some, failure, from, count } of parts) {
      if (failure === undefined) rows.push(...some);
      else if (isOfThePage(failure)) rows.push(...(await halves(since, from, count, failure)));
      else throw failure;
    }
    return rows;
  }

  return async function page(since, offset) {
    let error;
    try {
      return await get(since, offset, LIMIT, quick(2));
    } catch (failure) {
      if (!isOfThePage(failure)) throw failure;
      error = failure;
    }
    // Beyond the page, where no row of it is.
    if (!(await works(since, offset + LIMIT))) return get(since, offset, LIMIT, options);
    const rows = await halves(since, offset, LIMIT, error);
    return { rows, total: undefined, hasMore: rows.length > 0, date: undefined };
  };
}

/** Errors that may be due to what the page has, rather than to the caller, the key or the network. */
const isOfThePage = (error) => ["server", "decode", "timeout"].some((kind) => isOpenProspectError(error, kind));

function checked(data, headers, offset) {
  const own = (name) => (typeof data === "object" && data !== null && Object.hasOwn(data, name) ? data[name] : undefined);
  const rows = [own("items"), own("companies"), own("deliveries"), data].find(Array.isArray);
  if (rows === undefined) throw new Problem("The server's response has no list of companies.", { exit: 7 });
  if (typeof own("offset") === "number" && own("offset") !== offset) throw new Problem("The server gives another page than the one that was asked for.", { exit: 7 });
  rows.forEach((company, index) => checkCompany(company, `Company ${offset + index} of the list`));
  const total = own("total");
  const hasMore = own("has_more");
  const date = Date.parse(headers.get("date") ?? "");
  return {
    rows,
    total: Number.isSafeInteger(total) && total >= 0 ? total : undefined,
    // Without a word on it the list goes on until a page is empty: a total may be wrong.
    hasMore: rows.length > 0 && (typeof hasMore !== "boolean" || hasMore),
    date: Number.isNaN(date) ? undefined : date,
  };
}

function checkCompany(company, what) {
  if (typeof company !== "object" || company === null || Array.isArray(company)) throw new Problem(`${what} is not an object.`, { exit: 7 });
  checkDepth(company, what);
}
