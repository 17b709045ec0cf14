// Shared by the tests of the mock. They call it with plain fetch, never through the client.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PACKAGE } from "../helpers/setup.mjs";

export { PACKAGE, until } from "../helpers/setup.mjs";

/** @import { MockOptions, OpenProspectMock } from "../../../pkg-template/testing/index.js" */
/** @typedef {typeof import("../../../pkg-template/testing/index.js")} Testing */
/** @typedef {{key?: string | null, headers?: Record<string, string>}} CallOptions `key: null`: no key. */

/** @type {Testing} */
const testing = await import(new URL("testing/node.js", PACKAGE).href);
export const { DURATIONS, ERRORS, matchBlacklist, mockOpenProspect, OPERATIONS, TEST_KEYS } = testing;

/**
 * The entry for environments other than Node.
 *
 * @type {Testing}
 */
export const otherEntry = await import(new URL("testing/index.js", PACKAGE).href);

export const FULL = TEST_KEYS.full;

/** @param {string} key */
export const bearer = (key) => ({ authorization: `Bearer ${key}` });

/** The time of a fake clock that stands still. */
export const NOW = Date.UTC(2026, 0, 1);
export const now = () => NOW;

/** @param {Response} response */
export const bodyOf = ({ body }) => body ?? assert.fail("the response has no body");

/** @param {Response} response */
async function read(response) {
  const { status, headers } = response;
  const text = await response.text();
  return {
    status,
    headers,
    text,
    /** @returns {any} */
    get body() {
      return text === "" ? undefined : JSON.parse(text);
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof read>>} ReadResponse */
/** @typedef {ReturnType<typeof connect>} Connection */

/**
 * Sends requests to a mock: `fetch` takes a path and an init, `call` sends JSON below /api/v1, `root` to any path.
 *
 * @param {OpenProspectMock} mock
 * @param {typeof globalThis.fetch} [send]
 */
export function connect(mock, send = mock.fetch, base = "https://api.example.test") {
  /**
   * @param {string} path
   * @param {RequestInit} [init]
   */
  const fetch = (path, init = { headers: bearer(FULL) }) => send(base + path, init);
  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body] JSON, or text
   * @param {CallOptions} [options]
   */
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
  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {CallOptions} [options]
   */
  const call = (method, path, body, options) => root(method, `/api/v1${path}`, body, options);
  return {
    mock,
    base,
    fetch,
    root,
    call,
    /**
     * @param {string} path
     * @param {CallOptions} [options]
     */
    get: (path, options) => call("GET", path, undefined, options),
    last: () => mock.requests[mock.requests.length - 1],
  };
}

/**
 * Runs a test twice: in memory, and over a socket.
 *
 * @param {string} name
 * @param {MockOptions} options
 * @param {(connection: Connection) => Promise<void>} run
 */
export function both(name, options, run) {
  test(`${name} [memory]`, () => run(connect(mockOpenProspect(options))));
  test(`${name} [socket]`, async (t) => {
    const mock = mockOpenProspect(options);
    const { url, close } = await mock.serve();
    t.after(close);
    await run(connect(mock, globalThis.fetch, url));
  });
}

/**
 * Asserts an error in the flat envelope, without further fields.
 *
 * @param {ReadResponse} response
 * @param {number} status
 * @param {string} code
 */
export function assertError(response, status, code) {
  assert.deepEqual([response.status, response.body.code, typeof response.body.message], [status, code, "string"]);
  for (const field of Object.keys(response.body)) assert.ok(["code", "message", "details"].includes(field), field);
}

/**
 * Asserts a validation error for these fields.
 *
 * @param {ReadResponse} response
 * @param {...string} fields
 */
export function assertInvalid(response, ...fields) {
  assertError(response, 422, "VALIDATION_ERROR");
  /** @type {{field: string, error: string}[]} */
  const problems = response.body.details.validation_errors;
  assert.deepEqual(
    problems.map(({ field }) => field),
    fields,
  );
  for (const problem of problems)
    assert.deepEqual([Object.keys(problem), typeof problem.error], [["field", "error", "provided"], "string"]);
}

/**
 * The ids of the items of a list.
 *
 * @param {ReadResponse} response
 * @returns {string[]}
 */
export const ids = ({ body }) => body.items.map((/** @type {{id: string}} */ { id }) => id);

/**
 * The init of a `fetch` call that sends JSON.
 *
 * @param {unknown} value
 */
export const json = (value, key = FULL) => ({
  method: "POST",
  headers: { ...bearer(key), "content-type": "application/json" },
  body: JSON.stringify(value),
});
