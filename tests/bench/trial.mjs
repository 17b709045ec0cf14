// Measures one client in one scenario once: a fresh server, a fresh process, and the counts of both are compared.

import { measure, startServer } from "./processes.mjs";

export async function trial(scenario, name, scale) {
  const size = scenario.sizes[scale];
  const server = await startServer(scenario.server(size));
  try {
    const job = { scenario: scenario.name, name, url: server.url, scale };
    const result = await measure(job, scenario.flags, size.limitMs);
    const counts = await server.counts();
    return {
      metrics: scenario.metricsOf(result, counts, size),
      notes: notes(result),
      mismatch: mismatch(result, counts),
    };
  } finally {
    server.stop();
  }
}

/** The differences between the counts of client and server, or null; not compared if calls were cut off. */
export function mismatch(result, counts) {
  if (result.unfinished > 0) return null;
  const compared = [["requests", result.requests, counts.requests]];
  if (result.ok !== undefined) compared.push(["successes", result.ok, counts.successes]);
  const different = compared.filter(([, client, server]) => client !== server);
  if (different.length === 0) return null;
  return different
    .map(([what, client, server]) => `${what}: ${client} at the client, ${server} at the server`)
    .join("; ");
}

function notes({ unfinished = 0, reasons = {}, over = 0 }) {
  return [
    ...(unfinished > 0 ? [`${unfinished} calls did not end within the limit`] : []),
    ...(over > 0 ? [`${over} calls ended before they were aborted`] : []),
    ...Object.entries(reasons).map(([reason, times]) => `${times} × ${reason}`),
  ];
}
