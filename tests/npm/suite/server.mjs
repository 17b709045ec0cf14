// The servers for one run of the suite, and the server that receives its report.

import { once } from "node:events";
import { createServer } from "node:http";
import { mockOpenProspect, refusingUrl, TEST_KEYS } from "../helpers/setup.mjs";
import { SCENARIOS } from "./scenarios.mjs";

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*, authorization, content-type" };
/** Longer than any run takes, so that a hanging environment fails with an error. */
const REPORT_TIMEOUT_MS = 120_000;

async function listen(handle) {
  const server = createServer(handle);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, close };
}

const json = (response, value) => {
  response.writeHead(200, { ...CORS, "content-type": "application/json" });
  response.end(JSON.stringify(value));
};

async function text(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Another origin, which responds to every request. */
async function foreign() {
  const requests = [];
  const served = await listen((request, response) => {
    requests.push({ method: request.method, path: request.url, headers: request.headers });
    response.writeHead(200, { ...CORS, "content-type": "application/json" }).end('{"items":[]}');
  });
  return { requests, ...served };
}

/** A server that rejects preflights, so that pages of another origin cannot use it. */
async function closedToPages() {
  const requests = [];
  const served = await listen((request, response) => {
    requests.push({ method: request.method, path: request.url, headers: request.headers });
    response
      .writeHead(request.method === "OPTIONS" ? 403 : 200, { "content-type": "application/json" })
      .end('{"items":[],"total":0}');
  });
  return { requests, ...served };
}

/** @param {typeof SCENARIOS[string]} scenario */
async function startScenario({ faults = [], redirects, preflight, ...options }, others) {
  if (preflight === false) return closedToPages();
  const mock = mockOpenProspect(options);
  mock.fail(...faults);
  if (redirects) mock.fail({ redirect: `${others[redirects].url}/taken`, times: Infinity });
  const { url, close } = await mock.serve();
  return { requests: mock.requests, url, close };
}

/**
 * Starts the servers for one run of the suite, which gets `address` and sends the results as `reported`.
 *
 * `preflights`: whether the environment sends preflights to other origins; `page`: whether the client rejects live keys
 * there.
 *
 * @param {{ preflights?: boolean, page?: boolean }} features
 */
export async function serveSuite(features = {}) {
  const others = { foreign: await foreign() };
  const served = { ...others };
  for (const [name, row] of Object.entries(SCENARIOS)) served[name] = await startScenario(row, others);
  const urls = Object.fromEntries(Object.entries(served).map(([name, { url }]) => [name, url]));
  const description = {
    key: TEST_KEYS.full,
    preflights: false,
    page: false,
    ...features,
    urls,
    refusing: await refusingUrl(),
  };

  /** @type {(results: import("./run.mjs").Result[]) => void} */
  let report = () => {};
  /** @type {Promise<import("./run.mjs").Result[]>} */
  const reported = new Promise((resolve) => {
    report = resolve;
  });
  const control = await listen(async (request, response) => {
    const [, what, name] = request.url.split("/");
    if (request.method === "OPTIONS") response.writeHead(204, CORS).end();
    else if (what === "suite") json(response, description);
    else if (what === "requests") json(response, served[name].requests);
    else if (what === "report") {
      report(JSON.parse(await text(request)));
      json(response, {});
    } else response.writeHead(404, CORS).end();
  });

  async function close() {
    await Promise.all([control, ...Object.values(served)].map((one) => one.close()));
  }
  return { address: control.url, reported: withTimeout(reported, REPORT_TIMEOUT_MS), close };
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @returns {Promise<T>}
 */
function withTimeout(promise, ms) {
  let timer;
  /** @type {Promise<never>} */
  const timeout = new Promise((_, reject) => {
    // The timer must not keep the process alive if the environment failed otherwise; meanwhile the servers do.
    timer = setTimeout(() => reject(new Error(`no report within ${ms / 1000} s`)), ms).unref();
  });
  const first = Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
  // If the environment fails before its report, the test fails with that error.
  first.catch(() => {});
  return first;
}
