// What is asked, what is answered, and whether the client does what the vendor's tables say.

/** Shorter than the default, so that nobody waits for a demonstration. */
export const BACKOFF = { baseMs: 200 };
/** The vendor's samples try three times. */
const ATTEMPTS = 3;
const RETRY_AFTER_S = 1;
/** The server's clock shows whole milliseconds. */
const TICK_MS = 2;

const LIST = "/api/v1/orders";
const NOWHERE = "00000000-0000-4000-8000-000000000000";

/** How each documented code comes about. The mock keeps no single search or blacklist: there it is told what to answer. */
const REQUESTS = {
  UNAUTHORIZED: { asked: `GET ${LIST} with a revoked key`, key: "revoked", path: LIST },
  AUTHORIZATION_ERROR: { asked: `GET ${LIST} with a key without scopes`, key: "none", path: LIST },
  VALIDATION_ERROR: { asked: `GET ${LIST}?limit=1000`, path: LIST, query: { limit: 1000 } },
  ORDER_NOT_FOUND: { asked: `GET ${LIST}/{an unknown id}`, path: `${LIST}/${NOWHERE}` },
  PROSPECT_SEARCH_NOT_FOUND: missing("/api/v1/prospect-searches", "PROSPECT_SEARCH_NOT_FOUND"),
  BLACKLIST_NOT_FOUND: missing("/api/v1/blacklists", "BLACKLIST_NOT_FOUND"),
};

function missing(path, code) {
  return {
    asked: `GET ${path}/{an unknown id} (the mock is told to answer so)`,
    path: `${path}/${NOWHERE}`,
    faults: [{ code }],
  };
}

/** Without a code: for these statuses alone the vendor documents none. */
const answer = (status, more) => ({ status, body: { message: "Ordered by the demo" }, ...more });

/** The rows of the vendor's three tables, as requests with what is expected of them. */
export function rowsOf({ statuses, codes, retryRules }) {
  const retried = (status) => retryRules.find((rule) => rule.statuses.includes(status))?.retried ?? false;
  const server = statuses.find((row) => row.class === "ServerError");
  const gateways = retryRules
    .flatMap((rule) => rule.statuses)
    .filter((status) => !statuses.some((row) => row.status === status));
  const everyStatus = [...statuses, ...gateways.map((status) => ({ ...server, status }))];

  return [
    ...everyStatus.map((expected) => ({
      table: "status",
      path: LIST,
      faults: [answer(expected.status, { times: Infinity })],
      expected: { ...expected, attempts: retried(expected.status) ? ATTEMPTS : 1 },
    })),
    ...codes.map((expected) => ({
      table: "code",
      ...REQUESTS[expected.code],
      expected: { ...expected, attempts: 1 },
    })),
    ...everyStatus
      .filter(({ status }) => retried(status))
      .map(({ status }) => ({
        table: "retry",
        path: LIST,
        faults: [status === 429 ? answer(status, { retryAfter: RETRY_AFTER_S }) : answer(status)],
        expected: { status, attempts: 2, recovers: true, told: status === 429 ? RETRY_AFTER_S : undefined },
      })),
  ];
}

/** Makes the request of a row, and compares what came of it. */
export async function play(row, { library, mock, client, signal }) {
  mock.clear();
  mock.fail(...(row.faults ?? []));
  let result;
  try {
    const response = await client.request("GET", row.path, { query: row.query, signal });
    result = { answered: response.status, attempts: response.attempts };
  } catch (error) {
    signal.throwIfAborted();
    result = { error, attempts: error.attempts ?? [] };
  }
  return { ...result, differences: compare(row.expected, result, mock.requests, library) };
}

function compare(expected, { answered, error, attempts }, seen, library) {
  const differences = [];
  const check = (what, want, got) => {
    if (want !== got) differences.push(`${what}: expected ${want}, got ${got}`);
  };
  check("attempts", expected.attempts, attempts.length);
  check("requests at the server", expected.attempts, seen.length);
  check("first status", expected.status, attempts[0]?.status);
  if (expected.recovers) {
    check("outcome", 200, answered ?? error?.name);
  } else {
    check("class", expected.class, error?.name);
    check(`instanceof ${expected.class}`, true, error instanceof library[expected.class]);
    check("code", expected.code, error?.code);
    check(`"${expected.mend}" in the resolution`, true, error?.resolution?.includes(expected.mend) ?? false);
  }
  const reason = expected.told === undefined ? "backoff" : "retry_after";
  for (const [index, { waitMs, waitReason }] of attempts.slice(0, -1).entries()) {
    check("reason of the wait", reason, waitReason);
    check("told wait obeyed", true, waitMs >= (expected.told ?? 0) * 1000);
    check("wait seen by the server", true, seen[index + 1]?.at - seen[index]?.at >= waitMs - TICK_MS);
  }
  return differences;
}
