// The memory of the module cannot be allocated: the constructor throws an InternalError, and the next one succeeds.

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
    const outOfMemory = new RangeError(
      "WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance",
    );
    /** @type {any} */ (WebAssembly).Instance = function failing() {
      throw outOfMemory;
    };
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = thrown(() => new OpenProspect(options));
      assert.ok(error instanceof InternalError, String(error?.stack));
      assert.equal(error.cause, outOfMemory);
      assert.match(error.message, /^the client itself failed: WebAssembly\.Instance/);
    }
    assert.match(thrown(() => new OpenProspect(options)).stack.split("\n")[1], /start\.test\.mjs/);
    WebAssembly.Instance = Instance;
    assert.equal((await new OpenProspect(options).get("/x")).total, 3);
  });
}
