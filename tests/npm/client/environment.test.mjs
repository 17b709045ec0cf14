// What depends on the environment: variables, the HTTP cache, and live keys in web pages.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { COPIES, PACKAGE, rejection, serve, TEST_KEYS, thrown } from "../helpers/setup.mjs";

const LIVE = "lnc_live_made_up";
const TEST = "lnc_test_made_up";

/**
 * Replaces members of an object during a synchronous run.
 *
 * @template T
 * @param {any} object
 * @param {Record<string, unknown>} members
 * @param {() => T} run
 */
function within(object, members, run) {
  /** @type {[name: string, descriptor: PropertyDescriptor | undefined][]} */
  const before = Object.keys(members).map((name) => [name, Object.getOwnPropertyDescriptor(object, name)]);
  try {
    for (const [name, value] of Object.entries(members))
      Object.defineProperty(object, name, { value, configurable: true, writable: true, enumerable: true });
    return run();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(object, name, descriptor);
      else delete object[name];
    }
  }
}

/**
 * The global objects of a web page.
 *
 * @param {string} protocol
 * @param {object} [more]
 */
const page = (protocol, more) => ({
  document: { baseURI: `${protocol}//shop.test/a/b` },
  location: { protocol },
  ...more,
});

for (const missing of ["TextDecoder", "TextEncoder"]) {
  for (const entry of ["index.js", "index.cjs"]) {
    test(`${entry}: if neither the environment nor Node has a ${missing}, the error names it and a fix`, async () => {
      const script = `
        delete globalThis.${missing};
        process.getBuiltinModule = undefined;
        const use = ({ OpenProspect }) => {
          try { new OpenProspect({ apiKey: "lnc_test_x" }); } catch (error) { console.log(JSON.stringify(error)); }
        };
        if (process.argv[1].endsWith(".cjs")) use(require(process.argv[1]));
        else import(process.argv[1]).then(use);
      `;
      const { stdout } = await promisify(execFile)(process.execPath, [
        "--eval",
        script,
        fileURLToPath(new URL(entry, PACKAGE)),
      ]);
      const error = JSON.parse(stdout);
      assert.deepEqual([error.name, error.option], ["ConfigurationError", missing]);
      assert.match(error.allowed, new RegExp(`setup file that says globalThis.${missing} = require`));
    });
  }
}

for (const [how, copy] of COPIES) {
  describe(`${how}: variables`, () => {
    /** @type {<T>(variables: Record<string, string>, run: () => T) => T} */
    const inEnvironment = (variables, run) => within(process.env, variables, run);

    test("the key and the base URL", async (t) => {
      const { mock, url } = await serve(t);
      const variables = { OPENPROSPECT_API_KEY: TEST_KEYS.read, OPENPROSPECT_BASE_URL: `${url}/` };
      const client = inEnvironment(variables, () => new copy.OpenProspect());
      assert.ok((await client.auth.validate()).scopes.includes("orders:read"));
      assert.equal(mock.requests[0].headers.authorization, `Bearer ${TEST_KEYS.read}`);
    });

    test("options have precedence", async (t) => {
      const { mock, client } = await serve(t);
      const own = inEnvironment(
        { OPENPROSPECT_API_KEY: TEST_KEYS.expired, OPENPROSPECT_BASE_URL: "http://127.0.0.1:1" },
        () => client({}, copy),
      );
      await own.auth.validate();
      assert.equal(mock.requests[0].headers.authorization, `Bearer ${TEST_KEYS.full}`);
    });

    test("empty variables are ignored", () => {
      const error = inEnvironment({ OPENPROSPECT_API_KEY: "", OPENPROSPECT_BASE_URL: "" }, () =>
        thrown(() => new copy.OpenProspect()),
      );
      assert.equal(error.option, "apiKey");
      assert.match(error.allowed, /OPENPROSPECT_API_KEY/);
    });

    test("invalid values are rejected, and not repeated", () => {
      const key = inEnvironment({ OPENPROSPECT_API_KEY: "lnc_live_secret\n" }, () =>
        thrown(() => new copy.OpenProspect()),
      );
      assert.deepEqual([key.name, key.option], ["ConfigurationError", "apiKey"]);
      assert.ok(!key.message.includes("secret"));
      const base = inEnvironment({ OPENPROSPECT_BASE_URL: "http://x.test" }, () =>
        thrown(() => new copy.OpenProspect({ apiKey: TEST })),
      );
      assert.equal(base.option, "baseUrl");
    });

    test("no key is sent if none is configured", async (t) => {
      const { mock, client } = await serve(t);
      await rejection(client({ apiKey: undefined }, copy).get("/api/v1/orders"));
      assert.equal(mock.requests[0].headers.authorization, undefined);
    });
  });

  describe(`${how}: the HTTP cache`, () => {
    class Request {
      get cache() {
        return "default";
      }
    }
    class LegacyRequest {}
    /** @type {[where: string, members: Record<string, unknown>, cache: string | undefined][]} */
    const ENVIRONMENTS = [
      ["in a page the cache is bypassed", page("https:", { Request }), "no-store"],
      ["in a worker of a browser the cache is bypassed", { WorkerGlobalScope: class {}, Request }, "no-store"],
      [
        "a platform without a cache gets no cache option",
        { WorkerGlobalScope: class {}, Request: LegacyRequest },
        undefined,
      ],
      ["outside of browsers there is no cache option", { Request }, undefined],
    ];
    for (const [what, members, cache] of ENVIRONMENTS) {
      test(what, async () => {
        /** @type {RequestInit[]} */
        const inits = [];
        const fetch = async (_, init) => {
          inits.push(init);
          return Response.json({});
        };
        const client = new copy.OpenProspect({ apiKey: TEST, fetch });
        await within(globalThis, members, () => client.get("/a"));
        assert.deepEqual([inits.length, inits[0].cache, "cache" in inits[0]], [1, cache, cache !== undefined]);
      });

      const isElsewhere = cache === undefined;
      const expectation = isElsewhere ? "have a header" : "need no header";
      test(`polls and reads that must not be cached ${expectation}: ${what}`, async () => {
        /** @type {[method: string, cacheControl: string | undefined][]} */
        const requests = [];
        let version = 0;
        const fetch = async (_, { method, headers }) => {
          requests.push([method, headers["cache-control"]]);
          version += 1;
          const status = isElsewhere && method === "PATCH" && version < 7 ? 409 : 200;
          return Response.json({ version, status: version < 3 ? "IN_PROGRESS" : "COMPLETED" }, { status });
        };
        const connect = () => new copy.OpenProspect({ apiKey: TEST, fetch });
        await within(globalThis, members, async () => {
          const client = connect();
          // The environment is read before the method returns, and has been restored when the client polls.
          if (isElsewhere) await client.orders.wait("a", { pollMs: 1 });
          await client.prospectSearches.edit("s", () => ({ name: "n" }));
          await client.prospectSearches.get("s", { headers: { "Cache-Control": "max-age=5" } });
        });
        const values = requests.filter(([method]) => method === "GET").map(([, value]) => value ?? "");
        if (!isElsewhere) assert.equal(values[0], "");
        else {
          assert.equal(values.pop(), "max-age=5");
          assert.ok(
            values.length >= 5 && values.every((value) => /^no-cache, openprospect-read="[\w.-]+"$/.test(value)),
            values.join("\n"),
          );
          assert.equal(new Set(values).size, values.length);
        }
        assert.ok(requests.filter(([method]) => method === "PATCH").every(([, value]) => value === undefined));
      });
    }
  });

  describe(`${how}: a live key`, () => {
    /**
     * @param {object} options
     * @param {Record<string, unknown>} members
     */
    const make = (options, members) => within(globalThis, members, () => new copy.OpenProspect(options));

    for (const protocol of ["https:", "http:"]) {
      test(`is rejected in a page of ${protocol}`, () => {
        const error = thrown(() => make({ apiKey: LIVE }, page(protocol)));
        assert.deepEqual([error.name, error.option], ["ConfigurationError", "apiKey"]);
        assert.match(error.given, /live key in a web page/);
        assert.match(error.allowed, /proxy/);
        assert.match(error.allowed, /allowLiveKeyInBrowser/);
        assert.ok(!error.message.includes(LIVE));
      });
    }

    test("is rejected if a key provider returns it", async (t) => {
      const { mock, url } = await serve(t);
      const client = make({ apiKey: () => LIVE, baseUrl: url }, page("https:"));
      const error = await rejection(client.get("/api/v1/orders"));
      assert.deepEqual([error.name, error.option, mock.requests.length], ["ConfigurationError", "apiKey", 0]);
      assert.ok(!error.message.includes(LIVE));
    });

    /** @type {[where: string, options: object, members: Record<string, unknown>][]} */
    const ALLOWED = [
      ["by the option", { apiKey: LIVE, allowLiveKeyInBrowser: true }, page("https:")],
      ["in an extension", { apiKey: LIVE }, page("chrome-extension:")],
      ["in an extension's content script", { apiKey: LIVE }, page("https:", { chrome: { runtime: { id: "abc" } } })],
      ["in an extension of another browser", { apiKey: LIVE }, page("https:", { browser: { runtime: { id: "abc" } } })],
      ["in a worker", { apiKey: LIVE }, { location: { protocol: "https:" } }],
      ["in Node", { apiKey: LIVE }, {}],
    ];
    for (const [where, options, members] of ALLOWED)
      test(`is allowed ${where}`, () => assert.ok(make(options, members)));

    test("is rejected in a browser with an extension API that has no id", () => {
      assert.equal(thrown(() => make({ apiKey: LIVE }, page("https:", { chrome: { runtime: {} } }))).option, "apiKey");
    });
    test("a test key is allowed", () => assert.ok(make({ apiKey: TEST }, page("https:"))));
    test("a relative base URL is allowed in a document", () => {
      assert.ok(make({ baseUrl: "/api" }, page("https:")));
      assert.equal(thrown(() => make({ baseUrl: "/api" }, page("ftp:"))).option, "baseUrl");
    });
  });
}
