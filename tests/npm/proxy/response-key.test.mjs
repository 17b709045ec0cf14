// The API key is never in a response.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { json, KEY, ORDERS, PAGE_ORIGIN, PASSED_HEADERS, serveProxy } from "./setup.mjs";

/** @param {string} text */
const escaped = (text) =>
  Array.from(text, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
/** @param {string} text */
const percent = (text) => Array.from(text, (character) => `%${character.charCodeAt(0).toString(16)}`).join("");

describe("the key in a response", () => {
  const SPELLINGS = {
    plain: KEY,
    "JSON escapes": escaped(KEY),
    "upper-case escapes": escaped(KEY).replace(/[a-f](?=\\|$)/g, (x) => x.toUpperCase()),
    percent: percent(KEY),
    "partly escaped": KEY.slice(0, 5) + escaped(KEY.slice(5, 9)) + percent(KEY.slice(9)),
  };
  for (const [name, spelled] of Object.entries(SPELLINGS)) {
    test(`is replaced in a body: ${name}`, async (t) => {
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

    test(`is replaced regardless of chunk boundaries: ${name}`, async (t) => {
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

  test("a prefix of it is not replaced", async (t) => {
    const apiKey = "lnc_test_only_here_0123456789";
    const prefix = apiKey.slice(0, -1);
    const text = `${prefix} ${prefix}% ${apiKey.slice(0, 12)}\\u00 ${escaped(apiKey).slice(0, -1)}`;
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

  test("keys with every visible character are replaced, and short ones are not", async (t) => {
    const visible = Array.from({ length: 94 }, (_, n) => String.fromCharCode(33 + n)).join("");
    for (const apiKey of [visible, "a.b*c+d?(e)[f]", '"\\/"\\/"\\/']) {
      const jsonText = JSON.stringify({ key: apiKey, slash: apiKey.replaceAll("/", "\\/") });
      const { call } = await serveProxy(t, {
        apiKey,
        fetch: async () => new Response(`${jsonText} ${apiKey} ${percent(apiKey)}`),
      });
      const { text } = await call();
      assert.ok(!text.includes(apiKey), text);
      assert.ok(!JSON.stringify(text.match(/^\{.*\}/)?.[0]).includes(JSON.stringify(apiKey).slice(1, -1)), text);
      assert.ok(text.endsWith("[redacted] [redacted]"), text);
    }
    const { call } = await serveProxy(t, { apiKey: "ok", fetch: async () => new Response('{"ok":true}') });
    assert.equal((await call()).text, '{"ok":true}');
  });

  test("the key of a function is replaced", async (t) => {
    const { call } = await serveProxy(
      t,
      { apiKey: () => "lnc_test_of_tenant_a" },
      json({ a: "lnc_test_of_tenant_a", b: "lnc_test_of_tenant_b" }),
    );
    assert.deepEqual((await call()).body, { a: "[redacted]", b: "lnc_test_of_tenant_b" });
  });

  test("a long body is forwarded unchanged", async (t) => {
    const items = Array.from({ length: 50_000 }, (_, id) => ({
      id,
      name: `Größe 株式会社 😀 ${KEY.slice(0, 9)} \\u006c`,
    }));
    const { proxy } = await serveProxy(t, {}, json({ items }));
    assert.equal(await (await proxy(new Request(PAGE_ORIGIN + ORDERS))).text(), JSON.stringify({ items }));
  });
});
