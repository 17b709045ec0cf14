// openprospect/slim: valid and invalid sources of its module.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { listen, PACKAGE, rejection, serve, TEST_KEYS, thrown } from "../helpers/setup.mjs";

const BYTES = await readFile(new URL("openprospect.wasm", PACKAGE));
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
const require = createRequire(import.meta.url);

let copies = 0;
/**
 * Each call returns a copy that has no module yet.
 *
 * @type {Record<string, () => any>}
 */
const FRESH = {
  import: () => import(`${new URL("slim.js", PACKAGE)}?${(copies += 1)}`),
  require() {
    const path = fileURLToPath(new URL("slim.cjs", PACKAGE));
    delete require.cache[path];
    return require(path);
  },
};

/**
 * The origin of a server with the module and other files, and the requests to it.
 *
 * @param {import("node:test").TestContext} t
 */
async function files(t) {
  /** @type {Record<string, [status: number, type: string, content: string | Uint8Array]>} */
  const answers = {
    "/own.wasm": [200, "application/wasm", BYTES],
    "/plain": [200, "application/octet-stream", BYTES],
    "/page": [200, "text/html", "<!doctype html>"],
    "/page.wasm": [200, "application/wasm", "<!doctype html>"],
    "/empty.wasm": [200, "application/wasm", EMPTY],
  };
  /** @type {string[]} */
  const requests = [];
  const origin = await listen(t, (request, response) => {
    requests.push(request.url);
    const [status, type, content] = answers[request.url] ?? [404, "application/wasm", BYTES];
    response.writeHead(status, { "content-type": type }).end(content);
  });
  return { origin, requests };
}

/**
 * @param {import("node:test").TestContext} t
 * @param {any} copy
 */
async function assertWorks(t, copy) {
  const { url } = await serve(t);
  const client = new copy.OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: url });
  assert.equal((await client.orders.list({ limit: 1 })).total, 25);
}

/**
 * @param {any} copy
 * @param {any} error
 * @param {RegExp} message
 */
function assertRejected(copy, error, message) {
  assert.ok(error instanceof copy.ConfigurationError, String(error));
  assert.deepEqual([error.name, error.kind, error.option], ["ConfigurationError", "configuration", "module"]);
  assert.match(error.message, message);
  assert.match(error.allowed, /openprospect\.wasm/);
}

/** @typedef {(site: { origin: string }) => unknown} Source */

/** @type {Record<string, Source>} */
const VALID = {
  "a response": ({ origin }) => fetch(`${origin}/own.wasm`),
  "a URL string": ({ origin }) => `${origin}/own.wasm`,
  "a URL": ({ origin }) => new URL("/own.wasm", origin),
  "an object with a href": ({ origin }) => ({ href: `${origin}/own.wasm` }),
  "the URL of a response without the WebAssembly type": ({ origin }) => `${origin}/plain`,
};
/** @type {Record<string, () => unknown>} */
const VALID_SYNC = {
  bytes: () => BYTES,
  "a buffer": () => Uint8Array.from(BYTES).buffer,
  "a view of a buffer": () => new DataView(BYTES.buffer, BYTES.byteOffset, BYTES.byteLength),
  "a module": () => new WebAssembly.Module(BYTES),
};
/** @type {Record<string, [source: Source, message: RegExp]>} */
const INVALID = {
  "a page": [({ origin }) => `${origin}/page`, /magic/],
  "a page with the WebAssembly type": [({ origin }) => fetch(`${origin}/page.wasm`), /magic/],
  "another module, streamed": [({ origin }) => `${origin}/empty.wasm`, /another module/],
  "a missing file": [({ origin }) => `${origin}/policy.wasm`, /404 from http.*policy\.wasm/],
  "a response with an error": [({ origin }) => fetch(`${origin}/unsafe`), /404/],
  "a path without an origin": [() => "/policies/own.wasm", /policies/],
  "a refused connection": [() => "http://127.0.0.1:1/own.wasm", /fetch failed/],
  "a rejected promise": [() => Promise.reject(new Error("a disk error")), /a disk error/],
};
/** The module of another version: its import names have another hash. */
const OTHER = Buffer.from(BYTES.toString("latin1").replace(/_[0-9a-f]{8}/g, "_01234567"), "latin1");
/** @type {Record<string, [source: () => unknown, message: RegExp]>} */
const INVALID_SYNC = {
  "the module of another version": [() => OTHER, /_01234567/],
  undefined: [() => undefined, /nothing to load from/],
  null: [() => null, /nothing to load from/],
  "invalid bytes": [() => new Uint8Array(9), /magic/],
  "half of the module": [() => BYTES.subarray(0, BYTES.length / 2), /extends past end/],
  "an object without bytes": [() => ({}), /buffer source/],
  "another module": [() => new WebAssembly.Module(EMPTY), /another module/],
  "the bytes of another module": [() => EMPTY, /another module/],
};

for (const [way, fresh] of Object.entries(FRESH)) {
  describe(`slim, ${way}`, () => {
    test("before init, a client cannot be created", async () => {
      const copy = await fresh();
      const error = thrown(() => new copy.OpenProspect({ apiKey: TEST_KEYS.full }));
      assertRejected(copy, error, /init\(\)/);
      assert.equal(error.given, "none");
    });

    for (const [what, source] of /** @type {[string, Source][]} */ (Object.entries({ ...VALID, ...VALID_SYNC }))) {
      test(`init accepts ${what}, and a promise of it`, async (t) => {
        const site = await files(t);
        for (const value of [await source(site), Promise.resolve(source(site))]) {
          const copy = await fresh();
          assert.equal(await copy.init(value), undefined);
          await assertWorks(t, copy);
        }
      });
    }

    for (const [what, source] of Object.entries(VALID_SYNC)) {
      test(`initSync accepts ${what}`, async (t) => {
        const copy = await fresh();
        assert.equal(copy.initSync(source()), undefined);
        await assertWorks(t, copy);
      });
    }

    for (const [what, [source, message]] of Object.entries({ ...INVALID, ...INVALID_SYNC })) {
      test(`init rejects ${what}, and may be called again`, async (t) => {
        const copy = await fresh();
        const site = await files(t);
        assertRejected(copy, await rejection(copy.init(source(site))), message);
        assertRejected(
          copy,
          thrown(() => new copy.OpenProspect()),
          /init\(\)/,
        );
        await copy.init(`${site.origin}/own.wasm`);
        await assertWorks(t, copy);
      });
    }

    for (const [what, [source, message]] of Object.entries(INVALID_SYNC)) {
      test(`initSync throws for ${what}, and may be called again`, async (t) => {
        const copy = await fresh();
        assertRejected(
          copy,
          thrown(() => copy.initSync(source())),
          message,
        );
        copy.initSync(BYTES);
        await assertWorks(t, copy);
      });
    }

    test("further calls have no effect", async (t) => {
      const copy = await fresh();
      const { origin, requests } = await files(t);
      await copy.init(BYTES);
      const { url } = await serve(t);
      const client = new copy.OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: url });
      await copy.init(`${origin}/own.wasm`);
      await copy.init(undefined);
      copy.initSync(new Uint8Array(9));
      assert.deepEqual(requests, []);
      assert.equal((await client.orders.list()).total, 25);
    });

    test("a concurrent init does not affect the clients of the first one", { timeout: 10_000 }, async (t) => {
      const copy = await fresh();
      const { url } = await serve(t);
      const make = () => new copy.OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: url });
      const { readable, writable } = new TransformStream();
      const later = copy.init(new Response(readable, { headers: { "content-type": "application/wasm" } }));
      await copy.init(BYTES);
      const before = [make(), make()];
      const writer = writable.getWriter();
      writer.write(BYTES);
      writer.close();
      await later;
      const clients = [make(), ...before];
      const pages = await Promise.all(clients.map((client) => client.orders.list()));
      assert.deepEqual(
        pages.map(({ total }) => total),
        [25, 25, 25],
      );
    });

    test("a module is compiled while it is streamed", async (t) => {
      const copy = await fresh();
      const { origin } = await files(t);
      const streamed = t.mock.method(WebAssembly, "compileStreaming");
      await copy.init(`${origin}/own.wasm`);
      assert.equal(streamed.mock.callCount(), 1);
    });
  });
}
