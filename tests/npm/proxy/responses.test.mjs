// What of the API's response reaches a browser, whatever the API sends.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { COPIES, esm, refusingUrl, rejection, signpost, until } from "../helpers/setup.mjs";
import {
  assertInert,
  assertRefused,
  createProxy,
  json,
  KEY,
  ORDERS,
  PASSED_HEADERS,
  serveApi,
  serveProxy,
} from "./setup.mjs";

const OWN = "https://app.example";
const escaped = (text) =>
  Array.from(text, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const percent = (text) => Array.from(text, (letter) => `%${letter.charCodeAt(0).toString(16)}`).join("");

describe("headers", () => {
  test("those that the client reads are passed on, and no other", async (t) => {
    const passed = Object.fromEntries(PASSED_HEADERS.map((name, at) => [name, `value-${at}`]));
    passed["content-type"] = "application/json";
    const kept = {
      "set-cookie": ["session=stolen; Path=/", "b=2"],
      location: "https://attacker.example/",
      refresh: "0; url=https://attacker.example",
      link: "<https://attacker.example>; rel=preload",
      "access-control-allow-origin": "*",
      "access-control-allow-credentials": "true",
      "cache-control": "public, max-age=31536000",
      etag: '"x"',
      expires: "Thu, 01 Jan 2099 00:00:00 GMT",
      "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
      vary: "*",
      "content-security-policy": "default-src *",
      "x-content-type-options": "no",
      "clear-site-data": '"*"',
      "www-authenticate": "Basic realm=x",
      "strict-transport-security": "max-age=1",
      "service-worker-allowed": "/",
      "content-disposition": "attachment; filename=x.html",
      server: "internal-17",
      via: "1.1 internal",
      "x-powered-by": "x",
      "x-internal-host": "10.0.0.1",
      sourcemap: "/x",
      "content-language": "de",
      age: "5",
      "alt-svc": 'h3=":443"',
      "proxy-authenticate": "Basic",
    };
    const { call } = await serveProxy(t, {}, json({ ok: true }, 200, { ...passed, ...kept }));
    const { headers } = await call();
    const inert = [
      "cache-control",
      "content-security-policy",
      "cross-origin-resource-policy",
      "x-content-type-options",
    ];
    assert.deepEqual(Object.keys(headers).sort(), [...PASSED_HEADERS, ...inert].sort());
    for (const [name, value] of Object.entries(passed)) assert.equal(headers[name], value, name);
    assertInert(headers);
  });

  test("the list has every header that the client reads", async () => {
    const read = new Set();
    const answers = [];
    const fetch = async () => {
      const { status, headers = {}, body = "{}" } = answers.shift();
      const response = new Response(body, { status, headers });
      const { headers: own } = response;
      Object.defineProperty(response, "headers", {
        value: new Proxy(own, {
          get: (_, name) =>
            name === "get"
              ? (header) => {
                  read.add(header.toLowerCase());
                  return own.get(header);
                }
              : own[name],
        }),
      });
      return response;
    };
    // Of each pair of names only the first part is there, so that the client looks for the second.
    const pairs = PASSED_HEADERS.filter((name) => name.endsWith("remaining")).map((name) => ({
      status: 429,
      headers: { [name]: "5", "retry-after": "0" },
    }));
    const outcomes = [
      ...pairs,
      { status: 429, headers: { "retry-after": "0", date: "x" } },
      { status: 200, body: "no JSON" },
      { status: 200 },
      { status: 404 },
    ];
    for (const outcome of outcomes) {
      answers.push(outcome);
      const client = new esm.OpenProspect({
        apiKey: KEY,
        baseUrl: "https://api.test",
        fetch,
        maxRetries: 0,
        onEvent() {},
      });
      await client.request("GET", ORDERS).catch(() => {});
    }
    // A page is given no response with content that the browser has to unpack, and no redirect.
    for (const name of ["content-encoding", "content-length", "location"]) read.delete(name);
    assert.ok(read.size >= 12, [...read].join());
    assert.deepEqual(
      [...read].filter((name) => !PASSED_HEADERS.includes(name)),
      [],
    );
    assert.ok(Object.isFrozen(PASSED_HEADERS));
    assert.deepEqual(
      PASSED_HEADERS.filter((name) => name !== name.toLowerCase()),
      [],
    );
  });

  test("statuses are passed on, and bodies where a status has one", async (t) => {
    for (const status of [200, 201, 202, 204, 205, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503, 599]) {
      const { call } = await serveProxy(t, {}, json({ code: "X" }, status));
      const response = await call();
      assert.deepEqual(
        [response.status, response.text],
        [status, status === 204 || status === 205 ? "" : '{"code":"X"}'],
      );
      assertInert(response.headers);
    }
  });

  test("a compressed response arrives as text, without its encoding and length", async (t) => {
    const { gzipSync } = await import("node:zlib");
    const zipped = gzipSync('{"ok":true}');
    const { call } = await serveProxy(t, {}, (response) =>
      response
        .writeHead(200, {
          "content-type": "application/json",
          "content-encoding": "gzip",
          "content-length": zipped.length,
        })
        .end(zipped),
    );
    const { headers, body } = await call();
    assert.deepEqual(
      [body, headers["content-encoding"], headers["content-length"]],
      [{ ok: true }, undefined, undefined],
    );
  });
});

describe("a client without a key behind the proxy", () => {
  for (const [how, { OpenProspect }] of COPIES) {
    for (const [what, options, answer] of [
      ["authorize refuses the caller", { authorize: () => false }],
      [
        "authorize answers 401 itself",
        { authorize: () => new Response('{"code":"SIGN_IN","message":"Sign in."}', { status: 401 }) },
      ],
      ["the API refuses the proxy's key", {}, json({ code: "UNAUTHORIZED", message: "Invalid API key" }, 401)],
    ]) {
      test(`${how}: is told of the proxy, not to set apiKey: ${what}`, async (t) => {
        const { proxy } = await serveProxy(t, options, answer);
        const fetch = (url, init) => proxy(new Request(url, { ...init, redirect: "follow" }));
        const client = new OpenProspect({ baseUrl: "https://app.example/openprospect", fetch });
        const error = await rejection(client.orders.list());
        if (error.status === 401)
          assert.match(error.resolution, /^This client has no API key: .* the proxy's `authorize` and its key\.$/);
        assert.doesNotMatch(error.resolution ?? "", /apiKey/);
      });
    }

    test(`${how}: one with a key is told of the key`, async () => {
      const fetch = async () => Response.json({ code: "UNAUTHORIZED", message: "no" }, { status: 401 });
      for (const apiKey of [KEY, async () => KEY]) {
        const error = await rejection(new OpenProspect({ apiKey, fetch }).orders.list());
        assert.match(error.resolution, /as `apiKey`/);
      }
    });
  }
});

describe("a body that a browser could run", () => {
  const TYPES = [
    ["application/json", "application/json"],
    ["Application/JSON; charset=utf-8", "application/json"],
    ["application/problem+json", "application/json"],
    ["text/html", "text/plain; charset=utf-8"],
    ["text/html; charset=utf-7", "text/plain; charset=utf-8"],
    ["application/xhtml+xml", "text/plain; charset=utf-8"],
    ["image/svg+xml", "text/plain; charset=utf-8"],
    ["text/javascript", "text/plain; charset=utf-8"],
    ["text/html, application/json", "text/plain; charset=utf-8"],
    ["application/jsonp", "text/plain; charset=utf-8"],
    ["text/html;application/json", "text/plain; charset=utf-8"],
    ["multipart/x-mixed-replace", "text/plain; charset=utf-8"],
    ["", "text/plain; charset=utf-8"],
    ["x", "text/plain; charset=utf-8"],
    ["application/pdf", "text/plain; charset=utf-8"],
    ["application/json, text/html", "text/plain; charset=utf-8"],
  ];
  for (const [type, expected] of [...TYPES, [undefined, "text/plain; charset=utf-8"]]) {
    test(`${type ?? "no type"} becomes ${expected}`, async (t) => {
      const html = "<script>alert(document.cookie)</script>";
      for (const status of [200, 500]) {
        const { call } = await serveProxy(t, {}, (response) =>
          response.writeHead(status, type === undefined ? {} : { "content-type": type }).end(html),
        );
        const { headers, text } = await call();
        assert.deepEqual([headers["content-type"], text], [expected, html]);
        assertInert(headers);
      }
    });
  }
});

describe("redirects", () => {
  for (const status of [300, 301, 302, 303, 304, 305, 307, 308, 399]) {
    test(`${status} is neither followed nor passed on`, async (t) => {
      const other = await serveApi(t);
      const { requests, call } = await serveProxy(t, {}, (response) =>
        response.writeHead(status, { location: `${other.url}/taken` }).end(),
      );
      for (const method of ["GET", "POST"]) {
        const response = await call(ORDERS, { method });
        assertRefused(response, 502, "UNEXPECTED_REDIRECT");
        assert.doesNotMatch(JSON.stringify(response), /taken/);
      }
      assert.deepEqual([requests.length, other.requests], [2, []]);
    });
  }

  test("nor one that the platform hides", async (t) => {
    const { call } = await serveProxy(t, {
      fetch: async () => ({ type: "opaqueredirect", status: 0, headers: new Headers(), body: null }),
    });
    assertRefused(await call(), 502, "UNEXPECTED_REDIRECT");
  });
});

describe("the key in a response", () => {
  const SPELLINGS = {
    plain: KEY,
    "JSON escapes": escaped(KEY),
    "upper-case escapes": escaped(KEY).replace(/[a-f](?=\\|$)/g, (x) => x.toUpperCase()),
    percent: percent(KEY),
    "a part of it escaped": KEY.slice(0, 5) + escaped(KEY.slice(5, 9)) + percent(KEY.slice(9)),
  };
  for (const [what, spelled] of Object.entries(SPELLINGS)) {
    test(`is replaced in a body: ${what}`, async (t) => {
      for (const status of [200, 401, 500]) {
        const { call } = await serveProxy(t, {}, (response) =>
          response
            .writeHead(status, { "content-type": "application/json" })
            .end(`{"a":"${spelled}","b":"x${spelled}${spelled}y"}`),
        );
        const { text } = await call();
        assert.equal(text, '{"a":"[redacted]","b":"x[redacted][redacted]y"}');
      }
    });

    test(`is replaced wherever a chunk ends: ${what}`, async (t) => {
      const whole = Buffer.from(`😀${spelled}Größe😀`);
      for (let cut = 1; cut < whole.length; cut += 1) {
        const body = new ReadableStream({
          start(controller) {
            controller.enqueue(whole.subarray(0, cut));
            controller.enqueue(whole.subarray(cut));
            controller.close();
          },
        });
        const { call } = await serveProxy(t, { fetch: async () => new Response(body) });
        assert.equal((await call()).text, "😀[redacted]Größe😀", `cut at ${cut}`);
      }
      const bytes = new ReadableStream({
        start(controller) {
          for (const byte of whole) controller.enqueue(Uint8Array.of(byte));
          controller.close();
        },
      });
      const { call } = await serveProxy(t, { fetch: async () => new Response(bytes) });
      assert.equal((await call()).text, "😀[redacted]Größe😀");
    });
  }

  test("is replaced in headers", async (t) => {
    const values = Object.fromEntries(PASSED_HEADERS.map((name) => [name, `a ${KEY} b ${percent(KEY)}`]));
    const { call } = await serveProxy(t, {}, (response) => response.writeHead(400, values).end("x"));
    const { headers } = await call();
    for (const name of PASSED_HEADERS.filter((name) => name !== "content-type"))
      assert.equal(headers[name], "a [redacted] b [redacted]", name);
    assert.equal(headers["content-type"], "text/plain; charset=utf-8");
  });

  test("what only begins like it stays as it is", async (t) => {
    const apiKey = "lnc_test_only_here_0123456789";
    const text = `${apiKey.slice(0, -1)} ${apiKey.slice(0, -1)}% ${apiKey.slice(0, 12)}\\u00 ${escaped(apiKey).slice(0, -1)}`;
    for (const size of [1, 7, 1000]) {
      const { call } = await serveProxy(t, {
        apiKey,
        fetch: async () =>
          new Response(
            new Blob([text]).stream().pipeThrough(
              new TransformStream({
                transform(chunk, controller) {
                  for (let at = 0; at < chunk.length; at += size) controller.enqueue(chunk.subarray(at, at + size));
                },
              }),
            ),
          ),
      });
      assert.equal((await call()).text, text);
    }
  });

  test("keys with every visible character are found, and short ones are not looked for", async (t) => {
    const visible = Array.from({ length: 94 }, (_, n) => String.fromCharCode(33 + n)).join("");
    for (const apiKey of [visible, "a.b*c+d?(e)[f]", '"\\/"\\/"\\/']) {
      const written = JSON.stringify({ key: apiKey, slash: apiKey.replaceAll("/", "\\/") });
      const { call } = await serveProxy(t, {
        apiKey,
        fetch: async () => new Response(`${written} ${apiKey} ${percent(apiKey)}`),
      });
      const { text } = await call();
      assert.ok(!text.includes(apiKey), text);
      assert.ok(!JSON.stringify(text.match(/^\{.*\}/)[0]).includes(JSON.stringify(apiKey).slice(1, -1)), text);
      assert.ok(text.endsWith("[redacted] [redacted]"), text);
    }
    const { call } = await serveProxy(t, { apiKey: "ok", fetch: async () => new Response('{"ok":true}') });
    assert.equal((await call()).text, '{"ok":true}');
  });

  test("a function's key is the one that is looked for", async (t) => {
    const { call } = await serveProxy(
      t,
      { apiKey: () => "lnc_test_of_tenant_a" },
      json({ a: "lnc_test_of_tenant_a", b: "lnc_test_of_tenant_b" }),
    );
    assert.deepEqual((await call()).body, { a: "[redacted]", b: "lnc_test_of_tenant_b" });
  });

  test("a long body is passed on byte for byte", async (t) => {
    const items = Array.from({ length: 50_000 }, (_, id) => ({
      id,
      name: `Größe 株式会社 😀 ${KEY.slice(0, 9)} \\u006c`,
    }));
    const { proxy } = await serveProxy(t, {}, json({ items }));
    assert.equal(await (await proxy(new Request(OWN + ORDERS))).text(), JSON.stringify({ items }));
  });
});

describe("a response that streams", () => {
  test("arrives while the API is still sending", async (t) => {
    const { reach, reached } = signpost();
    const { proxy } = await serveProxy(t, {}, async (response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"items":[');
      await reached;
      response.end("]}");
    });
    const reader = (await proxy(new Request(OWN + ORDERS))).body.getReader();
    assert.equal(Buffer.from((await reader.read()).value).toString(), '{"items":[');
    reach();
    assert.equal(Buffer.from((await reader.read()).value).toString(), "]}");
    assert.equal((await reader.read()).done, true);
  });

  test("nothing is read of it that nobody asks for", async (t) => {
    let pulls = 0;
    const endless = new ReadableStream(
      {
        pull(controller) {
          pulls += 1;
          controller.enqueue(new Uint8Array(1000).fill(97));
        },
      },
      { highWaterMark: 0 },
    );
    const { proxy } = await serveProxy(t, { fetch: async () => new Response(endless) });
    const { body } = await proxy(new Request(OWN + ORDERS));
    const reader = body.getReader();
    for (let reads = 0; reads < 5; reads += 1) await reader.read();
    assert.ok(pulls <= 7, `${pulls} pulls`);
    await reader.cancel();
  });

  for (const [what, leave] of [
    ["its reader cancels", (body, controller, reader) => reader.cancel()],
    ["the caller disconnects", (body, controller) => controller.abort()],
  ]) {
    test(`is aborted when ${what}`, async (t) => {
      const { reach, reached } = signpost();
      const { proxy } = await serveProxy(t, {}, (response) => {
        response.on("close", reach);
        response.writeHead(200).write("x");
      });
      const controller = new AbortController();
      const { body } = await proxy(new Request(OWN + ORDERS, { signal: controller.signal }));
      const reader = body.getReader();
      await reader.read();
      const rest = reader.read().catch(() => {});
      leave(body, controller, reader);
      await Promise.all([reached, rest]);
    });
  }

  test("one that breaks off is an error of the stream, and no end", async (t) => {
    const { proxy } = await serveProxy(t, {}, (response) => {
      response.writeHead(200, { "content-length": "100" }).write("x");
      response.socket.resetAndDestroy();
    });
    const response = await proxy(new Request(OWN + ORDERS));
    if (response.status === 200) await rejection(response.text());
    else assert.equal(response.status, 502);
  });
});

describe("an API that cannot be used", () => {
  test("no connection is a 502 that names no host", async (t) => {
    const baseUrl = await refusingUrl();
    const { errors, call } = await serveProxy(t, { baseUrl });
    const response = await call();
    assertRefused(response, 502, "BAD_GATEWAY");
    assert.doesNotMatch(response.text, /127\.0\.0\.1|ECONN|refused/i);
    assert.equal(errors.length, 1);
  });

  test("whatever fetch does is a 502 that does not say why", async (t) => {
    const failures = [
      async () => {
        throw new Error(`internal-host ${KEY}`);
      },
      () => {
        throw new TypeError("internal-host");
      },
      async () => {
        throw undefined;
      },
      async () => undefined,
      async () => ({}),
      async () => "internal-host",
      async () => ({ status: 200, headers: null }),
      async () => ({ status: 999, headers: new Headers(), body: null }),
      async () => Response.error(),
      async () => ({
        get status() {
          throw new Error("internal-host");
        },
      }),
    ];
    for (const fetch of failures) {
      const { errors, call } = await serveProxy(t, { fetch });
      const response = await call();
      assertRefused(response, 502, "BAD_GATEWAY");
      assert.doesNotMatch(JSON.stringify(response), /internal-host/);
      assert.equal(errors.length, 1);
    }
  });

  test("an onError that throws changes nothing", async (t) => {
    const { call } = await serveProxy(t, {
      baseUrl: await refusingUrl(),
      onError() {
        throw new Error("logger");
      },
    });
    assertRefused(await call(), 502, "BAD_GATEWAY");
  });

  test("no response in time is a 504, and the request is aborted", async (t) => {
    const { reach, reached } = signpost();
    const { errors, call } = await serveProxy(t, { timeoutMs: 50 }, (response) => response.on("close", reach));
    assertRefused(await call(), 504, "GATEWAY_TIMEOUT");
    await reached;
    assert.equal(errors.length, 1);
  });

  test("also from a fetch that does not listen to its signal", async (t) => {
    const { call } = await serveProxy(t, { timeoutMs: 20, fetch: () => new Promise(() => {}) });
    assertRefused(await call(), 504, "GATEWAY_TIMEOUT");
  });

  test("a response that stalls is cut off after the same time", async (t) => {
    const { proxy } = await serveProxy(t, { timeoutMs: 200 }, (response) => response.writeHead(200).write("x"));
    await rejection((await proxy(new Request(OWN + ORDERS))).text());
    const deaf = await serveProxy(t, { timeoutMs: 20, fetch: async () => new Response(new ReadableStream({})) });
    await rejection((await deaf.proxy(new Request(OWN + ORDERS))).text());
  });

  test("a caller that disconnects aborts the request to the API", async (t) => {
    const { reach, reached } = signpost();
    const { requests, errors, proxy } = await serveProxy(t, {}, (response) => response.on("close", reach));
    const controller = new AbortController();
    const answer = proxy(new Request(OWN + ORDERS, { signal: controller.signal }));
    await until(() => requests.length === 1, "the request");
    controller.abort();
    await reached;
    assert.deepEqual([(await answer).status, errors], [499, []]);
  });

  test("a caller that is gone already sends nothing", async (t) => {
    const sent = [];
    const { proxy } = await serveProxy(t, { fetch: async () => sent.push(1) });
    assert.equal((await proxy(new Request(OWN + ORDERS, { signal: AbortSignal.abort() }))).status, 499);
    assert.deepEqual(sent, []);
  });
});

describe("what is left behind", () => {
  test("no timer and no listener after a response, whichever way it ended", async (t) => {
    const counts = { added: 0, removed: 0, cleared: 0 };
    const timers = new Set();
    const { setTimeout, clearTimeout } = globalThis;
    t.after(() => Object.assign(globalThis, { setTimeout, clearTimeout }));
    globalThis.setTimeout = (run, ms, ...args) => {
      const timer = setTimeout(run, ms, ...args);
      if (ms === 12_345) timers.add(timer);
      return timer;
    };
    globalThis.clearTimeout = (timer) => {
      if (timers.delete(timer)) counts.cleared += 1;
      clearTimeout(timer);
    };
    const signal = {
      aborted: false,
      addEventListener: () => {
        counts.added += 1;
      },
      removeEventListener: () => {
        counts.removed += 1;
      },
    };
    const ends = [json({}), json({}, 204), json({}, 302), json({}, 500), (response) => response.socket.destroy()];
    for (const answer of ends) {
      const { proxy } = await serveProxy(t, { maxBodyBytes: 10, timeoutMs: 12_345 }, answer);
      for (const length of [0, 11]) {
        const { method, url, headers, body } = new Request(OWN + ORDERS, {
          method: "POST",
          body: "x".repeat(length),
          duplex: "half",
        });
        await (await proxy({ method, url, headers, body, bodyUsed: false, signal })).text();
      }
    }
    assert.equal(timers.size, 0);
    assert.deepEqual(counts, { added: 10, removed: 10, cleared: 10 });
  });

  test("a proxy that is printed or written as JSON shows no key", () => {
    const proxy = createProxy({ apiKey: KEY, authorize: () => true });
    for (const text of [
      inspect(proxy, { depth: Infinity, showHidden: true }),
      String(proxy),
      JSON.stringify({ proxy }),
      ...Reflect.ownKeys(proxy).map((name) => inspect(proxy[name])),
    ])
      assert.ok(!text.includes(KEY), text);
  });
});
