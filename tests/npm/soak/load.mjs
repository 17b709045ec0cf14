// The load: a few clients and many calls of all kinds, in rounds. The same code runs in Node and in a page. Every call
// is recorded when it ends.

import { HUGE, KINDS } from "./calls.mjs";
import { CALL_ID, chance, pick } from "./random.mjs";
import { countedSignal } from "./watch.mjs";

/** Short delays for many calls; a call ends at its deadline, whatever the server does. */
const LIMITS = {
  maxRetries: 3,
  backoff: { baseMs: 10, maxMs: 100 },
  timeoutMs: 400,
  deadlineMs: 2000,
  maxRetryAfterMs: 1000,
};
/** Longer than any call of the load may take. */
const MAX_CALL_MS = 30_000;
const LANES = 16;
/** More simultaneous calls than any later round has, so that memory reaches its peak in the first round. */
const FLOOD = 400;
/** More clients with the largest possible error than any later round has. */
const KEEPERS = 16;

/**
 * `watching` is the result of `watch()` before the package was loaded.
 *
 * @param {any} openprospect The package.
 * @param {{ baseUrl: string, seed: string, watching: ReturnType<typeof import("./watch.mjs").watch> }} options
 */
export function makeLoad({ OpenProspect, isOpenProspectError }, { baseUrl, seed, watching }) {
  const random = chance(seed, "load");
  const lasting = countedSignal();
  const problems = watching.problems;
  const events = {};
  let keysProvided = 0;
  const onEvent = ({ type }) => {
    events[type] = (events[type] ?? 0) + 1;
    if (events[type] % 10 === 0) throw new Error("an exception of the event handler must have no effect");
  };
  const make = (options) => new OpenProspect({ apiKey: "lnc_test_soak", baseUrl, ...LIMITS, ...options });
  const clients = {
    steady: make({ onEvent }),
    keyProvider: make({ apiKey: async () => `lnc_test_soak_${(keysProvided += 1) % 2}` }),
    withoutRetries: make({ maxRetries: 0, headers: { "x-other": "1" } }),
    temporary: make({}),
  };
  let records = [];
  let number = 0;

  /** Frees a client while its calls are in flight, and replaces it. Returns the freed one. */
  function replace() {
    const before = clients.temporary;
    clients.temporary = make({ onEvent });
    before.free();
    if (random() < 0.3) before.free();
    return before;
  }

  function client() {
    const sample = random();
    if (sample < 0.02) return replace();
    if (sample < 0.5) return clients.steady;
    if (sample < 0.65) return clients.keyProvider;
    return sample < 0.8 ? clients.withoutRetries : clients.temporary;
  }

  /**
   * Random options of a call: its signal, its timeout, and a cleanup for its end.
   *
   * @returns {{ signal?: AbortSignal, options?: object, done?: () => void }}
   */
  function randomOptions(round) {
    const sample = random();
    const ms = random();
    if (sample < 0.15) {
      const controller = new AbortController();
      return {
        signal: controller.signal,
        done: watching.later(ms * 40, () => controller.abort(ms < 0.5 ? undefined : { why: "no more" })),
      };
    }
    if (sample < 0.3) return { signal: lasting.signal };
    if (sample < 0.4) return { signal: round.signal };
    if (sample < 0.43) return { signal: AbortSignal.timeout(Math.ceil(ms * 100)) };
    if (sample < 0.48) return { options: { deadlineMs: Math.ceil(ms * 200) } };
    if (sample < 0.53) return { options: { timeoutMs: Math.ceil(ms * 100) } };
    return {};
  }

  /** @param {import("./calls.mjs").Kind} kind */
  async function one(round, kind = pick(KINDS, random()), by = client) {
    const id = `call-${round.number}-${(number += 1)}`;
    const { signal, options, done } = randomOptions(round);
    watching.begin(id, kind.name);
    /** @type {any} */
    const record = { id, kind: kind.name, sends: kind.sends, many: kind.many };
    try {
      const value = await kind.run(by(), id, { headers: { [CALL_ID]: id }, ...options, ...(signal && { signal }) });
      record.end = "fulfilled";
      if (kind.whole) record.attempts = short(value.attempts);
      if (!kind.is(value, id))
        problems.push(`${id} (${kind.name}) got another call's response: ${JSON.stringify(value)?.slice(0, 200)}`);
    } catch (error) {
      Object.assign(record, ended(error, signal));
      if (record.end === "unknown") problems.push(`${id} (${kind.name}) rejected with ${error?.stack ?? error}`);
    }
    done?.();
    record.fetches = watching.end(id);
    records.push(record);
  }

  function ended(error, signal) {
    // Compared by identity: an abort rejects with the signal's reason.
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
      // Without a pause, calls that fail immediately would keep the other lanes from running.
      await watching.after(random() * 10);
    }
  }

  async function bursts(round) {
    while (!round.isOver) {
      await many(round, 10 + Math.floor(random() * 50));
      await watching.after(50 + random() * 100);
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
    /** Runs the load for a time, waits until every call has ended, and returns their records. */
    async round(roundNumber, ms) {
      const before = number;
      const controller = new AbortController();
      const round = { number: roundNumber, isOver: false, signal: controller.signal };
      const stops = [
        watching.later(ms, () => {
          round.isOver = true;
        }),
        watching.later(ms * 0.7, () => controller.abort()),
      ];
      const all = play(round);
      let cancel = () => {};
      const timeout = new Promise((resolve) => {
        cancel = watching.later(ms + MAX_CALL_MS, resolve);
      });
      await Promise.race([all, timeout]);
      cancel();
      stops.forEach((stop) => stop());
      const [own, lost] = [records, watching.inFlight()];
      records = [];
      // The last call releases everything when it ends, not some time later.
      const { timers, listeners } = levels();
      for (const [what, count] of Object.entries({ timers, listeners })) {
        if (lost.length === 0 && count > 0)
          problems.push(`${count} ${what} after the last call of round ${roundNumber}`);
      }
      return { begun: number - before, records: own, lost, problems: problems.splice(0) };
    },
    levels,
    lasting: lasting.signal,
    events,
    /** Frees all clients. */
    end: () => Object.values(clients).forEach((client) => client.free()),
  };
}

const short = (attempts) => attempts.map(({ status, sent }) => ({ status, sent }));
