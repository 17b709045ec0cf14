import { invalid, refusal } from "./errors.js";
import { isRecord } from "./options.js";
import { answerPage } from "./pages.js";

const MISSING = {
  orders: "ORDER_NOT_FOUND",
  prospectSearches: "PROSPECT_SEARCH_NOT_FOUND",
  blacklists: "BLACKLIST_NOT_FOUND",
};

const validate = ({ grant }) => ({ status: 200, body: { valid: true, scopes: [...grant.scopes] } });

const list = (kind, envelope) => ({ world, grant, query }) =>
  answerPage(world.shelves[kind].list(grant.organisation), query, envelope);

const get = (kind) => ({ world, grant, params }) => {
  const item = world.shelves[kind].get(grant.organisation, params[0]);
  return item === undefined ? refusal(MISSING[kind]) : { status: 200, body: item };
};

/** Stores what was sent. `commit` is apart from the answer, so that a faulted request can leave no trace. */
const create = (kind, complete) => ({ world, grant, text }) => {
  const { value, refused } = readObject(text);
  if (refused) return refused;
  const time = new Date(world.now()).toISOString();
  const item = { ...complete(value), id: world.random.uuid(), created_at: time, updated_at: time };
  return { status: 201, body: item, commit: () => world.shelves[kind].add(grant.organisation, item) };
};

// The count of an enrichment order is the server's to set: one for each company.
const newOrder = (body) => ({
  ...body,
  ...(Array.isArray(body.companies) && { briefing_quantity: body.companies.length }),
  status: "RECEIVED",
});

const newBlacklist = (body) => body;

function readObject(text) {
  if (text === "") return { refused: invalid([{ field: "body", error: "is required", provided: null }]) };
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return { refused: refusal("INVALID_JSON") };
  }
  if (isRecord(value)) return { value };
  return { refused: invalid([{ field: "body", error: "must be an object", provided: value }]) };
}

const row = (method, path, scopes, handle, kind) => ({
  method,
  segments: path.split("/"),
  scopes,
  handle,
  missing: MISSING[kind],
});

/** One row for each operation. */
const ROUTES = [
  row("GET", "/api/v1/auth/validate", [], validate),
  row("GET", "/api/v1/orders", ["orders:read"], list("orders", { hasMore: true }), "orders"),
  row("POST", "/api/v1/orders", ["orders:write"], create("orders", newOrder), "orders"),
  row("GET", "/api/v1/orders/{order_id}", ["orders:read"], get("orders"), "orders"),
  row("GET", "/api/v1/prospect-searches", ["prospect_searches:read"], list("prospectSearches", { hasMore: false }), "prospectSearches"),
  row("GET", "/api/v1/blacklists", ["blacklists:read"], list("blacklists", { hasMore: true }), "blacklists"),
  row("POST", "/api/v1/blacklists", ["blacklists:write"], create("blacklists", newBlacklist), "blacklists"),
];

/** The path's parameters if it fits, in order; an empty segment is never a parameter. */
function fit(segments, path) {
  const parts = path.split("/");
  if (parts.length !== segments.length) return undefined;
  const params = [];
  for (const [index, segment] of segments.entries()) {
    if (!segment.startsWith("{")) {
      if (segment !== parts[index]) return undefined;
    } else if (parts[index] === "") {
      return undefined;
    } else {
      params.push(decode(parts[index]));
    }
  }
  return params;
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @returns {{route?: typeof ROUTES[number], params?: string[], allowed: string[]}} `allowed`: what the path takes
 */
export function findRoute(method, path) {
  const allowed = [];
  for (const route of ROUTES) {
    const params = fit(route.segments, path);
    if (params === undefined) continue;
    if (route.method === method) return { route, params, allowed };
    allowed.push(route.method);
  }
  return { allowed };
}
