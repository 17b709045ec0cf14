// The faults in Node, Deno, Bun and two edge runtimes. An environment variable of each makes it trust the authority of
// the tests.

import { after, before } from "node:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../suite/project.mjs";
import { bun, deno } from "../runtimes/programs.mjs";
import { environment } from "./environment.mjs";
import { project } from "./project.mjs";

const IMPORTS = 'import * as openprospect from "openprospect";\nimport { runChaos } from "./chaos/run.mjs";\n';
const HOST = fileURLToPath(new URL("host.mjs", import.meta.url));
const WORKER = `${IMPORTS}
export default { fetch: async (request, { ADDRESS }) => Response.json(await runChaos(openprospect, ADDRESS)) };
`;
const EDGE = `${IMPORTS}
const respond = async ({ url }) =>
  new Response(String(await runChaos(openprospect, new URL(url).searchParams.get("address"))));
const failed = (error) => new Response(String(error), { status: 500 });
addEventListener("fetch", (event) => event.respondWith(respond(event.request).catch(failed)));
`;

const script = (folder, program, args, address, env) =>
  run(program, [...args, "main.mjs", address], { cwd: folder, env: { ...process.env, ...env } });
const hosted = (kind, folder, address, authority) =>
  run(process.execPath, [HOST, kind, folder, address], { env: { ...process.env, NODE_EXTRA_CA_CERTS: authority } });

/** Declares the tests. */
export function runtimes() {
  /** @type {Record<string, Awaited<ReturnType<typeof project>>>} */
  const own = {};
  before(async () => {
    own.script = await project(
      `${IMPORTS}await runChaos(openprospect, globalThis.Deno?.args[0] ?? process.argv[2]);\n`,
    );
    own.workerd = await project(WORKER);
    own.edge = await project(EDGE);
  });
  after(() => Promise.all(Object.values(own).map(({ remove }) => remove())));

  environment("Node", (address, t, { authority }) =>
    script(own.script.folder, process.execPath, [], address, { NODE_EXTRA_CA_CERTS: authority }),
  );
  environment("Deno", async (address, t, { authority }) => {
    const { folder } = own.script;
    const env = { DENO_DIR: join(folder, ".deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", DENO_CERT: authority };
    await script(folder, await deno(), ["run", "--no-prompt", "--cached-only", "--allow-net"], address, env);
  });
  environment("Bun", async (address, t, { authority }) => {
    await script(own.script.folder, await bun(), [], address, {
      NODE_EXTRA_CA_CERTS: authority,
      DO_NOT_TRACK: "1",
      BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
    });
  });
  environment("workerd", (address, t, { authority }) => hosted("workerd", own.workerd.folder, address, authority));
  environment("edge", (address, t, { authority }) => hosted("edge", own.edge.folder, address, authority));
}
