// What somebody could get onto `Object.prototype` who reaches it: values that JSON can have, under every name that is read somewhere.

const OPTIONS = {
  apiKey: "lnc_test_0f0an0attacker", baseUrl: "https://attacker.test", maxRetries: 0, backoff: { baseMs: 60_000, maxMs: 60_000 }, baseMs: 60_000, maxMs: 60_000,
  maxRetryAfterMs: 1e9, timeoutMs: 1, deadlineMs: 1, headers: { "x-evil": "1" }, fetch: "x", onEvent: "x", allowLiveKeyInBrowser: true,
  signal: { aborted: true }, idempotencyKey: "evil", query: { evil: 1 }, body: { evil: 1 }, maxRounds: 1, pollMs: 60_000, onStatus: "x",
};
const ENVIRONMENT = {
  OPENPROSPECT_API_KEY: "lnc_test_0f0an0attacker", OPENPROSPECT_BASE_URL: "https://attacker.test", process: { env: { OPENPROSPECT_BASE_URL: "https://attacker.test" } },
  env: { OPENPROSPECT_API_KEY: "lnc_test_0f0an0attacker" }, document: { baseURI: "https://attacker.test/" }, location: { protocol: "https:" }, protocol: "https:",
  chrome: { runtime: { id: "x" } }, browser: { runtime: { id: "x" } }, runtime: { id: "x" }, id: "evil",
};
const INSIDE = {
  older: "evil", whole: true, method: "DELETE", path: "/evil", asked: { limit: 7, offset: 7 }, isKeyed: true, atMostMs: 1, ask: "x", asker: { ask: "x" }, answer: "evil",
  known: "lnc_test_0f0an0attacker", isWebPage: true, documentBase: "https://attacker.test/", url: "https://attacker.test", data: "evil", how: 1, response: {}, text: "evil",
  isRedirect: true, run: "x", wake: "x", waiting: [], promise: {}, cause: "evil", trace: "evil", option: "evil", given: "evil", allowed: "evil", "content-type": "text/evil",
  accept: "text/evil", authorization: "Bearer evil", "idempotency-key": "evil",
};
const OF_FETCH = {
  redirect: "follow", credentials: "include", mode: "no-cors", cache: "force-cache", referrer: "https://attacker.test", integrity: "sha256-x", keepalive: true, duplex: "half",
  dispatcher: {}, window: "x", priority: "low", targetAddressSpace: "x",
};
const OF_ANSWERS = {
  items: [{ id: "evil" }], orders: [{ id: "evil" }], total: 1000, limit: 1, offset: 500, has_more: true, status: "COMPLETED", message: "evil", code: "EVIL", details: { evil: 1 },
  detail: "evil", error: { code: "EVIL" }, retry_after: 0, version: 99, kind: "conflict", retryable: true, rawBody: "evil", resource: "evil", scope: "deadline", name: "evil",
  required_scopes: ["evil"], stack: "evil",
};
/** But for `return`, with which no program can take a list apart. */
const OF_THE_LANGUAGE = {
  then: "x", toJSON: "x", get: "x", set: "x", value: "evil", writable: false, enumerable: true, configurable: false, length: 3, next: "x", done: true,
  0: { limit: 7 }, 1: { timeoutMs: 1 }, 2: { timeoutMs: 1 }, stream: true, fatal: true, once: true, passive: true, type: "evil", base: "https://attacker.test", polluted: true,
};

/** Pairs of a name and a value. */
export const POLLUTED = [OPTIONS, ENVIRONMENT, INSIDE, OF_FETCH, OF_ANSWERS, OF_THE_LANGUAGE].flatMap(Object.entries);
