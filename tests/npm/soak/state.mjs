// What the server answers when nothing is wrong, and what it keeps of each call: what arrived, what was answered, what was applied.

import { chance } from "./random.mjs";
import { ITEMS } from "./calls.mjs";

const LARGE = "x".repeat(200_001);
const LOOKS = 3;

/**
 * `arrivals` of a call by the number of its request. `applied` has what was applied, one a key, or one a request without a key, by
 * the number of the request. What was applied when the platform sent a request again by itself is counted in `before` if it
 * had no key; what had one is `hidden`: nobody but the server knows of it.
 */
const entryOf = () => ({
  arrivals: {},
  applied: new Map(),
  before: 0,
  hidden: false,
  version: 1,
  looks: 0,
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
   * A request has come. One with the number of another was sent again by the platform itself, and takes its place: a browser does
   * so when a connection breaks that it had open already, before it has read an answer, of which `isBroken` tells; and its cache
   * asks once more for what it cannot share among those who GET the same.
   */
  function arrive(id, number, method, isBroken) {
    if (id === undefined || !Number.isInteger(number)) {
      strays.push(`${method} of ${id}, number ${number}`);
      return { again: 0 };
    }
    const entry = call(id);
    const { arrivals, applied, problems } = entry;
    const last = arrivals[number];
    const arrival = { method, again: last ? last.again + 1 : 0, status: 0, finished: false };
    Object.defineProperty(arrival, "isBroken", { value: isBroken });
    if (last && !last.isBroken() && method !== "GET")
      problems.push(`request ${number} came again after ${JSON.stringify(last)}`);
    if (last && [...applied.values()].includes(number)) {
      entry.hidden = true;
      if (applied.delete(unkeyed(number))) entry.before += 1;
    }
    arrivals[number] = arrival;
    return arrival;
  }

  /** The change that a request asks for is made: once for a key, as a server does that honours it. */
  function apply(id, number, method, key, body) {
    if (method !== "POST" && method !== "PATCH") return;
    const entry = call(id);
    if (body.call !== id) entry.problems.push(`the body is of ${body.call}`);
    const token = key ?? unkeyed(number);
    if (!entry.applied.has(token)) entry.applied.set(token, number);
    entry.version += 1;
  }

  /** The status and the value of the answer. */
  function answer(id, method, path, query, body) {
    const entry = call(id);
    if (path.startsWith("/api/v1/orders/")) {
      entry.looks += 1;
      const end = chance(seed, id)() < 0.8 ? "COMPLETED" : "REJECTED";
      return [200, { call: id, status: entry.looks < LOOKS ? "IN_PROGRESS" : end }];
    }
    if (path.startsWith("/api/v1/prospect-searches/")) {
      if (method === "PATCH" && body.version !== entry.version) return [409, { code: "CONFLICT", message: "too late" }];
      const { version } = entry;
      // Somebody else is quicker.
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
