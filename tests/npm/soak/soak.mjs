// A soak with one runner: rounds of load, a sample of resources and memory after each, and an audit at the end.

import { setTimeout as sleep } from "node:timers/promises";
import { audit } from "./audit.mjs";
import { isQuiet, judge } from "./growth.mjs";
import { nextMessage, RUNNERS, startProcess } from "./runners.mjs";

/** The minimum number of rounds, for enough samples; rounds are short, so that all calls end often. */
const MIN_ROUNDS = 12;
/**
 * The maximum while something seems to grow. On a busy machine the engine still compiles and warms up in the judged
 * rounds; that levels off with more rounds, and a leak does not.
 */
const MAX_ROUNDS = 3 * MIN_ROUNDS;
const MIN_ROUND_MS = 1000;
const MAX_ROUND_MS = 10_000;
/** The platform releases a closed connection within this time. */
const QUIET_MS = 10_000;

/** The platform runs its finalizers within this time. */
const SETTLED_MS = 4000;
const TOLERATED_OBJECTS = 100;

/**
 * Runs a soak. `onRound` is called after each round.
 *
 * @param {keyof typeof RUNNERS} where
 * @param {{ seconds: number, seed: string, packageUrl: string, onRound?: (sample: any) => void }} options
 */
export async function soak(where, { seconds, seed, packageUrl, onRound = () => {} }) {
  const { start, mayResend } = RUNNERS[where];
  const server = startProcess("server.mjs", [seed, packageUrl]);
  const command = (step) => {
    const reply = nextMessage(server.child, `the server, step ${step}`);
    server.child.send(step);
    return reply;
  };
  let runner;
  try {
    const { url } = await nextMessage(server.child, "the server");
    runner = await start({ url, seed, packageUrl });
    const played = await play(runner, command, seconds, onRound);
    const ended = await runner.end();
    const { ledger, strays, connections, requests, phases, faults } = await command("end");
    const audited = audit(played, { ledger, strays }, { mayResend });
    const growth = judge(played);
    const problems = [...played.problems, ...ended.problems, ...audited.problems, ...growth.problems];
    if (connections > 0) problems.push(`${connections} connections are open after the load has ended`);
    const metrics = {
      seconds: Math.round(played.samples[played.samples.length - 1].second),
      calls: played.begun,
      ...audited.metrics,
      requests_at_server: requests,
      ...growth.metrics,
      phases,
      faults,
      events: ended.events,
    };
    return { problems, metrics, samples: played.samples };
  } finally {
    await runner?.close();
    await server.kill();
  }
}

async function play(runner, command, seconds, onRound) {
  const ms = Math.min(Math.max((seconds * 1000) / MIN_ROUNDS, MIN_ROUND_MS), MAX_ROUND_MS);
  const start = Date.now();
  const atStart = await sampleWhenQuiet(runner, command);
  /** @type {{ begun: number, records: any[], lost: any[], problems: string[], atStart: any, samples: any[] }} */
  const played = { begun: 0, records: [], lost: [], problems: [], atStart, samples: [] };
  await command("begin");
  // After a lost call or an unreleased resource, further rounds would only wait for it again.
  const isHealthy = () => played.lost.length === 0 && played.samples.every((sample) => isQuiet(sample, atStart));
  const grows = (number) => number < MAX_ROUNDS && judge(played).problems.length > 0;
  const continues = (number) =>
    isHealthy() && (number < MIN_ROUNDS || Date.now() - start < seconds * 1000 || grows(number));
  for (let number = 0; continues(number); number += 1) {
    const { begun, records, lost, problems } = await runner.round({ number, ms });
    played.begun += begun;
    played.records.push(...records);
    played.lost.push(...lost);
    played.problems.push(...problems);
    const held = await sampleWhenQuiet(runner, command, atStart, played.samples);
    const sample = { second: (Date.now() - start) / 1000, calls: played.begun, ...held };
    played.samples.push(sample);
    onRound({ ended: played.records.length, problems: played.problems.length, ...sample });
  }
  return played;
}

/**
 * Waits until no call is in flight, and samples resources and memory. Resources that are not released in time are in
 * the sample.
 *
 * @param {any} runner
 * @param {(step: string) => Promise<any>} command
 * @param {any} [atStart]
 * @param {any[]} [samples]
 */
async function sampleWhenQuiet(runner, command, atStart, samples = []) {
  await command("quiet");
  let levels = await runner.levels();
  for (
    const until = Date.now() + QUIET_MS;
    !isQuiet(levels, atStart ?? levels) && Date.now() < until;
    levels = await runner.levels()
  )
    await sleep(50);
  return { ...levels, ...(await settledHeap(runner, samples.slice(1))) };
}

/** The heap; while it has more objects than the smallest sample, finalizers may still run. */
async function settledHeap(runner, samples) {
  const max = Math.min(...samples.map(({ objects }) => objects)) + TOLERATED_OBJECTS;
  let heap = await runner.heap();
  for (const until = Date.now() + SETTLED_MS; heap.objects > max && Date.now() < until; heap = await runner.heap())
    await sleep(100);
  return heap;
}
