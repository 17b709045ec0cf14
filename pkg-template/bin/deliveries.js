// The pages of a search's deliveries. If the server fails to return a page, the page is halved down to the row that
// fails.

import { checkDepth, Problem } from "./failure.js";
import { isOpenProspectError } from "./package.js";

export const LIMIT = 100;

/** Retries before a page is halved: waiting for longer is for a server that returns no other page either. */
const PAGE_RETRIES = 2;
/** Retries for the halves of a page: the server is known to work. */
const HALF_RETRIES = 1;
/** Maximum number of times that a range is requested again because the server failed to return other rows as well. */
const MAX_OUTAGES = 10;

/** A single row that the server fails to return. */
export class BadRow extends Error {
  /**
   * @param {number} offset
   * @param {any} cause the error of the client
   */
  constructor(offset, cause) {
    super(`row ${offset}`, { cause });
    this.offset = offset;
    this.cause = cause;
  }
}

/** @typedef {import("../../pkg/index.js").CallOptions} PageOptions */

/**
 * A page from an offset on. A `BadRow` stands for a row that the server fails to return; `date` is the server's time.
 *
 * @typedef {object} DeliveryPage
 * @property {(import("./rows.js").Company | BadRow)[]} rows
 * @property {number | undefined} total
 * @property {boolean} hasMore
 * @property {boolean} [isShort] whether the server does not report that another page follows, and returned fewer rows
 *   than a page may have
 * @property {number | undefined} date
 */

/**
 * @param {object} source
 * @param {import("./package.js").Client} source.client
 * @param {string} source.search
 * @param {PageOptions} source.options
 * @param {() => void} [source.onPage] called after each response
 * @returns {(since: string | null, offset: number) => Promise<DeliveryPage>}
 */
export function createPages({ client, search, options, onPage = () => {} }) {
  const path = `/api/v1/deliveries/${encodeURIComponent(search)}/companies`;
  /** @param {number} maxRetries */
  const quick = (maxRetries) => ({
    ...options,
    maxRetries: Math.min(maxRetries, options.maxRetries ?? maxRetries),
  });

  /**
   * @param {string | null} since
   * @param {number} offset
   * @param {number} limit
   * @param {PageOptions} callOptions
   */
  async function get(since, offset, limit, callOptions) {
    const { data, headers } = await client.request("GET", path, {
      ...callOptions,
      query: { delivered_since: since ?? undefined, limit, offset },
    });
    onPage();
    return checked(data, headers, offset);
  }

  /**
   * Whether the server returns other rows: while it is down, it returns none.
   *
   * @param {string | null} since
   * @param {number} offset
   */
  const works = (since, offset) =>
    get(since, offset, 1, quick(0)).then(
      () => true,
      // A server that rejects an offset beyond the list works.
      (error) => isOpenProspectError(error) && error.retryable === false && !mayBeOfPage(error),
    );

  /**
   * Requests a range quickly, and again after each outage or rate limit, for which it waits as long as `options` allow.
   * Returns the error if the server fails to return this range but returns other rows.
   *
   * @param {string | null} since
   * @param {number} offset
   * @param {number} limit
   * @param {number} beyond an offset of other rows: beyond the page
   * @param {number} retries
   * @returns {Promise<{ page: DeliveryPage, error?: undefined } | { page?: undefined, error: unknown }>}
   */
  async function attempt(since, offset, limit, beyond, retries) {
    for (let outages = 0; ; outages += 1) {
      try {
        return { page: await get(since, offset, limit, outages < MAX_OUTAGES ? quick(retries) : options) };
      } catch (error) {
        const isOfPage = mayBeOfPage(error);
        if ((!isOfPage && !isPassing(error)) || outages === MAX_OUTAGES) throw error;
        if (isOfPage && (await works(since, beyond))) return { error };
        if (options.maxRetries === 0) throw error;
      }
      await get(since, beyond, 1, options);
    }
  }

  /**
   * Returns the rows of a range that the server failed to return as a whole.
   *
   * @param {string | null} since
   * @param {number} offset
   * @param {number} limit
   * @param {number} beyond
   * @param {unknown} error
   * @returns {Promise<DeliveryPage["rows"]>}
   */
  async function halves(since, offset, limit, beyond, error) {
    if (limit === 1) return [new BadRow(offset, error)];
    const half = limit >> 1;
    /** @type {{ from: number, count: number, result: Awaited<ReturnType<typeof attempt>> }[]} */
    const results = [];
    // Request both halves before one of them is halved again, so that failures and successes alternate.
    for (const [from, count] of [
      [offset, half],
      [offset + half, limit - half],
    ])
      results.push({ from, count, result: await attempt(since, from, count, beyond, HALF_RETRIES) });
    /** @type {DeliveryPage["rows"]} */
    const rows = [];
    for (const { from, count, result } of results) {
      if (result.page !== undefined) rows.push(...result.page.rows);
      else rows.push(...(await halves(since, from, count, beyond, result.error)));
    }
    return rows;
  }

  return async function page(since, offset) {
    const beyond = offset + LIMIT;
    const { page, error } = await attempt(since, offset, LIMIT, beyond, PAGE_RETRIES);
    if (page !== undefined) return page;
    const rows = await halves(since, offset, LIMIT, beyond, error);
    return { rows, total: undefined, hasMore: rows.length > 0, date: undefined };
  };
}

/**
 * Whether the same request may succeed later, and the wait for it is within the limit of the command.
 *
 * @param {unknown} error
 */
const isPassing = (error) => isOpenProspectError(error) && error.retryable === true && error.stoppedBy === "attempts";

/**
 * Whether an error may be caused by the data of the page, rather than by the caller, the key or the network.
 *
 * @param {unknown} error
 */
const mayBeOfPage = (error) =>
  /** @type {const} */ (["server", "decode", "timeout"]).some((kind) => isOpenProspectError(error, kind));

/**
 * @param {any} data
 * @param {import("../../pkg/index.js").ResponseHeaders} headers
 * @param {number} offset
 * @returns {DeliveryPage}
 */
function checked(data, headers, offset) {
  /** @param {string} name */
  const own = (name) =>
    typeof data === "object" && data !== null && Object.hasOwn(data, name) ? data[name] : undefined;
  const rows = [own("items"), own("companies"), own("deliveries"), data].find(Array.isArray);
  if (rows === undefined) throw new Problem("The server's response has no list of companies.", { exit: 7 });
  if (typeof own("offset") === "number" && own("offset") !== offset)
    throw new Problem("The server returned another page than the requested one.", { exit: 7 });
  for (const [index, company] of rows.entries()) checkCompany(company, `Company ${offset + index} of the list`);
  const total = own("total");
  const [hasMore, limit] = [own("has_more"), own("limit")];
  const date = Date.parse(headers.get("date") ?? "");
  return {
    rows,
    total: Number.isSafeInteger(total) && total >= 0 ? total : undefined,
    // Without `has_more` the list continues until a page is empty: the total may be wrong.
    hasMore: rows.length > 0 && (typeof hasMore !== "boolean" || hasMore),
    isShort: hasMore !== true && rows.length < (typeof limit === "number" ? Math.min(limit, LIMIT) : LIMIT),
    date: Number.isNaN(date) ? undefined : date,
  };
}

/**
 * @param {unknown} company
 * @param {string} what
 */
function checkCompany(company, what) {
  if (typeof company !== "object" || company === null || Array.isArray(company))
    throw new Problem(`${what} is not an object.`, { exit: 7 });
  checkDepth(company, what);
}
