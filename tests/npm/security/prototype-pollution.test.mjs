// Prototype pollution: arguments and responses do not pollute a prototype, and a polluted prototype has no effect.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { COPIES, PACKAGE, rejection, serve, thrown } from "../helpers/setup.mjs";
import { POLLUTED } from "./prototype-pollution/table.mjs";

const PATH = "/api/v1/orders";
const PROGRAM = fileURLToPath(new URL("prototype-pollution/run.mjs", import.meta.url));
const run = promisify(execFile);

test(`${POLLUTED.length} properties of Object.prototype have no effect`, async () => {
  const entry = fileURLToPath(new URL("index.cjs", PACKAGE));
  const { stdout } = await run(process.execPath, [PROGRAM, entry], { env: { PATH: process.env.PATH }, maxBuffer: 1e9 });
  const { clean, results, after } = JSON.parse(stdout);
  assert.ok(clean.length > 5000 && clean.includes("proxy.test"), clean);
  assert.equal(after, clean);
  assert.equal(results.length, POLLUTED.length);
  const changed = results
    .filter(([, lines]) => lines !== clean)
    .map(([name, lines]) => `Object.prototype.${name}: ${difference(clean, lines)}`);
  assert.deepEqual(changed, []);
});

/**
 * The first difference of two texts.
 *
 * @param {string} one
 * @param {string} other
 */
function difference(one, other) {
  let at = 0;
  while (one[at] === other[at]) at += 1;
  const from = Math.max(0, at - 120);
  return `${one.slice(from, at + 60)} … became ${other.slice(from, at + 60)}`;
}

/** JSON texts that name a prototype. */
const TEXTS = [
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"a":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}',
  '[{"__proto__":{"polluted":true}}]',
  '{"prototype":{"polluted":true},"__defineGetter__":"x","hasOwnProperty":1,"toString":null}',
];
const PROTOTYPES = [Object, Array, Function, Error, Promise, Map, Headers, Response].map(({ prototype }) => prototype);
const names = () => PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype));
const BEFORE = names();
const assertClean = () => {
  assert.deepEqual(names(), BEFORE);
  assert.equal({}.polluted, undefined);
};

for (const [how, copy] of COPIES) {
  describe(how, () => {
    for (const text of TEXTS) {
      const value = () => JSON.parse(text);

      test(`in options: ${text}`, async (t) => {
        const { mock, client } = await serve(t);
        const invalid = [() => new copy.OpenProspect(value()), () => client({ backoff: value() }, copy)];
        for (const make of invalid) assert.equal(thrown(make).name, "ConfigurationError");
        const one = client({}, copy);
        const calls = [
          () => one.get(PATH, value()),
          () => one.orders.list({}, value()),
          () => one.orders.wait("o", value()),
          () =>
            one.retryOnConflict(
              () => {},
              () => {},
              value(),
            ),
        ];
        for (const call of calls) assert.equal((await rejection(call())).name, "ConfigurationError");
        assert.equal(mock.requests.length, 0);
        assertClean();
      });

      test(`in a query, in headers and in a body: ${text}`, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ status: 200, body: {}, times: 2 });
        const one = client({}, copy);
        await one.post("/x", { body: value() });
        // Unchanged: the server must handle it.
        assert.equal(JSON.stringify(mock.requests[0].body), text);
        const values = Object.fromEntries(Object.keys(value()).map((name) => [name, "a"]));
        const named = JSON.parse(`{"__proto__":"a","constructor":"a"}`);
        await one.get("/x", { query: named, headers: named });
        assert.match(mock.requests[1].url, /\?__proto__=a&constructor=a$/);
        assert.equal(mock.requests[1].headers.constructor, "a", JSON.stringify(values));
        assertClean();
      });

      test(`in a success and in an error: ${text}`, async (t) => {
        const { mock, client } = await serve(t);
        /** @type {unknown[]} */
        const events = [];
        const one = client({ maxRetries: 0, onEvent: (event) => events.push(event) }, copy);
        const answers = [text, `{"items":[${text}],"__proto__":{"total":9,"has_more":true}}`];
        for (const body of answers) mock.fail({ status: 200, body, headers: { "content-type": "application/json" } });
        await one.get("/x");
        const page = await one.orders.list();
        assert.deepEqual([page.items.length, page.total, page.has_more], [1, 1, false]);
        const errors = [
          text,
          `{"code":"C","message":"m","details":${text}}`,
          `{"error":${text}}`,
          `{"detail":${text}}`,
          `{"error":{"code":"C","details":${text}}}`,
        ];
        for (const body of errors) {
          mock.fail({ status: 400, body, headers: { "content-type": "application/json" } });
          const error = await rejection(one.get("/x"));
          assert.equal(error.name, "BadRequestError", error.stack);
          assert.equal(Object.getPrototypeOf(error), copy.BadRequestError.prototype);
          const { details } = error;
          if (typeof details === "object" && !Array.isArray(details))
            assert.equal(Object.getPrototypeOf(details), Object.prototype);
          assert.equal(error.polluted ?? details?.polluted ?? error.toJSON().polluted, undefined);
        }
        assert.ok(events.length >= errors.length);
        assertClean();
        assert.equal((await client({}, copy).auth.validate()).valid, true);
      });
    }
  });
}
