// The servers that a place runs the suite against, and where it reports.

import { createServer } from "node:http";
import { mockOpenProspect, refusingUrl, TEST_KEYS } from "../helpers/setup.mjs";
import { SCENARIOS } from "./scenarios.mjs";

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*, authorization, content-type" };
/** Longer than any suite takes, so that a place that hangs is an error of its own. */
const PATIENCE_MS = 120_000;

async function listen(handle) {
  const server = createServer(handle);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}`, close };
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

/** Another origin, which would answer anybody. */
async function foreign() {
  const requests = [];
  const served = await listen((request, response) => {
    requests.push({ method: request.method, path: request.url, headers: request.headers });
    response.writeHead(200, { ...CORS, "content-type": "application/json" }).end('{"items":[]}');
  });
  return { requests, ...served };
}

/** A server that a page of another origin may not ask. */
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

async function scenario({ faults = [], redirects, preflight, ...options }, others) {
  if (preflight === false) return closedToPages();
  const mock = mockOpenProspect(options);
  mock.fail(...faults);
  if (redirects) mock.fail({ redirect: `${others[redirects].url}/taken`, times: Infinity });
  const { url, close } = await mock.serve();
  return { requests: mock.requests, url, close };
}

/**
 * Everything that one run of the suite needs.
 *
 * `place` says what differs by nature: `preflights`, whether the place asks before it sends to another origin;
 * `page`, whether live keys are refused there. `address` is what the place is given; `reported` is what it sends in the end.
 */
export async function serveSuite(place = {}) {
  const others = { foreign: await foreign() };
  const served = { ...others };
  for (const [name, row] of Object.entries(SCENARIOS)) served[name] = await scenario(row, others);
  const urls = Object.fromEntries(Object.entries(served).map(([name, { url }]) => [name, url]));
  const description = {
    key: TEST_KEYS.full,
    preflights: false,
    page: false,
    ...place,
    urls,
    refusing: await refusingUrl(),
  };

  let report;
  const reported = new Promise((resolve) => {
    report = resolve;
  });
  const control = await listen(async (request, response) => {
    const [, what, name] = request.url.split("/");
    if (request.method === "OPTIONS") response.writeHead(204, CORS).end();
    else if (what === "suite") json(response, description);
    else if (what === "seen") json(response, served[name].requests);
    else if (what === "report") {
      report(JSON.parse(await text(request)));
      json(response, {});
    } else response.writeHead(404, CORS).end();
  });

  async function close() {
    await Promise.all([control, ...Object.values(served)].map((one) => one.close()));
  }
  return { address: control.url, reported: within(reported, PATIENCE_MS), close };
}

function within(promise, ms) {
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no report in ${ms / 1000} s`)), ms);
  });
  // It is no reason to live on for a place that has failed otherwise; meanwhile the servers are.
  timer.unref();
  const first = Promise.race([promise, late]).finally(() => clearTimeout(timer));
  // A place that fails before it reports is told by its own error.
  first.catch(() => {});
  return first;
}
