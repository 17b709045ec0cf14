// The module finds no memory to begin with: the first client is told so, and the next one works.

import assert from "node:assert/strict";
import { test } from "node:test";
import { COPIES, thrown } from "../helpers/setup.mjs";

const options = {
  apiKey: "lnc_test_start",
  baseUrl: "http://127.0.0.1:9",
  fetch: async () => new Response('{"total":3}'),
};

for (const [how, { OpenProspect, InternalError }] of COPIES) {
  test(how, async (t) => {
    const { Instance } = WebAssembly;
    t.after(() => {
      WebAssembly.Instance = Instance;
    });
    const full = new RangeError("WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance");
    WebAssembly.Instance = function refusing() {
      throw full;
    };
    for (let turn = 0; turn < 2; turn += 1) {
      const error = thrown(() => new OpenProspect(options));
      assert.ok(error instanceof InternalError, String(error?.stack));
      assert.equal(error.cause, full);
      assert.match(error.message, /^the client itself failed: WebAssembly\.Instance/);
    }
    assert.match(thrown(() => new OpenProspect(options)).stack.split("\n")[1], /start\.test\.mjs/);
    WebAssembly.Instance = Instance;
    assert.equal((await new OpenProspect(options).get("/x")).total, 3);
  });
}
