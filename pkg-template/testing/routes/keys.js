/**
 * The permissions of a key, with defaults.
 *
 * @typedef {object} Grant
 * @property {readonly string[]} scopes
 * @property {string} organisation
 * @property {"active" | "expired" | "revoked"} status
 * @property {boolean} [admin]
 * @property {{limit: number, windowMs: number}} [limit]
 */

/** Every documented scope, except the one for changing companies: no operation requires it. */
export const SCOPES = Object.freeze([
  "orders:read",
  "orders:write",
  "companies:read",
  "prospects:read",
  "prospect_searches:read",
  "prospect_searches:write",
  "blacklists:read",
  "blacklists:write",
  "deliveries:write",
]);

/** The organization of a key that names none. */
export const DEFAULT_ORGANISATION = "org_sample";

/** The organization whose data the keys of the default organization must never receive. */
export const OTHER_ORGANISATION = "org_neighbour";

/** Fake keys that every mock accepts. They are not valid anywhere else. */
export const TEST_KEYS = Object.freeze({
  full: "lnc_test_full00000000000000000000000000000",
  read: "lnc_test_read00000000000000000000000000000",
  none: "lnc_test_none00000000000000000000000000000",
  expired: "lnc_test_expired0000000000000000000000000",
  revoked: "lnc_test_revoked0000000000000000000000000",
  otherOrg: "lnc_test_otherorg000000000000000000000000",
});

/**
 * @param {readonly string[]} scopes
 * @param {string} organisation
 * @param {Grant["status"]} status
 * @returns {Grant}
 */
const grant = (scopes, organisation = DEFAULT_ORGANISATION, status = "active") => ({ scopes, organisation, status });

/** The grants of TEST_KEYS. */
export const TEST_GRANTS = Object.freeze({
  [TEST_KEYS.full]: grant(SCOPES),
  [TEST_KEYS.read]: grant(SCOPES.filter((scope) => scope.endsWith(":read"))),
  [TEST_KEYS.none]: grant([]),
  [TEST_KEYS.expired]: grant(SCOPES, DEFAULT_ORGANISATION, "expired"),
  [TEST_KEYS.revoked]: grant(SCOPES, DEFAULT_ORGANISATION, "revoked"),
  [TEST_KEYS.otherOrg]: grant(SCOPES, OTHER_ORGANISATION),
});

/**
 * The key in an Authorization header, or undefined if there is no valid header.
 *
 * @param {Record<string, string>} headers
 */
export function bearerKey(headers) {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
}

/**
 * Authenticates a request.
 *
 * @param {Record<string, string>} headers
 * @param {Map<string, Grant>} grants
 * @returns {{grant: Grant, problem?: undefined} | {grant?: undefined, problem: string}}
 */
export function authenticate(headers, grants) {
  if (headers.authorization === undefined) return { problem: "No API key was sent" };
  const key = bearerKey(headers);
  if (key === undefined) return { problem: "The Authorization header is not of the form: Bearer <key>" };
  const found = grants.get(key);
  if (found === undefined) return { problem: "The API key is unknown" };
  if (found.status !== "active") return { problem: `The API key is ${found.status}` };
  return { grant: found };
}
