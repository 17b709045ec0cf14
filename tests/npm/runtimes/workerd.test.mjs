// The suite in Cloudflare's runtime, in a worker that is bundled as wrangler does it.

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
    shared ??= new openprospect.OpenProspect({ apiKey, baseUrl, timeoutMs: 300, backoff: { baseMs: 40, maxMs: 100 }, deadlineMs: 10_000 });
    return shared.orders.list({ limit: 1 });
  },
  async "/refused"() {
    try {
      new openprospect.OpenProspect({ apiKey: "lnc_test_x" });
    } catch (error) {
      return { isKind: openprospect.isOpenProspectError(error, "configuration"), ...error.toJSON() };
    }
    throw new Error("it was made");
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
  const { picked, asked } = await start(t, WRANGLER, address);
  assert.deepEqual(picked, ["workerd.js"]);
  await asked("/suite");
});

test("workerd: a client for each of many requests at once", async (t) => {
  const { url } = await serve(t, { latencyMs: 20 });
  const { asked } = await start(t, WRANGLER, url);
  const pages = await Promise.all(Array.from({ length: 40 }, () => asked("/list")));
  assert.deepEqual(
    pages.map(({ total }) => total),
    Array(40).fill(25),
  );
});

/** The runtime ends a request that waits for nothing of its own, and its timers with it. */
for (const [what, faults] of [
  ["well", []],
  ["after a 429", [{ status: 429, retryAfter: "1" }]],
  ["after failures", [503, 503, 503, 503]],
]) {
  test(`workerd: one client shared by many requests at once, ${what}`, async (t) => {
    const { url, mock } = await serve(t, { latencyMs: 20 });
    const { asked } = await start(t, WRANGLER, url);
    mock.fail(...faults);
    const pages = await Promise.all(Array.from({ length: 40 }, () => asked("/shared")));
    assert.deepEqual(
      pages.map(({ total }) => total),
      Array(40).fill(25),
    );
  });
}

test("workerd: requests whose callers leave give their places to others", async (t) => {
  const { url, mock } = await serve(t);
  const { asked } = await start(t, WRANGLER, url);
  mock.fail({ stall: "headers", times: 6 });
  const controller = new AbortController();
  const left = Array.from({ length: 6 }, () =>
    asked("/shared", { signal: controller.signal }).catch((error) => error.name),
  );
  await until(() => mock.requests.length >= 4, "four requests are out");
  controller.abort();
  assert.deepEqual(await Promise.all(left), Array(6).fill("AbortError"));
  const pages = await Promise.all(Array.from({ length: 12 }, () => asked("/shared")));
  assert.deepEqual(
    pages.map(({ total }) => total),
    Array(12).fill(25),
  );
});

test("workerd without its condition: the error names it", async (t) => {
  const { picked, asked } = await start(t, []);
  assert.deepEqual(picked, ["index.js"]);
  const { isKind, name, option, message } = await asked("/refused");
  assert.deepEqual([isKind, name, option], [true, "ConfigurationError", "WebAssembly"]);
  assert.match(message, /export condition: workerd \(Cloudflare\)/);
});
