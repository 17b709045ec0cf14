// Runs the suite where it is imported, and reports. It is given the package, however the place came by it.

import { ALONE } from "./broken.mjs";
import { CHECKS } from "./checks.mjs";

/**
 * Plays every check against the servers behind `address`, and sends the results there: a list of
 * `{ name, ms, problem }`, without a problem when all went well.
 */
export async function runSuite(openprospect, address) {
  const results = [];
  try {
    const place = await fetched(`${address}/suite`);
    const own = tools(openprospect, address, place);
    // All at once, since most of them only wait.
    results.push(...await Promise.all(Object.entries(CHECKS).map(([name, check]) => outcome(name, () => check(own)))));
    for (const [name, check] of Object.entries(ALONE)) results.push(await outcome(name, () => check(own)));
  } catch (error) {
    results.push({ name: "the suite itself", ms: 0, problem: String(error?.stack ?? error) });
  }
  await fetch(`${address}/report`, { method: "POST", body: JSON.stringify(results) });
  return results;
}

async function outcome(name, check) {
  const began = Date.now();
  const problem = await check().then(() => undefined, (error) => `${error?.name}: ${error?.message}`);
  return { name, ms: Date.now() - began, problem };
}

async function fetched(url) {
  // A server component gets one answer for all GETs that are the same, but for those with a signal.
  return (await fetch(url, { signal: new AbortController().signal })).json();
}

function tools(openprospect, address, place) {
  return {
    ...openprospect,
    openprospect,
    place,
    key: place.key,
    /** A client for one scenario, with waits that a test can afford. */
    client: (scenario, options) => new openprospect.OpenProspect({
      apiKey: place.key, baseUrl: place.urls[scenario] ?? scenario, backoff: { baseMs: 40, maxMs: 100 }, deadlineMs: 10_000, ...options,
    }),
    /** The requests that arrived at a scenario's server. */
    seen: (scenario) => fetched(`${address}/seen/${scenario}`),
    /** Until what arrived there is as wanted. */
    async until(scenario, wanted) {
      for (let turns = 0; turns < 250; turns += 1) {
        if (wanted(await fetched(`${address}/seen/${scenario}`))) return;
        await new Promise((resolve) => { setTimeout(resolve, 20); });
      }
      throw new Error(`${scenario}: never as wanted`);
    },
  };
}
