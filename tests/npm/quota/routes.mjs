// The routes of the server in memory: orders, search profiles, delivered companies, and any other GET.

import { HOUR, MINUTE } from "./limits.mjs";

/** @typedef {{ status: number, body: unknown }} Reply */
/** @typedef {{ method: string, url: URL, body: any, idempotencyKey: string | undefined }} Received */
/** @typedef {{ [status: string]: number }} Statuses the share of the job's time at which each status begins */

/**
 * `orderMs` and `profileMs` are how long a job takes; a function returns it for the nth job. `olderOrders` is the
 * number of orders that were completed long ago. Of the `companies`, one is delivered each second before the start.
 *
 * @typedef {object} RouteOptions
 * @property {number | ((n: number) => number)} [orderMs] default 6 h
 * @property {number | ((n: number) => number)} [profileMs] default 5 min
 * @property {number} [olderOrders] default 0
 * @property {number} [companies] default 0
 * @property {"flat" | "nested"} [envelope] of error bodies
 */

/** @type {Statuses} */
const ORDER = { RECEIVED: 0, ACCEPTED: 0.05, IN_PROGRESS: 0.2, COMPLETED: 1 };
/** @type {Statuses} */
const PROFILE = { PENDING: 0, RUNNING: 0.2, SUCCEEDED: 1 };
const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;

/**
 * An error in one of the vendor's envelopes.
 *
 * @param {"flat" | "nested"} envelope
 * @param {string} code
 * @param {string} message
 * @param {number | undefined} [retryAfter]
 */
export function errorBody(envelope, code, message, retryAfter) {
  const advice = retryAfter !== undefined && { retry_after: retryAfter };
  return envelope === "nested" ? { error: { code, message, ...advice } } : { error: code, message, ...advice };
}

/**
 * The page of a list that a query requests. `itemAt` creates an item when it is sent.
 *
 * @param {URLSearchParams} query
 * @param {number} total
 * @param {(index: number) => unknown} itemAt
 * @returns {Reply}
 */
function page(query, total, itemAt) {
  const limit = Math.min(MAX_PAGE, Number(query.get("limit") ?? DEFAULT_PAGE));
  const offset = Number(query.get("offset") ?? 0);
  const length = Math.max(0, Math.min(limit, total - offset));
  const items = Array.from({ length }, (_, index) => itemAt(offset + index));
  return { status: 200, body: { items, total, limit, offset, has_more: offset + length < total } };
}

/** Jobs whose status depends on the time since they were created. */
class Jobs {
  /** @type {{ id: string, createdAt: number, takesMs: number, fields: object }[]} */
  #all = [];
  /** @type {Map<string, number>} */
  #byId = new Map();
  #prefix;
  #statuses;
  #takes;

  /**
   * @param {string} prefix of the ids
   * @param {Statuses} statuses
   * @param {number | ((n: number) => number)} takes
   */
  constructor(prefix, statuses, takes) {
    [this.#prefix, this.#statuses, this.#takes] = [prefix, statuses, takes];
  }

  get size() {
    return this.#all.length;
  }

  /**
   * @param {number} now
   * @param {object} [fields]
   */
  create(now, fields = {}) {
    const n = this.#all.length;
    const takesMs = typeof this.#takes === "function" ? this.#takes(n) : this.#takes;
    const id = `${this.#prefix}-${n}`;
    this.#byId.set(id, n);
    this.#all.push({ id, createdAt: now, takesMs, fields });
    return this.at(n, now);
  }

  /**
   * @param {number} n
   * @param {number} now
   */
  at(n, now) {
    const { id, createdAt, takesMs, fields } = this.#all[n];
    const share = (now - createdAt) / takesMs;
    const begun = Object.entries(this.#statuses).filter(([, since]) => share >= since);
    return { id, status: begun[begun.length - 1][0], ...fields };
  }

  /**
   * @param {string} id
   * @param {number} now
   */
  find(id, now) {
    const n = this.#byId.get(id);
    return n === undefined ? undefined : this.at(n, now);
  }
}

/**
 * Creates the routes. The function returns the response to an accepted request.
 *
 * @param {number} start the wall clock at the start, in milliseconds since 1970
 * @param {RouteOptions} options
 * @returns {(request: Received, now: number) => Reply}
 */
export function createRoutes(start, { orderMs = 6 * HOUR, profileMs = 5 * MINUTE, olderOrders = 0, ...options }) {
  const { companies = 0, envelope = "flat" } = options;
  const orders = new Jobs("order", ORDER, orderMs);
  const profiles = new Jobs("profile", PROFILE, profileMs);
  for (let n = 0; n < olderOrders; n += 1) orders.create(-10_000 * HOUR);
  /** @type {Map<string, string>} */
  const idByKey = new Map();

  /** @param {number} index @returns {object} */
  const company = (index) => ({ id: `company-${index}`, name: `Company ${index}`, prospects: [] });
  /** @param {string | null} since */
  const deliveredBefore = (since) => {
    if (since === null) return 0;
    return Math.min(companies, Math.max(0, Math.floor((Date.parse(since) - start) / 1000) + companies));
  };
  /** @param {object | undefined} found @returns {Reply} */
  const foundOr404 = (found) =>
    found === undefined
      ? { status: 404, body: errorBody(envelope, "ENTITY_NOT_FOUND", "No such resource") }
      : { status: 200, body: found };
  /** @param {Received} request @param {number} now */
  const createProfile = ({ idempotencyKey }, now) => {
    const known = idempotencyKey === undefined ? undefined : idByKey.get(idempotencyKey);
    if (known !== undefined) return profiles.find(known, now);
    const profile = profiles.create(now, { profile_id: `p-${profiles.size}` });
    if (idempotencyKey !== undefined) idByKey.set(idempotencyKey, profile.id);
    return profile;
  };

  /** @type {[method: string, path: RegExp, handle: (request: Received, now: number, id: string) => Reply][]} */
  const table = [
    ["POST", /^\/api\/v1\/orders$/, ({ body }, now) => ({ status: 201, body: orders.create(now, body) })],
    ["GET", /^\/api\/v1\/orders$/, ({ url }, now) => page(url.searchParams, orders.size, (n) => orders.at(n, now))],
    ["GET", /^\/api\/v1\/orders\/([^/]+)$/, (_, now, id) => foundOr404(orders.find(id, now))],
    [
      "POST",
      /^\/api\/v1\/search-profile-creations$/,
      (request, now) => ({ status: 202, body: createProfile(request, now) }),
    ],
    ["GET", /^\/api\/v1\/search-profile-creations\/([^/]+)$/, (_, now, id) => foundOr404(profiles.find(id, now))],
    [
      "GET",
      /^\/api\/v1\/deliveries\/[^/]+\/companies$/,
      ({ url: { searchParams } }) => {
        const first = deliveredBefore(searchParams.get("delivered_since"));
        return page(searchParams, companies - first, (index) => company(first + index));
      },
    ],
    ["GET", /./, ({ url }) => ({ status: 200, body: { id: url.pathname.split("/").at(-1) } })],
  ];

  return (request, now) => {
    for (const [method, path, handle] of table) {
      const match = request.method === method && path.exec(request.url.pathname);
      if (match) return handle(request, now, match[1] ?? "");
    }
    return { status: 404, body: errorBody(envelope, "ENTITY_NOT_FOUND", "No such route") };
  };
}
