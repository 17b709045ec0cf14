// Which trials there are, and in what order.

import { rotated } from "./statistics.mjs";

const QUICK = ["openprospect", "fetch", "ky"];

/** Groups of trials: those of a group may run side by side. Each round has its own order of clients. */
export function plan({ scenarios, clients, scale, only = [], asked = [], rounds = null }) {
  const measured = scenarios.filter(({ name }) => only.length === 0 || only.includes(name));
  const names = asked.length > 0 ? asked : scale === "quick" ? QUICK : clients.map(({ name }) => name);
  const taking = clients.filter(({ name }) => names.includes(name));
  const roundsOf = (scenario) => rounds ?? (scale === "quick" ? 1 : scenario.rounds);
  const most = Math.max(...measured.map(roundsOf));

  const groups = [];
  for (let round = 0; round < most; round += 1) {
    for (const scenario of measured) {
      if (round >= roundsOf(scenario)) continue;
      const fitting = taking.filter((client) => client.retries || !scenario.retriesOnly);
      const trials = rotated(fitting, round).map(({ name }) => ({ scenario, name, round }));
      if (trials.length > 0) groups.push({ scenario, round, rounds: roundsOf(scenario), trials });
    }
  }
  return groups;
}
