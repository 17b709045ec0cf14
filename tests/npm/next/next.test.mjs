// The client in Next.js, which caches fetches, restricts pages, and controls them with errors: pages rendered by the
// build and on demand.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { build, makeApp, MODULES, start } from "./app.mjs";
import { COMPONENTS, PAGES } from "./apps.mjs";
import { serveJobs } from "./server.mjs";

/** The value of the client in a page. */
const shown = (html) =>
  JSON.parse(
    /<pre>shown:([^<]*)<\/pre>/.exec(html.replaceAll("&quot;", '"'))?.[1] ??
      `"nothing: ${html.slice(0, 300).replaceAll('"', "'")}"`,
  );

/** Builds and starts an app; `page` requests a page of it, `count` counts equal requests at the API's server. */
function app(files, modules) {
  /** @type {any} */
  const own = {};
  before(async () => {
    [own.project, own.api] = await Promise.all([makeApp(files, modules), serveJobs()]);
    await build(own.project.folder, [], { ADDRESS: own.api.url });
    own.server = await start(own.project.folder, { ADDRESS: own.api.url });
  });
  after(async () => {
    await own.server?.stop();
    await own.api?.close();
    await own.project?.remove();
  });
  own.page = async (path) => {
    const response = await fetch(`${own.server.url}${path}`, { redirect: "manual" });
    return { status: response.status, location: response.headers.get("location"), text: await response.text() };
  };
  own.count = (request) => own.api.requests.filter((one) => one === request).length;
  return own;
}

// Next.js may render a page more than once.
const assertDone = ({ status, polls }) => assert.ok(status === "COMPLETED" && polls >= 3, `${status} ${polls}`);
const assertEdited = ({ name }) => assert.match(String(name), /^from [2-9]$/);

for (const [version, modules] of Object.entries(MODULES)) {
  describe(`Next.js ${version}`, () => {
    const own = app(PAGES, modules);
    const { page, count } = own;

    test("orders.wait in a page rendered by the build", async () => {
      assertDone(shown((await page("/wait-static")).text));
    });
    test("edit in a page rendered by the build", async () => {
      assertEdited(shown((await page("/edit-static")).text));
    });
    test("orders.wait in a page on demand", async () => {
      assertDone(shown((await page("/wait/a")).text));
    });
    test("orders.wait in a route", async () => {
      assertDone(JSON.parse((await page("/wait-route/b")).text));
    });
    test("edit in a page on demand", async () => {
      assertEdited(shown((await page("/edit/a")).text));
    });
    test("an error that makes a page dynamic", async () => {
      const before = count("GET /auth/validate");
      for (let round = 1; round <= 2; round += 1) {
        assert.deepEqual(shown((await page("/dynamic")).text), { valid: true, scopes: [] });
        assert.equal(count("GET /auth/validate"), before + round);
      }
    });
    test("a redirect in a wrapper of fetch", async () => {
      const { status, location } = await page("/redirect");
      assert.deepEqual(
        [status, new URL(location ?? "http://none", own.server.url).pathname],
        [307, "/dynamic"],
        own.server.output(),
      );
      assert.equal(count("GET /refused"), 1);
    });
  });
}

describe("Next.js 16 with cacheComponents", () => {
  const { page } = app(COMPONENTS, MODULES[16]);

  for (const path of ["/", "/keyed"]) {
    test(`a call in a page rendered on demand: ${path}`, async () => {
      assert.deepEqual(shown((await page(path)).text), { valid: true, scopes: [] });
    });
  }
  test("orders.wait", async () => assertDone(shown((await page("/wait")).text)));
  test("a call in a cached function", async () => {
    assert.deepEqual(shown((await page("/cached")).text), { valid: true });
  });
});
