import assert from "node:assert/strict";
import test from "node:test";
import { readArguments } from "./arguments.mjs";

const KNOWN = { measurements: ["dead", "heap"], clients: ["ky", "got"] };
const read = (...words) => readArguments(words, KNOWN);

test("without arguments everything is measured", () => {
  assert.deepEqual(read(), { quick: false, only: [], clients: [], rounds: null, out: null, list: false, help: false });
});

test("options are read with a space and with an equals sign", () => {
  const options = read(
    "--quick",
    "--only",
    "dead",
    "--only=heap",
    "--clients",
    "ky,got",
    "--rounds=2",
    "--out",
    "a=b.md",
  );
  assert.deepEqual(options, {
    quick: true,
    only: ["dead", "heap"],
    clients: ["ky", "got"],
    rounds: 2,
    out: "a=b.md",
    list: false,
    help: false,
  });
});

test("an invalid argument is an error that lists the valid names", () => {
  assert.throws(() => read("--fast"), /unknown argument "--fast"/);
  assert.throws(() => read("dead"), /unknown argument "dead"/);
  assert.throws(() => read("--only"), /--only needs a value/);
  assert.throws(() => read("--only", "--quick"), /--only needs a value/);
  assert.throws(() => read("--only", "storm"), /unknown measurement "storm"; expected one of dead, heap/);
  assert.throws(() => read("--clients", "ky,curl"), /unknown client "curl"; expected one of ky, got/);
  assert.throws(() => read("--clients", ","), /unknown client ","/);
  for (const rounds of ["0", "21", "1.5", "many"]) assert.throws(() => read("--rounds", rounds), /1 to 20/);
});
