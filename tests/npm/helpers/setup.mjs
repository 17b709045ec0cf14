// Shared by the tests: both copies of the package under test, and mocks that close when the test ends.

import { createRequire } from "node:module";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { pathToFileURL } from "node:url";
import { guard } from "../security/canary/guard.mjs";

/**
 * What the helpers need of a test: `after` registers the cleanup.
 *
 * @typedef {{ after: (cleanUp: () => any) => unknown }} Scope
 */

/**
 * A request that a server received: it has a URL and a method, unlike a response of the same class.
 *
 * @typedef {import("node:http").IncomingMessage & { url: string, method: string }} ServerRequest
 */

const folder = process.env.OPENPROSPECT_PKG;
/** The folder of the package. `OPENPROSPECT_PKG` names another one, such as a copy with a defect planted in it. */
export const PACKAGE = folder ? pathToFileURL(`${folder}/`) : new URL("../../../pkg/", import.meta.url);

// The developer's own settings must not affect a test.
delete process.env.OPENPROSPECT_API_KEY;
delete process.env.OPENPROSPECT_BASE_URL;

const testing = await import(new URL("testing/node.js", PACKAGE).href);
// The copies and the mock are `any`: many tests pass options, arguments and faults that the declarations reject.
/** @type {(options?: any) => any} */
export const mockOpenProspect = testing.mockOpenProspect;
/** @type {typeof import("../../../pkg-template/testing/index.d.ts").TEST_KEYS} */
export const TEST_KEYS = testing.TEST_KEYS;

/** The table of operations in the package. */
export const OPERATIONS = JSON.parse(await readFile(new URL("bin/operations.json", PACKAGE), "utf8"));

/** After every case, everything that the clients of this process returned is searched for their keys. */
export const canary = guard(Object.values(TEST_KEYS));

/** @type {any} */
export const esm = canary.watch(await import(new URL("index.js", PACKAGE).href));
/** @type {any} */
export const cjs = canary.watch(createRequire(import.meta.url)(new URL("index.cjs", PACKAGE).pathname));
/** @type {[name: string, copy: any][]} */
export const COPIES = [
  ["import", esm],
  ["require", cjs],
];

/** Short backoffs, and a deadline that a busy machine does not reach. */
export const QUICK = { backoff: { baseMs: 40, maxMs: 100 }, deadlineMs: 60_000 };

/**
 * A table of tests/cases.
 *
 * @param {string} name
 */
export async function table(name) {
  return JSON.parse(await readFile(new URL(`../../cases/${name}.json`, import.meta.url), "utf8"));
}

/** The clock of the mock. Whole milliseconds would make a measured wait wrong by one. */
export const clock = () => performance.timeOrigin + performance.now();

/**
 * A mock that listens until the test ends, and a function that creates clients for it.
 *
 * @param {Scope} t
 * @param {Record<string, any>} [options] of the mock
 */
export async function serve(t, options) {
  const mock = mockOpenProspect({ now: clock, ...options });
  const { url, close } = await mock.serve();
  t.after(close);
  /** @param {Record<string, any>} [options] */
  const client = (options, copy = esm) =>
    new copy.OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: url, ...QUICK, ...options });
  return { mock, url, client };
}

/**
 * The port of a server that starts to listen on the loopback interface.
 *
 * @param {import("node:net").Server} server
 */
async function listening(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return /** @type {import("node:net").AddressInfo} */ (server.address()).port;
}

/**
 * The URL of an HTTP server that listens until the test ends.
 *
 * @param {Scope} t
 * @param {(request: ServerRequest, response: import("node:http").ServerResponse) => unknown} handle
 */
export async function listen(t, handle) {
  const server = createServer(/** @type {import("node:http").RequestListener<any>} */ (handle));
  const port = await listening(server);
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${port}`;
}

/**
 * A URL whose server refuses every connection until this process ends.
 *
 * The port belongs to a connected socket, so that the system assigns it to no other listener. A port that was merely
 * closed may soon belong to the server of another test, which would respond.
 */
export async function refusingUrl() {
  const server = createTcpServer().unref();
  const port = await listening(server);
  const accepted = once(server, "connection");
  // With `localAddress` the port is bound, so that no outgoing connection gets it either (and connects to itself).
  const socket = connect({ port, host: "127.0.0.1", localAddress: "127.0.0.1" }).unref();
  await once(socket, "connect");
  const [peer] = await accepted;
  peer.unref();
  return `http://127.0.0.1:${socket.localPort}`;
}

/** A port for a program that needs one. Start the program at once: another process may take the port. */
export async function freePort() {
  const server = createTcpServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * The reason of a promise that must reject.
 *
 * @param {Promise<unknown>} promise
 * @returns {Promise<any>}
 */
export function rejection(promise) {
  return promise.then(
    (value) => {
      throw new Error("the promise did not reject", { cause: value });
    },
    (reason) => reason,
  );
}

/**
 * What a function throws synchronously.
 *
 * @param {() => unknown} run
 * @returns {any}
 */
export function thrown(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("the function did not throw");
}

/** A promise, and the function that resolves it. */
export function signpost() {
  /** @type {(value?: unknown) => void} */
  let reach = () => {};
  const reached = new Promise((resolve) => {
    reach = resolve;
  });
  return { reach, reached };
}

/** @returns {Promise<void>} */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Polls a condition once per tick of the event loop, without a time limit.
 *
 * @param {() => unknown} condition
 * @param {string} what
 */
export async function until(condition, what) {
  for (let ticks = 0; ticks < 1_000_000; ticks += 1) {
    if (condition()) return;
    await turn();
  }
  throw new Error(`condition not met: ${what}`);
}

/**
 * Compares fields of an error; null stands for a field that must be absent.
 *
 * @param {typeof import("node:assert/strict")} assert
 * @param {object} error
 * @param {Record<string, unknown>} expect
 */
export function assertFields(assert, error, expect) {
  for (const [field, expected] of Object.entries(expect)) {
    if (expected === null) assert.ok(!(field in error), `${field} is present`);
    else assert.deepEqual(/** @type {any} */ (error)[field], expected, field);
  }
}
