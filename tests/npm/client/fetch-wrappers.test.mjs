// A `fetch` that somebody has wrapped: what it does to a request, and what it throws that is not about the network.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { Agent, fetch as undiciFetch } from "undici";
import { COPIES, listen, QUICK, rejection, TEST_KEYS } from "../helpers/setup.mjs";

for (const [how, { OpenProspect }] of COPIES) {
  const connect = (fetch, options) =>
    new OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: "https://api.test", fetch, ...QUICK, ...options });

  test(`${how}: each attempt has headers of its own, and an ordinary init`, async () => {
    const seen = [];
    const client = connect(async (url, init) => {
      seen.push([Object.hasOwn(init, "method"), String(init), { ...init.headers }]);
      Object.assign(init.headers, { authorization: "Bearer another", "x-trace": `${seen.length}` });
      delete init.headers.accept;
      return new Response('{"valid":true,"scopes":[]}', { status: seen.length < 3 ? 503 : 200 });
    });
    await client.auth.validate();
    assert.equal(seen.length, 3);
    for (const one of seen) assert.deepEqual(one, [true, "[object Object]", seen[0][2]]);
    assert.equal(seen[0][2].authorization, `Bearer ${TEST_KEYS.full}`);
  });

  for (const [what, thrown] of [
    ["an error with a digest", Object.assign(new Error("Dynamic server usage"), { digest: "DYNAMIC_SERVER_USAGE" })],
    [
      "a redirect of a framework",
      Object.assign(new Error("NEXT_REDIRECT"), { digest: "NEXT_REDIRECT;replace;/login;307;" }),
    ],
    ["an object with a digest", { digest: "NEXT_NOT_FOUND" }],
    [
      "an error that keeps things of the platform",
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
      "a request that undici refuses",
      new TypeError("fetch failed", {
        cause: Object.assign(new Error("invalid onError method"), { code: "UND_ERR_INVALID_ARG" }),
      }),
    ],
    ["an error without a code", new Error("no tenant in this context")],
    [
      "an error of a class of the wrapper",
      new (class OpenBreakerError extends Error {
        code = "EOPENBREAKER";
        name = "OpenBreakerError";
      })("Breaker is open"),
    ],
    ["a mistake in the wrapper", new ReferenceError("x is not defined")],
    ["an error of another realm", runInNewContext('new RangeError("of another realm")')],
  ]) {
    test(`${how}: ${what} is not retried, and reaches the caller as it is`, async () => {
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
  const digest = (more, message = "m") => Object.assign(new Error(message), { digest: "D" }, more);
  const OLDER = "an-older-key-without-a-form";
  for (const [where, thrown] of [
    ["the message", digest({}, `sent Bearer ${KEY}`)],
    ["the digest", { digest: KEY }],
    ["a cause", digest({ cause: new Error("inner", { cause: { header: `Bearer ${KEY}` } }) })],
    ["a property", digest({ config: { headers: { authorization: `Bearer ${KEY}` } } })],
    ["the stack", digest({ stack: `Error\n at ${KEY}` })],
    ["another spelling", digest({}, `at ?key=${KEY.replaceAll("_", "%5F")}`)],
    [
      "a request that is kept",
      digest({ request: new Request("https://api.test", { headers: { authorization: `Bearer ${KEY}` } }) }),
    ],
    ["headers that are kept", digest({ kept: new Headers({ "x-key": KEY }) })],
    ["an address", digest({ at: new URL(`https://api.test/?key=${KEY}`) })],
    ["a form", digest({ form: new URLSearchParams({ key: KEY }) })],
    ["a response that is kept", digest({ response: new Response("", { headers: { "x-key": KEY } }) })],
    ["a map", digest({ kept: new Map([["a", { deep: new Set([KEY]) }]]) })],
    ["a key that was used before", digest({ old: OLDER })],
    ["a TypeError about the request", Object.assign(new TypeError("RequestInit: bad"), { sent: [KEY] })],
  ]) {
    test(`${how}: an error that shows a key is not handed on: ${where}`, async () => {
      const keys = [OLDER, KEY];
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
      for (const text of [KEY, KEY.replaceAll("_", "%5F"), OLDER]) assert.ok(!shown.includes(text), shown);
    });
  }

  for (const [what, lost] of [
    ["Node", new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) })],
    ["a browser", new TypeError("Failed to fetch")],
    ["Bun", Object.assign(new Error("Unable to connect."), { code: "ConnectionRefused" })],
    ["Workers", new Error("Network connection lost.")],
    [
      "a wrapper with a signal of its own",
      new DOMException("The operation was aborted due to timeout", "TimeoutError"),
    ],
    ["another realm", runInNewContext('new TypeError("fetch failed")')],
    ["something that throws no error", "gone"],
  ]) {
    test(`${how}: an error of the network is retried: ${what}`, async () => {
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

  test(`${how}: what the platform's own fetch throws is of the network, and what is put in its place may be something else`, async (t) => {
    const { fetch } = globalThis;
    t.after(() => {
      globalThis.fetch = fetch;
    });
    const client = new OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: "https://api.test", ...QUICK });
    const open = Object.assign(new Error("Breaker is open"), { code: "EOPENBREAKER" });
    for (const [thrown, isOfNetwork] of [
      [new RangeError("status must be in the range of 200 to 599"), true],
      [Object.assign(new Error("invalid Content-Length"), { remote: true }), true],
      [open, false],
    ]) {
      let count = 0;
      globalThis.fetch = async () => {
        count += 1;
        throw thrown;
      };
      const error = await rejection(client.auth.validate());
      assert.deepEqual(
        [error.kind, error.cause ?? error, count],
        isOfNetwork ? ["connection", thrown, 3] : [undefined, thrown, 1],
      );
    }
  });

  test(`${how}: an error that is not of the network leaves nothing behind`, async () => {
    const events = [];
    const own = new Error("no tenant");
    const answers = [503, own, own, 503, own, 200];
    const client = connect(
      async () => {
        const answer = answers.shift() ?? 200;
        if (answer === own) throw own;
        return new Response('{"valid":true,"scopes":[]}', { status: answer });
      },
      { onEvent: (event) => void events.push(event), maxRetries: 1 },
    );
    // The failure of one server, errors that say nothing about it, and successes.
    for (const expected of [own, own, own]) await assert.rejects(client.auth.validate(), (error) => error === expected);
    await Promise.all(Array.from({ length: 40 }, () => client.auth.validate()));
    assert.deepEqual(
      events.map(({ type }) => type).filter((type) => type !== "attempt" && type !== "retry"),
      [],
    );
  });

  describe(`${how}: the limits of undici itself`, () => {
    const dispatchers = [];
    after(() => Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy())));
    const limited = (options) => {
      const dispatcher = new Agent(options);
      dispatchers.push(dispatcher);
      return (url, init) => undiciFetch(url, { ...init, dispatcher });
    };
    for (const [what, options, answer, cause] of [
      ["headers", { headersTimeout: 20 }, () => {}, "UND_ERR_HEADERS_TIMEOUT"],
      ["body", { bodyTimeout: 20 }, (response) => response.write('{"valid"'), "UND_ERR_BODY_TIMEOUT"],
    ]) {
      test(what, async (t) => {
        let count = 0;
        const baseUrl = await listen(t, (_, response) => {
          count += 1;
          answer(response);
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
