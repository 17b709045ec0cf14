// The faults in Node, Deno, Bun and two edge runtimes. Each trusts the authority of the tests by the variable of its platform.

import { after, before } from "node:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../suite/project.mjs";
import { bun, deno } from "../runtimes/programs.mjs";
import { place } from "./place.mjs";
import { project } from "./project.mjs";

const IMPORTS = 'import * as openprospect from "openprospect";\nimport { runChaos } from "./chaos/run.mjs";\n';
const HOST = fileURLToPath(new URL("host.mjs", import.meta.url));
const WORKER = `${IMPORTS}
export default { fetch: async (request, { ADDRESS }) => Response.json(await runChaos(openprospect, ADDRESS)) };
`;
const EDGE = `${IMPORTS}
const answer = async ({ url }) => new Response(String(await runChaos(openprospect, new URL(url).searchParams.get("address"))));
addEventListener("fetch", (event) => event.respondWith(answer(event.request).catch((error) => new Response(String(error), { status: 500 }))));
`;

const script = (folder, program, args, address, env) =>
  run(program, [...args, "main.mjs", address], { cwd: folder, env: { ...process.env, ...env } });
const hosted = (kind, folder, address, authority) =>
  run(process.execPath, [HOST, kind, folder, address], { env: { ...process.env, NODE_EXTRA_CA_CERTS: authority } });

/** Declares their tests. */
export function runtimes() {
  const own = {};
  before(async () => {
    own.script = await project(
      `${IMPORTS}await runChaos(openprospect, globalThis.Deno?.args[0] ?? process.argv[2]);\n`,
    );
    own.workerd = await project(WORKER);
    own.edge = await project(EDGE);
  });
  after(() => Promise.all(Object.values(own).map(({ remove }) => remove())));

  place("Node", (address, t, { authority }) =>
    script(own.script.folder, process.execPath, [], address, { NODE_EXTRA_CA_CERTS: authority }),
  );
  place("Deno", async (address, t, { authority }) => {
    const { folder } = own.script;
    const env = { DENO_DIR: join(folder, ".deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", DENO_CERT: authority };
    await script(folder, await deno(), ["run", "--no-prompt", "--cached-only", "--allow-net"], address, env);
  });
  place("Bun", async (address, t, { authority }) => {
    await script(own.script.folder, await bun(), [], address, {
      NODE_EXTRA_CA_CERTS: authority,
      DO_NOT_TRACK: "1",
      BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
    });
  });
  place("workerd", (address, t, { authority }) => hosted("workerd", own.workerd.folder, address, authority));
  place("edge", (address, t, { authority }) => hosted("edge", own.edge.folder, address, authority));
}
