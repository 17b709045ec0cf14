// Runs the suite where it is imported, and reports. The caller passes the package as it loaded it.

import { createCanary } from "./canary.mjs";
import { CHECKS } from "./checks.mjs";
import { SEQUENTIAL_CHECKS } from "./module-failures.mjs";
import { surroundings } from "./surroundings.mjs";

/**
 * The result of a check, without `problem` if it passed. After each check the texts that the client returned or that
 * the environment stores are searched for the key.
 *
 * @typedef {{
 *   name: string, ms: number, problem?: string, values?: number, texts?: number, finds?: number,
 * }} Result
 *
 * The context of a check. `client` makes a client of a scenario's server, `requestsOf` returns the requests that the
 * server received, and `until` waits for a condition on them.
 *
 * @typedef {{
 *   openprospect: any, OpenProspect: any, isOpenProspectError: any, environment: any, key: string,
 *   client: (scenario: string, options?: any) => any, requestsOf: (scenario: string) => Promise<any[]>,
 *   until: (scenario: string, condition: (requests: any[]) => unknown) => Promise<void>,
 * }} Tools
 */

/**
 * Runs every check against the servers behind `address`, and sends the results there.
 *
 * @param {any} openprospect The exports of the package.
 * @param {string} address
 */
export async function runSuite(openprospect, address) {
  /** @type {Result[]} */
  const results = [];
  try {
    const environment = await fetched(`${address}/suite`);
    const canary = createCanary({ keys: [environment.key] });
    const own = tools(canary.watch(openprospect), address, environment);
    const restore = canary.listen(console);
    const run = ([name, check]) => resultOf(name, () => check(own), canary);
    // In parallel, since most of them only wait.
    results.push(...(await Promise.all(Object.entries(CHECKS).map(run))));
    for (const row of Object.entries(SEQUENTIAL_CHECKS)) results.push(await run(row));
    restore();
  } catch (error) {
    results.push({ name: "the suite itself", ms: 0, problem: String(error?.stack ?? error) });
  }
  await fetch(`${address}/report`, { method: "POST", body: JSON.stringify(results) });
  return results;
}

/** @returns {Promise<Result>} */
async function resultOf(name, check, canary) {
  const start = Date.now();
  const problem = await check().then(
    () => undefined,
    (error) => `${error?.name}: ${error?.message}`,
  );
  const ms = Date.now() - start;
  for (const [where, what] of await surroundings()) canary.collect(where, what);
  const { values, texts, finds } = canary.search();
  const shown = finds.length > 0 ? ["a key was found, of this check or another one:", ...finds].join("\n") : undefined;
  return {
    name,
    ms,
    problem: problem && shown ? `${problem}\n${shown}` : (problem ?? shown),
    values,
    texts,
    finds: finds.length,
  };
}

async function fetched(url) {
  // In a server component of React equal GETs without a signal get the same response.
  return (await fetch(url, { signal: new AbortController().signal })).json();
}

/** @returns {Tools} */
function tools(openprospect, address, environment) {
  return {
    ...openprospect,
    openprospect,
    environment,
    key: environment.key,
    /** A client for one scenario, with short delays. */
    client: (scenario, options) =>
      new openprospect.OpenProspect({
        apiKey: environment.key,
        baseUrl: environment.urls[scenario] ?? scenario,
        backoff: { baseMs: 40, maxMs: 100 },
        deadlineMs: 10_000,
        ...options,
      }),
    requestsOf: (scenario) => fetched(`${address}/requests/${scenario}`),
    async until(scenario, condition) {
      for (let polls = 0; polls < 250; polls += 1) {
        if (condition(await fetched(`${address}/requests/${scenario}`))) return;
        await new Promise((resolve) => {
          setTimeout(resolve, 20);
        });
      }
      throw new Error(`${scenario}: the condition timed out`);
    },
  };
}
