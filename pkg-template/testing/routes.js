import { BLACKLISTS } from "./routes-blacklists.js";
import { COMPANIES } from "./routes-companies.js";
import { DELIVERIES } from "./routes-deliveries.js";
import { ORDERS } from "./routes-orders.js";
import { PROFILES } from "./routes-profiles.js";
import { PROSPECT_SEARCHES } from "./routes-prospect-searches.js";
import { PROSPECTS } from "./routes-prospects.js";
import { ok, row } from "./row.js";

// The page names no scope and has a bad key refused: a key is not needed, but one that is sent must be good.
// What the service is called is made up.
const health = () => ok({ service: "openprospect-api", status: "healthy" });

const validate = ({ grant }) => ok({ valid: true, scopes: [...grant.scopes] });

/** One row for each operation. */
const ROUTES = [
  { ...row("GET", "/health", [], health), keyless: true },
  row("GET", "/api/v1/auth/validate", [], validate),
  ...ORDERS,
  ...PROFILES,
  ...DELIVERIES,
  ...PROSPECT_SEARCHES,
  ...COMPANIES,
  ...PROSPECTS,
  ...BLACKLISTS,
];

/** Every operation that the mock knows. */
export const OPERATIONS = Object.freeze(ROUTES.map(({ method, path, scopes }) => Object.freeze({ method, path, scopes })));

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
