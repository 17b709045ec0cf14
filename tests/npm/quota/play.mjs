// Runs the real client against the server in memory, in virtual time, and measures what happened.

import { pathToFileURL } from "node:url";
import { Clock } from "./clock.mjs";
import { HOUR, MINUTE } from "./limits.mjs";
import { createServer } from "./server.mjs";

/** @import { RecordedRequest, ServerOptions } from "./server.mjs" */

/**
 * Options of every scenario. `client` has options of the client. A scenario ends after `maxMs` at the latest.
 *
 * @typedef {{ seed?: number, maxMs?: number, client?: Record<string, unknown> }} PlayOptions
 */

/** @typedef {PlayOptions & ServerOptions} Options */

/**
 * What happened. `minutes` is the time until everything was done. `refusals` counts the responses with 429, and
 * `unavailable` those with 503 and the refused connections. `interactive` describes the interactive calls; their times
 * include the failed ones. `failures` has the errors of all other calls, and what is missing of a list.
 *
 * @typedef {object} Result
 * @property {number} minutes
 * @property {number} requests
 * @property {number} successes
 * @property {number} refusals
 * @property {number} unavailable
 * @property {{ calls: number, failed: number, p95Ms: number, longestMs: number }} interactive
 * @property {string[]} failures
 * @property {RecordedRequest[]} log all requests
 */

const KEY = "lnc_test_quota";
const API = "https://api.test";
/** The share of interactive calls that are not slower than the reported time. */
const PERCENTILE = 0.95;

const { OPENPROSPECT_PKG: folder } = process.env;
const PACKAGE = folder ? pathToFileURL(`${folder}/`) : new URL("../../../pkg/", import.meta.url);

/** @type {any} */
let copy;

/**
 * Sets the copy of the package to use. Before the time is virtual, it sends a request: compiling the module takes real
 * time.
 *
 * @param {any} module
 */
export async function use(module) {
  copy = module;
  const fetch = async () => new Response("{}");
  await new copy.OpenProspect({ apiKey: KEY, baseUrl: API, fetch }).get("/api/v1/any");
}

/** A running scenario: its clock, its clients, and the calls that it measures. */
export class World {
  clock = new Clock();
  /** @type {string[]} */
  failures = [];
  /** @type {{ ms: number, isFailed: boolean }[]} */
  interactive = [];
  #options;

  /** @param {Options} options */
  constructor({ seed = 1, client = {}, ...server }) {
    this.#options = client;
    this.server = createServer(this.clock, server, seed);
  }

  /** @param {Record<string, unknown>} [options] of this client alone */
  connect(options) {
    const { fetch } = this.server;
    return new copy.OpenProspect({ apiKey: KEY, baseUrl: API, fetch, ...this.#options, ...options });
  }

  /**
   * Awaits work, and records its error.
   *
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  async attempt(name, work) {
    try {
      return await work();
    } catch (error) {
      this.failures.push(`${name}: ${error}`);
      return undefined;
    }
  }

  /**
   * Starts an interactive call each `everyMs`, for `forMs` or until `isOver`, and resolves when all have ended.
   *
   * @param {any} client
   * @param {{ everyMs: number, forMs?: number, isOver?: () => boolean }} load
   */
  async interact(client, { everyMs, forMs = 24 * HOUR, isOver = () => false }) {
    const calls = [];
    for (let n = 0; n * everyMs < forMs && !isOver(); n += 1) {
      calls.push(this.measure(() => client.companies.get(`c-${n}`)));
      await this.clock.sleep(everyMs);
    }
    await Promise.all(calls);
  }

  /**
   * Awaits an interactive call, and records its time. Returns `undefined` if it fails.
   *
   * @param {() => Promise<any>} call
   */
  async measure(call) {
    const start = this.clock.elapsed;
    const end = (/** @type {boolean} */ isFailed) =>
      this.interactive.push({ ms: this.clock.elapsed - start, isFailed });
    try {
      const value = await call();
      end(false);
      return value;
    } catch {
      end(true);
      return undefined;
    }
  }

  /** @returns {Result} */
  result() {
    const { requests } = this.server;
    /** @param {(status: number) => boolean} isMatch */
    const count = (isMatch) => requests.filter(({ status }) => status !== undefined && isMatch(status)).length;
    const times = this.interactive.map(({ ms }) => ms).sort((a, b) => a - b);
    return {
      minutes: this.clock.elapsed / MINUTE,
      requests: requests.length,
      successes: count((status) => status >= 200 && status < 300),
      refusals: count((status) => status === 429),
      unavailable: count((status) => status === 503 || status === 0),
      interactive: {
        calls: times.length,
        failed: this.interactive.filter(({ isFailed }) => isFailed).length,
        p95Ms: times[Math.ceil(times.length * PERCENTILE) - 1] ?? 0,
        longestMs: times.at(-1) ?? 0,
      },
      failures: this.failures,
      log: requests,
    };
  }
}

/**
 * Runs a scenario from its start until it ends, in virtual time.
 *
 * @param {Options} options
 * @param {(world: World) => Promise<void>} scenario
 */
export async function play({ maxMs = 24 * HOUR, ...options }, scenario) {
  if (copy === undefined) await use(await import(new URL("index.js", PACKAGE).href));
  const world = new World(options);
  const restore = world.clock.install(options.seed ?? 1);
  try {
    const isFinished = await world.clock.run(
      world.attempt("scenario", () => scenario(world)),
      maxMs,
    );
    if (!isFinished) world.failures.push(`not finished after ${Math.round(world.clock.elapsed / MINUTE)} minutes`);
    return world.result();
  } finally {
    restore();
  }
}
