// The trials and their order.

import { rotated } from "./statistics.mjs";

const QUICK = ["openprospect", "fetch", "ky"];

/**
 * Groups of trials: those of a group may run in parallel. Each round has its own order of clients.
 *
 * @param {{
 *   scenarios: import("./scenarios/index.mjs").Scenario[], clients: import("./clients/index.mjs").Entry[],
 *   scale: "full" | "quick", only?: string[], names?: string[], rounds?: number | null,
 * }} options
 */
export function plan({ scenarios, clients, scale, only = [], names = [], rounds = null }) {
  const measured = scenarios.filter(({ name }) => only.length === 0 || only.includes(name));
  const chosen = names.length > 0 ? names : scale === "quick" ? QUICK : clients.map(({ name }) => name);
  const participants = clients.filter(({ name }) => chosen.includes(name));
  const roundsOf = (scenario) => rounds ?? (scale === "quick" ? 1 : scenario.rounds);
  const maxRounds = Math.max(...measured.map(roundsOf));

  const groups = [];
  for (let round = 0; round < maxRounds; round += 1) {
    for (const scenario of measured) {
      if (round >= roundsOf(scenario)) continue;
      const suitable = participants.filter((client) => client.retries || !scenario.retriesOnly);
      const trials = rotated(suitable, round).map(({ name }) => ({ scenario, name, round }));
      if (trials.length > 0) groups.push({ scenario, round, rounds: roundsOf(scenario), trials });
    }
  }
  return groups;
}
