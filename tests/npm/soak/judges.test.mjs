// What judges a soak sees each fault that it is about, and none where there is none.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { audit } from "./accounts.mjs";
import { judge } from "./growth.mjs";

describe("growth", () => {
  const EMPTY = { timers: 0, listeners: 0, handles: 0, wasm: 65536, modules: 2, heap: 1e6, objects: 1000 };
  /** What comes and goes, and `grow` for what is not as it was after so many calls. */
  const samples = (grow = () => ({}), length = 16) =>
    Array.from({ length }, (_, index) => {
      const calls = 250 * (index + 1);
      const noise = { heap: 1.2e6 + (index % 3) * 50_000, objects: 1500 + (index % 4) * 150, wasm: 131_072, calls };
      return { ...EMPTY, ...noise, ...grow(calls, noise) };
    });
  const problems = (grow, length) => judge({ atStart: EMPTY, samples: samples(grow, length) }).problems;

  test("nothing is seen in what does not grow", () => assert.deepEqual(problems(), []));
  test("a body that comes with others needs more memory of the module", () =>
    assert.deepEqual(
      problems((calls, { wasm }) => ({ wasm: wasm + (calls > 3500 ? 131_072 : 0) })),
      [],
    ));

  test("an engine that still warms up is no leak once there are more samples", () => {
    const warmUp = (calls, { heap }) => ({ heap: heap + Math.min(calls, 4000) * 400 });
    assert.match(problems(warmUp).join(), /heap at least/);
    assert.deepEqual(problems(warmUp, 36), []);
  });

  const LEAKS = {
    "an object at every call": [(calls, { objects }) => ({ objects: objects + calls }), /objects at least/],
    "500 bytes at every call, which are no object": [
      (calls, { heap }) => ({ heap: heap + calls * 500 }),
      /heap at least/,
    ],
    "700 bytes of wasm memory at every call": [(calls, { wasm }) => ({ wasm: wasm + calls * 700 }), /wasm memory grew/],
    "a timer, once": [(calls) => calls === 250 && { timers: 1 }, /1 timers/],
    "a listener": [(calls) => calls > 2000 && { listeners: 1 }, /1 listeners/],
    "a handle": [(calls) => calls === 4000 && { handles: 1 }, /1 handles/],
    "another instance of the module": [(calls) => calls > 1000 && { modules: 3 }, /3 instances/],
  };
  for (const [what, [grow, word]] of Object.entries(LEAKS)) {
    test(what, () => {
      for (const length of [16, 36]) assert.match(problems(grow, length).join(), word);
    });
  }

  test("too few samples tell nothing", () =>
    assert.match(judge({ atStart: EMPTY, samples: samples().slice(0, 7) }).problems.join(), /too few/));
});

describe("accounts", () => {
  const arrival = { method: "POST", again: 0, status: 201, finished: true };
  const call = (given) => ({
    id: "call-1",
    kind: "post",
    sends: "once",
    end: "fulfilled",
    fetches: 1,
    attempts: [{ status: 201, sent: true }],
    ...given,
  });
  const entry = (given) => ({ id: "call-1", arrivals: { 1: arrival }, applied: 1, before: 0, problems: [], ...given });
  const OTHER = [call({ id: "call-2" }), entry({ id: "call-2" })];
  const problems = (record, seen, { lost = [], begun = 2, mayResend = false, strays = [] } = {}) => {
    const ended = record ? [record, OTHER[0]] : [OTHER[0]];
    return audit(
      { begun, records: ended, lost },
      { ledger: seen ? [seen, OTHER[1]] : [OTHER[1]], strays },
      { mayResend },
    ).problems;
  };
  const RESET = { ...arrival, status: 0, finished: false };
  const REFUSED = { ...arrival, status: 429 };

  test("nothing is seen where all is right", () => {
    assert.deepEqual(problems(call(), entry()), []);
    assert.deepEqual(
      problems(call({ fetches: 2, attempts: undefined }), entry({ arrivals: { 1: REFUSED, 2: arrival } })),
      [],
    );
    assert.deepEqual(
      problems(call({ end: "connection", attempts: [{ sent: true }] }), entry({ arrivals: { 1: RESET } })),
      [],
    );
    assert.deepEqual(
      problems(call(), entry({ arrivals: { 1: { ...arrival, again: 1 } }, before: 1 }), { mayResend: true }),
      [],
    );
  });

  const FAULTS = {
    "a call that never ended": [
      undefined,
      undefined,
      /never ended/,
      { lost: [{ id: "call-1", kind: "post", requests: 1 }] },
    ],
    "a call that is gone": [undefined, undefined, /2 calls begun, 1 ended/],
    "a call that nobody made": [undefined, entry(), /which nobody made/, { begun: 1 }],
    "a request of nobody": [call(), entry(), /of nobody/, { strays: ["GET"] }],
    "a request that nobody made": [call(), entry({ arrivals: { 1: arrival, 2: arrival } }), /request 2 of 1 came/],
    "a request twice, where the platform sends none again": [
      call(),
      entry({ arrivals: { 1: { ...arrival, again: 1 } } }),
      /came twice/,
    ],
    "an answer that was never given": [
      call(),
      entry({ arrivals: { 1: { ...arrival, finished: false } } }),
      /its last answer was/,
    ],
    "a POST that was sent again though it may have been applied": [
      call({ fetches: 2, attempts: undefined }),
      entry({ arrivals: { 1: RESET, 2: arrival } }),
      /sent again after/,
    ],
    "a POST that was applied twice": [call(), entry({ applied: 2 }), /applied 2 times/],
    "a keyed POST that was applied twice": [
      call({ sends: "keyed", end: "timeout", attempts: undefined }),
      entry({ applied: 2 }),
      /applied 2 times/,
    ],
    "a keyed POST that succeeded and was not applied": [
      call({ sends: "keyed" }),
      entry({ applied: 0 }),
      /applied 0 times/,
    ],
    "a POST that was applied, of which the error says that it was not": [
      call({ end: "server", applied: false, attempts: undefined }),
      entry(),
      /the error says/,
    ],
    "an attempt of which the caller is not told": [
      call({ fetches: 2 }),
      entry({ arrivals: { 1: REFUSED, 2: arrival } }),
      /1 attempts were sent, 2 requests made/,
    ],
    "a status that the server did not give": [
      call({ attempts: [{ status: 200, sent: true }] }),
      entry(),
      /ended in 200/,
    ],
    "a kind of calls that comes to nothing": [
      call({ kind: "get", end: "server", attempts: undefined }),
      entry(),
      /not one call of the kind "get"/,
    ],
  };
  for (const [what, [record, seen, word, given]] of Object.entries(FAULTS))
    test(what, () => assert.match(problems(record, seen, given).join("\n"), word));
});
