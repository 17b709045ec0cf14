// A client for the tests of tenant isolation, and everything that can be read from a value.

import { inspect } from "node:util";
import { turn } from "../helpers/setup.mjs";

/**
 * @typedef {object} Request
 * @property {string} path
 * @property {string} method
 * @property {string} key the authorization header
 * @property {string} [body]
 */

/**
 * Everything that can be read from a value.
 *
 * @param {any} value
 */
export function textOf(value) {
  const texts = [
    inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity }),
  ];
  for (let error = value; error instanceof Error; error = /** @type {any} */ (error.cause))
    texts.push(error.stack ?? "", error.message, String(Reflect.get(error, "rawBody")), JSON.stringify(error));
  return texts.join("\n");
}

/**
 * A client, and the requests that it sent. `answer` has the response to the nth request, from 1 on.
 *
 * @param {any} copy of the package
 * @param {(request: Request, n: number) => Response | Promise<Response>} answer
 * @param {object} options
 */
export function createClient(copy, answer, options) {
  /** @type {Request[]} */
  const requests = [];
  const fetch = async (url, { method, headers, body }) => {
    const request = { path: new URL(url).pathname, method, key: headers.authorization, body };
    requests.push(request);
    await turn();
    return answer(request, requests.length);
  };
  const own = new copy.OpenProspect({ apiKey: "lnc_test_a", fetch, backoff: { baseMs: 1, maxMs: 2 }, ...options });
  return { requests, own };
}

/**
 * @param {number} status
 * @param {unknown} body a string, or a value that is sent as JSON
 * @param {Record<string, string>} [headers]
 */
export const response = (status, body, headers) =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
