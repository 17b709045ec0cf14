// The pages of a search's deliveries. If the server fails to return a page, the page is halved down to the row that
// fails.

import { isOpenProspectError } from "../index.js";
import { checkDepth, Problem } from "./failure.js";

export const LIMIT = 100;

/** Retries for the parts of a page: the server is known to work. */
const PART_RETRIES = 1;

/** A single row that the server fails to return. */
export class BadRow extends Error {
  constructor(offset, cause) {
    super(`row ${offset}`, { cause });
    this.offset = offset;
  }
}

/**
 * @returns a function that returns `{ rows, total, hasMore, date }` from an offset on; in `rows` a `BadRow` stands for
 *   a row that the server fails to return
 */
export function createPages({ client, search, options, onPage = () => {} }) {
  const path = `/api/v1/deliveries/${encodeURIComponent(search)}/companies`;
  const quick = (maxRetries) => ({ ...options, maxRetries: Math.min(maxRetries, options.maxRetries) });

  async function get(since, offset, limit, callOptions) {
    const { data, headers } = await client.request("GET", path, {
      ...callOptions,
      query: { delivered_since: since ?? undefined, limit, offset },
    });
    onPage();
    return checked(data, headers, offset);
  }

  /** Whether the server returns other rows: while it is down, it returns none. */
  const works = (since, offset) =>
    get(since, offset, 1, quick(0)).then(
      () => true,
      () => false,
    );

  /** Returns the rows of a range that the server failed to return as a whole. */
  async function halves(since, offset, limit, error) {
    if (limit === 1) return [new BadRow(offset, error)];
    const half = limit >> 1;
    const parts = [];
    // Request both halves before one of them is halved again, so that failures and successes alternate.
    for (const [from, count] of [
      [offset, half],
      [offset + half, limit - half],
    ]) {
      parts.push(
        await get(since, from, count, quick(PART_RETRIES)).then(
          ({ rows }) => ({ rows }),
          (failure) => ({ failure, from, count }),
        ),
      );
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
    // Check an offset beyond the page, where none of its rows is.
    if (!(await works(since, offset + LIMIT))) return get(since, offset, LIMIT, options);
    const rows = await halves(since, offset, LIMIT, error);
    return { rows, total: undefined, hasMore: rows.length > 0, date: undefined };
  };
}

/** Errors that may be caused by the data of the page, rather than by the caller, the key or the network. */
const isOfThePage = (error) => ["server", "decode", "timeout"].some((kind) => isOpenProspectError(error, kind));

function checked(data, headers, offset) {
  const own = (name) =>
    typeof data === "object" && data !== null && Object.hasOwn(data, name) ? data[name] : undefined;
  const rows = [own("items"), own("companies"), own("deliveries"), data].find(Array.isArray);
  if (rows === undefined) throw new Problem("The server's response has no list of companies.", { exit: 7 });
  if (typeof own("offset") === "number" && own("offset") !== offset)
    throw new Problem("The server gives another page than the one that was asked for.", { exit: 7 });
  rows.forEach((company, index) => checkCompany(company, `Company ${offset + index} of the list`));
  const total = own("total");
  const hasMore = own("has_more");
  const date = Date.parse(headers.get("date") ?? "");
  return {
    rows,
    total: Number.isSafeInteger(total) && total >= 0 ? total : undefined,
    // Without `has_more` the list continues until a page is empty: the total may be wrong.
    hasMore: rows.length > 0 && (typeof hasMore !== "boolean" || hasMore),
    date: Number.isNaN(date) ? undefined : date,
  };
}

function checkCompany(company, what) {
  if (typeof company !== "object" || company === null || Array.isArray(company))
    throw new Problem(`${what} is not an object.`, { exit: 7 });
  checkDepth(company, what);
}
