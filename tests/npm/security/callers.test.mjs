// Arguments of callers: misplaced keys, custom signals, and live keys in pages.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { canary, COPIES, rejection, thrown, turn } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";
/** @param {unknown} value */
const json = (value, status = 200) => new Response(JSON.stringify(value), { status });

for (const [how, copy] of COPIES) {
  describe(`${how}: a custom signal`, () => {
    const working = () =>
      new copy.OpenProspect({
        apiKey: "lnc_test_a",
        baseUrl: "https://api.test",
        fetch: async () => json({ status: "COMPLETED", items: [] }),
      });
    const stalled = () =>
      new copy.OpenProspect({
        apiKey: "lnc_test_a",
        baseUrl: "https://api.test",
        fetch: (_, { signal }) =>
          new Promise((resolve, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
          }),
      });
    const fail = () => {
      throw new Error("a method of the signal");
    };
    const listening = { aborted: false, addEventListener() {}, removeEventListener() {} };

    const INVALID = {
      "without removeEventListener": { aborted: false, addEventListener() {} },
      "without addEventListener": { aborted: false, removeEventListener() {} },
      "without aborted": { addEventListener() {}, removeEventListener() {} },
      "whose removeEventListener is not a function": { ...listening, removeEventListener: 1 },
      "whose getter throws": {
        ...listening,
        get removeEventListener() {
          return fail();
        },
      },
    };
    for (const [what, signal] of Object.entries(INVALID)) {
      test(`${what} is rejected before any request`, async () => {
        const own = working();
        for (const call of [
          () => own.get(PATH, { signal }),
          () => own.orders.list({}, { signal }),
          () => own.orders.wait("o", { signal }),
          () => own.prospectSearches.edit("s", () => ({}), { signal }),
          () =>
            own.retryOnConflict(
              () => 1,
              () => 1,
              { signal },
            ),
        ]) {
          const error = await rejection(call());
          assert.deepEqual([error.name, error.option], ["ConfigurationError", "signal"]);
        }
      });
    }

    const THROWING = {
      "whose addEventListener throws": { ...listening, addEventListener: fail },
      "whose removeEventListener throws": { ...listening, removeEventListener: fail },
    };
    for (const [what, signal] of Object.entries(THROWING)) {
      test(`${what} does not affect the call`, async () => {
        const own = working();
        assert.deepEqual((await own.get(PATH, { signal })).items, []);
        assert.equal((await own.orders.wait("o", { signal })).status, "COMPLETED");
        assert.equal(
          await own.retryOnConflict(
            () => 1,
            () => 2,
            { signal },
          ),
          2,
        );
      });
    }

    /** A legacy polyfill, without a reason. */
    function polyfill() {
      /** @type {Set<() => void>} */
      const listeners = new Set();
      return {
        aborted: false,
        /** @type {(type: string, listener: () => void) => void} */
        addEventListener: (_, listener) => listeners.add(listener),
        /** @type {(type: string, listener: () => void) => void} */
        removeEventListener: (_, listener) => listeners.delete(listener),
        abort() {
          this.aborted = true;
          for (const listener of listeners) listener();
        },
      };
    }
    test("without a reason: an AbortError, in a request and between polls", async () => {
      for (const call of [
        (own, signal) => own.get(PATH, { signal }),
        (own, signal) => own.orders.wait("o", { signal }),
      ]) {
        const signal = polyfill();
        const ended = rejection(call(stalled(), signal));
        await turn();
        signal.abort();
        assert.equal((await ended).name, "AbortError");
        assert.equal((await rejection(call(stalled(), signal))).name, "AbortError", "also if it is already aborted");
      }
    });

    test("whose reason throws: the call rejects with the thrown error", async () => {
      const signal = Object.defineProperty(polyfill(), "reason", { get: fail });
      const ended = rejection(stalled().get(PATH, { signal }));
      await turn();
      signal.abort();
      assert.match((await ended).message, /a method of the signal/);
    });
  });

  describe(`${how}: a key in a wrong place`, () => {
    const KEYS = {
      "of the documented form": "lnc_test_c4n4ry0of0callers",
      "without a prefix": "c4n4ry-k3y-0f-c4ll3rs",
      "with quotes and backslashes": `c4n4ry"0f'c4ll3rs\\\\and\\m0re"`,
      "of 300 characters": `c4n4ry${"0fC4ll3rs".repeat(33)}`,
      "that is a valid header name": "c4n4ry_0f.c4ll3rs~",
    };
    /** @type {Record<string, (client: any, key: string) => unknown>} */
    const PLACES = {
      "the name of an option of a call": (own, key) => own.get(PATH, { [key]: 1 }),
      "a part of the name of an option": (own, key) => own.get(PATH, { [`x-${key}-x`]: 1 }),
      "the name of a header": (own, key) => own.get(PATH, { headers: { [key]: "é" } }),
      "the value of a header": (own, key) => own.get(PATH, { headers: { "x-a": `${key}é` } }),
      "the options": (own, key) => own.get(PATH, key),
      "a number": (own, key) => own.get(PATH, { timeoutMs: key }),
      "a number, after other text": (own, key) => own.get(PATH, { timeoutMs: `${"x".repeat(50)}${key}` }),
      "a signal": (own, key) => own.get(PATH, { signal: key }),
      "a path": (own, key) => own.get(key),
      "a method": (own, key) => own.request(key, PATH),
      "an idempotency key": (own, key) => own.post(PATH, { body: {}, idempotencyKey: `${key}é` }),
      "the name of a parameter": (own, key) => own.get(PATH, { query: { [key]: {} } }),
      "a body": (own, key) => own.orders.create(key),
      "an id": (own, key) => own.orders.get([key]),
      "a list": (own, key) => own.blacklists.addEntries("b", key),
      "a function": (own, key) => own.prospectSearches.edit("s", key),
    };
    for (const [kind, key] of Object.entries(KEYS)) {
      test(`${kind}: no error contains it, or half of it`, async () => {
        canary.learn(key);
        const own = new copy.OpenProspect({ apiKey: key, baseUrl: "https://api.test", fetch: async () => json({}) });
        /**
         * @param {Error} value
         * @param {string} place
         */
        const assertRedacted = (value, place) => {
          const text = [
            inspect(value, { depth: Infinity, maxStringLength: Infinity }),
            value.message,
            value.stack,
            JSON.stringify(value),
          ].join("\n");
          for (const part of [key, JSON.stringify(key).slice(1, -1), key.slice(0, 14), key.slice(-14)])
            assert.ok(!text.includes(part), `${place}: ${text}`);
        };
        for (const [place, call] of Object.entries(PLACES)) {
          const error = await rejection((async () => call(own, key))());
          assert.equal(error.name, "ConfigurationError", `${place}: ${error.stack}`);
          assertRedacted(error, place);
        }
        const CONSTRUCTOR = [
          { apiKey: key, [key]: 1 },
          { apiKey: key, timeoutMs: key },
          { apiKey: key, headers: { [key]: "é" } },
          { apiKey: key, headers: { "x-a": `${key}é` } },
          { apiKey: key, backoff: { [key]: 1 } },
          { apiKey: key, baseUrl: `ftp://${encodeURIComponent(key)}` },
          { apiKey: key, fetch: key },
          { apiKey: `${key} ` },
        ];
        for (const options of CONSTRUCTOR)
          assertRedacted(
            thrown(() => new copy.OpenProspect(options)),
            Object.keys(options).join(),
          );
      });

      test(`${kind}: a key from the environment that is also misplaced`, (t) => {
        process.env.OPENPROSPECT_API_KEY = key;
        t.after(() => {
          delete process.env.OPENPROSPECT_API_KEY;
        });
        for (const options of [{ [key]: 1 }, { timeoutMs: key }, { headers: { "x-a": `${key}é` } }]) {
          const error = thrown(() => new copy.OpenProspect(options));
          assert.equal(error.name, "ConfigurationError");
          assert.ok(!inspect(error).includes(key.slice(0, 14)), inspect(error));
        }
      });

      test(`${kind}: instead of the options`, () => {
        const error = thrown(() => new copy.OpenProspect(key));
        assert.deepEqual([error.name, error.option], ["ConfigurationError", "options"]);
        assert.ok(!inspect(error).includes(key.slice(0, 14)), inspect(error));
      });
    }

    test("a text that is not a key is shown", async () => {
      const own = new copy.OpenProspect({
        apiKey: "lnc_test_a",
        baseUrl: "https://api.test",
        fetch: async () => json({}),
      });
      const long = await rejection(own.get(PATH, { timeoutMs: `"${"ü".repeat(100)}` }));
      assert.ok(long.message.includes(`got "\\"${"ü".repeat(59)}…"`), long.message);
      assert.match((await rejection(own.get(PATH, { timeoutMS: 5 }))).message, /^timeoutMS: .*did you mean/);
    });
  });

  describe(`${how}: a live key in a page`, () => {
    const LIVE = "lnc_live_c4n4ry0of0frames";
    /**
     * Sets globals until the test ends.
     *
     * @param {import("node:test").TestContext} t
     * @param {Record<string, unknown>} globals
     */
    const setGlobals = (t, globals) => {
      const names = Object.keys(globals);
      const before = names.map((name) => ({ name, descriptor: Object.getOwnPropertyDescriptor(globalThis, name) }));
      for (const [name, value] of Object.entries(globals))
        Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
      t.after(() => {
        for (const { name, descriptor } of before) {
          if (descriptor) Object.defineProperty(globalThis, name, descriptor);
          else Reflect.deleteProperty(globalThis, name);
        }
      });
    };
    const make = () => new copy.OpenProspect({ apiKey: LIVE, baseUrl: "https://api.test" });
    /**
     * The globals of a page.
     *
     * @param {string} protocol
     * @param {string} origin
     * @param {object} [more]
     */
    const page = (protocol, origin, more) => ({
      document: { baseURI: "https://x.test/" },
      location: { protocol, origin },
      origin,
      ...more,
    });
    const extension = { chrome: { runtime: { id: "abc" } } };
    /** @type {[what: string, globals: Record<string, unknown>][]} */
    const PAGES = [
      ["a page", page("https:", "https://x.test")],
      ["a page without self.origin", { document: { baseURI: "https://x.test/" }, location: { protocol: "http:" } }],
      ["a srcdoc frame", page("about:", "https://x.test")],
      ["a sandboxed srcdoc frame", page("about:", "null")],
      ["a blob: frame", page("blob:", "https://x.test")],
      ["a data: frame", page("data:", "null")],
      ["a sandboxed page", page("https:", "null")],
    ];
    for (const [what, globals] of PAGES) {
      test(`${what}: rejected`, (t) => {
        setGlobals(t, globals);
        const error = thrown(make);
        assert.deepEqual([error.name, error.option], ["ConfigurationError", "apiKey"]);
        assert.match(error.message, /visitor/);
        assert.ok(new copy.OpenProspect({ apiKey: LIVE, baseUrl: "https://api.test", allowLiveKeyInBrowser: true }));
        assert.ok(new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: "https://api.test" }));
      });
    }
    /** @type {[what: string, globals: Record<string, unknown>][]} */
    const TRUSTED = [
      ["a page of an extension", page("chrome-extension:", "chrome-extension://abc", extension)],
      ["a frame that a page of an extension created", page("about:", "chrome-extension://abc", extension)],
      ["a content script of an extension", page("https:", "https://x.test", extension)],
      ["a local file", page("file:", "null")],
      ["the scheme of an app", page("app:", "app://bundle")],
      ["a worker", { location: { protocol: "https:", origin: "https://x.test" }, origin: "https://x.test" }],
    ];
    for (const [what, globals] of TRUSTED) {
      test(`${what}: accepted`, (t) => {
        setGlobals(t, globals);
        assert.ok(make());
      });
    }
  });
}
