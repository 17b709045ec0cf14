// The examples of both READMEs run unchanged, each in a separate process, against the mock.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { mockOpenProspect, TEST_KEYS } from "../helpers/setup.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const run = promisify(execFile);

/** A visitor of a page with the proxy: signed out, signed in, and hostile. Only the server has the valid key. */
const VISIT = `
  import { OpenProspect } from "openprospect";
  export async function visit(fetch, origin = "https://app.example") {
    const as = (cookie) => (url, init = {}) => fetch(url, { ...init, headers: { ...init.headers, cookie } });
    const options = { apiKey: "lnc_test_of_the_page", baseUrl: origin + "/openprospect", maxRetries: 0 };
    const client = (cookie) => new OpenProspect({ ...options, fetch: as(cookie) });
    const code = await client("session=0").orders.list().catch(({ code }) => code);
    const { name } = await client("session=4f1c").blacklists.create({ name: "n" });
    const paths = [
      "/openprospect.attacker.example/x",
      "/openprospect:8443/api/v1/orders",
      "/openprospectX/api/v1/orders",
      "/api/v1/orders",
      "/openprospect/api/..%2fadmin",
    ];
    const statuses = [];
    for (const path of paths) statuses.push((await as("session=4f1c")(origin + path)).status);
    const results = [code, name, ...statuses].join();
    if (results !== "UNAUTHORIZED,n,404,404,404,404,404") throw new Error(results);
  }`;

/**
 * Creates the environment of an example, and returns flags of Node.
 *
 * @typedef {(folder: string, url: string, file: string) => Promise<string[] | void>} Arrange
 */

/**
 * The environment of an example with this text: a file that it reads, a page or an extension, or its callers.
 *
 * @type {[text: string, arrange: Arrange][]}
 */
const ENVIRONMENTS = [
  ["openprospect.key", async (folder) => writeFile(join(folder, "openprospect.key"), `${TEST_KEYS.read}\n`)],
  [
    'baseUrl: "/openprospect"',
    async (folder, url) => {
      const page = `globalThis.document = { baseURI: "${url}/" }; globalThis.location = { protocol: "http:" };`;
      await writeFile(join(folder, "page.mjs"), page);
      return ["--import", join(folder, "page.mjs")];
    },
  ],
  [
    "openprospect/slim",
    async (folder) => {
      // Node cannot fetch files: this is the server of the page.
      const server = `
        import { readFile } from "node:fs/promises";
        const headers = { "content-type": "application/wasm" };
        globalThis.fetch = async (url) =>
          new Response(await readFile(new URL("node_modules/openprospect/openprospect.wasm", url)), { headers });`;
      await writeFile(join(folder, "server.mjs"), server);
      return ["--import", join(folder, "server.mjs")];
    },
  ],
  [
    "chrome.runtime.onMessage",
    async (folder) => {
      await symlink(join(ROOT, "pkg/index.js"), join(folder, "openprospect.js"));
      // Node has no IndexedDB.
      await writeFile(join(folder, "key.js"), "export const readKey = async () => globalThis.apiKey;\n");
      // A content script that sends valid and invalid messages, and checks the replies.
      const extension = `
        globalThis.apiKey = "${TEST_KEYS.read}";
        const send = (listener, message, isExpected) => new Promise((resolve, reject) => {
          const onReply = (reply) => (isExpected(reply) ? resolve() : reject(new Error(JSON.stringify(reply))));
          const isAsync = listener(message, { origin: "https://crm.example" }, onReply);
          if (isAsync !== true) reject(new Error("no asynchronous reply"));
        });
        const searches = { action: "searches", limit: 1 };
        const isShort = ({ value, error }) => value === undefined && Object.keys(error).join() === "message,code";
        const addListener = async (listener) => {
          await send(listener, searches, ({ value }) => value?.names.length === 1);
          const isInvalid = (reply) => isShort(reply) && reply.error.message.startsWith("action: ");
          await send(listener, { action: "validate" }, isInvalid);
          // A key without the scope.
          globalThis.apiKey = "${TEST_KEYS.none}";
          await send(listener, searches, (reply) => isShort(reply) && reply.error.code === "AUTHORIZATION_ERROR");
        };
        globalThis.location = { origin: "chrome-extension://fake" };
        globalThis.chrome = { runtime: { onMessage: { addListener } } };`;
      await writeFile(join(folder, "extension.mjs"), extension);
      return ["--import", join(folder, "extension.mjs")];
    },
  ],
  [
    "openprospect/proxy",
    async (folder, url, file) => {
      await writeFile(join(folder, "visit.mjs"), VISIT);
      // Replaces the port of the example, and closes the server after the visit.
      const server = `
        import { Server } from "node:http";
        import { visit } from "./visit.mjs";
        const { listen } = Server.prototype;
        Server.prototype.listen = function () {
          return listen.call(this, 0, "127.0.0.1", async () => {
            await visit(fetch, "http://127.0.0.1:" + this.address().port);
            this.close().closeAllConnections();
          });
        };`;
      const worker = `
        import { visit } from "./visit.mjs";
        const { default: worker } = await import(${JSON.stringify(file)});
        const SESSIONS = { get: async (id) => (id === "4f1c" ? "{}" : null) };
        const env = { OPENPROSPECT_API_KEY: "${TEST_KEYS.full}", SESSIONS };
        await visit(async (...request) => worker.fetch(new Request(...request), env));`;
      const isWorker = (await readFile(file, "utf8")).includes("export default");
      await writeFile(join(folder, "proxied.mjs"), isWorker ? worker : server);
      return ["--import", join(folder, "proxied.mjs")];
    },
  ],
];

for (const name of ["README.md", "pkg-template/README.md"]) {
  const text = await readFile(join(ROOT, name), "utf8");
  const examples = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);

  describe(name, () => {
    /** @type {string} */
    let folder;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "openprospect-readme-"));
      await mkdir(join(folder, "node_modules"));
      await symlink(join(ROOT, "pkg"), join(folder, "node_modules", "openprospect"));
      // An example imports it.
      await symlink(join(ROOT, "node_modules/undici"), join(folder, "node_modules", "undici"));
    });

    after(() => rm(folder, { recursive: true }));

    test("has examples", () => assert.ok(examples.length > 0));

    for (const [index, code] of examples.entries()) {
      test(
        code.split("\n").find((line) => line.startsWith("const") || line.startsWith("test")) ?? `example ${index}`,
        async () => {
          // The jobs of the mock finish immediately.
          const options = code.includes(".wait(")
            ? { durations: { PENDING: 0, RUNNING: 0, RECEIVED: 0, ACCEPTED: 0, IN_PROGRESS: 0 } }
            : {};
          const mock = mockOpenProspect(options);
          const server = await mock.serve();
          try {
            const file = join(folder, `example-${index}.mjs`);
            await writeFile(file, code);
            /** @type {string[]} */
            const flags = [];
            for (const [text, arrange] of ENVIRONMENTS) {
              if (code.includes(text)) flags.push(...((await arrange(folder, server.url, file)) ?? []));
            }
            const env = {
              PATH: process.env.PATH,
              OPENPROSPECT_API_KEY: TEST_KEYS.full,
              OPENPROSPECT_BASE_URL: server.url,
            };
            await run(process.execPath, [...flags, file], { cwd: folder, env, timeout: 20_000 });
            const inMemory = code.includes("mock.fetch");
            const isBare = !/\bclient\.\w|createProxy/.test(code);
            assert.equal(mock.requests.length > 0, !inMemory && !isBare, "requests at the server");
          } finally {
            await server.close();
          }
        },
      );
    }
  });
}

describe("each line in the README that mounts the proxy", async () => {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const [, table] =
    /\| where \| how to mount the proxy \|\n\| --- \| --- \|\n(.*?)\n\n/s.exec(readme) ?? assert.fail("no table");
  const { createProxy, toNodeHandler } = await import("../../../pkg/proxy/index.js");

  /**
   * The handlers that a line of source mounts, with the methods of their requests.
   *
   * @param {string} line
   * @param {Function} proxy
   * @returns {{ handler: any, method: string }[]}
   */
  function mounted(line, proxy) {
    const [, exported] = /^export \{ (.*) \};$/.exec(line) ?? [];
    if (exported)
      return exported
        .split(", ")
        .map((part) => part.split(" as "))
        .map(([name, method]) => ({ handler: name === "proxy" ? proxy : undefined, method }));
    /** @type {unknown[]} */
    const handlers = [];
    const app = {
      all: (path, handler) => handlers.push((request) => handler({ req: { raw: request } })),
      use: (path, handler) => handlers.push({ path, handler }),
    };
    const globals = {
      proxy,
      toNodeHandler,
      app,
      Deno: { serve: (handler) => handlers.push(handler) },
      Bun: { serve: ({ fetch }) => handlers.push(fetch) },
    };
    new Function(...Object.keys(globals), line)(...Object.values(globals));
    return handlers.map((handler) => ({ handler, method: "GET" }));
  }

  for (const [, where, line] of table.matchAll(/^\| (.*?) \| `(.*)` \|$/gm)) {
    test(where, async () => {
      /** @type {[method: string, url: string][]} */
      const sent = [];
      const proxy = createProxy({
        apiKey: TEST_KEYS.full,
        authorize: () => true,
        fetch: async (url, { method }) => {
          sent.push([method, url]);
          return new Response(null);
        },
      });
      const handlers = mounted(line, proxy);
      assert.ok(handlers.length > 0);
      for (const { handler, method } of handlers) {
        if (typeof handler === "function")
          assert.equal(
            (await handler(new Request("https://app.example/openprospect/api/v1/orders", { method }))).status,
            200,
          );
        else await throughExpress(handler);
      }
      assert.deepEqual(
        sent,
        handlers.map(({ method }) => [method, "https://api.openprospect.io/api/v1/orders"]),
      );
    });
  }

  test("the table has five rows", () => assert.equal([...table.matchAll(/^\|/gm)].length, 5));

  /**
   * Calls a handler as Express does: without the mount path in `url`.
   *
   * @param {{ path: string, handler: Function }} mounted
   */
  async function throughExpress({ path, handler }) {
    const server = createServer((request, response) => {
      const url = request.url ?? "";
      handler(Object.assign(request, { originalUrl: url, url: url.slice(path.length) }), response);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    try {
      assert.equal((await fetch(`http://127.0.0.1:${port}/openprospect/api/v1/orders`)).status, 200);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
});

describe("the extension of the README", async () => {
  /** @param {string} name */
  const example = (name) => readFile(join(ROOT, "tests/npm/extension/example", name), "utf8");
  const readme = await readFile(join(ROOT, "README.md"), "utf8");

  test("is the extension that the tests load in Chromium", async () => {
    assert.ok(readme.includes(`\`\`\`js\n${await example("worker.js")}\`\`\`\n`), "the workers are equal");
    const [, request] = /`(chrome\.runtime\.sendMessage\(.*?\))`/.exec(readme) ?? assert.fail("no request");
    assert.ok((await example("popup.js")).includes(request), request);
  });

  test("has these lines in its manifest", async () => {
    const manifest = JSON.parse(await example("manifest.json"));
    const [, lines] = /```json\n("host_permissions".*?),\n```/s.exec(readme) ?? assert.fail("no manifest");
    for (const [name, value] of Object.entries(JSON.parse(`{${lines}}`))) assert.deepEqual(manifest[name], value, name);
  });
});
