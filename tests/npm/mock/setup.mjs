// What the tests of the mock share. They speak to it with plain fetch, never through the client.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PACKAGE } from "../helpers/setup.mjs";

export { PACKAGE, until } from "../helpers/setup.mjs";
export const { DURATIONS, ERRORS, matchBlacklist, mockOpenProspect, OPERATIONS, TEST_KEYS } = await import(
  new URL("testing/node.js", PACKAGE)
);
/** The entry for environments other than Node. */
export const elsewhere = await import(new URL("testing/index.js", PACKAGE));

export const FULL = TEST_KEYS.full;
export const bearer = (key) => ({ authorization: `Bearer ${key}` });

/** A made-up moment, and a clock that stands still there. */
export const NOW = Date.UTC(2026, 0, 1);
export const now = () => NOW;

async function read(response) {
  const { status, headers } = response;
  const text = await response.text();
  return {
    status,
    headers,
    text,
    get body() {
      return text === "" ? undefined : JSON.parse(text);
    },
  };
}

/**
 * What a test has for its requests. `fetch` takes a path and an init, `call` sends JSON below /api/v1, `root` sends it
 * anywhere; their last argument is `{ key, headers }`, where the key null is none.
 */
export function carry(mock, send = mock.fetch, base = "https://api.example.test") {
  const fetch = (path, init = { headers: bearer(FULL) }) => send(base + path, init);
  const root = async (method, path, body, { key = FULL, headers } = {}) => {
    const sent = {
      ...(key !== null && bearer(key)),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    };
    return read(
      await fetch(path, { method, headers: sent, body: typeof body === "string" ? body : JSON.stringify(body) }),
    );
  };
  const call = (method, path, ...rest) => root(method, `/api/v1${path}`, ...rest);
  return {
    mock,
    base,
    fetch,
    root,
    call,
    get: (path, more) => call("GET", path, undefined, more),
    last: () => mock.requests.at(-1),
  };
}

/** Runs a test twice: in memory, and over a socket. */
export function both(name, options, run) {
  test(`${name} [memory]`, () => run(carry(mockOpenProspect(options))));
  test(`${name} [socket]`, async (t) => {
    const mock = mockOpenProspect(options);
    const { url, close } = await mock.serve();
    t.after(close);
    await run(carry(mock, globalThis.fetch, url));
  });
}

/** The flat envelope, and nothing more than it has. */
export function refused(answer, status, code) {
  assert.deepEqual([answer.status, answer.body.code, typeof answer.body.message], [status, code, "string"]);
  for (const field of Object.keys(answer.body)) assert.ok(["code", "message", "details"].includes(field), field);
}

/** A refusal for input, and the fields that it names. */
export function invalid(answer, ...fields) {
  refused(answer, 422, "VALIDATION_ERROR");
  const problems = answer.body.details.validation_errors;
  assert.deepEqual(
    problems.map(({ field }) => field),
    fields,
  );
  for (const problem of problems)
    assert.deepEqual([Object.keys(problem), typeof problem.error], [["field", "error", "provided"], "string"]);
}

/** What a list gives, by its ids. */
export const ids = ({ body }) => body.items.map(({ id }) => id);

/** What fetch takes to send JSON. */
export const json = (value, key = FULL) => ({
  method: "POST",
  headers: { ...bearer(key), "content-type": "application/json" },
  body: JSON.stringify(value),
});
