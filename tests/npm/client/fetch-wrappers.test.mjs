// A wrapped `fetch`: its changes of the init, and its errors that are not network errors.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { Agent, fetch as undiciFetch } from "undici";
import { COPIES, listen, QUICK, rejection, TEST_KEYS } from "../helpers/setup.mjs";

for (const [how, { OpenProspect }] of COPIES) {
  /**
   * @param {Function} fetch
   * @param {object} [options]
   */
  const connect = (fetch, options) =>
    new OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: "https://api.test", fetch, ...QUICK, ...options });

  test(`${how}: each attempt has its own headers, and a plain init`, async () => {
    /** @type {[hasMethod: boolean, text: string, headers: Record<string, string>][]} */
    const inits = [];
    const client = connect(async (_url, init) => {
      inits.push([Object.hasOwn(init, "method"), String(init), { ...init.headers }]);
      Object.assign(init.headers, { authorization: "Bearer another", "x-trace": `${inits.length}` });
      delete init.headers.accept;
      return new Response('{"valid":true,"scopes":[]}', { status: inits.length < 3 ? 503 : 200 });
    });
    await client.auth.validate();
    assert.equal(inits.length, 3);
    for (const one of inits) assert.deepEqual(one, [true, "[object Object]", inits[0][2]]);
    assert.equal(inits[0][2].authorization, `Bearer ${TEST_KEYS.full}`);
  });

  for (const [what, thrown] of [
    ["an error with a digest", Object.assign(new Error("Dynamic server usage"), { digest: "DYNAMIC_SERVER_USAGE" })],
    [
      "a redirect of a framework",
      Object.assign(new Error("NEXT_REDIRECT"), { digest: "NEXT_REDIRECT;replace;/login;307;" }),
    ],
    ["an object with a digest", { digest: "NEXT_NOT_FOUND" }],
    [
      "an error with objects of the platform",
      Object.assign(new Error("NEXT_REDIRECT"), {
        digest: "NEXT_REDIRECT;push;/;307;",
        mutableCookies: new Proxy({ _parsed: new Map([["a", "b"]]), _headers: new Headers({ cookie: "a=b" }) }, {}),
        request: new Request("https://app.test/x", { headers: { cookie: "a=b" } }),
      }),
    ],
    [
      "a TypeError about the signal",
      new TypeError('RequestInit: Expected signal ("AbortSignal {}") to be an instance of AbortSignal.'),
    ],
    ["a TypeError about the request", new TypeError("Failed to construct 'Request': bad")],
    ["a TypeError about a header", new TypeError("Header 'x' has invalid value: '\n'")],
    [
      "a request that undici rejects",
      new TypeError("fetch failed", {
        cause: Object.assign(new Error("invalid onError method"), { code: "UND_ERR_INVALID_ARG" }),
      }),
    ],
    ["an error without a code", new Error("no tenant in this context")],
    [
      "an error of a class of its own",
      new (class OpenBreakerError extends Error {
        code = "EOPENBREAKER";
        name = "OpenBreakerError";
      })("Breaker is open"),
    ],
    ["a bug in the wrapper", new ReferenceError("x is not defined")],
    ["an error of another realm", runInNewContext('new RangeError("of another realm")')],
  ]) {
    test(`${how}: ${what} is not retried, and rejects the call`, async () => {
      let count = 0;
      const client = connect(async () => {
        count += 1;
        if (count === 1) throw thrown;
        return new Response('{"valid":true,"scopes":[]}');
      });
      await assert.rejects(client.auth.validate(), (error) => error === thrown);
      assert.equal(count, 1);
      assert.deepEqual(await client.auth.validate(), { valid: true, scopes: [] });
    });
  }

  const KEY = TEST_KEYS.full;
  /** @param {object} more */
  const digest = (more, message = "m") => Object.assign(new Error(message), { digest: "D" }, more);
  const PREVIOUS_KEY = "a-previous-key-without-a-prefix";
  for (const [where, thrown] of [
    ["the message", digest({}, `sent Bearer ${KEY}`)],
    ["the digest", { digest: KEY }],
    ["a cause", digest({ cause: new Error("inner", { cause: { header: `Bearer ${KEY}` } }) })],
    ["a property", digest({ config: { headers: { authorization: `Bearer ${KEY}` } } })],
    ["the stack", digest({ stack: `Error\n at ${KEY}` })],
    ["percent-encoding", digest({}, `at ?key=${KEY.replaceAll("_", "%5F")}`)],
    [
      "a request",
      digest({ request: new Request("https://api.test", { headers: { authorization: `Bearer ${KEY}` } }) }),
    ],
    ["headers", digest({ kept: new Headers({ "x-key": KEY }) })],
    ["a URL", digest({ at: new URL(`https://api.test/?key=${KEY}`) })],
    ["form parameters", digest({ form: new URLSearchParams({ key: KEY }) })],
    ["a response", digest({ response: new Response("", { headers: { "x-key": KEY } }) })],
    ["a map", digest({ kept: new Map([["a", { deep: new Set([KEY]) }]]) })],
    ["a previous key", digest({ old: PREVIOUS_KEY })],
    ["a TypeError about the request", Object.assign(new TypeError("RequestInit: bad"), { sent: [KEY] })],
  ]) {
    test(`${how}: an error that contains a key is not passed on: ${where}`, async () => {
      const keys = [PREVIOUS_KEY, KEY];
      let isFirst = true;
      const fetch = async () => {
        if (!isFirst) throw thrown;
        isFirst = false;
        return new Response('{"valid":true,"scopes":[]}');
      };
      const client = connect(fetch, { maxRetries: 0, apiKey: () => keys.shift() ?? KEY });
      await client.auth.validate();
      const error = await client.auth.validate().catch((reason) => reason);
      assert.equal(error.kind, "connection");
      const shown = inspect(error, { depth: Infinity, showHidden: true });
      for (const text of [KEY, KEY.replaceAll("_", "%5F"), PREVIOUS_KEY]) assert.ok(!shown.includes(text), shown);
    });
  }

  for (const [what, lost] of [
    ["Node", new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) })],
    ["a browser", new TypeError("Failed to fetch")],
    ["Bun", Object.assign(new Error("Unable to connect."), { code: "ConnectionRefused" })],
    ["Workers", new Error("Network connection lost.")],
    ["a wrapper with its own signal", new DOMException("The operation was aborted due to timeout", "TimeoutError")],
    ["another realm", runInNewContext('new TypeError("fetch failed")')],
    ["a thrown string", "gone"],
  ]) {
    test(`${how}: a network error is retried: ${what}`, async () => {
      let count = 0;
      const client = connect(async () => {
        count += 1;
        if (count < 3) throw lost;
        return new Response('{"valid":true,"scopes":[]}');
      });
      await client.auth.validate();
      assert.equal(count, 3);
    });
  }

  test(`${how}: errors of the platform's fetch are network errors, those of its replacement may not be`, async (t) => {
    const { fetch } = globalThis;
    t.after(() => {
      globalThis.fetch = fetch;
    });
    const client = new OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: "https://api.test", ...QUICK });
    const open = Object.assign(new Error("Breaker is open"), { code: "EOPENBREAKER" });
    /** @type {[thrown: Error, isNetworkError: boolean][]} */
    const errors = [
      [new RangeError("status must be in the range of 200 to 599"), true],
      [Object.assign(new Error("invalid Content-Length"), { remote: true }), true],
      [open, false],
    ];
    for (const [thrown, isNetworkError] of errors) {
      let count = 0;
      globalThis.fetch = async () => {
        count += 1;
        throw thrown;
      };
      const error = await rejection(client.auth.validate());
      assert.deepEqual(
        [error.kind, error.cause ?? error, count],
        isNetworkError ? ["connection", thrown, 3] : [undefined, thrown, 1],
      );
    }
  });

  test(`${how}: an error that is not a network error affects no state`, async () => {
    /** @type {any[]} */
    const events = [];
    const own = new Error("no tenant");
    const answers = [503, own, own, 503, own, 200];
    const client = connect(
      async () => {
        const answer = answers.shift() ?? 200;
        if (answer instanceof Error) throw answer;
        return new Response('{"valid":true,"scopes":[]}', { status: answer });
      },
      { onEvent: (event) => void events.push(event), maxRetries: 1 },
    );
    // Failures of the server, errors that are unrelated to it, and successes.
    for (const expected of [own, own, own]) await assert.rejects(client.auth.validate(), (error) => error === expected);
    await Promise.all(Array.from({ length: 40 }, () => client.auth.validate()));
    assert.deepEqual(
      events.map(({ type }) => type).filter((type) => type !== "attempt" && type !== "retry"),
      [],
    );
  });

  describe(`${how}: the timeouts of undici`, () => {
    /** @type {Agent[]} */
    const dispatchers = [];
    after(() => Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy())));
    /** @param {Agent.Options} options */
    const limited = (options) => {
      const dispatcher = new Agent(options);
      dispatchers.push(dispatcher);
      /** @type {typeof undiciFetch} */
      return (url, init) => undiciFetch(url, { ...init, dispatcher });
    };
    /** @typedef {(response: import("node:http").ServerResponse) => void} Respond */
    /** @type {[what: string, options: Agent.Options, respond: Respond, cause: string][]} */
    const timeouts = [
      ["headers", { headersTimeout: 20 }, () => {}, "UND_ERR_HEADERS_TIMEOUT"],
      ["body", { bodyTimeout: 20 }, (response) => response.write('{"valid"'), "UND_ERR_BODY_TIMEOUT"],
    ];
    for (const [what, options, respond, cause] of timeouts) {
      test(what, async (t) => {
        let count = 0;
        const baseUrl = await listen(t, (_, response) => {
          count += 1;
          respond(response);
        });
        const client = connect(limited(options), { baseUrl, maxRetries: 1, deadlineMs: null });
        const error = await rejection(client.auth.validate());
        assert.deepEqual(
          [error.name, error.scope, error.code, error.stoppedBy, error.cause.cause.code, count],
          ["TimeoutError", "attempt", "TIMEOUT", "attempts", cause, 2],
        );
        assert.match(error.message, /the time that the platform allows \(headersTimeout or bodyTimeout of undici\)/);
        assert.match(error.resolution, /300 s.*Agent/);
        assert.deepEqual(
          error.attempts.map(({ failure, sent }) => [failure, sent]),
          [
            ["timeout", true],
            ["timeout", true],
          ],
        );
      });
    }
  });
}
