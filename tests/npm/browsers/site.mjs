// The site of the pages: a user's project, served under a strict policy.

/// <reference path="modules.d.ts" />

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { build } from "esbuild";
import { makeProject } from "../suite/project.mjs";

/** @type {Record<string, string>} */
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const IMPORTS = JSON.stringify({
  imports: {
    openprospect: "/node_modules/openprospect/index.js",
    "openprospect/slim": "/node_modules/openprospect/slim.js",
  },
});
const WASM_KEYWORD = " 'wasm-unsafe-eval'";
const HASH = createHash("sha256").update(IMPORTS).digest("base64");
const POLICY =
  `default-src 'none'; script-src 'self'${WASM_KEYWORD} 'sha256-${HASH}'; ` +
  "connect-src http://127.0.0.1:* https://127.0.0.1:*";

/** @param {string} script */
const html = (script) =>
  '<!doctype html><meta charset="utf-8"><title>test</title><script src="/pages/watch.js"></script>' +
  `<script type="importmap">${IMPORTS}</script>${script}`;
const PAGES = /^(\/without)?\/(?:(classic)\/)?(\w+)\.html$/;

/**
 * `/x.html` is a page of the module pages/x.js, `/classic/x.html` of the same bundled as one script. The policy of
 * `/without/…` does not allow WebAssembly.
 *
 * @param {Record<string, string>} more texts by file name
 */
export async function serveSite(more = {}) {
  const pages = new URL("pages/", import.meta.url);
  const files = { ...more };
  for (const name of await readdir(pages)) files[`pages/${name}`] = await readFile(new URL(name, pages), "utf8");
  const project = await makeProject(files);
  await bundle(project, ["page", "service"]).catch(async (error) => {
    await project.remove();
    throw error;
  });
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://x");
    const [isPage, without, classic, name] = PAGES.exec(pathname) ?? [];
    // On every response: a worker has the policy of its own script.
    const headers = { "content-security-policy": without ? POLICY.replace(WASM_KEYWORD, "") : POLICY };
    const type = TYPES[extname(pathname)];
    try {
      if (isPage) {
        response.writeHead(200, { ...headers, "content-type": "text/html" });
        response.end(
          html(
            classic
              ? `<script src="/classic/${name}.js"></script>`
              : `<script type="module" src="/pages/${name}.js"></script>`,
          ),
        );
        return;
      }
      const content = type && (await readFile(join(project.folder, pathname)));
      response.writeHead(content ? 200 : 404, { ...headers, "content-type": type ?? "text/plain" }).end(content);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(undefined));
  });
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
    await project.remove();
  };
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, close };
}

/**
 * Bundles pages, each as one script that needs no modules.
 *
 * @param {{folder: string}} project
 * @param {string[]} names
 */
function bundle({ folder }, names) {
  const entryPoints = names.map((name) => join(folder, `pages/${name}.js`));
  return build({
    entryPoints,
    outdir: join(folder, "classic"),
    bundle: true,
    minify: true,
    format: "iife",
    logLevel: "silent",
  });
}
