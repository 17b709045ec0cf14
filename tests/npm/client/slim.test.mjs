// openprospect/slim: what its module is loaded from, and what comes of anything else.

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
/** Each time a copy that has no module yet. */
const FRESH = {
  import: () => import(`${new URL("slim.js", PACKAGE)}?${(copies += 1)}`),
  require() {
    const path = fileURLToPath(new URL("slim.cjs", PACKAGE));
    delete require.cache[path];
    return require(path);
  },
};

/** The address of a server that has the module, and other things. */
async function files(t) {
  const answers = {
    "/own.wasm": [200, "application/wasm", BYTES],
    "/plain": [200, "application/octet-stream", BYTES],
    "/page": [200, "text/html", "<!doctype html>"],
    "/page.wasm": [200, "application/wasm", "<!doctype html>"],
    "/empty.wasm": [200, "application/wasm", EMPTY],
  };
  const requests = [];
  const origin = await listen(t, (request, response) => {
    requests.push(request.url);
    const [status, type, content] = answers[request.url] ?? [404, "application/wasm", BYTES];
    response.writeHead(status, { "content-type": type }).end(content);
  });
  return { origin, requests };
}

async function assertWorks(t, copy) {
  const { url } = await serve(t);
  const client = new copy.OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: url });
  assert.equal((await client.orders.list({ limit: 1 })).total, 25);
}

function assertRefused(copy, error, words) {
  assert.ok(error instanceof copy.ConfigurationError, String(error));
  assert.deepEqual([error.name, error.kind, error.option], ["ConfigurationError", "configuration", "module"]);
  assert.match(error.message, words);
  assert.match(error.allowed, /openprospect\.wasm/);
}

const GOOD = {
  "a response": ({ origin }) => fetch(`${origin}/own.wasm`),
  "an address": ({ origin }) => `${origin}/own.wasm`,
  "a URL": ({ origin }) => new URL("/own.wasm", origin),
  "what has an address": ({ origin }) => ({ href: `${origin}/own.wasm` }),
  "what a server that does not know the type gives": ({ origin }) => `${origin}/plain`,
};
const GOOD_AT_ONCE = {
  bytes: () => BYTES,
  "a buffer": () => Uint8Array.from(BYTES).buffer,
  "a part of a buffer": () => new DataView(BYTES.buffer, BYTES.byteOffset, BYTES.byteLength),
  "a module": () => new WebAssembly.Module(BYTES),
};
const BAD = {
  "a page": [({ origin }) => `${origin}/page`, /magic/],
  "a page that pretends": [({ origin }) => fetch(`${origin}/page.wasm`), /magic/],
  "another module, streamed": [({ origin }) => `${origin}/empty.wasm`, /another module/],
  "a file that is not there": [({ origin }) => `${origin}/policy.wasm`, /404 from http.*policy\.wasm/],
  "a response with an error": [({ origin }) => fetch(`${origin}/unsafe`), /404/],
  "no address": [() => "/policies/own.wasm", /policies/],
  nobody: [() => "http://127.0.0.1:1/own.wasm", /fetch failed/],
  "what fails": [() => Promise.reject(new Error("a disk's own words")), /a disk's own words/],
};
/** As it is in another version, whose glue has another name. */
const OTHER = Buffer.from(BYTES.toString("latin1").replace(/_[0-9a-f]{8}/g, "_01234567"), "latin1");
const BAD_AT_ONCE = {
  "that of another version": [() => OTHER, /_01234567/],
  nothing: [() => undefined, /nothing to load from/],
  null: [() => null, /nothing to load from/],
  "wrong bytes": [() => new Uint8Array(9), /magic/],
  "half of it": [() => BYTES.subarray(0, BYTES.length / 2), /extends past end/],
  "no bytes": [() => ({}), /buffer source/],
  "another module": [() => new WebAssembly.Module(EMPTY), /another module/],
  "its bytes": [() => EMPTY, /another module/],
};

for (const [way, fresh] of Object.entries(FRESH)) {
  describe(`slim, ${way}`, () => {
    test("before init, a client cannot be made", async () => {
      const copy = await fresh();
      const error = thrown(() => new copy.OpenProspect({ apiKey: TEST_KEYS.full }));
      assertRefused(copy, error, /init\(\)/);
      assert.equal(error.given, "none");
    });

    for (const [what, source] of Object.entries({ ...GOOD, ...GOOD_AT_ONCE })) {
      test(`init takes ${what}, and a promise of it`, async (t) => {
        const site = await files(t);
        for (const given of [await source(site), Promise.resolve(source(site))]) {
          const copy = await fresh();
          assert.equal(await copy.init(given), undefined);
          await assertWorks(t, copy);
        }
      });
    }

    for (const [what, source] of Object.entries(GOOD_AT_ONCE)) {
      test(`initSync takes ${what}`, async (t) => {
        const copy = await fresh();
        assert.equal(copy.initSync(source()), undefined);
        await assertWorks(t, copy);
      });
    }

    for (const [what, [source, words]] of Object.entries({ ...BAD, ...BAD_AT_ONCE })) {
      test(`init refuses ${what}, and may be tried again`, async (t) => {
        const copy = await fresh();
        const site = await files(t);
        assertRefused(copy, await rejection(copy.init(source(site))), words);
        assertRefused(
          copy,
          thrown(() => new copy.OpenProspect()),
          /init\(\)/,
        );
        await copy.init(`${site.origin}/own.wasm`);
        await assertWorks(t, copy);
      });
    }

    for (const [what, [source, words]] of Object.entries(BAD_AT_ONCE)) {
      test(`initSync refuses ${what}, and may be tried again`, async (t) => {
        const copy = await fresh();
        assertRefused(
          copy,
          thrown(() => copy.initSync(source())),
          words,
        );
        copy.initSync(BYTES);
        await assertWorks(t, copy);
      });
    }

    test("further calls do nothing", async (t) => {
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

    test("two calls at once leave the clients of the first alone", { timeout: 10_000 }, async (t) => {
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

    test("a module that comes at once is streamed", async (t) => {
      const copy = await fresh();
      const { origin } = await files(t);
      const streamed = t.mock.method(WebAssembly, "compileStreaming");
      await copy.init(`${origin}/own.wasm`);
      assert.equal(streamed.mock.callCount(), 1);
    });
  });
}
