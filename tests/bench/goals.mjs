// For each measurement: the best other client, this one, the goal, and whether it is reached.

import { OURS, clientNamed } from "./clients/index.mjs";

/**
 * `reached` is null where the goal is not judged.
 *
 * @param {import("./scenarios/index.mjs").Scenario[]} scenarios
 * @param {import("./collect.mjs").Collection} collection
 * @param {"full" | "quick"} scale
 */
export function goalRows(scenarios, collection, scale) {
  return scenarios.flatMap((scenario) =>
    scenario.metrics
      .filter(({ goal }) => goal !== undefined)
      .map((metric) => {
        const ours = collection.of(scenario.name, OURS, metric.key);
        const best = metric.oursOnly ? null : bestOther(scenario, collection, metric);
        const isMeasured = collection.failures(scenario.name, OURS).length === 0;
        // A goal is meant for the full scenario, not for a smaller one.
        const isJudged = isMeasured && !(scale === "quick" && scenario.scaled);
        const reached = ours !== null && isJudged ? ours.median <= Number(metric.goal) : null;
        return { scenario, metric, best, ours, reached };
      }),
  );
}

/** Only clients that retry, and whose calls all succeeded: a client that gives up is fast and sends little. */
function bestOther(scenario, collection, metric) {
  const succeeded = (name) => {
    if (collection.failures(scenario.name, name).length > 0) return false;
    if (metric.key === "failures" || !scenario.metrics.some(({ key }) => key === "failures")) return true;
    return collection.of(scenario.name, name, "failures")?.max === 0;
  };
  return (
    collection
      .names(scenario.name)
      .filter((name) => name !== OURS && clientNamed(name)?.retries && succeeded(name))
      .flatMap((name) => {
        const summary = collection.of(scenario.name, name, metric.key);
        return summary === null ? [] : [{ name, summary }];
      })
      .sort((a, b) => a.summary.median - b.summary.median)[0] ?? null
  );
}
