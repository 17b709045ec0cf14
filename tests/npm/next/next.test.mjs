// What Next.js does to a client: it caches, forbids and steers. Pages that its build makes, and pages on demand.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { build, makeApp, MODULES, start } from "./app.mjs";
import { COMPONENTS, PAGES } from "./apps.mjs";
import { serveJobs } from "./server.mjs";

/** What a page shows of the client. */
const shown = (html) =>
  JSON.parse(
    /<pre>shown:([^<]*)<\/pre>/.exec(html.replaceAll("&quot;", '"'))?.[1] ??
      `"nothing: ${html.slice(0, 300).replaceAll('"', "'")}"`,
  );

/** Builds an app, starts it, and gives what asks it for pages. */
function app(files, modules) {
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
  own.asked = (line) => own.api.asked.filter((one) => one === line).length;
  return own;
}

// Next.js may make a page more than once.
const isDone = ({ status, looks }) => assert.ok(status === "COMPLETED" && looks >= 3, `${status} ${looks}`);
const isNew = ({ name }) => assert.match(String(name), /^from [2-9]$/);

for (const [version, modules] of Object.entries(MODULES)) {
  describe(`Next.js ${version}`, () => {
    const own = app(PAGES, modules);
    const { page, asked } = own;

    test("orders.wait in a page that the build makes", async () => {
      isDone(shown((await page("/wait-static")).text));
    });
    test("edit in a page that the build makes", async () => {
      isNew(shown((await page("/edit-static")).text));
    });
    test("orders.wait in a page on demand", async () => {
      isDone(shown((await page("/wait/a")).text));
    });
    test("orders.wait in a route", async () => {
      isDone(JSON.parse((await page("/wait-route/b")).text));
    });
    test("edit in a page on demand", async () => {
      isNew(shown((await page("/edit/a")).text));
    });
    test("an error by which a page becomes dynamic", async () => {
      const before = asked("GET /auth/validate");
      for (let round = 1; round <= 2; round += 1) {
        assert.deepEqual(shown((await page("/dynamic")).text), { valid: true, scopes: [] });
        assert.equal(asked("GET /auth/validate"), before + round);
      }
    });
    test("a redirect in a wrapper of fetch", async () => {
      const { status, location } = await page("/redirect");
      assert.deepEqual(
        [status, new URL(location ?? "http://none", own.server.url).pathname],
        [307, "/dynamic"],
        own.server.said(),
      );
      assert.equal(asked("GET /refused"), 1);
    });
  });
}

describe("Next.js 16 with cacheComponents", () => {
  const { page } = app(COMPONENTS, MODULES[16]);

  for (const path of ["/", "/keyed"]) {
    test(`a call in a page that is made on demand: ${path}`, async () => {
      assert.deepEqual(shown((await page(path)).text), { valid: true, scopes: [] });
    });
  }
  test("orders.wait", async () => isDone(shown((await page("/wait")).text)));
  test("a call in a function that is cached", async () => {
    assert.deepEqual(shown((await page("/cached")).text), { valid: true });
  });
});
