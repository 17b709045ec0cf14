// A key that is typed in is in its field and in the request's header, and nowhere else.

import assert from "node:assert/strict";
import { test } from "node:test";

const KEYS = { test: "lnc_test_typed0by0hand", live: "lnc_live_typed0by0hand" };
/** In the place of the network: nothing leaves the machine. */
const STUB = `(globalThis.asked = [], globalThis.fetch = async (url, init) => {
  asked.push({ url: String(url), authorization: new Headers(init.headers).get("authorization") });
  return new Response(JSON.stringify({ items: [], total: 0, limit: 50, offset: 0, has_more: false }), { headers: { "content-type": "application/json" } });
}, true)`;
const EVERYWHERE = `(async () => JSON.stringify([
  location.href, document.cookie, { ...localStorage }, { ...sessionStorage }, history.state, document.title,
  document.documentElement.outerHTML, await globalThis.indexedDB?.databases?.() ?? [], await globalThis.caches?.keys().catch(() => []) ?? [],
  performance.getEntries().map((entry) => entry.name),
]))()`;

export function secrets(name, open) {
  test(`${name}: a key is sent to the API alone, and kept nowhere`, async (t) => {
    const { until, use, type, read, lines, text } = await open(t, "explorer");
    await read(STUB);
    await use('input[name="where"][value="api"]', " ");
    await type("#api-key", KEYS.test);
    await use("#call button.main");
    await until("asked.length === 1 && document.querySelector('.pager')");
    assert.deepEqual(await read("asked"), [{ url: "https://api.openprospect.io/api/v1/orders", authorization: `Bearer ${KEYS.test}` }]);
    for (const where of [await read(EVERYWHERE), lines.join("\n"), await text("#sample")]) assert.ok(!where.includes(KEYS.test));
    assert.deepEqual(await read("[localStorage.length, sessionStorage.length, document.cookie]"), [0, 0, ""]);

    await type("#api-key", KEYS.live);
    await use("#call button.main");
    await until('document.querySelector(".headline")?.textContent.includes("ConfigurationError")');
    await use("#live-key", " ");
    await use("#call button.main");
    await until("asked.length === 2 && document.querySelector('.pager')");
    assert.ok(!(await read(EVERYWHERE)).includes(KEYS.live));

    await use("#forget");
    assert.equal(await read('document.querySelector("#api-key").value'), "");
    await use('input[name="where"][value="proxy"]', " ");
    await type("#proxy-url", "https://proxy.example/p");
    await use("#call button.main");
    await until("asked.length === 3");
    assert.deepEqual((await read("asked"))[2], { url: "https://proxy.example/p/api/v1/orders", authorization: null });
    assert.match(await text("#sample"), /baseUrl: "https:\/\/proxy\.example\/p"/);
  });

  test(`${name}: the page loads its own files alone`, async (t) => {
    const { read, until } = await open(t, "errors");
    await until('!document.querySelector("#error-tables").hasAttribute("aria-busy")');
    assert.deepEqual(await read('performance.getEntriesByType("resource").map(({ name }) => new URL(name).origin).filter((origin) => origin !== location.origin)'), []);
  });
}
