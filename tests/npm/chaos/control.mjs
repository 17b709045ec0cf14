// The servers for the tests of one environment: the fault server, nginx in front of the mock, and the server that sends
// the rows and receives the report.

import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mockOpenProspect, refusingUrl, TEST_KEYS } from "../helpers/setup.mjs";
import { makeCertificates } from "./certificates.mjs";
import { startNginx } from "./nginx.mjs";
import { rowsFor, STALLED } from "./rows.mjs";

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
const SERVER = fileURLToPath(new URL("server.mjs", import.meta.url));
/** Longer than any run takes. */
const REPORT_TIMEOUT_MS = 120_000;

/** Starts the fault server. Returns its addresses, and a promise that rejects when it exits. */
async function startFaults(t, pairs) {
  const child = fork(SERVER);
  t.after(() => child.kill());
  /** @type {Promise<never>} */
  const exited = new Promise((_, reject) => {
    child.once("exit", (code) => reject(new Error(`the fault server exited with ${code}`)));
  });
  exited.catch(() => {});
  child.send(pairs);
  const [addresses] = await Promise.race([once(child, "message"), exited]);
  return { addresses, exited };
}

/**
 * Serves everything until the test ends. `run(selection, start)` runs the selected rows in an environment: `start` gets
 * the address of the control server.
 *
 * @param {import("node:test").TestContext} t
 */
export async function serveChaos(t) {
  const folder = await mkdtemp(join(tmpdir(), "openprospect-chaos-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const certificates = await makeCertificates(folder);
  const { addresses, exited } = await startFaults(t, certificates.pairs);
  // Without orders, so that responses stay small.
  const mock = mockOpenProspect({ orders: [] });
  let served = await mock.serve();
  t.after(() => served.close());
  const upstreams = {
    mock: new URL(served.url).host,
    dead: new URL(await refusingUrl()).host,
    stalled: `${addresses["no response"]}${STALLED}`,
  };
  const proxy = await startNginx(t, folder, upstreams);

  const steps = {
    /** Restarts the mock at the same address, after nginx has noticed that it is down. */
    async restart() {
      const { port } = served;
      await served.close();
      await untilBadGateway(`${proxy}/ok`);
      served = await mock.serve({ port });
      return {};
    },
    /** The number of equal requests at the fault server, on all ports. */
    async faultServerCount({ request }) {
      const response = await fetch(`http://${addresses["no response"]}/count/${encodeURIComponent(request)}`);
      return response.json();
    },
    /** The number of requests at the mock for each title with this prefix. */
    mockCounts({ name }) {
      /** @type {Record<string, number>} */
      const counts = {};
      for (const { body } of mock.requests)
        if (body?.title?.startsWith(`${name}-`)) counts[body.title] = (counts[body.title] ?? 0) + 1;
      return counts;
    },
  };

  /**
   * @param {import("./rows.mjs").Selection} selection
   * @param {(address: string) => Promise<unknown>} start
   */
  async function run(selection, start) {
    /** @type {(results: import("./run.mjs").Result[]) => void} */
    let report = () => {};
    /** @type {Promise<import("./run.mjs").Result[]>} */
    const reported = new Promise((resolve) => {
      report = resolve;
    });
    const rows = rowsFor({ addresses, proxy }, selection);
    const address = await control(t, async (path, body) => {
      if (path === "/rows") return { key: TEST_KEYS.full, rows };
      if (path === "/report") report(body);
      const step = steps[path.replace("/step/", "")];
      return step ? step(body) : {};
    });
    const results = await withTimeout(Promise.race([start(address), exited]), reported);
    /** @returns {import("./run.mjs").Result} */
    const missing = (name) => ({
      name,
      outcome: "nothing",
      messages: [],
      problems: [`not reported: ${JSON.stringify(results.at(0)).slice(0, 500)}`],
      ms: 0,
    });
    return rows.map(({ name, expected }) => ({
      expected,
      ...(results.find((one) => one.name === name) ?? missing(name)),
    }));
  }
  return { ...certificates, run };
}

async function untilBadGateway(url) {
  for (let polls = 0; polls < 200; polls += 1) if ((await fetch(url)).status === 502) return;
  throw new Error("nginx did not notice that the mock is down");
}

/** A server that responds with the result of the handler. */
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
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

/** The reported results; if the environment fails before its report, its error. */
async function withTimeout(started, reported) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(reject, REPORT_TIMEOUT_MS, new Error(`no report within ${REPORT_TIMEOUT_MS / 1000} s`));
  });
  try {
    const results = await Promise.race([reported, timeout, started.then(() => reported)]);
    await started;
    return results;
  } finally {
    clearTimeout(timer);
  }
}
