import { BLACKLISTS } from "./blacklists.js";
import { COMPANIES } from "./companies.js";
import { DELIVERIES } from "./deliveries.js";
import { ORDERS } from "./orders.js";
import { PROFILES } from "./profiles.js";
import { PROSPECT_SEARCHES } from "./prospect-searches.js";
import { PROSPECTS } from "./prospects.js";
import { ok, route } from "./route.js";

/** @import { Context, Route } from "./route.js" */

/**
 * A route that a request without a key may use.
 *
 * @typedef {Omit<Route, "handle"> & {handle: (context?: Context) => ReturnType<typeof ok>, keyless: true}} KeylessRoute
 */

// The page names no scope and says that an invalid key is rejected: a key is optional, but must be valid if sent. The
// name of the service is invented.
const health = () => ok({ service: "openprospect-api", status: "healthy" });

/** @param {Context} context */
const validate = ({ grant }) => ok({ valid: true, scopes: [...grant.scopes] });

/**
 * One row for each operation.
 *
 * @type {(KeylessRoute | (Route & {keyless?: undefined}))[]}
 */
const ROUTES = [
  { ...route("GET", "/health", [], health), handle: health, keyless: true },
  route("GET", "/api/v1/auth/validate", [], validate),
  ...ORDERS,
  ...PROFILES,
  ...DELIVERIES,
  ...PROSPECT_SEARCHES,
  ...COMPANIES,
  ...PROSPECTS,
  ...BLACKLISTS,
];

/** Every operation that the mock supports. */
export const OPERATIONS = Object.freeze(
  ROUTES.map(({ method, path, scopes }) => Object.freeze({ method, path, scopes })),
);

/**
 * The parameters of a path that matches, in order; an empty segment is never a parameter.
 *
 * @param {string[]} segments
 * @param {string} path
 */
function match(segments, path) {
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

/** @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @typedef {{route: typeof ROUTES[number], params: string[], allowed: string[]}} Found */

/**
 * Returns the operation, its parameters and `allowed`, the methods of the path.
 *
 * @param {string} method
 * @param {string} path
 * @returns {Found | {route?: undefined, params?: undefined, allowed: string[]}}
 */
export function findRoute(method, path) {
  const allowed = [];
  for (const route of ROUTES) {
    const params = match(route.segments, path);
    if (params === undefined) continue;
    if (route.method === method) return { route, params, allowed };
    allowed.push(route.method);
  }
  return { allowed };
}
