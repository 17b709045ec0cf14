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
export const HOME = "org_sample";

/** The organization whose data the home keys must never receive. */
export const NEIGHBOUR = "org_neighbour";

/** Fake keys that every mock accepts. They are not valid anywhere else. */
export const TEST_KEYS = Object.freeze({
  full: "lnc_test_full00000000000000000000000000000",
  read: "lnc_test_read00000000000000000000000000000",
  none: "lnc_test_none00000000000000000000000000000",
  expired: "lnc_test_expired0000000000000000000000000",
  revoked: "lnc_test_revoked0000000000000000000000000",
  otherOrg: "lnc_test_otherorg000000000000000000000000",
});

const grant = (scopes, organisation = HOME, status = "active") => ({ scopes, organisation, status });

/** The grants of TEST_KEYS. */
export const TEST_GRANTS = Object.freeze({
  [TEST_KEYS.full]: grant(SCOPES),
  [TEST_KEYS.read]: grant(SCOPES.filter((scope) => scope.endsWith(":read"))),
  [TEST_KEYS.none]: grant([]),
  [TEST_KEYS.expired]: grant(SCOPES, HOME, "expired"),
  [TEST_KEYS.revoked]: grant(SCOPES, HOME, "revoked"),
  [TEST_KEYS.otherOrg]: grant(SCOPES, NEIGHBOUR),
});

/** The key in an Authorization header, or undefined if there is no valid header. */
export function bearerKey(headers) {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
}

/**
 * Authenticates a request.
 *
 * @param {Record<string, string>} headers
 * @param {Map<string, {scopes: readonly string[], organisation: string, status: string}>} grants
 * @returns {{grant: object} | {refused: string}}
 */
export function authenticate(headers, grants) {
  if (headers.authorization === undefined) return { refused: "No API key was sent" };
  const key = bearerKey(headers);
  if (key === undefined) return { refused: "The Authorization header is not of the form: Bearer <key>" };
  const found = grants.get(key);
  if (found === undefined) return { refused: "The API key is not known" };
  if (found.status !== "active") return { refused: `The API key is ${found.status}` };
  return { grant: found };
}
