// What one place needs: the fault server, nginx before the mock, the rows, and where it reports.

import { fork } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mockOpenProspect, refusingUrl, TEST_KEYS } from "../helpers/setup.mjs";
import { makeCertificates } from "./certificates.mjs";
import { startNginx } from "./nginx.mjs";
import { rowsFor, SILENT } from "./rows.mjs";

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
const SERVER = fileURLToPath(new URL("server.mjs", import.meta.url));
/** Longer than any run takes. */
const PATIENCE_MS = 120_000;
/** The fault server's doors, and a promise that is rejected when it ends. */
async function startFaults(t, pairs) {
  const child = fork(SERVER);
  t.after(() => child.kill());
  const ended = new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the fault server ended with ${code}`)));
  });
  ended.catch(() => {});
  child.send(pairs);
  const doors = await Promise.race([
    new Promise((resolve) => {
      child.once("message", resolve);
    }),
    ended,
  ]);
  return { doors, ended };
}

/** Serves everything until the test ends. `run(parts, start)` has a place report on the rows of these parts: `start` is given the address. */
export async function serveChaos(t) {
  const folder = await mkdtemp(join(tmpdir(), "openprospect-chaos-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const certificates = await makeCertificates(folder);
  const { doors, ended } = await startFaults(t, certificates.pairs);
  // Of so many orders a list is long.
  const mock = mockOpenProspect({ orders: [] });
  let served = await mock.serve();
  t.after(() => served.close());
  const behind = {
    mock: new URL(served.url).host,
    dead: new URL(await refusingUrl()).host,
    silent: `${doors.silent}${SILENT}`,
  };
  const proxy = await startNginx(t, folder, behind);

  const steps = {
    /** Away for as long as it takes to be noticed, and back at the same address. */
    async restart() {
      const { port } = served;
      await served.close();
      await refusedAt(`${proxy}/well`);
      served = await mock.serve({ port });
      return {};
    },
    /** How often a request came to the fault server, at whichever door. */
    came: async ({ request }) => (await fetch(`http://${doors.silent}/seen/${encodeURIComponent(request)}`)).json(),
    /** How often each request came by whose title begins so. */
    seen({ name }) {
      const counts = {};
      for (const { body } of mock.requests)
        if (body?.title?.startsWith(`${name}-`)) counts[body.title] = (counts[body.title] ?? 0) + 1;
      return counts;
    },
  };

  async function run(parts, start) {
    let report;
    const reported = new Promise((resolve) => {
      report = resolve;
    });
    const rows = rowsFor({ doors, proxy }, parts);
    const address = await control(t, async (path, given) => {
      if (path === "/rows") return { key: TEST_KEYS.full, rows };
      if (path === "/report") report(given);
      const step = steps[path.replace("/step/", "")];
      return step ? step(given) : {};
    });
    const results = await within(Promise.race([start(address), ended]), reported);
    const missing = (name) => ({
      name,
      got: "nothing",
      said: [],
      problems: [`not reported: ${JSON.stringify(results.at(0)).slice(0, 500)}`],
    });
    return rows.map(({ name, expected }) => ({
      expected,
      ...(results.find((one) => one.name === name) ?? missing(name)),
    }));
  }
  return { ...certificates, run };
}

async function refusedAt(url) {
  for (let turns = 0; turns < 200; turns += 1) if ((await fetch(url)).status === 502) return;
  throw new Error("the proxy never noticed that the mock is gone");
}

/** A server that answers with what the handler gives. */
async function control(t, handle) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    response.writeHead(200, { ...CORS, "content-type": "application/json" });
    response.end(
      JSON.stringify(request.method === "OPTIONS" ? {} : await handle(request.url, text && JSON.parse(text))),
    );
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** What is reported; a place that fails before it does so tells why by its own error. */
async function within(started, reported) {
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(reject, PATIENCE_MS, new Error(`no report in ${PATIENCE_MS / 1000} s`));
  });
  try {
    const results = await Promise.race([reported, late, started.then(() => reported)]);
    await started;
    return results;
  } finally {
    clearTimeout(timer);
  }
}
