// The load: a few clients and many calls of all kinds, in rounds. Runs unchanged in Node and in a page. Each call ends counted.

import { HUGE, KINDS } from "./calls.mjs";
import { CALL_ID, chance, pick } from "./random.mjs";
import { countedSignal } from "./watch.mjs";

/** Waits that let many calls go by; a call ends at its deadline, whatever the server does. */
const LIMITS = {
  maxRetries: 3,
  backoff: { baseMs: 10, maxMs: 100 },
  timeoutMs: 400,
  deadlineMs: 2000,
  maxRetryAfterMs: 1000,
};
/** Nothing that is asked for here takes as long. */
const PATIENCE_MS = 30_000;
const LANES = 16;
/** More calls at once than any later moment has: what grows with the number of calls is as large as it gets. */
const FLOOD = 400;
/** More clients than any later moment has that each keep the largest error there is. */
const KEEPERS = 16;

/** `watching` is what watch() gave before the package was loaded. */
export function makeLoad({ OpenProspect, isOpenProspectError }, { baseUrl, seed, watching }) {
  const roll = chance(seed, "load");
  const lasting = countedSignal();
  const problems = watching.problems;
  const events = {};
  let asked = 0;
  const onEvent = ({ type }) => {
    events[type] = (events[type] ?? 0) + 1;
    if (events[type] % 10 === 0) throw new Error("a handler that throws changes nothing");
  };
  const make = (given) => new OpenProspect({ apiKey: "lnc_test_soak", baseUrl, ...LIMITS, ...given });
  const clients = {
    steady: make({ onEvent }),
    asking: make({ apiKey: async () => `lnc_test_soak_${(asked += 1) % 2}` }),
    unretried: make({ maxRetries: 0, headers: { "x-other": "1" } }),
    passing: make({}),
  };
  let records = [];
  let number = 0;

  /** A client that is freed in the midst of its calls, and the one that comes after it. */
  function replace() {
    const before = clients.passing;
    clients.passing = make({ onEvent });
    before.free();
    if (roll() < 0.3) before.free();
    return before;
  }

  function client() {
    const of = roll();
    if (of < 0.02) return replace();
    return of < 0.5 ? clients.steady : of < 0.65 ? clients.asking : of < 0.8 ? clients.unretried : clients.passing;
  }

  /** Options of a call, its signal, and what is to be done when it has ended. */
  function manner(round) {
    const of = roll();
    const ms = roll();
    if (of < 0.15) {
      const controller = new AbortController();
      return {
        signal: controller.signal,
        done: watching.later(ms * 40, () => controller.abort(ms < 0.5 ? undefined : { why: "no more" })),
      };
    }
    if (of < 0.3) return { signal: lasting.signal };
    if (of < 0.4) return { signal: round.signal };
    if (of < 0.43) return { signal: AbortSignal.timeout(Math.ceil(ms * 100)) };
    if (of < 0.48) return { options: { deadlineMs: Math.ceil(ms * 200) } };
    if (of < 0.53) return { options: { timeoutMs: Math.ceil(ms * 100) } };
    return {};
  }

  async function one(round, kind = pick(KINDS, roll()), by = client) {
    const id = `call-${round.number}-${(number += 1)}`;
    const { signal, options, done } = manner(round);
    watching.begin(id, kind.name);
    const record = { id, kind: kind.name, sends: kind.sends, many: kind.many };
    try {
      const value = await kind.run(by(), id, { headers: { [CALL_ID]: id }, ...options, ...(signal && { signal }) });
      record.end = "fulfilled";
      if (kind.whole) record.attempts = short(value.attempts);
      if (!kind.is(value, id))
        problems.push(`${id} (${kind.name}) was given what is not its own: ${JSON.stringify(value)?.slice(0, 200)}`);
    } catch (error) {
      Object.assign(record, ended(error, signal));
      if (record.end === "unknown") problems.push(`${id} (${kind.name}) ended in ${error?.stack ?? error}`);
    }
    done?.();
    record.fetches = watching.end(id);
    records.push(record);
  }

  function ended(error, signal) {
    // Compared by identity: an abort rejects with the very reason.
    if (signal?.aborted && error === signal.reason) return { end: "aborted" };
    if (!isOpenProspectError(error)) return { end: "unknown" };
    return {
      end: error.kind,
      status: error.status,
      applied: error.mayHaveBeenApplied,
      attempts: error.attempts && short(error.attempts),
    };
  }

  async function lane(round) {
    while (!round.isOver) {
      await one(round);
      // A refusal takes no time at all: the others have to come to their turn.
      await watching.after(roll() * 10);
    }
  }

  async function bursts(round) {
    while (!round.isOver) {
      await many(round, 10 + Math.floor(roll() * 50));
      await watching.after(50 + roll() * 100);
    }
  }

  async function peak(round) {
    const keepers = Array.from({ length: KEEPERS }, () => make({}));
    await Promise.all(keepers.map((keeper) => one(round, HUGE, () => keeper)));
    keepers.forEach((keeper) => keeper.free());
    await many(round, FLOOD);
  }

  const many = (round, count) => Promise.all(Array.from({ length: count }, () => one(round)));

  async function play(round) {
    if (round.number === 0) await peak(round);
    await Promise.all([bursts(round), ...Array.from({ length: LANES }, () => lane(round))]);
  }

  const levels = () => ({ ...watching.levels(), listeners: lasting.listeners() });

  return {
    problems,
    /** Plays for a time, and waits until every call has ended: what is known of each. */
    async round(which, ms) {
      const before = number;
      const controller = new AbortController();
      const round = { number: which, isOver: false, signal: controller.signal };
      const stops = [
        watching.later(ms, () => {
          round.isOver = true;
        }),
        watching.later(ms * 0.7, () => controller.abort()),
      ];
      const all = play(round);
      let late;
      const patience = new Promise((resolve) => {
        late = watching.later(ms + PATIENCE_MS, resolve);
      });
      await Promise.race([all, patience]);
      late();
      stops.forEach((stop) => stop());
      const [own, lost] = [records, watching.underWay()];
      records = [];
      // With the last call all of it is gone, and not some time later.
      const { timers, listeners } = levels();
      for (const [what, count] of Object.entries({ timers, listeners })) {
        if (lost.length === 0 && count > 0)
          problems.push(`${count} ${what} when the last call of round ${which} had ended`);
      }
      return { begun: number - before, records: own, lost, problems: problems.splice(0) };
    },
    levels,
    lasting: lasting.signal,
    events,
    /** No client is left. */
    end: () => Object.values(clients).forEach((client) => client.free()),
  };
}

const short = (attempts) => attempts.map(({ status, sent }) => ({ status, sent }));
