// The proxy in each runtime with handlers of Request and Response, and in Hono.

import assert from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";
import { CREATE, playScenario, startProgram } from "../proxy/scenario.mjs";
import { makeProject } from "../suite/project.mjs";
import { bundle } from "./bundle.mjs";
import { bun, deno } from "./programs.mjs";
import { WRANGLER } from "./workerd.mjs";

const IMPORT = 'import { createProxy, toNodeHandler } from "openprospect/proxy";\n';
const FILES = {
  "deno.mjs": `${IMPORT}const [baseUrl, apiKey] = Deno.args;
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(port) }, ${CREATE});`,
  "bun.mjs": `${IMPORT}const [, , baseUrl, apiKey] = Bun.argv;
    console.log(Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: ${CREATE} }).port);`,
  // A handler that keeps its proxy from request to request, as an isolate may.
  "main.mjs": `${IMPORT}let proxy;
    export default { fetch: (request, { baseUrl, apiKey }) => (proxy ??= ${CREATE})(request) };`,
  "node.mjs": `${IMPORT}import { createServer } from "node:http";
    const [, , baseUrl, apiKey] = process.argv;
    const server = createServer(toNodeHandler(${CREATE}));
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));`,
  "node.cjs": `const { createProxy, toNodeHandler } = require("openprospect/proxy");
    const { createServer } = require("node:http");
    const [, , baseUrl, apiKey] = process.argv;
    const server = createServer(toNodeHandler(${CREATE}));
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));`,
  // Hono's server for Node has its own lazy Request class.
  "hono.mjs": `${IMPORT}import { serve } from "@hono/node-server";
    import { Hono } from "hono";
    const [, , baseUrl, apiKey] = process.argv;
    const proxy = ${CREATE};
    const app = new Hono();
    app.all("/openprospect/*", (context) => proxy(context.req.raw));
    serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => console.log(port));`,
};

let project;
before(async () => {
  project = await makeProject(FILES);
  for (const name of ["hono", "@hono"])
    await symlink(
      fileURLToPath(new URL(`node_modules/${name}`, import.meta.url)),
      join(project.folder, "node_modules", name),
    );
});
after(() => project.remove());

/**
 * @param {import("node:test").TestContext} t
 * @param {string} name
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
const program = (t, name, args, env) =>
  startProgram(t, name, args, { cwd: project.folder, env: { ...process.env, ...env } });

test("the proxy in Deno.serve, with --allow-net only", (t) =>
  playScenario(t, async (...args) => {
    const env = { DENO_DIR: join(project.folder, ".deno"), DENO_NO_UPDATE_CHECK: "1" };
    return program(t, await deno(), ["run", "--no-prompt", "--cached-only", "--allow-net", "deno.mjs", ...args], env);
  }));

test("the proxy in Bun.serve", (t) =>
  playScenario(t, async (...args) =>
    program(t, await bun(), ["bun.mjs", ...args], { DO_NOT_TRACK: "1", BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0" }),
  ));

test("the proxy in Cloudflare's runtime", (t) =>
  playScenario(t, async (baseUrl, apiKey) => {
    const { text, picked } = await bundle(project.folder, "esm", WRANGLER, {
      resolve: () => assert.fail("the proxy must not import a WebAssembly module"),
    });
    assert.deepEqual(picked, []);
    const worker = new Miniflare({
      modules: [{ type: "ESModule", path: "main.mjs", contents: text }],
      bindings: { baseUrl, apiKey },
      compatibilityDate: "2026-04-01",
      host: "127.0.0.1",
      cf: false,
      // It prints a stack trace for each request line that its parser rejects.
      handleRuntimeStdio: (out, error) => {
        out.resume();
        error.resume();
      },
    });
    t.after(() => worker.dispose());
    return (await worker.ready).origin;
  }));

for (const name of ["node.mjs", "node.cjs", "hono.mjs"]) {
  test(`the proxy in Node, ${name}`, (t) =>
    playScenario(t, (...args) => program(t, process.execPath, [name, ...args])));
}
