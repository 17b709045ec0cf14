// What the tests share: both copies of the package under test, and mocks that close by themselves.

import { createRequire } from "node:module";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { pathToFileURL } from "node:url";
import { guard } from "../security/canary/guard.mjs";

const given = process.env.OPENPROSPECT_PKG;
/** The folder of the package. Another one can be named, such as a copy that is broken on purpose. */
export const PACKAGE = given ? pathToFileURL(`${given}/`) : new URL("../../../pkg/", import.meta.url);

// What a developer has set must not decide a test.
delete process.env.OPENPROSPECT_API_KEY;
delete process.env.OPENPROSPECT_BASE_URL;

export const { mockOpenProspect, TEST_KEYS } = await import(new URL("testing/node.js", PACKAGE));

/** The table of operations, as the package has it. */
export const OPERATIONS = JSON.parse(await readFile(new URL("bin/operations.json", PACKAGE), "utf8"));

/** What clients hand out in this process is searched for their keys after every case. */
export const canary = guard(Object.values(TEST_KEYS));

export const esm = canary.watch(await import(new URL("index.js", PACKAGE)));
export const cjs = canary.watch(createRequire(import.meta.url)(new URL("index.cjs", PACKAGE).pathname));
export const COPIES = [
  ["import", esm],
  ["require", cjs],
];

/** Waits that a test can afford, and time for a machine that is busy with other things. */
export const QUICK = { backoff: { baseMs: 40, maxMs: 100 }, deadlineMs: 60_000 };

/** A table of tests/cases. */
export async function table(name) {
  return JSON.parse(await readFile(new URL(`../../cases/${name}.json`, import.meta.url), "utf8"));
}

/** The clock of the mock: finer than whole milliseconds, which would blur a wait by one. */
export const clock = () => performance.timeOrigin + performance.now();

/** A mock that listens until the test ends, and what makes clients for it. */
export async function serve(t, options) {
  const mock = mockOpenProspect({ now: clock, ...options });
  const { url, close } = await mock.serve();
  t.after(close);
  const client = (given, copy = esm) =>
    new copy.OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: url, ...QUICK, ...given });
  return { mock, url, client };
}

/** A server of the test's own. */
export async function listen(t, handle) {
  const server = createServer(handle);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/**
 * A URL whose server refuses every connection until this process ends.
 *
 * The port belongs to a connected socket, so that the system gives it to no listener of another process. A port that was
 * merely closed is soon some other test's server, which then answers.
 */
export async function refusingUrl() {
  const server = createTcpServer().unref();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const accepted = once(server, "connection");
  // With `localAddress` the port is bound, so that no outgoing connection gets it either (and connects to itself).
  const socket = connect({ port: server.address().port, host: "127.0.0.1", localAddress: "127.0.0.1" }).unref();
  await once(socket, "connect");
  const [peer] = await accepted;
  peer.unref();
  return `http://127.0.0.1:${socket.localPort}`;
}

/** A port for a program that has to be given one. Another process may take it meanwhile: start the program at once. */
export async function freePort() {
  const server = createTcpServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What a promise is rejected with. */
export function rejection(promise) {
  return promise.then(
    (value) => {
      throw new Error("it was fulfilled", { cause: value });
    },
    (reason) => reason,
  );
}

/** What a function throws by itself; a promise that it returns is no throw. */
export function thrown(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
}

/** A promise and what settles it. */
export function signpost() {
  let reach;
  const reached = new Promise((resolve) => {
    reach = resolve;
  });
  return { reach, reached };
}

export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Turns of the event loop until something is true: a state is awaited, no time is. */
export async function until(condition, what) {
  for (let turns = 0; turns < 1_000_000; turns += 1) {
    if (condition()) return;
    await turn();
  }
  throw new Error(`never: ${what}`);
}

/** Each field of `expect` is that of the error; null is one that must be absent. */
export function assertFields(assert, error, expect) {
  for (const [field, expected] of Object.entries(expect)) {
    if (expected === null) assert.ok(!(field in error), `${field} is there`);
    else assert.deepEqual(error[field], expected, field);
  }
}
