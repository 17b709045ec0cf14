// The suite in one app of Next.js, packed by each of its two bundlers: on the server, at the edge, and in a page.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, link, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { fileURLToPath } from "node:url";
import { PACKAGE } from "../help.mjs";
import { place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { chromium, PAGE, tool } from "./page.mjs";

const open = chromium();
const MODULES = fileURLToPath(new URL("node_modules/", import.meta.url));
const CLI = "node_modules/next/dist/bin/next";
const ENV = { NEXT_TELEMETRY_DISABLED: "1" };
const PATIENCE_MS = 30_000;

const route = (runtime) => `
import * as openprospect from "openprospect";
import { runSuite } from "../../suite/run.mjs";
export const runtime = "${runtime}";
export const GET = async (request) => Response.json(await runSuite(openprospect, new URL(request.url).searchParams.get("address")));
`;
const FILES = {
  "app/layout.js": 'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }\n',
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
  project = await makeProject(FILES);
  await bring(["next", "react", "react-dom"], join(project.folder, "node_modules"));
});
after(() => project.remove());

for (const [bundler, flags] of [["Turbopack", []], ["webpack", ["--webpack"]]]) {
  describe(`Next.js, ${bundler}`, () => {
    let server;
    before(async () => {
      await tool(project.folder, [CLI, "build", ...flags], ENV);
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
    place(`Next.js, ${bundler}, a page`, PAGE, (address) => open(`${server.url}/client`, address));
  });
}

/** The edge function has the module as a file of its own, which no other entry brings about, and nothing else has one. */
async function assertSeparate(folder) {
  const built = join(folder, ".next");
  const { functions } = JSON.parse(await readFile(join(built, "server/middleware-manifest.json"), "utf8"));
  const told = functions["/edge/route"].wasm.map(({ filePath }) => filePath);
  const names = [];
  for (const part of ["server", "static"]) names.push(...(await readdir(join(built, part), { recursive: true })).map((name) => `${part}/${name}`));
  assert.deepEqual(names.filter((name) => name.endsWith(".wasm")), told);
  assert.equal(told.length, 1);
  const [packed, own] = await Promise.all([join(built, told[0]), new URL("openprospect.wasm", PACKAGE)].map((file) => readFile(file)));
  assert.ok(packed.equals(own), told[0]);
}

/** The built app, listening. */
async function start(folder) {
  const child = spawn(process.execPath, [CLI, "start", "--hostname", "127.0.0.1", "--port", "0"], { cwd: folder, env: { ...process.env, ...ENV }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  let text = "";
  const url = await new Promise((resolve, reject) => {
    const look = (chunk) => {
      text += chunk;
      const [found] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(text) ?? [];
      if (found && /Ready/.test(text)) resolve(found);
    };
    child.stdout.setEncoding("utf8").on("data", look);
    child.stderr.setEncoding("utf8").on("data", look);
    ended.then(() => reject(new Error(`next start has ended\n${text}`)));
    setTimeout(() => reject(new Error(`next start is not ready\n${text}`)), PATIENCE_MS).unref();
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, stop, said: () => text };
}

/** Brings packages and what they depend on into a project, since Turbopack follows no link out of it. */
async function bring(names, target, seen = new Set()) {
  for (const name of names.filter((name) => !seen.has(name))) {
    seen.add(name);
    const manifest = await readFile(join(MODULES, name, "package.json"), "utf8").catch(() => undefined);
    // An optional one that this machine does without.
    if (!manifest) continue;
    await copy(join(MODULES, name), join(target, name));
    const { dependencies, optionalDependencies } = JSON.parse(manifest);
    await bring(Object.keys({ ...dependencies, ...optionalDependencies }), target, seen);
  }
}

/** A tree of the same files, which takes no space where the file system can do that. */
async function copy(from, to) {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  for (const entry of entries) {
    const [source, goal] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copy(source, goal);
    else await link(source, goal).catch(() => copyFile(source, goal));
  }
}
