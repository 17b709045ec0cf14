// tests/cases/retry.json with the built package: waits are measured by the clock of the server.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertFields, COPIES, serve, table } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";
const { cases } = await table("retry");
const NAMES = new Set([
  "name",
  "method",
  "options",
  "idempotencyKey",
  "script",
  "waits",
  "reasons",
  "end",
  "native",
  "random",
]);

/**
 * A response or failure in `script`, and the wait that the server requests.
 *
 * @typedef {object} Step
 * @property {"connection" | "timeout"} [failure]
 * @property {number} [status]
 * @property {any} [body]
 * @property {string} [redirect]
 * @property {string} [retryAfter]
 * @property {unknown} [retryAfterBody]
 */

/**
 * The fault of the mock.
 *
 * @param {Step} step
 */
function faultOf({ failure, status, body, redirect, retryAfter, retryAfterBody }) {
  if (failure === "connection") return { reset: "headers" };
  if (failure === "timeout") return { stall: "headers" };
  if (status === 200) return { status, body: body ?? { ok: true } };
  return { status, redirect, retryAfter, retryAfterBody };
}

/**
 * The attempts of a call, and its error or `null`.
 *
 * @param {any} client
 * @param {{ method?: string, idempotencyKey?: string }} row
 */
async function play(client, { method = "GET", idempotencyKey }) {
  const body = ["POST", "PUT", "PATCH"].includes(method) ? { body: { a: 1 } } : {};
  const options = { ...body, ...(idempotencyKey && { idempotencyKey }) };
  try {
    const { attempts, data } = await client.request(method, PATH, options);
    assert.deepEqual(data, { ok: true });
    return { attempts, error: null };
  } catch (error) {
    return { attempts: error.attempts, error };
  }
}

for (const [how, copy] of COPIES) {
  describe(how, { concurrency: true }, () => {
    for (const row of cases.filter(({ native }) => !native)) {
      test(row.name, async (t) => {
        for (const name of Object.keys(row)) assert.ok(NAMES.has(name), `unknown field "${name}"`);
        const { mock, client } = await serve(t);
        mock.fail(...row.script.map(faultOf));
        const { attempts, error } = await play(client(row.options, copy), row);

        const { requests } = mock;
        // A script may be longer than the call.
        assert.equal(requests.length, row.waits.length + 1);
        assert.equal(attempts.length, requests.length);
        assert.equal(error === null, row.end === "ok", String(error));
        if (error) assertFields(assert, error, row.end);

        const waits = attempts.flatMap(({ waitMs }) => waitMs ?? []);
        assert.equal(waits.length, row.waits.length);
        for (const [index, [low, high]] of row.waits.entries()) {
          const wait = waits[index];
          assert.ok(
            wait >= low && (wait < high || (low === high && wait === low)),
            `wait ${wait}: not in ${low} to ${high}`,
          );
          const gap = requests[index + 1].at - requests[index].at;
          assert.ok(gap >= wait, `waited ${gap} instead of ${wait}`);
        }
        if (row.reasons)
          assert.deepEqual(
            attempts.flatMap(({ waitReason }) => waitReason ?? []),
            row.reasons,
          );
        for (const request of requests) {
          assert.deepEqual(
            [request.method, request.headers["idempotency-key"]],
            [row.method ?? "GET", row.idempotencyKey],
          );
        }
        for (const [index, { failure, status }] of row.script.slice(0, attempts.length).entries()) {
          assertFields(assert, attempts[index], {
            failure: failure ?? null,
            status: status ?? null,
            sent: true,
            attempt: index + 1,
          });
        }
      });
    }
  });
}
