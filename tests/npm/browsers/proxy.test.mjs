// A page whose client has no key, the server of that page with the proxy, and pages of other origins, in Chromium.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import { canary, listen, PACKAGE, serve, TEST_KEYS } from "../helpers/setup.mjs";
import { createProxy, toNodeHandler } from "../proxy/setup.mjs";
import { surroundings } from "../suite/surroundings.mjs";
import { chromium } from "./puppet.mjs";

const SESSION = "session=4f1c";
const PAGE = `<!doctype html><meta charset="utf-8"><title>page</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "openprospect": "/openprospect.js" } }</script><script type="module" src="/page.js"></script>`;
const SCRIPT = `
import { OpenProspect } from "openprospect";
globalThis.make = (options) => new OpenProspect({ baseUrl: "/openprospect", maxRetries: 1, backoff: { baseMs: 10, maxMs: 20 }, ...options });
globalThis.outcome = (promise) => promise.then((value) => ({ value }), ({ name, code, status, message, missingScopes, attempts }) => ({ name, code, status, message, missingScopes, attempts }));
`;
const HTML =
  "<!doctype html><title>run</title><script>document.title = 'has run'; fetch('/taken?' + document.cookie)</script><img src=x onerror=\"document.title = 'has run'\">";

let browser;
const closing = [];
const all = { after: (close) => closing.push(close) };
let mock;
let asked;
let hits;
let site;
let handler;
let allow;
before(async () => {
  browser = await chromium();
  const served = await serve(all);
  mock = served.mock;
  const files = { "/page.js": SCRIPT, "/openprospect.js": await readFile(new URL("index.js", PACKAGE), "utf8") };
  site = await listen(all, (request, response) => {
    hits.push(request.url);
    if (request.url.startsWith("/openprospect/")) handler(request, response);
    else if (files[request.url])
      response
        .writeHead(200, { "content-type": "text/javascript", "access-control-allow-origin": "*" })
        .end(files[request.url]);
    else
      response.writeHead(200, { "content-type": "text/html", "set-cookie": `${SESSION}; HttpOnly; Path=/` }).end(PAGE);
  });
  const create = (allowedOrigins) =>
    toNodeHandler(
      createProxy({
        apiKey: TEST_KEYS.full,
        baseUrl: served.url,
        allowedOrigins,
        authorize({ method, headers }) {
          asked.push([method, headers.get("cookie")]);
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
  await Promise.all(closing.map((close) => close()));
});
beforeEach(() => {
  [asked, hits] = [[], []];
  mock.requests.length = 0;
});

async function open(t, url) {
  const page = await browser.open(url);
  t.after(async () => {
    canary.require("what the page holds", [await page.read("document.documentElement.outerHTML"), page.lines]);
    await page.close();
  });
  return page;
}

/** A page of this origin, with the client. */
async function visit(t, origin = site) {
  const page = await open(t, `${origin}/`);
  await page.read(
    "new Promise((resolve) => { const look = () => (globalThis.make ? resolve() : setTimeout(look, 5)); look(); })",
  );
  hits.length = 0;
  return page;
}

describe("the page of the server", () => {
  test("lists orders, creates and reads errors without a key of its own", async (t) => {
    const page = await visit(t);
    const { value } = await page.read("outcome(make().orders.list({ limit: 3 }))");
    assert.deepEqual([value.items.length, value.total], [3, 25]);
    assert.equal((await page.read('outcome(make().blacklists.create({ name: "Größe" }))')).value.name, "Größe");
    const missing = await page.read('outcome(make().orders.get("nothing"))');
    assert.deepEqual([missing.name, missing.code], ["NotFoundError", "ORDER_NOT_FOUND"]);
    assert.deepEqual(
      asked.map(([method, cookie]) => [method, cookie]),
      [
        ["GET", SESSION],
        ["POST", SESSION],
        ["GET", SESSION],
      ],
    );
    for (const { headers } of mock.requests) {
      assert.deepEqual(
        [headers.authorization, headers.cookie, headers.origin, headers.referer],
        [`Bearer ${TEST_KEYS.full}`, undefined, undefined, undefined],
      );
    }
    canary.require("what the page keeps", await page.read(`(${surroundings})()`));
  });

  test("waits as the API says, and shows no key that the API repeats", async (t) => {
    const page = await visit(t);
    mock.fail({ status: 429, retryAfter: "0.2" });
    assert.equal((await page.read("outcome(make().orders.list())")).value.total, 25);
    const [first, second] = mock.requests;
    assert.ok(second.at - first.at >= 200, `${second.at - first.at} ms`);
    mock.fail({ status: 400, echoKey: true });
    const echoed = await page.read("outcome(make().orders.list())");
    assert.match(echoed.message, /\[redacted\]/);
    mock.fail({ status: 400, echoKey: true });
    const raw = await page.read('fetch("/openprospect/api/v1/orders").then((response) => response.text())');
    assert.match(raw, /\[redacted\]/);
    canary.require("errors", [echoed, raw]);
  });

  test("gets an AuthenticationError when nobody is signed in", async (t) => {
    const page = await visit(t);
    const { name, code } = await page.read(
      'outcome(make({ fetch: (url, init) => fetch(url, { ...init, credentials: "omit" }) }).orders.list())',
    );
    assert.deepEqual([name, code, mock.requests], ["AuthenticationError", "UNAUTHORIZED", []]);
  });

  test("reaches nothing but the API, whatever it asks for", async (t) => {
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
    assert.deepEqual([statuses, mock.requests, asked], [[404, 404, 404, 404], [], []]);
  });
});

/** Another port is another origin of the same site, which gets the cookies; another host is another site. */
for (const [what, host] of [
  ["another origin of the same site", "127.0.0.1"],
  ["another site", "localhost"],
]) {
  test(`a page of ${what} is refused, with and without cookies`, async (t) => {
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
    const outcomes = await page.read(`(async () => {
      const results = [];
      for (const init of [{}, { mode: "no-cors" }, { method: "POST", mode: "no-cors", body: "{}" }, { method: "POST", body: "{}", headers: { "content-type": "application/json" } }, { method: "DELETE" }]) {
        for (const credentials of ["include", "omit"]) results.push(await fetch(${JSON.stringify(target)}, { ...init, credentials }).then(({ type, status }) => type + status, ({ name }) => name));
      }
      for (const name of ["img", "script", "iframe"]) {
        await new Promise((resolve) => {
          const element = Object.assign(document.createElement(name), { src: ${JSON.stringify(target)}, onload: resolve, onerror: resolve });
          document.body.append(element);
        });
      }
      // A form needs no script, and brings the cookies of its own accord.
      const frame = Object.assign(document.createElement("iframe"), { name: "sink" });
      const form = Object.assign(document.createElement("form"), { method: "post", action: ${JSON.stringify(target)}, target: "sink", enctype: "text/plain" });
      document.body.append(frame, form);
      await new Promise((resolve) => { frame.onload = resolve; form.submit(); });
      return results;
    })()`);
    assert.ok(
      outcomes.every((outcome) => outcome === "TypeError" || outcome === "opaque0"),
      JSON.stringify(outcomes),
    );
    // They arrived: it was the proxy that refused them.
    assert.ok(hits.filter((url) => url === "/openprospect/api/v1/orders").length >= 12, JSON.stringify(hits));
    assert.deepEqual([asked, mock.requests], [[], []]);
  });
}

test("a page of a listed origin uses the proxy with a token of its user's", async (t) => {
  const other = site.replace("127.0.0.1", "localhost");
  allow([other]);
  t.after(() => allow([]));
  const page = await visit(t, other);
  const client = `make({ baseUrl: ${JSON.stringify(`${site}/openprospect`)}, apiKey: "of-the-user" })`;
  assert.equal((await page.read(`outcome(${client}.orders.list({ limit: 1 }))`)).value.total, 25);
  mock.fail({ status: 429, retryAfter: "0.2" });
  assert.equal((await page.read(`outcome(${client}.blacklists.create({ name: "n" }))`)).value.name, "n");
  const [, first, second] = mock.requests;
  assert.ok(second.at - first.at >= 200, "Retry-After was not readable");
  assert.deepEqual(
    mock.requests.map(({ headers }) => headers.authorization),
    Array(3).fill(`Bearer ${TEST_KEYS.full}`),
  );
  assert.equal(
    (
      await page.read(
        `outcome(make({ baseUrl: ${JSON.stringify(`${site}/openprospect`)}, apiKey: "of-nobody" }).orders.list())`,
      )
    ).code,
    "UNAUTHORIZED",
  );
});

describe("a hostile body", () => {
  for (const type of ["text/html", "image/svg+xml", "application/xhtml+xml", "application/json"]) {
    test(`of type ${type} is text without an origin when it is opened as a page`, async (t) => {
      await visit(t);
      mock.fail({
        status: 400,
        body:
          type === "image/svg+xml"
            ? `<svg xmlns="http://www.w3.org/2000/svg" onload="document.title='has run'"><script>fetch('/taken')</script></svg>`
            : HTML,
        contentType: type,
      });
      const page = await open(t, `${site}/openprospect/api/v1/orders`);
      const seen = await page.read(
        `({ type: document.contentType, title: document.title, origin: self.origin, scripts: document.scripts.length })`,
      );
      assert.deepEqual(seen, {
        type: type === "application/json" ? "application/json" : "text/plain",
        title: "",
        origin: "null",
        scripts: 0,
      });
      assert.equal(mock.requests.length, 1);
      assert.ok(!hits.some((url) => url.startsWith("/taken")));
    });
  }
});
