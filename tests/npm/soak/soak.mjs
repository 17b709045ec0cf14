// A soak in one place: rounds of load, a look at what is held after each, and the books in the end.

import { setTimeout as pause } from "node:timers/promises";
import { audit } from "./accounts.mjs";
import { isQuiet, judge } from "./growth.mjs";
import { PLACES, start, word } from "./places.mjs";

/** So many rounds at least give enough samples; each is so short that calls come often to an end. */
const ROUNDS = 12;
/**
 * Rounds at most while something seems to grow. On a busy machine the engine still compiles and warms up in the rounds that are judged;
 * that levels off with more rounds, and a leak does not.
 */
const MAX_ROUNDS = 3 * ROUNDS;
const SHORTEST_MS = 1000;
const LONGEST_MS = 10_000;
/** By then everything of a connection that was closed is gone. */
const QUIET_MS = 10_000;

/** What the platform has to do with what is gone it has done by then. */
const SETTLED_MS = 4000;
const SPARE = 100;

/** `tell` is called after each round. Gives `{ problems, figures, samples }`. */
export async function soak(where, { seconds, seed, packageUrl, tell = () => {} }) {
  const { enter, mayResend } = PLACES[where];
  const server = start("server.mjs", [seed, packageUrl]);
  const ask = (step) => {
    const answer = word(server.child, `the server, at its ${step}`);
    server.child.send(step);
    return answer;
  };
  let place;
  try {
    const { url } = await word(server.child, "the server");
    place = await enter({ url, seed, packageUrl });
    const played = await play(place, ask, seconds, tell);
    const said = await place.end();
    const { ledger, strays, connections, requests, phases, faults } = await ask("end");
    const accounts = audit(played, { ledger, strays }, { mayResend });
    const growth = judge(played);
    const problems = [...played.problems, ...said.problems, ...accounts.problems, ...growth.problems];
    if (connections > 0) problems.push(`${connections} connections are open after the load has gone`);
    const figures = {
      seconds: Math.round(played.samples.at(-1).second),
      calls: played.begun,
      ...accounts.figures,
      requests_at_server: requests,
      ...growth.figures,
      phases,
      faults,
      events: said.events,
    };
    return { problems, figures, samples: played.samples };
  } finally {
    await place?.close();
    await server.kill();
  }
}

async function play(place, ask, seconds, tell) {
  const ms = Math.min(Math.max((seconds * 1000) / ROUNDS, SHORTEST_MS), LONGEST_MS);
  const began = Date.now();
  const atStart = await quiet(place, ask);
  const played = { begun: 0, records: [], lost: [], problems: [], atStart, samples: [] };
  await ask("begin");
  // What is lost or left once need not be waited for again.
  const isWell = () => played.lost.length === 0 && played.samples.every((sample) => isQuiet(sample, atStart));
  const grows = (number) => number < MAX_ROUNDS && judge(played).problems.length > 0;
  const goesOn = (number) => isWell() && (number < ROUNDS || Date.now() - began < seconds * 1000 || grows(number));
  for (let number = 0; goesOn(number); number += 1) {
    const { begun, records, lost, problems } = await place.round({ number, ms });
    played.begun += begun;
    for (const name of ["records", "lost", "problems"]) played[name].push(...{ records, lost, problems }[name]);
    const held = await quiet(place, ask, atStart, played.samples);
    const sample = { second: (Date.now() - began) / 1000, calls: played.begun, ...held };
    played.samples.push(sample);
    tell({ ended: played.records.length, problems: played.problems.length, ...sample });
  }
  return played;
}

/** A moment at which nothing is under way, and what is held then. Whatever is left is in the sample. */
async function quiet(place, ask, atStart, samples = []) {
  await ask("quiet");
  let levels = await place.levels();
  for (
    const until = Date.now() + QUIET_MS;
    !isQuiet(levels, atStart ?? levels) && Date.now() < until;
    levels = await place.levels()
  )
    await pause(50);
  return { ...levels, ...(await settled(place, samples.slice(1))) };
}

/** What lives when that is gone which comes and goes: more than there has been may become less yet. */
async function settled(place, samples) {
  const most = Math.min(...samples.map(({ objects }) => objects)) + SPARE;
  let lives = await place.look();
  for (const until = Date.now() + SETTLED_MS; lives.objects > most && Date.now() < until; lives = await place.look())
    await pause(100);
  return lives;
}
