// The suite in one app of Next.js, packed by each of its two bundlers: on the server, at the edge, and in a page.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { PACKAGE } from "../helpers/setup.mjs";
import { build, makeApp, MODULES, start } from "../next/app.mjs";
import { playScenario } from "../proxy/scenario.mjs";
import { place } from "../suite/place.mjs";
import { chromium, PAGE } from "./page.mjs";

const open = chromium();
const route = (runtime) => `
import * as openprospect from "openprospect";
import { runSuite } from "../../suite/run.mjs";
export const runtime = "${runtime}";
export const GET = async (request) => Response.json(await runSuite(openprospect, new URL(request.url).searchParams.get("address")));
`;
const FILES = {
  "app/layout.js":
    'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }\n',
  "app/node/route.js": route("nodejs"),
  "app/edge/route.js": route("edge"),
  "app/server/page.js": `
import * as openprospect from "openprospect";
import { runSuite } from "../../suite/run.mjs";
// Without it the page is made by the build.
export const dynamic = "force-dynamic";
export default async function Page({ searchParams }) {
  const { address } = await searchParams;
  return <pre>{JSON.stringify(await runSuite(openprospect, address))}</pre>;
}
`,
  // The build imports it too, without a key.
  "app/openprospect/[...path]/route.js": `
import { createProxy } from "openprospect/proxy";
const proxy = createProxy({ maxBodyBytes: 1000, authorize: ({ headers }) => headers.get("cookie") === "session=1" });
export { proxy as GET, proxy as POST, proxy as PUT, proxy as PATCH, proxy as DELETE };
`,
  "app/client/page.js": `
"use client";
import * as openprospect from "openprospect";
import { useEffect } from "react";
import { runSuite } from "../../suite/run.mjs";
export default function Page() {
  useEffect(() => {
    runSuite(openprospect, new URLSearchParams(location.search).get("address")).then(() => { document.title = "done"; });
  }, []);
  return <p>running</p>;
}
`,
};

let project;
before(async () => {
  project = await makeApp(FILES, MODULES[16]);
});
after(() => project.remove());

for (const [bundler, flags] of [
  ["Turbopack", []],
  ["webpack", ["--webpack"]],
]) {
  describe(`Next.js, ${bundler}`, () => {
    let server;
    before(async () => {
      await build(project.folder, flags);
      server = await start(project.folder);
    });
    after(() => server?.stop());

    const called = (path) => async (address) => {
      const response = await fetch(`${server.url}/${path}?address=${encodeURIComponent(address)}`);
      assert.equal(response.status, 200, server.said());
      await response.text();
    };
    place(`Next.js, ${bundler}, a server component`, {}, called("server"));
    place(`Next.js, ${bundler}, a route of Node`, {}, called("node"));
    place(`Next.js, ${bundler}, a route at the edge`, {}, async (address) => {
      await called("edge")(address);
      await assertSeparate(project.folder);
    });
    // No strict policy: Next.js writes inline scripts into its pages.
    test(`Next.js, ${bundler}, a route with the proxy`, (t) =>
      playScenario(t, async (baseUrl, apiKey) => {
        const { url, stop } = await start(project.folder, {
          OPENPROSPECT_BASE_URL: baseUrl,
          OPENPROSPECT_API_KEY: apiKey,
        });
        t.after(stop);
        return url;
      }));
    place(`Next.js, ${bundler}, a page`, PAGE, (address) => open(`${server.url}/client`, address));
  });
}

/** The edge function has the module as a file of its own, which no other entry brings about, and nothing else has one. */
async function assertSeparate(folder) {
  const built = join(folder, ".next");
  const { functions } = JSON.parse(await readFile(join(built, "server/middleware-manifest.json"), "utf8"));
  const told = functions["/edge/route"].wasm.map(({ filePath }) => filePath);
  const names = [];
  for (const part of ["server", "static"])
    names.push(...(await readdir(join(built, part), { recursive: true })).map((name) => `${part}/${name}`));
  assert.deepEqual(
    names.filter((name) => name.endsWith(".wasm")),
    told,
  );
  assert.equal(told.length, 1);
  const [packed, own] = await Promise.all(
    [join(built, told[0]), new URL("openprospect.wasm", PACKAGE)].map((file) => readFile(file)),
  );
  assert.ok(packed.equals(own), told[0]);
}
