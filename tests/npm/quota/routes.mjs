// The routes of the server in memory: orders, search profiles, delivered companies, and any other GET.

import { HOUR, MINUTE, SECOND } from "./limits.mjs";

/** @typedef {{ status: number, body: unknown }} Reply */
/** @typedef {{ method: string, url: URL, body: any, idempotencyKey: string | undefined }} Received */
/** @typedef {{ [status: string]: number }} Statuses the share of the job's time at which each status begins */

/**
 * `orderMs` and `profileMs` are how long a job takes; a function returns it for the nth job. `olderOrders` is the
 * number of orders that were completed long ago. `orderEnd` returns how the nth order ends. Of the `companies`, one is
 * delivered each second before the start, unless `deliveredAt` returns another time of the nth: milliseconds since the
 * start, in ascending order.
 *
 * @typedef {object} RouteOptions
 * @property {number | ((n: number) => number)} [orderMs] default 6 h
 * @property {number | ((n: number) => number)} [profileMs] default 5 min
 * @property {(n: number) => string} [orderEnd] default COMPLETED
 * @property {number} [olderOrders] default 0
 * @property {number} [companies] default 0
 * @property {(index: number) => number} [deliveredAt]
 * @property {"flat" | "nested"} [envelope] of error bodies
 */

/** @type {Statuses} */
const ORDER = { RECEIVED: 0, ACCEPTED: 0.05, IN_PROGRESS: 0.2 };
/** @type {Statuses} */
const PROFILE = { PENDING: 0, RUNNING: 0.2 };
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
  #end;

  /**
   * @param {string} prefix of the ids
   * @param {Statuses} statuses
   * @param {number | ((n: number) => number)} takes
   * @param {(n: number) => string} end the last status of the nth job
   */
  constructor(prefix, statuses, takes, end) {
    [this.#prefix, this.#statuses, this.#takes, this.#end] = [prefix, statuses, takes, end];
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
    if (share >= 1) return { id, status: this.#end(n), ...fields };
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
 * The number of ascending times that match. Earlier times than a match match, too.
 *
 * @param {number[]} times
 * @param {(time: number) => boolean} isMatch
 */
function countUntil(times, isMatch) {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isMatch(times[middle])) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Creates the routes. The function returns the response to an accepted request.
 *
 * @param {number} start the wall clock at the start, in milliseconds since 1970
 * @param {RouteOptions} options
 * @returns {(request: Received, now: number) => Reply}
 */
export function createRoutes(start, { orderMs = 6 * HOUR, profileMs = 5 * MINUTE, olderOrders = 0, ...options }) {
  const { companies = 0, envelope = "flat", orderEnd = () => "COMPLETED" } = options;
  const { deliveredAt = (index) => (index - companies) * SECOND } = options;
  const orders = new Jobs("order", ORDER, orderMs, orderEnd);
  const profiles = new Jobs("profile", PROFILE, profileMs, () => "SUCCEEDED");
  const deliveries = Array.from({ length: companies }, (_, index) => deliveredAt(index));
  for (let n = 0; n < olderOrders; n += 1) orders.create(-10_000 * HOUR);
  /** @type {Map<string, string>} */
  const idByKey = new Map();

  /** @param {number} index @returns {object} */
  const company = (index) => ({ id: `company-${index}`, name: `Company ${index}`, prospects: [] });
  /** @param {URLSearchParams} query @param {number} now */
  const delivered = (query, now) => {
    // NaN if there is none: then no delivery is before it.
    const since = Date.parse(query.get("delivered_since") ?? "") - start;
    const first = countUntil(deliveries, (time) => time < since);
    const total = countUntil(deliveries, (time) => time <= now) - first;
    return page(query, total, (index) => company(first + index));
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
    ["GET", /^\/api\/v1\/orders\/([^/]+)\/results$/, (_, __, id) => ({ status: 200, body: [{ order_id: id }] })],
    ["GET", /^\/api\/v1\/deliveries\/[^/]+\/companies$/, ({ url }, now) => delivered(url.searchParams, now)],
    ["GET", /^\/api\/v1\/prospect-searches$/, ({ url }) => page(url.searchParams, 1, () => ({ id: "d", name: "D" }))],
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
