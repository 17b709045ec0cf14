// What the client takes from where it runs: variables, and whether this is a page of the web.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { COPIES, PACKAGE, rejection, serve, TEST_KEYS, thrown } from "../helpers/setup.mjs";

const LIVE = "lnc_live_made_up";
const TEST = "lnc_test_made_up";

/** Runs with those members of an object, then puts back what was there. The run is synchronous. */
function within(object, members, run) {
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

const page = (protocol, more) => ({
  document: { baseURI: `${protocol}//shop.test/a/b` },
  location: { protocol },
  ...more,
});

for (const missing of ["TextDecoder", "TextEncoder"]) {
  for (const entry of ["index.js", "index.cjs"]) {
    test(`${entry}: without ${missing} and without Node's, an error names it and the way out`, async () => {
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
    const inEnvironment = (variables, run) => within(process.env, variables, run);

    test("the key and the base URL", async (t) => {
      const { mock, url } = await serve(t);
      const variables = { OPENPROSPECT_API_KEY: TEST_KEYS.read, OPENPROSPECT_BASE_URL: `${url}/` };
      const client = inEnvironment(variables, () => new copy.OpenProspect());
      assert.ok((await client.auth.validate()).scopes.includes("orders:read"));
      assert.equal(mock.requests[0].headers.authorization, `Bearer ${TEST_KEYS.read}`);
    });

    test("options go before", async (t) => {
      const { mock, client } = await serve(t);
      const own = inEnvironment(
        { OPENPROSPECT_API_KEY: TEST_KEYS.expired, OPENPROSPECT_BASE_URL: "http://127.0.0.1:1" },
        () => client({}, copy),
      );
      await own.auth.validate();
      assert.equal(mock.requests[0].headers.authorization, `Bearer ${TEST_KEYS.full}`);
    });

    test("empty ones are none", () => {
      const error = inEnvironment({ OPENPROSPECT_API_KEY: "", OPENPROSPECT_BASE_URL: "" }, () =>
        thrown(() => new copy.OpenProspect()),
      );
      assert.equal(error.option, "apiKey");
      assert.match(error.allowed, /OPENPROSPECT_API_KEY/);
    });

    test("wrong ones are refused, and not repeated", () => {
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

    test("no key goes out where there is none", async (t) => {
      const { mock, client } = await serve(t);
      await rejection(client({ apiKey: undefined }, copy).get("/api/v1/orders"));
      assert.equal(mock.requests[0].headers.authorization, undefined);
    });
  });

  describe(`${how}: a browser's cache`, () => {
    class Request {
      get cache() {
        return "default";
      }
    }
    class Older {}
    const PLACES = [
      ["in a page it is not asked", page("https:", { Request }), "no-store"],
      ["nor in a browser's worker", { WorkerGlobalScope: class {}, Request }, "no-store"],
      [
        "nothing is said of one to a platform that knows none",
        { WorkerGlobalScope: class {}, Request: Older },
        undefined,
      ],
      ["nor where there is no browser", { Request }, undefined],
    ];
    for (const [what, members, cache] of PLACES) {
      test(what, async () => {
        const seen = [];
        const fetch = async (_, init) => {
          seen.push(init);
          return Response.json({});
        };
        const client = new copy.OpenProspect({ apiKey: TEST, fetch });
        await within(globalThis, members, () => client.get("/a"));
        assert.deepEqual([seen.length, seen[0].cache, "cache" in seen[0]], [1, cache, cache !== undefined]);
      });

      const isElsewhere = cache === undefined;
      test(`looks and reads that no cache may answer ${isElsewhere ? "have a header of their own" : "need no header"}: ${what}`, async () => {
        const seen = [];
        let version = 0;
        const fetch = async (_, { method, headers }) => {
          seen.push([method, headers["cache-control"]]);
          version += 1;
          const status = isElsewhere && method === "PATCH" && version < 7 ? 409 : 200;
          return Response.json({ version, status: version < 3 ? "IN_PROGRESS" : "COMPLETED" }, { status });
        };
        const connect = () => new copy.OpenProspect({ apiKey: TEST, fetch });
        await within(globalThis, members, async () => {
          const client = connect();
          // What an environment decides is read before the method returns; all that comes later is outside of it.
          if (isElsewhere) await client.orders.wait("a", { pollMs: 1 });
          await client.prospectSearches.edit("s", () => ({ name: "n" }));
          await client.prospectSearches.get("s", { headers: { "Cache-Control": "max-age=5" } });
        });
        const values = seen.filter(([method]) => method === "GET").map(([, value]) => value);
        if (!isElsewhere) assert.equal(values[0], undefined);
        else {
          assert.equal(values.pop(), "max-age=5");
          assert.ok(
            values.length >= 5 && values.every((value) => /^no-cache, openprospect-read="[\w.-]+"$/.test(value)),
            values.join("\n"),
          );
          assert.equal(new Set(values).size, values.length);
        }
        assert.ok(seen.filter(([method]) => method === "PATCH").every(([, value]) => value === undefined));
      });
    }
  });

  describe(`${how}: a live key`, () => {
    const make = (options, members) => within(globalThis, members, () => new copy.OpenProspect(options));

    for (const protocol of ["https:", "http:"]) {
      test(`is refused in a page of ${protocol}`, () => {
        const error = thrown(() => make({ apiKey: LIVE }, page(protocol)));
        assert.deepEqual([error.name, error.option], ["ConfigurationError", "apiKey"]);
        assert.match(error.given, /live key in a web page/);
        assert.match(error.allowed, /proxy/);
        assert.match(error.allowed, /allowLiveKeyInBrowser/);
        assert.ok(!error.message.includes(LIVE));
      });
    }

    test("is refused when a function gives it", async (t) => {
      const { mock, url } = await serve(t);
      const client = make({ apiKey: () => LIVE, baseUrl: url }, page("https:"));
      const error = await rejection(client.get("/api/v1/orders"));
      assert.deepEqual([error.name, error.option, mock.requests.length], ["ConfigurationError", "apiKey", 0]);
      assert.ok(!error.message.includes(LIVE));
    });

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

    test("is refused where a browser only has an extension API without an id", () => {
      assert.equal(thrown(() => make({ apiKey: LIVE }, page("https:", { chrome: { runtime: {} } }))).option, "apiKey");
    });
    test("a test key is allowed", () => assert.ok(make({ apiKey: TEST }, page("https:"))));
    test("and so is a relative base URL, where there is a document", () => {
      assert.ok(make({ baseUrl: "/api" }, page("https:")));
      assert.equal(thrown(() => make({ baseUrl: "/api" }, page("ftp:"))).option, "baseUrl");
    });
  });
}
