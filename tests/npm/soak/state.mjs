// The regular responses of the server, and its ledger of each call: requests, responses, applied changes.

import { chance } from "./random.mjs";
import { ITEMS } from "./calls.mjs";

const LARGE = "x".repeat(200_001);
/** A job completes at this poll. */
const LAST_POLL = 3;

/**
 * `arrivals` has the requests of a call by number. `applied` has the number of the request for each applied idempotency
 * key, or for each applied request without a key. If the platform resends a request that was already applied, `hidden`
 * is set, since only the server knows of the first one; without a key it is counted in `before`.
 */
const entryOf = () => ({
  arrivals: {},
  applied: new Map(),
  before: 0,
  hidden: false,
  version: 1,
  polls: 0,
  problems: [],
});
const unkeyed = (number) => `request ${number}`;

export function makeState(seed) {
  const calls = new Map();
  const strays = [];

  const call = (id) => {
    if (!calls.has(id)) calls.set(id, entryOf());
    return calls.get(id);
  };

  /**
   * Records a request. One with the number of an earlier one is a resend by the platform itself, and replaces it: a
   * browser resends when a reused connection breaks before a response (`isBroken`), and its cache repeats a GET whose
   * response it cannot share between simultaneous requests.
   *
   * @returns {{ resends: number, method?: string, status?: number, finished?: boolean }}
   */
  function arrive(id, number, method, isBroken) {
    if (id === undefined || !Number.isInteger(number)) {
      strays.push(`${method} of ${id}, number ${number}`);
      return { resends: 0 };
    }
    const entry = call(id);
    const { arrivals, applied, problems } = entry;
    const last = arrivals[number];
    const arrival = { method, resends: last ? last.resends + 1 : 0, status: 0, finished: false };
    Object.defineProperty(arrival, "isBroken", { value: isBroken });
    if (last && !last.isBroken() && method !== "GET")
      problems.push(`request ${number} was resent after ${JSON.stringify(last)}`);
    if (last && [...applied.values()].includes(number)) {
      entry.hidden = true;
      if (applied.delete(unkeyed(number))) entry.before += 1;
    }
    arrivals[number] = arrival;
    return arrival;
  }

  /** Applies the change of a request: once for each idempotency key. */
  function apply(id, number, method, key, body) {
    if (method !== "POST" && method !== "PATCH") return;
    const entry = call(id);
    if (body.call !== id) entry.problems.push(`the body belongs to ${body.call}`);
    const token = key ?? unkeyed(number);
    if (!entry.applied.has(token)) entry.applied.set(token, number);
    entry.version += 1;
  }

  /** The status and the value of the regular response. */
  function answer(id, method, path, query, body) {
    const entry = call(id);
    if (path.startsWith("/api/v1/orders/")) {
      entry.polls += 1;
      const end = chance(seed, id)() < 0.8 ? "COMPLETED" : "REJECTED";
      return [200, { call: id, status: entry.polls < LAST_POLL ? "IN_PROGRESS" : end }];
    }
    if (path.startsWith("/api/v1/prospect-searches/")) {
      if (method === "PATCH" && body.version !== entry.version) return [409, { code: "CONFLICT", message: "too late" }];
      const { version } = entry;
      // A concurrent change by another client.
      if (method === "GET" && chance(seed, id, version)() < 0.3) entry.version += 1;
      return [200, { call: id, version }];
    }
    if (path === "/api/v1/companies") {
      const [limit, offset] = [Number(query.get("limit")), Number(query.get("offset"))];
      const items = Array.from({ length: Math.max(0, Math.min(limit, ITEMS - offset)) }, (_, index) => ({
        n: offset + index,
        call: id,
      }));
      return [200, { items, total: ITEMS, limit, offset }];
    }
    if (method === "DELETE") return [204, undefined];
    return [method === "POST" ? 201 : 200, { call: id, ...(path.startsWith("/api/v1/large/") && { text: LARGE }) }];
  }

  function ledger() {
    return [...calls].map(([id, { arrivals, applied, before, hidden, problems }]) => ({
      id,
      arrivals,
      applied: applied.size,
      before,
      hidden,
      problems,
    }));
  }

  return { arrive, apply, answer, ledger, strays };
}
