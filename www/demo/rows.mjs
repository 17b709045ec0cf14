// The requests of the demo, and whether the client does what the vendor's tables say.

/**
 * @typedef {typeof import("../../pkg/index.js")} Library
 * @typedef {import("../../pkg/index.js").OpenProspectError} OpenProspectError
 * @typedef {import("../../pkg/index.js").Attempt} Attempt
 * @typedef {import("../../pkg/testing/index.js").Fault} Fault
 * @typedef {keyof typeof import("../../pkg/testing/index.js").TEST_KEYS} KeyName
 *
 * @typedef {object} ErrorRow a row of a table, as `tests/cases/vendor.json` has it
 * @property {number} status
 * @property {keyof Library & `${string}Error`} class
 * @property {string} [code]
 * @property {string} mend a text in the error's resolution
 *
 * @typedef {object} Vendor
 * @property {ErrorRow[]} statuses
 * @property {(ErrorRow & {code: string})[]} codes
 * @property {{statuses: number[], retried: boolean}[]} retryRules
 *
 * @typedef {object} RowRequest
 * @property {string} path
 * @property {string} [description] default: the method and the path
 * @property {KeyName} [key]
 * @property {Record<string, number>} [query]
 * @property {Fault[]} [faults]
 *
 * @typedef {object} Recovery expected of a call that succeeds after a retry
 * @property {number} status the first one
 * @property {number} [retryAfter] the advised wait, in seconds
 *
 * @typedef {{attempts: number} & (ErrorRow | Recovery)} Expected
 * @typedef {RowRequest & {table: "status" | "code" | "retry", expected: Expected}} Row
 *
 * @typedef {object} Result
 * @property {number} [answered] the status of a call that succeeded
 * @property {OpenProspectError} [error]
 * @property {readonly Attempt[]} attempts
 * @property {string[]} differences from what is expected
 */

/** Shorter waits than by default, for a demonstration. */
export const BACKOFF = { baseMs: 200 };
/** As in the vendor's samples. */
const MAX_ATTEMPTS = 3;
const RETRY_AFTER_S = 1;
/** The resolution of the server's clock. */
const TICK_MS = 2;

const LIST = "/api/v1/orders";
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

/** @type {Record<string, RowRequest>} what leads to each documented code */
const REQUESTS = {
  UNAUTHORIZED: { description: `GET ${LIST} with a revoked key`, key: "revoked", path: LIST },
  AUTHORIZATION_ERROR: { description: `GET ${LIST} with a key without scopes`, key: "none", path: LIST },
  VALIDATION_ERROR: { description: `GET ${LIST}?limit=1000`, path: LIST, query: { limit: 1000 } },
  ORDER_NOT_FOUND: { description: `GET ${LIST}/{an unknown id}`, path: `${LIST}/${UNKNOWN_ID}` },
  PROSPECT_SEARCH_NOT_FOUND: withFault("/api/v1/prospect-searches", "PROSPECT_SEARCH_NOT_FOUND"),
  BLACKLIST_NOT_FOUND: withFault("/api/v1/blacklists", "BLACKLIST_NOT_FOUND"),
};

/**
 * @param {string} path
 * @param {string} code
 * @returns {RowRequest}
 */
function withFault(path, code) {
  return {
    description: `GET ${path}/{an unknown id} (with a fault of the mock)`,
    path: `${path}/${UNKNOWN_ID}`,
    faults: [{ code }],
  };
}

/**
 * A response without a code: the vendor documents these statuses without one.
 *
 * @param {number} status
 * @param {Fault} [more]
 * @returns {Fault}
 */
const responseOf = (status, more) => ({ status, body: { message: "Ordered by the demo" }, ...more });

/**
 * The rows of the vendor's three tables, as requests with the expected results.
 *
 * @param {Vendor} vendor
 * @returns {Row[]}
 */
export function rowsOf({ statuses, codes, retryRules }) {
  /** @param {number} status */
  const isRetried = (status) => retryRules.find((rule) => rule.statuses.includes(status))?.retried ?? false;
  const server = statuses.find((row) => row.class === "ServerError");
  if (server === undefined) throw new Error("the vendor's statuses have no ServerError");
  const gateways = retryRules
    .flatMap((rule) => rule.statuses)
    .filter((status) => !statuses.some((row) => row.status === status));
  const everyStatus = [...statuses, ...gateways.map((status) => ({ ...server, status }))];

  /** @type {Row[]} */
  const statusRows = everyStatus.map((row) => ({
    table: "status",
    path: LIST,
    faults: [responseOf(row.status, { times: Infinity })],
    expected: { ...row, attempts: isRetried(row.status) ? MAX_ATTEMPTS : 1 },
  }));
  /** @type {Row[]} */
  const codeRows = codes.map((row) => ({
    table: "code",
    ...REQUESTS[row.code],
    expected: { ...row, attempts: 1 },
  }));
  /** @type {Row[]} */
  const retryRows = everyStatus
    .filter(({ status }) => isRetried(status))
    .map(({ status }) => {
      const retryAfter = status === 429 ? RETRY_AFTER_S : undefined;
      return {
        table: "retry",
        path: LIST,
        faults: [responseOf(status, { retryAfter })],
        expected: { status, attempts: 2, retryAfter },
      };
    });
  return [...statusRows, ...codeRows, ...retryRows];
}

/**
 * Sends the request of a row, and compares the result with the expected one.
 *
 * @param {Row} row
 * @param {object} context
 * @param {Library} context.library
 * @param {import("../../pkg/testing/index.js").OpenProspectMock} context.mock
 * @param {import("../../pkg/index.js").OpenProspect} context.client
 * @param {AbortSignal} context.signal
 * @returns {Promise<Result>}
 */
export async function send(row, { library, mock, client, signal }) {
  mock.clear();
  mock.fail(...(row.faults ?? []));
  /** @type {Result} */
  const result = { attempts: [], differences: [] };
  try {
    const response = await client.request("GET", row.path, { query: row.query, signal });
    Object.assign(result, { answered: response.status, attempts: response.attempts });
  } catch (caught) {
    signal.throwIfAborted();
    const error = /** @type {OpenProspectError} */ (caught);
    Object.assign(result, { error, attempts: error.attempts ?? [] });
  }
  result.differences = differencesOf(row.expected, result, mock.requests, library);
  return result;
}

/**
 * @param {Expected} expected
 * @param {Result} result
 * @param {readonly {at: number}[]} requests that the server received
 * @param {Library} library
 */
function differencesOf(expected, { answered, error, attempts }, requests, library) {
  /** @type {string[]} */
  const differences = [];
  /**
   * @param {string} what
   * @param {unknown} want
   * @param {unknown} got
   */
  const check = (what, want, got) => {
    if (want !== got) differences.push(`${what}: expected ${want}, got ${got}`);
  };
  check("attempts", expected.attempts, attempts.length);
  check("requests at the server", expected.attempts, requests.length);
  check("first status", expected.status, attempts[0]?.status);
  if ("class" in expected) {
    const ErrorClass = /** @type {typeof import("../../pkg/index.js").OpenProspectError} */ (library[expected.class]);
    check("class", expected.class, error?.name);
    check(`instanceof ${expected.class}`, true, error instanceof ErrorClass);
    check("code", expected.code, error?.code);
    check(`"${expected.mend}" in the resolution`, true, error?.resolution?.includes(expected.mend) ?? false);
  } else {
    check("result", 200, answered ?? error?.name);
  }
  const retryAfter = "class" in expected ? undefined : expected.retryAfter;
  const reason = retryAfter === undefined ? "backoff" : "retry_after";
  for (const [index, { waitMs = Number.NaN, waitReason }] of attempts.slice(0, -1).entries()) {
    check("reason of the wait", reason, waitReason);
    check("wait at least Retry-After", true, waitMs >= (retryAfter ?? 0) * 1000);
    const elapsedMs = requests[index + 1]?.at - requests[index]?.at;
    check("wait between the requests at the server", true, elapsedMs >= waitMs - TICK_MS);
  }
  return differences;
}
