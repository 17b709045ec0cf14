// The README, the types and the mock match the table of operations.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { esm, mockOpenProspect, OPERATIONS as ROWS, PACKAGE, rejection, TEST_KEYS } from "../helpers/setup.mjs";

const { OPERATIONS } = await import(new URL("testing/node.js", PACKAGE).href);
const { OpenProspect, AuthorizationError } = esm;
const client = new OpenProspect({ apiKey: "lnc_test_a" });
/** `namespace.name` of every method. */
const METHODS = ROWS.flatMap(({ namespace, name, composed }) =>
  [name, composed?.name, composed?.kind === "wait" ? "waitAll" : undefined]
    .filter(Boolean)
    .map((method) => `${namespace}.${method}`),
).sort();

test("the table has the documented operations, with their source", () => {
  assert.equal(ROWS.length, 31);
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { documented } of ROWS) counts[documented] = (counts[documented] ?? 0) + 1;
  assert.deepEqual(counts, { listed: 25, page: 2, legacy: 4 });
  assert.deepEqual(
    ROWS.filter(({ hasIdempotencyKey }) => hasIdempotencyKey).map(({ path }) => path),
    ["/api/v1/search-profile-creations"],
  );
});

test("the mock has the same operations, with the same scopes", () => {
  /** @param {{ method: string, path: string, scopes: readonly string[] }} row */
  const plain = ({ method, path, scopes }) => `${method} ${path}: ${[...scopes].sort().join(" ")}`;
  assert.deepEqual(ROWS.map(plain).sort(), OPERATIONS.map(plain).sort());
});

test("the client has these methods, and no others", () => {
  const actual = [...new Set(ROWS.map(({ namespace }) => namespace))].flatMap((namespace) =>
    Object.keys(client[namespace]).map((name) => `${namespace}.${name}`),
  );
  assert.deepEqual(actual.sort(), METHODS);
});

test("the README names each of them", async () => {
  const text = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  const named = [...text.matchAll(/^\| `client\.(\w+)(?:\.\w+\([^)]*\))?` \| (.*) \|$/gm)].flatMap(
    ([line, namespace, cell]) => {
      const own = /^\| `client\.\w+\.(\w+)\(/.exec(line);
      return own
        ? [`${namespace}.${own[1]}`]
        : [...cell.matchAll(/`(\w+)\(/g)].map(([, name]) => `${namespace}.${name}`);
    },
  );
  assert.deepEqual(named.sort(), METHODS);
});

test("the types declare each of them", async () => {
  const text = await readFile(new URL("index.d.ts", PACKAGE), "utf8");
  const declared = [...text.matchAll(/^export interface (\w)(\w+)Namespace \{\n([\s\S]*?)^\}/gm)].flatMap(
    ([, first, rest, body]) =>
      [...body.matchAll(/^ {2,4}(\w+)\(/gm)].map(([, name]) => `${first.toLowerCase()}${rest}.${name}`),
  );
  assert.deepEqual(declared.sort(), METHODS);
});

describe("the error of a key without a scope names the scope", () => {
  for (const { namespace, name, method, path, scopes } of ROWS) {
    for (const missing of scopes) {
      test(`${method} ${path}: ${missing}`, async () => {
        const all = [...new Set(ROWS.flatMap((row) => row.scopes))];
        const granted = all.filter((scope) => scope !== missing);
        const mock = mockOpenProspect({ keys: { lnc_test_some: { scopes: granted } } });
        const client = new OpenProspect({ apiKey: "lnc_test_some", fetch: mock.fetch });
        const ids = path
          .split("/")
          .filter((part) => part.startsWith("{"))
          .map(() => "a");
        /** @type {Record<string, unknown[]>} */
        const inputs = {
          addEntries: [[{ website_url: "https://a.example" }]],
          removeEntries: [["e"]],
          setBlacklists: [["b"]],
          create: [{ briefing_quantity: 1, name: "n" }],
          update: [{ version: 1, name: "n" }],
          addDestination: [{ type: "webhook", url: "https://a.example" }],
        };
        const error = await rejection(client[namespace][name](...ids, ...(inputs[name] ?? [])));
        assert.ok(error instanceof AuthorizationError, String(error));
        assert.deepEqual(
          [error.missingScopes, error.requiredScopes, error.code],
          [[missing], scopes, "AUTHORIZATION_ERROR"],
        );
        assert.equal(mock.requests.length, 1);
      });
    }
  }
});

test("auth.validate and health.check need no scope", async () => {
  const mock = mockOpenProspect();
  const client = new OpenProspect({ apiKey: TEST_KEYS.none, fetch: mock.fetch });
  assert.deepEqual((await client.auth.validate()).scopes, []);
  assert.equal((await client.health.check()).status, "healthy");
  assert.equal(mock.requests[1].path, "/health");
});
