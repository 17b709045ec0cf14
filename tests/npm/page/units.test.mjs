// The modules of the page that need no browser: sample code, links, recordings.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript-5";
import { literal, sampleOf } from "../../../www/explorer/sample.js";
import { sample } from "../../../www/lab/random.js";
import { Recording } from "../../../www/lab/recording.js";
import { defaults, PRESETS, readLink, SETTINGS, toLink } from "../../../www/lab/settings.js";
import { PACKAGE } from "../helpers/setup.mjs";
import { serveFolder } from "./visit.mjs";

/** @type {Record<string, (spec: any) => unknown>} an example for each kind of parameter */
const EXAMPLES = {
  text: () => "a",
  number: () => 7,
  switch: () => true,
  instant: () => "2026-01-31T00:00:00Z",
  json: () => ({ a: [1] }),
  word: ({ known }) => known[0],
};

/**
 * A value that the types accept.
 *
 * @param {import("../../../www/explorer/operations.js").Spec} spec
 * @returns {unknown}
 */
function exampleOf(spec) {
  if (spec.kind === "list") return [exampleOf(spec.of)];
  if (spec.kind === "either") return exampleOf(spec.of[0]);
  if (spec.kind !== "object") return EXAMPLES[spec.kind](spec);
  return Object.fromEntries(spec.fields.map((field) => [field.name, exampleOf(field)]));
}

/**
 * The errors that TypeScript finds in programs that use the package.
 *
 * @param {Record<string, string>} programs by file name
 */
function errorsOf(programs) {
  const options = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    types: [],
    skipLibCheck: true,
    paths: { openprospect: [fileURLToPath(new URL("index.d.ts", PACKAGE))] },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name in programs || fileExists(name);
  host.getSourceFile = (name, target, ...rest) =>
    name in programs ? ts.createSourceFile(name, programs[name], target) : getSourceFile(name, target, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram(Object.keys(programs), options, host))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}

test("the sample code of every operation compiles", async (t) => {
  const { folder, close } = await serveFolder();
  t.after(close);
  /** @type {Record<string, string>} */
  const programs = {};
  for (const operation of JSON.parse(await readFile(join(folder, "openprospect/operations.json"), "utf8"))) {
    const specs = operation.parameters;
    programs[`/${operation.key}.ts`] = sampleOf(operation, specs.map(exampleOf));
    programs[`/${operation.key}.least.ts`] = sampleOf(
      operation,
      specs.filter(({ optional }) => !optional).map(exampleOf),
      "https://proxy.example",
    );
  }
  assert.deepEqual(errorsOf(programs), []);
  assert.notDeepEqual(errorsOf({ "/wrong.ts": programs["/orders.get.ts"].replace(".get(", ".gets(") }), []);
});

test("literals evaluate to their values", () => {
  for (const value of [
    null,
    1.5,
    'a"b\n',
    [],
    {},
    [{ "a-b": [1, { c: "d".repeat(90) }] }],
    { __proto__: null, long: Array.from({ length: 40 }, (_, n) => n) },
  ]) {
    assert.deepEqual(
      JSON.parse(JSON.stringify(Function(`return (${literal(value)})`)())),
      JSON.parse(JSON.stringify(value)),
    );
  }
});

test("a link restores the settings, and ignores values out of range", () => {
  for (const preset of Object.values(PRESETS)) {
    const settings = { ...defaults(), ...preset, seed: 42 };
    assert.deepEqual(readLink(new URLSearchParams(toLink(settings).split("?")[1])), settings);
  }
  const wrong = new URLSearchParams({
    calls: "1e9",
    limit: "x",
    advice: "constructor",
    seed: "1.5",
    latency: "",
    key: "lnc_test_x",
    ends: "-1",
  });
  assert.deepEqual(readLink(wrong), defaults());
  assert.equal(
    SETTINGS.some(({ name }) => /key|url|token/i.test(name)),
    false,
  );
});

test("samples depend on the seed, and are distributed evenly", () => {
  const samplesOf = (seed) => Array.from({ length: 2000 }, (_, call) => sample(seed, call, 1, 1));
  assert.deepEqual(samplesOf(1), samplesOf(1));
  assert.notDeepEqual(samplesOf(1), samplesOf(2));
  for (const seed of [1, 2, 999_999]) {
    const low = samplesOf(seed).filter((value) => value < 0.2).length;
    assert.ok(low > 320 && low < 480, `${low}`);
  }
});

/**
 * @param {(import("../../../www/lab/events.js").Happening & {at: number})[]} happenings
 * @returns {import("../../../www/lab/events.js").RunEvent[]}
 */
const ofClient = (happenings) => happenings.map((happening) => ({ side: "client", ...happening }));

const EVENTS = ofClient([
  { at: 0, kind: "started", call: 0 },
  { at: 1, kind: "started", call: 1 },
  { at: 10, kind: "sent", call: 0 },
  { at: 20, kind: "response", call: 0, status: 429 },
  { at: 21, kind: "wait", call: 0, ms: 30, reason: "retry_after" },
  { at: 21, kind: "pause", reason: "throttled", until: 51 },
  { at: 22, kind: "pause", reason: "throttled", until: 60 },
  { at: 60, kind: "resumed" },
  { at: 61, kind: "sent", call: 0 },
  { at: 70, kind: "response", call: 0, status: 200 },
  { at: 70, kind: "done", call: 0, ok: true },
  { at: 80, kind: "sent", call: 1 },
  { at: 90, kind: "response", call: 1, failure: "connection" },
  { at: 91, kind: "done", call: 1, ok: false, error: "ConnectionError" },
  { at: 92, kind: "over" },
]);

test("a recording shows any time, forward and backward", () => {
  const recording = new Recording(2);
  recording.add(EVENTS);
  const shown = (at) => structuredClone({ ...recording.at(at).client });
  const half = shown(40);
  assert.deepEqual(half.metrics, {
    started: 2,
    requests: 1,
    failedAttempts: 1,
    succeeded: 0,
    failed: 0,
    cutOff: 0,
    lastEnd: 0,
    over: false,
  });
  assert.deepEqual(half.pauses, [{ from: 21, until: 60, reason: "throttled" }]);
  assert.deepEqual(half.open.get(0), { call: 0, from: 20, kind: "wait", reason: "retry_after" });
  const end = shown(100);
  assert.deepEqual(
    end.bars.filter(({ call }) => call === 0).map(({ kind, from, to }) => [kind, from, to]),
    [
      ["queued", 0, 10],
      ["limited", 10, 20],
      ["wait", 20, 61],
      ["ok", 61, 70],
    ],
  );
  assert.deepEqual(
    [end.metrics.requests, end.metrics.succeeded, end.metrics.failed, end.metrics.lastEnd, end.open.size],
    [3, 1, 1, 91, 0],
  );
  assert.deepEqual(end.pauses, [{ from: 21, until: 60, to: 60, reason: "throttled" }]);
  assert.deepEqual(shown(40), half);
  assert.deepEqual(structuredClone({ ...recording.final().client }), end);
});

test("events of a call that precede the end of its request are applied after it", () => {
  const recording = new Recording(1);
  recording.add(
    ofClient([
      { at: 0, kind: "started", call: 0 },
      { at: 1, kind: "sent", call: 0 },
      { at: 50, kind: "wait", call: 0, ms: 20, reason: "backoff" },
      { at: 51, kind: "response", call: 0, failure: "timeout" },
      { at: 70, kind: "sent", call: 0 },
      { at: 120, kind: "done", call: 0, ok: false, error: "TimeoutError" },
      { at: 121, kind: "response", call: 0, failure: "timeout" },
    ]),
  );
  const { bars, open, failures, metrics } = recording.at(200).client;
  assert.deepEqual(
    bars.filter(({ kind }) => kind !== "queued").map(({ kind, from, to }) => [kind, from, to]),
    [
      ["timeout", 1, 51],
      ["wait", 51, 70],
      ["timeout", 70, 121],
    ],
  );
  assert.deepEqual([open.size, failures.length, metrics.failed, metrics.failedAttempts], [0, 1, 1, 2]);
});
