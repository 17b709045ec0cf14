// A key that a visitor enters is in its field and in the request's header, and nowhere else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { canary } from "../helpers/setup.mjs";
import { createCanary } from "../suite/canary.mjs";
import { EVERYWHERE } from "./visit.mjs";

const KEYS = { test: "lnc_test_typed0by0hand", live: "lnc_live_typed0by0hand" };
/** Replaces `fetch`, so that no request leaves the machine. */
const STUB = `(globalThis.sent = [], globalThis.fetch = async (url, init) => {
  sent.push({ url: String(url), authorization: new Headers(init.headers).get("authorization") });
  const page = { items: [], total: 0, limit: 50, offset: 0, has_more: false };
  return Response.json(page);
}, true)`;
const PLANTED = "lnc_test_pl4nted0in0a0page";
const TEXT = JSON.stringify(PLANTED);
/**
 * Expressions that put a key into each place where a page can keep one, and that remove it.
 *
 * @type {Record<string, [plant: string, remove: string]>}
 */
const PLACES = {
  localStorage: [`localStorage.setItem("k", ${TEXT})`, "localStorage.clear()"],
  sessionStorage: [`sessionStorage.setItem("k", btoa(${TEXT}))`, "sessionStorage.clear()"],
  cookies: [`document.cookie = "k=" + ${TEXT}`, 'document.cookie = "k=; max-age=0"'],
  history: [`history.replaceState({ k: ${TEXT} }, "")`, 'history.replaceState(null, "")'],
  "an address": [
    `history.replaceState(null, "", "?k=" + ${TEXT} + location.hash)`,
    'history.replaceState(null, "", location.pathname + location.hash)',
  ],
  "the document": [`document.body.dataset.k = ${TEXT}`, "delete document.body.dataset.k"],
  indexedDB: [
    `new Promise((resolve, reject) => {
      const opened = indexedDB.open("planted", 1);
      opened.onupgradeneeded = () => opened.result.createObjectStore("s");
      opened.onerror = () => reject(opened.error);
      opened.onsuccess = () => {
        const written = opened.result.transaction("s", "readwrite");
        written.objectStore("s").put({ k: ${TEXT} }, "a");
        written.oncomplete = () => resolve(opened.result.close());
      };
    })`,
    `new Promise((resolve, reject) => {
      const events = { onsuccess: resolve, onerror: reject, onblocked: reject };
      Object.assign(indexedDB.deleteDatabase("planted"), events);
    })`,
  ],
  caches: [
    `caches.open("planted").then((cache) => cache.put("/planted", new Response(${TEXT})))`,
    'caches.delete("planted")',
  ],
  "the addresses asked": [
    `fetch("/icon.svg?k=" + ${TEXT}).then((response) => response.text())`,
    "performance.clearResourceTimings()",
  ],
};

/**
 * @param {string} name of the browser
 * @param {import("./visit.mjs").Open} open
 */
export function secrets(name, open) {
  for (const key of Object.values(KEYS)) canary.learn(key);

  test(`${name}: a key is only sent to the API, and not stored`, async (t) => {
    const { until, use, type, read, lines, text } = await open(t, "explorer");
    await read(STUB);
    await use('input[name="target"][value="api"]', " ");
    await type("#api-key", KEYS.test);
    await use("#call button.main");
    await until("sent.length === 1 && document.querySelector('.pager')");
    assert.deepEqual(await read("sent"), [
      { url: "https://api.openprospect.io/api/v1/orders", authorization: `Bearer ${KEYS.test}` },
    ]);
    for (const where of [await read(EVERYWHERE), lines.join("\n"), await text("#sample")])
      assert.ok(!where.includes(KEYS.test));
    assert.deepEqual(await read("[localStorage.length, sessionStorage.length, document.cookie]"), [0, 0, ""]);

    await type("#api-key", KEYS.live);
    await use("#call button.main");
    await until('document.querySelector(".headline")?.textContent.includes("ConfigurationError")');
    await use("#live-key", " ");
    await use("#call button.main");
    await until("sent.length === 2 && document.querySelector('.pager')");
    assert.ok(!(await read(EVERYWHERE)).includes(KEYS.live));

    await use("#clear-key");
    assert.equal(await read('document.querySelector("#api-key").value'), "");
    await use('input[name="target"][value="proxy"]', " ");
    await type("#proxy-url", "https://proxy.example/p");
    await use("#call button.main");
    await until("sent.length === 3");
    assert.deepEqual((await read("sent"))[2], { url: "https://proxy.example/p/api/v1/orders", authorization: null });
    assert.match(await text("#sample"), /baseUrl: "https:\/\/proxy\.example\/p"/);
  });

  test(`${name}: the search finds a key in each place of a page`, async (t) => {
    const { read, until } = await open(t, "errors");
    const search = createCanary({ keys: [PLANTED] });
    const found = async () => [
      ...new Set(search.searchIn(JSON.parse(await read(EVERYWHERE))).finds.map((find) => find.split(":")[0])),
    ];
    assert.deepEqual(await found(), []);
    for (const [place, [plant, remove]] of Object.entries(PLACES)) {
      await read(`(async () => { await (${plant}); return true; })()`);
      // The browser lists a URL a moment after its response.
      if (place === "the addresses asked")
        await until(`performance.getEntriesByType("resource").some(({ name }) => name.includes(${TEXT}))`);
      assert.ok((await found()).includes(place), `${place}: ${await found()}`);
      await read(`(async () => { await (${remove}); return true; })()`);
      assert.deepEqual(await found(), [], `${place}, removed`);
    }
  });

  test(`${name}: the page only loads its own files`, async (t) => {
    const { read, until } = await open(t, "errors");
    await until('!document.querySelector("#error-tables").hasAttribute("aria-busy")');
    assert.deepEqual(
      await read(
        'performance.getEntriesByType("resource")' +
          ".map(({ name }) => new URL(name).origin).filter((origin) => origin !== location.origin)",
      ),
      [],
    );
  });
}
