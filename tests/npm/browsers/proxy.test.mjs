// In Chromium: a page whose client has no key, its server with the proxy, and pages of other origins.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import { canary, listen, PACKAGE, serve, TEST_KEYS } from "../helpers/setup.mjs";
import { createProxy, toNodeHandler } from "../proxy/setup.mjs";
import { surroundings } from "../suite/surroundings.mjs";
import { chromium } from "./puppet.mjs";

const SESSION = "session=4f1c";
const PAGE = `<!doctype html><meta charset="utf-8"><title>page</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "openprospect": "/openprospect.js" } }</script>
<script type="module" src="/page.js"></script>`;
const SCRIPT = `
import { OpenProspect } from "openprospect";
const DEFAULTS = { baseUrl: "/openprospect", maxRetries: 1, backoff: { baseMs: 10, maxMs: 20 } };
globalThis.clientOf = (options) => new OpenProspect({ ...DEFAULTS, ...options });
globalThis.resultOf = (promise) => promise.then((value) => ({ value }), (error) => {
  const { name, code, status, message, missingScopes, attempts } = error;
  return { name, code, status, message, missingScopes, attempts };
});
`;
const HTML =
  "<!doctype html><title>run</title><script>document.title = 'has run'; fetch('/stolen?' + document.cookie)</script>" +
  "<img src=x onerror=\"document.title = 'has run'\">";

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=\'has run\'">' +
  "<script>fetch('/stolen')</script></svg>";

/** @type {Awaited<ReturnType<typeof chromium>>} */
let browser;
/** @type {(() => unknown)[]} */
const cleanups = [];
/** @type {import("../helpers/setup.mjs").Scope} */
const scope = { after: (cleanUp) => cleanups.push(cleanUp) };
/** @type {any} */
let mock;
/** @type {[method: string, cookie: string | null][]} the calls of `authorize` */
let authorized;
/** @type {(string | undefined)[]} the requests to the site */
let hits;
/** @type {string} */
let site;
/** @type {any} */
let handler;
/** @type {(origins: string[]) => void} */
let allow;
before(async () => {
  browser = await chromium();
  const served = await serve(scope);
  mock = served.mock;
  /** @type {Record<string, string>} */
  const files = { "/page.js": SCRIPT, "/openprospect.js": await readFile(new URL("index.js", PACKAGE), "utf8") };
  site = await listen(scope, (request, response) => {
    hits.push(request.url);
    if (request.url.startsWith("/openprospect/")) handler(request, response);
    else if (files[request.url])
      response
        .writeHead(200, { "content-type": "text/javascript", "access-control-allow-origin": "*" })
        .end(files[request.url]);
    else
      response.writeHead(200, { "content-type": "text/html", "set-cookie": `${SESSION}; HttpOnly; Path=/` }).end(PAGE);
  });
  /** @param {string[]} allowedOrigins */
  const create = (allowedOrigins) =>
    toNodeHandler(
      createProxy({
        apiKey: TEST_KEYS.full,
        baseUrl: served.url,
        allowedOrigins,
        authorize({ method, headers }) {
          authorized.push([method, headers.get("cookie")]);
          return headers.get("cookie")?.includes(SESSION) || headers.get("authorization") === "Bearer of-the-user";
        },
      }),
    );
  allow = (origins) => {
    handler = create(origins);
  };
  allow([]);
});
after(async () => {
  await browser?.close();
  await Promise.all(cleanups.map((cleanUp) => cleanUp()));
});
beforeEach(() => {
  [authorized, hits] = [[], []];
  mock.requests.length = 0;
});

/**
 * @param {import("node:test").TestContext} t
 * @param {string} url
 */
async function open(t, url) {
  const page = await browser.open(url);
  t.after(async () => {
    canary.require("the content of the page", [await page.read("document.documentElement.outerHTML"), page.lines]);
    await page.close();
  });
  return page;
}

/**
 * A page of this origin, with the client.
 *
 * @param {import("node:test").TestContext} t
 */
async function visit(t, origin = site) {
  const page = await open(t, `${origin}/`);
  await page.read(
    "new Promise((resolve) => { const poll = () => (globalThis.clientOf ? resolve() : setTimeout(poll, 5)); poll(); })",
  );
  hits.length = 0;
  return page;
}

describe("the page of the server", () => {
  test("lists orders, creates and reads errors without a key", async (t) => {
    const page = await visit(t);
    const { value } = await page.read("resultOf(clientOf().orders.list({ limit: 3 }))");
    assert.deepEqual([value.items.length, value.total], [3, 25]);
    const created = await page.read('resultOf(clientOf().blacklists.create({ name: "Größe" }))');
    assert.equal(created.value.name, "Größe");
    const missing = await page.read('resultOf(clientOf().orders.get("nothing"))');
    assert.deepEqual([missing.name, missing.code], ["NotFoundError", "ORDER_NOT_FOUND"]);
    assert.deepEqual(authorized, [
      ["GET", SESSION],
      ["POST", SESSION],
      ["GET", SESSION],
    ]);
    for (const { headers } of mock.requests) {
      assert.deepEqual(
        [headers.authorization, headers.cookie, headers.origin, headers.referer],
        [`Bearer ${TEST_KEYS.full}`, undefined, undefined, undefined],
      );
    }
    canary.require("the storage of the page", await page.read(`(${surroundings})()`));
  });

  test("waits for Retry-After, and redacts a key in an error of the API", async (t) => {
    const page = await visit(t);
    mock.fail({ status: 429, retryAfter: "0.2" });
    assert.equal((await page.read("resultOf(clientOf().orders.list())")).value.total, 25);
    const [first, second] = mock.requests;
    assert.ok(second.at - first.at >= 200, `${second.at - first.at} ms`);
    mock.fail({ status: 400, echoKey: true });
    const echoed = await page.read("resultOf(clientOf().orders.list())");
    assert.match(echoed.message, /\[redacted\]/);
    mock.fail({ status: 400, echoKey: true });
    const raw = await page.read('fetch("/openprospect/api/v1/orders").then((response) => response.text())');
    assert.match(raw, /\[redacted\]/);
    canary.require("errors", [echoed, raw]);
  });

  test("gets an AuthenticationError without a session", async (t) => {
    const page = await visit(t);
    const { name, code } = await page.read(
      'resultOf(clientOf({ fetch: (url, init) => fetch(url, { ...init, credentials: "omit" }) }).orders.list())',
    );
    assert.deepEqual([name, code, mock.requests], ["AuthenticationError", "UNAUTHORIZED", []]);
  });

  test("can only reach the API, whatever path it requests", async (t) => {
    const page = await visit(t);
    const paths = [
      "/openprospect/api/..%2fadmin",
      "/openprospect/api/v1//orders",
      "/openprospect/apiX/v1/orders",
      "/openprospect/health",
    ];
    const statuses = await page.read(
      `Promise.all(${JSON.stringify(paths)}.map((path) => fetch(path).then(({ status }) => status)))`,
    );
    assert.deepEqual([statuses, mock.requests, authorized], [[404, 404, 404, 404], [], []]);
  });
});

/** Another port is another origin of the same site, which sends the cookies; another host is another site. */
for (const [description, host] of [
  ["another origin of the same site", "127.0.0.1"],
  ["another site", "localhost"],
]) {
  test(`a page of ${description} is rejected, with and without cookies`, async (t) => {
    const other = (
      await listen(t, (request, response) =>
        response
          .writeHead(200, { "content-type": "text/html" })
          .end('<!doctype html><title>attacker</title><link rel="icon" href="data:,">'),
      )
    ).replace("127.0.0.1", host);
    await visit(t);
    const page = await open(t, `${other}/`);
    const target = `${site}/openprospect/api/v1/orders`;
    const results = await page.read(`(async () => {
      const results = [];
      const target = ${JSON.stringify(target)};
      const json = { "content-type": "application/json" };
      for (const init of [
        {},
        { mode: "no-cors" },
        { method: "POST", mode: "no-cors", body: "{}" },
        { method: "POST", body: "{}", headers: json },
        { method: "DELETE" },
      ]) {
        for (const credentials of ["include", "omit"]) {
          const sent = fetch(target, { ...init, credentials });
          results.push(await sent.then(({ type, status }) => type + status, ({ name }) => name));
        }
      }
      for (const name of ["img", "script", "iframe"]) {
        await new Promise((resolve) => {
          const attributes = { src: target, onload: resolve, onerror: resolve };
          document.body.append(Object.assign(document.createElement(name), attributes));
        });
      }
      // A form needs no script, and sends the cookies.
      const frame = Object.assign(document.createElement("iframe"), { name: "sink" });
      const attributes = { method: "post", action: target, target: "sink", enctype: "text/plain" };
      const form = Object.assign(document.createElement("form"), attributes);
      document.body.append(frame, form);
      await new Promise((resolve) => { frame.onload = resolve; form.submit(); });
      return results;
    })()`);
    assert.ok(
      results.every((result) => result === "TypeError" || result === "opaque0"),
      JSON.stringify(results),
    );
    // The requests arrived: the proxy rejected them.
    assert.ok(hits.filter((url) => url === "/openprospect/api/v1/orders").length >= 12, JSON.stringify(hits));
    assert.deepEqual([authorized, mock.requests], [[], []]);
  });
}

test("a page of an allowed origin uses the proxy with its user's token", async (t) => {
  const other = site.replace("127.0.0.1", "localhost");
  allow([other]);
  t.after(() => allow([]));
  const page = await visit(t, other);
  const client = `clientOf({ baseUrl: ${JSON.stringify(`${site}/openprospect`)}, apiKey: "of-the-user" })`;
  assert.equal((await page.read(`resultOf(${client}.orders.list({ limit: 1 }))`)).value.total, 25);
  mock.fail({ status: 429, retryAfter: "0.2" });
  assert.equal((await page.read(`resultOf(${client}.blacklists.create({ name: "n" }))`)).value.name, "n");
  const [, first, second] = mock.requests;
  assert.ok(second.at - first.at >= 200, "the page could not read Retry-After");
  assert.deepEqual(
    mock.requests.map(({ headers }) => headers.authorization),
    Array(3).fill(`Bearer ${TEST_KEYS.full}`),
  );
  assert.equal(
    (
      await page.read(
        `resultOf(clientOf({ baseUrl: ${JSON.stringify(`${site}/openprospect`)}, apiKey: "unknown" }).orders.list())`,
      )
    ).code,
    "UNAUTHORIZED",
  );
});

describe("a hostile body", () => {
  for (const type of ["text/html", "image/svg+xml", "application/xhtml+xml", "application/json"]) {
    test(`of type ${type} is text without an origin if it is opened as a page`, async (t) => {
      await visit(t);
      mock.fail({
        status: 400,
        body: type === "image/svg+xml" ? SVG : HTML,
        contentType: type,
      });
      const page = await open(t, `${site}/openprospect/api/v1/orders`);
      const opened = await page.read(
        `({
          type: document.contentType,
          title: document.title,
          origin: self.origin,
          scripts: document.scripts.length,
        })`,
      );
      assert.deepEqual(opened, {
        type: type === "application/json" ? "application/json" : "text/plain",
        title: "",
        origin: "null",
        scripts: 0,
      });
      assert.equal(mock.requests.length, 1);
      assert.ok(!hits.some((url) => url?.startsWith("/stolen")));
    });
  }
});
