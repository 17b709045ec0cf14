// The suite in Cloudflare's runtime, in a worker that is bundled as wrangler does.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serve, TEST_KEYS, until } from "../helpers/setup.mjs";
import { place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { startWorkerd, WRANGLER } from "./workerd.mjs";

const MAIN = `
import * as openprospect from "openprospect";
import { runSuite } from "./suite/run.mjs";

let shared;

const ROUTES = {
  async "/suite"(url) {
    await runSuite(openprospect, url);
    return {};
  },
  async "/list"(baseUrl, apiKey) {
    return new openprospect.OpenProspect({ apiKey, baseUrl }).orders.list({ limit: 1 });
  },
  async "/shared"(baseUrl, apiKey) {
    const options = { timeoutMs: 300, backoff: { baseMs: 40, maxMs: 100 }, deadlineMs: 10_000 };
    shared ??= new openprospect.OpenProspect({ apiKey, baseUrl, ...options });
    return shared.orders.list({ limit: 1 });
  },
  async "/unsupported"() {
    try {
      new openprospect.OpenProspect({ apiKey: "lnc_test_x" });
    } catch (error) {
      return { isKind: openprospect.isOpenProspectError(error, "configuration"), ...error.toJSON() };
    }
    throw new Error("the constructor did not throw");
  },
};

export default {
  async fetch(request, { URL_GIVEN, KEY }) {
    return Response.json(await ROUTES[new URL(request.url).pathname](URL_GIVEN, KEY));
  },
};
`;

let project;
before(async () => {
  project = await makeProject({ "main.mjs": MAIN });
});
after(() => project.remove());

async function start(t, conditions, url = "") {
  const { dispose, ...worker } = await startWorkerd(project.folder, conditions, {
    URL_GIVEN: url,
    KEY: TEST_KEYS.full,
  });
  t.after(dispose);
  return worker;
}

place("workerd", {}, async (address, t) => {
  const { picked, request } = await start(t, WRANGLER, address);
  assert.deepEqual(picked, ["workerd.js"]);
  await request("/suite");
});

test("workerd: a client for each of many simultaneous requests", async (t) => {
  const { url } = await serve(t, { latencyMs: 20 });
  const { request } = await start(t, WRANGLER, url);
  const pages = await Promise.all(Array.from({ length: 40 }, () => request("/list")));
  assert.deepEqual(
    pages.map(({ total }) => total),
    Array(40).fill(25),
  );
});

/**
 * The runtime cancels a request that waits only for another request, and its timers with it.
 *
 * @type {[what: string, faults: any[]][]}
 */
const SHARED = [
  ["without faults", []],
  ["after a 429", [{ status: 429, retryAfter: "1" }]],
  ["after failures", [503, 503, 503, 503]],
];
for (const [what, faults] of SHARED) {
  test(`workerd: one client shared by many simultaneous requests, ${what}`, async (t) => {
    const { url, mock } = await serve(t, { latencyMs: 20 });
    const { request } = await start(t, WRANGLER, url);
    mock.fail(...faults);
    const pages = await Promise.all(Array.from({ length: 40 }, () => request("/shared")));
    assert.deepEqual(
      pages.map(({ total }) => total),
      Array(40).fill(25),
    );
  });
}

test("workerd: aborted requests release their permits to other requests", async (t) => {
  const { url, mock } = await serve(t);
  const { request } = await start(t, WRANGLER, url);
  mock.fail({ stall: "headers", times: 6 });
  const controller = new AbortController();
  const left = Array.from({ length: 6 }, () =>
    request("/shared", { signal: controller.signal }).catch((error) => error.name),
  );
  await until(() => mock.requests.length >= 4, "four requests are in flight");
  controller.abort();
  assert.deepEqual(await Promise.all(left), Array(6).fill("AbortError"));
  const pages = await Promise.all(Array.from({ length: 12 }, () => request("/shared")));
  assert.deepEqual(
    pages.map(({ total }) => total),
    Array(12).fill(25),
  );
});

test("without its export condition, the error of workerd names it", async (t) => {
  const { picked, request } = await start(t, []);
  assert.deepEqual(picked, ["index.js"]);
  const { isKind, name, option, message } = await request("/unsupported");
  assert.deepEqual([isKind, name, option], [true, "ConfigurationError", "WebAssembly"]);
  assert.match(message, /export condition: workerd \(Cloudflare\)/);
});
