// One client in one scenario, once: a fresh server, a fresh process, and both sides' counts compared.

import { measure, startServer } from "./processes.mjs";

export async function trial(scenario, name, scale) {
  const size = scenario.sizes[scale];
  const server = await startServer(scenario.server(size));
  try {
    const job = { scenario: scenario.name, name, url: server.url, scale };
    const result = await measure(job, scenario.flags, size.limitMs);
    const counts = await server.counts();
    return {
      figures: scenario.figuresOf(result, counts, size),
      notes: notes(result),
      mismatch: mismatch(result, counts),
    };
  } finally {
    server.stop();
  }
}

/** What the client's process counted is what the server did; calls that were cut off leave it open. */
export function mismatch(result, counts) {
  if (result.unfinished > 0) return null;
  const compared = [["requests", result.requests, counts.requests]];
  if (result.ok !== undefined) compared.push(["successes", result.ok, counts.successes]);
  const wrong = compared.filter(([, client, server]) => client !== server);
  if (wrong.length === 0) return null;
  return wrong.map(([what, client, server]) => `${what}: ${client} at the client, ${server} at the server`).join("; ");
}

function notes({ unfinished = 0, reasons = {}, over = 0 }) {
  return [
    ...(unfinished > 0 ? [`${unfinished} calls had not ended at the limit`] : []),
    ...(over > 0 ? [`${over} calls had ended before they were aborted`] : []),
    ...Object.entries(reasons).map(([reason, times]) => `${times} × ${reason}`),
  ];
}
