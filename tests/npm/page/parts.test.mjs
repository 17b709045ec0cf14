// What the page's parts work out without a browser: samples, links, and what a recording shows.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript-5";
import { literal, sampleOf } from "../../../www/explorer/sample.js";
import { fate } from "../../../www/lab/chance.js";
import { Recording } from "../../../www/lab/recording.js";
import { DIALS, defaults, readLink, SCENES, toLink } from "../../../www/lab/settings.js";
import { PACKAGE } from "../helpers/setup.mjs";
import { serveFolder } from "./visit.mjs";

const SAMPLES = {
  text: () => "a",
  number: () => 7,
  switch: () => true,
  instant: () => "2026-01-31T00:00:00Z",
  json: () => ({ a: [1] }),
  word: ({ known }) => known[0],
};

/** Something that the types take. */
function exampleOf(spec) {
  if (spec.kind === "list") return [exampleOf(spec.of)];
  if (spec.kind === "either") return exampleOf(spec.of[0]);
  if (spec.kind !== "object") return SAMPLES[spec.kind](spec);
  return Object.fromEntries(spec.fields.map((field) => [field.name, exampleOf(field)]));
}

/** What TypeScript says of programs that use the package. */
function complaints(programs) {
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
  host.getSourceFile = (name, ...rest) =>
    name in programs ? ts.createSourceFile(name, programs[name], ...rest) : getSourceFile(name, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram(Object.keys(programs), options, host))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}

test("the sample of every operation is a program that TypeScript takes", async (t) => {
  const { folder, close } = await serveFolder();
  t.after(close);
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
  assert.deepEqual(complaints(programs), []);
  assert.notDeepEqual(complaints({ "/wrong.ts": programs["/orders.get.ts"].replace(".get(", ".gets(") }), []);
});

test("literals are what they stand for", () => {
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

test("a link carries the dials, and nothing out of their range", () => {
  for (const scene of Object.values(SCENES)) {
    const settings = { ...defaults(), ...scene, seed: 42 };
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
    DIALS.some(({ name }) => /key|url|token/i.test(name)),
    false,
  );
});

test("fate is the seed's, and spread evenly", () => {
  const of = (seed) => Array.from({ length: 2000 }, (_, call) => fate(seed, call, 1, 1));
  assert.deepEqual(of(1), of(1));
  assert.notDeepEqual(of(1), of(2));
  for (const seed of [1, 2, 999_999]) {
    const low = of(seed).filter((value) => value < 0.2).length;
    assert.ok(low > 320 && low < 480, `${low}`);
  }
});

const EVENTS = [
  { at: 0, kind: "begun", call: 0 },
  { at: 1, kind: "begun", call: 1 },
  { at: 10, kind: "sent", call: 0 },
  { at: 20, kind: "answered", call: 0, status: 429 },
  { at: 21, kind: "wait", call: 0, ms: 30, reason: "retry_after" },
  { at: 21, kind: "hold", why: "pause", until: 51 },
  { at: 22, kind: "hold", why: "pause", until: 60 },
  { at: 60, kind: "resumed" },
  { at: 61, kind: "sent", call: 0 },
  { at: 70, kind: "answered", call: 0, status: 200 },
  { at: 70, kind: "done", call: 0, ok: true },
  { at: 80, kind: "sent", call: 1 },
  { at: 90, kind: "answered", call: 1, failure: "connection" },
  { at: 91, kind: "done", call: 1, ok: false, error: "ConnectionError" },
  { at: 92, kind: "over" },
].map((event) => ({ side: "client", ...event }));

test("a recording shows each instant, forwards and back", () => {
  const recording = new Recording(2);
  recording.add(EVENTS);
  const shown = (at) => structuredClone({ ...recording.at(at).client });
  const half = shown(40);
  assert.deepEqual(half.figures, {
    begun: 2,
    requests: 1,
    refused: 1,
    succeeded: 0,
    failed: 0,
    cut: 0,
    last: 0,
    over: false,
  });
  assert.deepEqual(half.holds, [{ from: 21, until: 60, why: "pause" }]);
  assert.deepEqual(half.open.get(0), { lane: 0, from: 20, kind: "wait", reason: "retry_after" });
  const end = shown(100);
  assert.deepEqual(
    end.bars.filter(({ lane }) => lane === 0).map(({ kind, from, to }) => [kind, from, to]),
    [
      ["turn", 0, 10],
      ["limited", 10, 20],
      ["wait", 20, 61],
      ["ok", 61, 70],
    ],
  );
  assert.deepEqual(
    [end.figures.requests, end.figures.succeeded, end.figures.failed, end.figures.last, end.open.size],
    [3, 1, 1, 91, 0],
  );
  assert.deepEqual(end.holds, [{ from: 21, until: 60, to: 60, why: "pause" }]);
  assert.deepEqual(shown(40), half);
  assert.deepEqual(structuredClone({ ...recording.final().client }), end);
});

test("what a client says of an attempt before its request is off, comes after it", () => {
  const recording = new Recording(1);
  recording.add(
    [
      { at: 0, kind: "begun", call: 0 },
      { at: 1, kind: "sent", call: 0 },
      { at: 50, kind: "wait", call: 0, reason: "backoff" },
      { at: 51, kind: "answered", call: 0, failure: "timeout" },
      { at: 70, kind: "sent", call: 0 },
      { at: 120, kind: "done", call: 0, ok: false, error: "TimeoutError" },
      { at: 121, kind: "answered", call: 0, failure: "timeout" },
    ].map((event) => ({ side: "client", ...event })),
  );
  const { bars, open, marks, figures } = recording.at(200).client;
  assert.deepEqual(
    bars.filter(({ kind }) => kind !== "turn").map(({ kind, from, to }) => [kind, from, to]),
    [
      ["timeout", 1, 51],
      ["wait", 51, 70],
      ["timeout", 70, 121],
    ],
  );
  assert.deepEqual([open.size, marks.length, figures.failed, figures.refused], [0, 1, 1, 2]);
});
