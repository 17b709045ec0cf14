// The table of operations, and what has to agree with it: the README, the types, the mock.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { esm, mockOpenProspect, OPERATIONS as ROWS, PACKAGE, rejection, TEST_KEYS } from "../helpers/setup.mjs";

const { OPERATIONS } = await import(new URL("testing/node.js", PACKAGE));
const { OpenProspect, AuthorizationError } = esm;
const made = new OpenProspect({ apiKey: "lnc_test_a" });
/** `namespace.name` of every method that there is. */
const METHODS = ROWS.flatMap(({ namespace, name, composed }) =>
  [name, composed?.name].filter(Boolean).map((method) => `${namespace}.${method}`),
).sort();

test("it has the operations of the documentation, where they are documented", () => {
  const counts = Object.groupBy ? Object.groupBy(ROWS, ({ documented }) => documented) : undefined;
  assert.equal(ROWS.length, 31);
  if (counts)
    assert.deepEqual(Object.fromEntries(Object.entries(counts).map(([at, rows]) => [at, rows.length])), {
      listed: 25,
      page: 2,
      legacy: 4,
    });
  assert.deepEqual(
    ROWS.filter(({ hasIdempotencyKey }) => hasIdempotencyKey).map(({ path }) => path),
    ["/api/v1/search-profile-creations"],
  );
});

test("the mock knows the same operations, with the same scopes", () => {
  const plain = ({ method, path, scopes }) => `${method} ${path}: ${[...scopes].sort().join(" ")}`;
  assert.deepEqual(ROWS.map(plain).sort(), OPERATIONS.map(plain).sort());
});

test("the client has these methods, and no others", () => {
  const there = [...new Set(ROWS.map(({ namespace }) => namespace))].flatMap((namespace) =>
    Object.keys(made[namespace]).map((name) => `${namespace}.${name}`),
  );
  assert.deepEqual(there.sort(), METHODS);
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

describe("a key without one of the scopes is refused, by name", () => {
  for (const { namespace, name, method, path, scopes } of ROWS) {
    for (const missing of scopes) {
      test(`${method} ${path}: ${missing}`, async () => {
        const all = [...new Set(ROWS.flatMap((row) => row.scopes))];
        const held = all.filter((scope) => scope !== missing);
        const mock = mockOpenProspect({ keys: { lnc_test_some: { scopes: held } } });
        const client = new OpenProspect({ apiKey: "lnc_test_some", fetch: mock.fetch });
        const ids = path
          .split("/")
          .filter((part) => part.startsWith("{"))
          .map(() => "a");
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

test("any active key may validate itself, and none is needed for the health of the service", async () => {
  const mock = mockOpenProspect();
  const client = new OpenProspect({ apiKey: TEST_KEYS.none, fetch: mock.fetch });
  assert.deepEqual((await client.auth.validate()).scopes, []);
  assert.equal((await client.health.check()).status, "healthy");
  assert.equal(mock.requests[1].path, "/health");
});
