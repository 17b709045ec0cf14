// Runs the suite where it is imported, and reports. It is given the package, however the place came by it.

import { ALONE } from "./broken.mjs";
import { createCanary } from "./canary.mjs";
import { CHECKS } from "./checks.mjs";
import { surroundings } from "./surroundings.mjs";

/**
 * Plays every check against the servers behind `address`, and sends the results there: a list of
 * `{ name, ms, problem, values, texts, finds }`, without a problem when all went well. After each check so many texts that the client handed
 * out meanwhile, or that the place keeps, were searched for the key.
 */
export async function runSuite(openprospect, address) {
  const results = [];
  try {
    const place = await fetched(`${address}/suite`);
    const canary = createCanary({ keys: [place.key] });
    const own = tools(canary.watch(openprospect), address, place);
    const restore = canary.listen(console);
    // All at once, since most of them only wait.
    const played = ([name, check]) => outcome(name, () => check(own), canary);
    results.push(...(await Promise.all(Object.entries(CHECKS).map(played))));
    for (const row of Object.entries(ALONE)) results.push(await played(row));
    restore();
  } catch (error) {
    results.push({ name: "the suite itself", ms: 0, problem: String(error?.stack ?? error) });
  }
  await fetch(`${address}/report`, { method: "POST", body: JSON.stringify(results) });
  return results;
}

async function outcome(name, check, canary) {
  const began = Date.now();
  const problem = await check().then(
    () => undefined,
    (error) => `${error?.name}: ${error?.message}`,
  );
  const ms = Date.now() - began;
  for (const [where, what] of await surroundings()) canary.collect(where, what);
  const { values, texts, finds } = canary.search();
  const shown = finds.length > 0 ? ["a key is shown, by this check or another:", ...finds].join("\n") : undefined;
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
    client: (scenario, options) =>
      new openprospect.OpenProspect({
        apiKey: place.key,
        baseUrl: place.urls[scenario] ?? scenario,
        backoff: { baseMs: 40, maxMs: 100 },
        deadlineMs: 10_000,
        ...options,
      }),
    /** The requests that arrived at a scenario's server. */
    seen: (scenario) => fetched(`${address}/seen/${scenario}`),
    /** Until what arrived there is as wanted. */
    async until(scenario, wanted) {
      for (let turns = 0; turns < 250; turns += 1) {
        if (wanted(await fetched(`${address}/seen/${scenario}`))) return;
        await new Promise((resolve) => {
          setTimeout(resolve, 20);
        });
      }
      throw new Error(`${scenario}: never as wanted`);
    },
  };
}
