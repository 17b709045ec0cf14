// Each measurement: the best other client, this one, the goal, and whether it is reached.

import { OURS, clientNamed } from "./clients/index.mjs";

/** Rows of { scenario, figure, best: { name, summary } | null, ours: summary | null, reached }. */
export function goalRows(scenarios, collection, scale) {
  return scenarios.flatMap((scenario) =>
    scenario.figures
      .filter(({ goal }) => goal !== undefined)
      .map((figure) => {
        const ours = collection.of(scenario.name, OURS, figure.key);
        const best = figure.oursOnly ? null : bestOther(scenario, collection, figure);
        // A smaller scenario is another one: its goal is not that of the whole.
        const whole = ours !== null && collection.failures(scenario.name, OURS).length === 0;
        const judged = whole && !(scale === "quick" && scenario.scaled);
        return { scenario, figure, best, ours, reached: judged ? ours.median <= figure.goal : null };
      }),
  );
}

/** Only clients that retry, and whose calls succeeded: a client that gives up is quick and sends little. */
function bestOther(scenario, collection, figure) {
  const succeeded = (name) => {
    if (collection.failures(scenario.name, name).length > 0) return false;
    if (figure.key === "failures" || !scenario.figures.some(({ key }) => key === "failures")) return true;
    return collection.of(scenario.name, name, "failures")?.max === 0;
  };
  return (
    collection
      .names(scenario.name)
      .filter((name) => name !== OURS && clientNamed(name)?.retries && succeeded(name))
      .map((name) => ({ name, summary: collection.of(scenario.name, name, figure.key) }))
      .filter(({ summary }) => summary !== null)
      .sort((a, b) => a.summary.median - b.summary.median)[0] ?? null
  );
}
