// The suite in an app of Next.js, built by each of its two bundlers: on the server, at the edge, and in a page.

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
const addressOf = ({ url }) => new URL(url).searchParams.get("address");
export const GET = async (request) => Response.json(await runSuite(openprospect, addressOf(request)));
`;
const FILES = {
  "app/layout.js":
    'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }\n',
  "app/node/route.js": route("nodejs"),
  "app/edge/route.js": route("edge"),
  "app/server/page.js": `
import * as openprospect from "openprospect";
import { runSuite } from "../../suite/run.mjs";
// Without it the build renders the page.
export const dynamic = "force-dynamic";
export default async function Page({ searchParams }) {
  const { address } = await searchParams;
  return <pre>{JSON.stringify(await runSuite(openprospect, address))}</pre>;
}
`,
  // The build imports it too, without an API key.
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
    const address = new URLSearchParams(location.search).get("address");
    runSuite(openprospect, address).then(() => { document.title = "done"; });
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

/** @type {[bundler: string, flags: string[]][]} */
const BUNDLERS = [
  ["Turbopack", []],
  ["webpack", ["--webpack"]],
];
for (const [bundler, flags] of BUNDLERS) {
  describe(`Next.js, ${bundler}`, () => {
    let server;
    before(async () => {
      await build(project.folder, flags);
      server = await start(project.folder);
    });
    after(() => server?.stop());

    const request = (path) => async (address) => {
      const response = await fetch(`${server.url}/${path}?address=${encodeURIComponent(address)}`);
      assert.equal(response.status, 200, server.output());
      await response.text();
    };
    place(`Next.js, ${bundler}, a server component`, {}, request("server"));
    place(`Next.js, ${bundler}, a route of Node`, {}, request("node"));
    place(`Next.js, ${bundler}, a route at the edge`, {}, async (address) => {
      await request("edge")(address);
      await assertSeparate(project.folder);
    });
    // Without the strict policy, since Next.js writes inline scripts into its pages.
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

/** The edge function has the WebAssembly module as a separate file, and no other entry has one. */
async function assertSeparate(folder) {
  const built = join(folder, ".next");
  const { functions } = JSON.parse(await readFile(join(built, "server/middleware-manifest.json"), "utf8"));
  const listed = functions["/edge/route"].wasm.map(({ filePath }) => filePath);
  const names = [];
  for (const folderName of ["server", "static"]) {
    const files = await readdir(join(built, folderName), { recursive: true });
    names.push(...files.map((name) => `${folderName}/${name}`));
  }
  assert.deepEqual(
    names.filter((name) => name.endsWith(".wasm")),
    listed,
  );
  assert.equal(listed.length, 1);
  const [bundled, original] = await Promise.all(
    [join(built, listed[0]), new URL("openprospect.wasm", PACKAGE)].map((file) => readFile(file)),
  );
  assert.ok(bundled.equals(original), listed[0]);
}
