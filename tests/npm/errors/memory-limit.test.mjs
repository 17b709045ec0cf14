// The memory of the module is exhausted: the call rejects with an InternalError, and the next one succeeds.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { withPages } from "../helpers/wasm-faults.mjs";
import { PACKAGE, rejection } from "../helpers/setup.mjs";

const bytes = await readFile(new URL("openprospect.wasm", PACKAGE));
const COPIES = [
  ["import", await import(new URL("slim.js", PACKAGE).href)],
  ["require", createRequire(import.meta.url)(new URL("slim.cjs", PACKAGE).pathname)],
];
const LONG = "a".repeat(1e6);

for (const [how, { OpenProspect, InternalError, initSync }] of COPIES) {
  test(`${how}: a call that exceeds the memory rejects, and the next one succeeds`, async () => {
    initSync(withPages(bytes, 4));
    const fetch = async (url) =>
      new Response(url.endsWith("/long") ? JSON.stringify({ message: LONG }) : '{"total":1}', {
        status: url.endsWith("/long") ? 400 : 200,
      });
    const client = new OpenProspect({ apiKey: "lnc_test_x", baseUrl: "http://127.0.0.1:9", fetch });
    const calls = [
      () => client.get(`/${LONG}`),
      () => client.get("/long"),
      () => client.post("/x", { idempotencyKey: "k", headers: { [`x-${LONG}`]: "1" } }),
    ];
    for (const call of calls) {
      assert.equal((await client.get("/x")).total, 1);
      const error = await call().then(
        () => undefined,
        (reason) => reason,
      );
      // Headers are stored in JavaScript: this call may succeed.
      if (error !== undefined)
        assert.ok(
          error instanceof InternalError && error.cause instanceof WebAssembly.RuntimeError,
          String(error?.stack).slice(0, 500),
        );
    }
    const error = await rejection(client.get(`/${LONG}`));
    assert.equal(error.kind, "internal");
    assert.equal((await client.get("/x")).total, 1);
    client.free();
  });
}
