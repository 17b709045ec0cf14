// What callers give, by mistake or on purpose: keys in wrong places, signals of their own, idempotency keys for many requests.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { canary, COPIES, rejection, thrown, turn } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";
const json = (value, status = 200) => new Response(JSON.stringify(value), { status });

/**
 * A server that honors idempotency keys: for a key that it knows it repeats its answer and does nothing. `handle` answers other
 * requests, given their body.
 */
function honoring(copy, handle, { keepsFailures = true } = {}) {
  const answers = new Map();
  const requests = [];
  const fetch = async (url, { method, headers, body }) => {
    const request = {
      method,
      path: new URL(url).pathname,
      key: headers["idempotency-key"],
      body: body === undefined ? undefined : JSON.parse(body),
    };
    requests.push(request);
    await turn();
    if (request.key !== undefined && answers.has(request.key)) return json(...answers.get(request.key));
    const answer = handle(request);
    if (request.key !== undefined && (keepsFailures || answer[1] === undefined)) answers.set(request.key, answer);
    return json(...answer);
  };
  const own = new copy.OpenProspect({
    apiKey: "lnc_test_a",
    baseUrl: "https://api.test",
    fetch,
    backoff: { baseMs: 1, maxMs: 1 },
  });
  return { own, requests };
}

for (const [how, copy] of COPIES) {
  describe(`${how}: an idempotency key for a call of many requests`, () => {
    /** A blacklist; a request fails when `fails` says so. */
    function blacklist(fails = () => false) {
      const stored = [];
      const handle = ({ method, body }) => {
        if (method !== "POST") return [{ items: [], total: 0 }];
        if (fails(stored.length, body.entries.length)) return [{ code: "C" }, 400];
        stored.push(...body.entries.map(({ external_id: id }) => id));
        return [{ added: body.entries.length }];
      };
      return { stored, ...honoring(copy, handle, { keepsFailures: false }) };
    }
    const entries = (count) => Array.from({ length: count }, (_, n) => ({ external_id: `e${n}` }));

    for (const count of [10_001, 25_000, 40_000]) {
      test(`${count} entries: every part is stored once, also when the call is made again`, async () => {
        const { own, stored } = blacklist();
        for (let time = 0; time < 2; time += 1) {
          const sent = await own.blacklists.addEntries("b", entries(count), { idempotencyKey: "K" });
          assert.deepEqual([sent.sent, sent.total], [count, count]);
          assert.equal(stored.length, count);
        }
        assert.equal(new Set(stored).size, count);
      });
    }

    test("parts with the same entries are stored, each of them", async () => {
      const { own, stored } = blacklist();
      for (let time = 0; time < 2; time += 1) {
        await own.blacklists.addEntries(
          "b",
          Array.from({ length: 30_000 }, () => ({ external_id: "e" })),
          { idempotencyKey: "K" },
        );
        assert.equal(stored.length, 30_000);
      }
    });

    test("the rest, after a part that failed", async () => {
      let broken = true;
      const { own, stored } = blacklist((there) => broken && there === 10_000);
      const all = entries(30_000);
      const error = await rejection(own.blacklists.addEntries("b", all, { idempotencyKey: "K" }));
      assert.equal(error.partial.sent, 10_000);
      broken = false;
      await own.blacklists.addEntries("b", all.slice(error.partial.sent), { idempotencyKey: "K" });
      assert.deepEqual([stored.length, new Set(stored).size], [30_000, 30_000]);
    });

    test("an edit that meets a conflict succeeds, and is applied once when it is called again", async () => {
      let version = 1;
      let others = 2;
      const applied = [];
      const { own, requests } = honoring(copy, ({ method, body }) => {
        if (method === "GET") return [{ id: "s", version, name: "n" }];
        if (others > 0 && body.version === version) {
          others -= 1;
          version += 1;
        }
        if (body.version !== version) return [{ code: "CONFLICT", message: "newer" }, 409];
        version += 1;
        applied.push(body.name);
        return [{ id: "s", version, name: body.name }];
      });
      for (let time = 0; time < 2; time += 1) {
        const edited = await own.prospectSearches.edit("s", ({ name }) => ({ name: `${name}!` }), {
          idempotencyKey: "K",
          maxRounds: 5,
        });
        assert.equal(edited.name, "n!");
      }
      assert.deepEqual(applied, ["n!"]);
      const keys = requests.filter(({ method }) => method === "PATCH").map(({ key }) => key);
      assert.equal(new Set(keys.slice(0, 3)).size, 3, "a key for each round");
      assert.equal(keys[0], "K", "the first one as it was given");
      assert.ok(
        requests.every(({ method, key }) => method === "PATCH" || key === undefined),
        "reading needs none",
      );
    });

    test("pages are read without one", async () => {
      const { own, requests } = honoring(copy, () => [
        { items: [{ id: `o${requests.length}` }], total: 3, has_more: requests.length < 3 },
      ]);
      const ids = [];
      for await (const { id } of own.orders.all({ limit: 1 }, { idempotencyKey: "K" })) ids.push(id);
      assert.deepEqual(ids, ["o1", "o2", "o3"]);
      const wrong = await rejection(own.orders.all({}, { idempotencyKey: "" }).next());
      assert.equal(wrong.option, "idempotencyKey", "a wrong one is still an error");
    });
  });

  describe(`${how}: a signal of the caller's own`, () => {
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

    const LACKING = {
      "without removeEventListener": { aborted: false, addEventListener() {} },
      "without addEventListener": { aborted: false, removeEventListener() {} },
      "without aborted": { addEventListener() {}, removeEventListener() {} },
      "whose removeEventListener is no function": { ...listening, removeEventListener: 1 },
      "whose getter throws": {
        ...listening,
        get removeEventListener() {
          return fail();
        },
      },
    };
    for (const [what, signal] of Object.entries(LACKING)) {
      test(`${what} is refused before anything is sent`, async () => {
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
      test(`${what} changes nothing for the call`, async () => {
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

    /** An older polyfill: its listeners are called, and it has no reason. */
    function polyfill(reason) {
      const listeners = new Set();
      return {
        aborted: false,
        addEventListener: (_, listener) => listeners.add(listener),
        removeEventListener: (_, listener) => listeners.delete(listener),
        abort() {
          this.aborted = true;
          for (const listener of listeners) listener();
        },
        ...reason,
      };
    }
    test("without a reason: an AbortError, however the call waits", async () => {
      for (const call of [
        (own, signal) => own.get(PATH, { signal }),
        (own, signal) => own.orders.wait("o", { signal }),
      ]) {
        const signal = polyfill();
        const ended = rejection(call(stalled(), signal));
        await turn();
        signal.abort();
        assert.equal((await ended).name, "AbortError");
        assert.equal((await rejection(call(stalled(), signal))).name, "AbortError", "also when it was aborted before");
      }
    });

    test("whose reason throws: that is the reason", async () => {
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
      "that a header's name can have": "c4n4ry_0f.c4ll3rs~",
    };
    const PLACES = {
      "the name of an option of a call": (own, key) => own.get(PATH, { [key]: 1 }),
      "a part of the name of an option": (own, key) => own.get(PATH, { [`x-${key}-x`]: 1 }),
      "the name of a header": (own, key) => own.get(PATH, { headers: { [key]: "é" } }),
      "the value of a header": (own, key) => own.get(PATH, { headers: { "x-a": `${key}é` } }),
      "the options": (own, key) => own.get(PATH, key),
      "a number": (own, key) => own.get(PATH, { timeoutMs: key }),
      "a number, behind other text": (own, key) => own.get(PATH, { timeoutMs: `${"x".repeat(50)}${key}` }),
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
      test(`${kind}: no error shows it, or half of it`, async () => {
        canary.learn(key);
        const own = new copy.OpenProspect({ apiKey: key, baseUrl: "https://api.test", fetch: async () => json({}) });
        const shows = (value, place) => {
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
          shows(error, place);
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
          shows(
            thrown(() => new copy.OpenProspect(options)),
            Object.keys(options).at(-1),
          );
      });

      test(`${kind}: it comes from the environment, and is put into a wrong place as well`, (t) => {
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

      test(`${kind}: in the place of the options`, () => {
        const error = thrown(() => new copy.OpenProspect(key));
        assert.deepEqual([error.name, error.option], ["ConfigurationError", "options"]);
        assert.ok(!inspect(error).includes(key.slice(0, 14)), inspect(error));
      });
    }

    test("what is no key is still shown", async () => {
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

  describe(`${how}: a live key where visitors can read it`, () => {
    const LIVE = "lnc_live_c4n4ry0of0frames";
    /** The globals of a page. */
    const inPlace = (t, globals) => {
      const before = Object.keys(globals).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
      for (const [name, value] of Object.entries(globals))
        Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
      t.after(() =>
        before.forEach(([name, own]) => (own ? Object.defineProperty(globalThis, name, own) : delete globalThis[name])),
      );
    };
    const make = () => new copy.OpenProspect({ apiKey: LIVE, baseUrl: "https://api.test" });
    const page = (protocol, origin, more) => ({
      document: { baseURI: "https://x.test/" },
      location: { protocol, origin },
      origin,
      ...more,
    });
    const extension = { chrome: { runtime: { id: "abc" } } };
    for (const [what, globals] of [
      ["a page", page("https:", "https://x.test")],
      ["a page without self.origin", { document: { baseURI: "https://x.test/" }, location: { protocol: "http:" } }],
      ["a srcdoc frame", page("about:", "https://x.test")],
      ["a sandboxed srcdoc frame", page("about:", "null")],
      ["a blob: frame", page("blob:", "https://x.test")],
      ["a data: frame", page("data:", "null")],
      ["a sandboxed page", page("https:", "null")],
    ]) {
      test(`${what}: refused`, (t) => {
        inPlace(t, globals);
        const error = thrown(make);
        assert.deepEqual([error.name, error.option], ["ConfigurationError", "apiKey"]);
        assert.match(error.message, /visitor/);
        assert.ok(new copy.OpenProspect({ apiKey: LIVE, baseUrl: "https://api.test", allowLiveKeyInBrowser: true }));
        assert.ok(new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: "https://api.test" }));
      });
    }
    for (const [what, globals] of [
      ["an extension's page", page("chrome-extension:", "chrome-extension://abc", extension)],
      ["a frame that an extension's page made", page("about:", "chrome-extension://abc", extension)],
      ["an extension's content script", page("https:", "https://x.test", extension)],
      ["a local file", page("file:", "null")],
      ["an app's own scheme", page("app:", "app://bundle")],
      ["a worker", { location: { protocol: "https:", origin: "https://x.test" }, origin: "https://x.test" }],
    ]) {
      test(`${what}: accepted`, (t) => {
        inPlace(t, globals);
        assert.ok(make());
      });
    }
  });
}
