// The checks of a soak find every kind of problem, and none in a correct run.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { audit } from "./audit.mjs";
import { judge } from "./growth.mjs";

describe("growth", () => {
  const EMPTY = { timers: 0, listeners: 0, handles: 0, wasm: 65536, modules: 2, heap: 1e6, objects: 1000 };
  /**
   * Samples with noise; `grow` adds the growth after a number of calls.
   *
   * @typedef {(calls: number, noise: any) => object | false} Grow
   * @param {Grow} [grow]
   */
  const samples = (grow = () => ({}), length = 16) =>
    Array.from({ length }, (_, index) => {
      const calls = 250 * (index + 1);
      const noise = { heap: 1.2e6 + (index % 3) * 50_000, objects: 1500 + (index % 4) * 150, wasm: 131_072, calls };
      return { ...EMPTY, ...noise, ...grow(calls, noise) };
    });
  /**
   * @param {Grow} [grow]
   * @param {number} [length]
   */
  const problems = (grow, length) => judge({ atStart: EMPTY, samples: samples(grow, length) }).problems;

  test("a run without growth has no problems", () => assert.deepEqual(problems(), []));
  test("simultaneous bodies may need more memory of the module", () =>
    assert.deepEqual(
      problems((calls, { wasm }) => ({ wasm: wasm + (calls > 3500 ? 131_072 : 0) })),
      [],
    ));

  test("an engine that still warms up is not a leak once there are more samples", () => {
    const warmUp = (calls, { heap }) => ({ heap: heap + Math.min(calls, 4000) * 400 });
    assert.match(problems(warmUp).join(), /minimum of heap/);
    assert.deepEqual(problems(warmUp, 36), []);
  });

  /** @type {Record<string, [grow: Grow, problem: RegExp]>} */
  const LEAKS = {
    "one object per call": [(calls, { objects }) => ({ objects: objects + calls }), /minimum of objects/],
    "500 bytes per call without an object": [(calls, { heap }) => ({ heap: heap + calls * 500 }), /minimum of heap/],
    "700 bytes of wasm memory per call": [(calls, { wasm }) => ({ wasm: wasm + calls * 700 }), /wasm memory grew/],
    "a timer, once": [(calls) => calls === 250 && { timers: 1 }, /1 timers/],
    "a listener": [(calls) => calls > 2000 && { listeners: 1 }, /1 listeners/],
    "a handle": [(calls) => calls === 4000 && { handles: 1 }, /1 handles/],
    "a further instance of the module": [(calls) => calls > 1000 && { modules: 3 }, /3 instances/],
  };
  for (const [leak, [grow, problem]] of Object.entries(LEAKS)) {
    test(leak, () => {
      for (const length of [16, 36]) assert.match(problems(grow, length).join(), problem);
    });
  }

  test("too few samples are a problem", () =>
    assert.match(judge({ atStart: EMPTY, samples: samples().slice(0, 7) }).problems.join(), /too few/));
});

describe("audit", () => {
  const arrival = { method: "POST", resends: 0, status: 201, finished: true };
  const call = (changes) => ({
    id: "call-1",
    kind: "post",
    sends: "once",
    end: "fulfilled",
    fetches: 1,
    attempts: [{ status: 201, sent: true }],
    ...changes,
  });
  const entry = (changes) => ({
    id: "call-1",
    arrivals: { 1: arrival },
    applied: 1,
    before: 0,
    problems: [],
    ...changes,
  });
  const OTHER = { record: call({ id: "call-2" }), received: entry({ id: "call-2" }) };
  /**
   * The problems of a run with this call and a correct one.
   *
   * @param {object | undefined} record
   * @param {object | undefined} received
   * @param {{ lost?: any[], begun?: number, mayResend?: boolean, strays?: string[] }} [run]
   */
  const problems = (record, received, { lost = [], begun = 2, mayResend = false, strays = [] } = {}) => {
    const records = record ? [record, OTHER.record] : [OTHER.record];
    const ledger = received ? [received, OTHER.received] : [OTHER.received];
    return audit({ begun, records, lost }, { ledger, strays }, { mayResend }).problems;
  };
  const RESET = { ...arrival, status: 0, finished: false };
  const LIMITED = { ...arrival, status: 429 };

  test("a correct run has no problems", () => {
    assert.deepEqual(problems(call(), entry()), []);
    assert.deepEqual(
      problems(call({ fetches: 2, attempts: undefined }), entry({ arrivals: { 1: LIMITED, 2: arrival } })),
      [],
    );
    assert.deepEqual(
      problems(call({ end: "connection", attempts: [{ sent: true }] }), entry({ arrivals: { 1: RESET } })),
      [],
    );
    assert.deepEqual(
      problems(call(), entry({ arrivals: { 1: { ...arrival, resends: 1 } }, before: 1 }), { mayResend: true }),
      [],
    );
  });

  /** @type {Record<string, [record: any, received: any, problem: RegExp, run?: Parameters<typeof problems>[2]]>} */
  const FAULTS = {
    "a call that never ended": [
      undefined,
      undefined,
      /never ended/,
      { lost: [{ id: "call-1", kind: "post", requests: 1 }] },
    ],
    "a call that is missing": [undefined, undefined, /2 calls begun, 1 ended/],
    "a call that the load did not make": [undefined, entry(), /which the load did not make/, { begun: 1 }],
    "a request of no call": [call(), entry(), /of no call/, { strays: ["GET"] }],
    "a request that the client did not make": [
      call(),
      entry({ arrivals: { 1: arrival, 2: arrival } }),
      /request 2 of 1 arrived/,
    ],
    "a resent request, where the platform does not resend": [
      call(),
      entry({ arrivals: { 1: { ...arrival, resends: 1 } } }),
      /arrived twice/,
    ],
    "a success without a complete response": [
      call(),
      entry({ arrivals: { 1: { ...arrival, finished: false } } }),
      /its last response was/,
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
    "a POST that was applied, though the error excludes it": [
      call({ end: "server", applied: false, attempts: undefined }),
      entry(),
      /the error excludes/,
    ],
    "an attempt that is not reported to the caller": [
      call({ fetches: 2 }),
      entry({ arrivals: { 1: LIMITED, 2: arrival } }),
      /1 attempts were sent, 2 requests made/,
    ],
    "a status that the server did not send": [
      call({ attempts: [{ status: 200, sent: true }] }),
      entry(),
      /ended with 200/,
    ],
    "a kind of calls that never succeeds": [
      call({ kind: "get", end: "server", attempts: undefined }),
      entry(),
      /no call of the kind "get"/,
    ],
  };
  for (const [fault, [record, received, problem, run]] of Object.entries(FAULTS))
    test(fault, () => assert.match(problems(record, received, run).join("\n"), problem));
});
