import assert from "node:assert/strict";
import test from "node:test";
import { readArguments } from "./arguments.mjs";

const KNOWN = { measurements: ["dead", "heap"], clients: ["ky", "got"] };
const read = (...words) => readArguments(words, KNOWN);

test("nothing asked for is everything", () => {
  assert.deepEqual(read(), { quick: false, only: [], clients: [], rounds: null, out: null, list: false, help: false });
});

test("what is asked for is read, in both ways of writing", () => {
  const asked = read(
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
  assert.deepEqual(asked, {
    quick: true,
    only: ["dead", "heap"],
    clients: ["ky", "got"],
    rounds: 2,
    out: "a=b.md",
    list: false,
    help: false,
  });
});

test("what cannot be understood is refused, and the message says what there is", () => {
  assert.throws(() => read("--fast"), /unknown argument "--fast"/);
  assert.throws(() => read("dead"), /unknown argument "dead"/);
  assert.throws(() => read("--only"), /--only needs a value/);
  assert.throws(() => read("--only", "--quick"), /--only needs a value/);
  assert.throws(() => read("--only", "storm"), /no measurement "storm"; there are dead, heap/);
  assert.throws(() => read("--clients", "ky,curl"), /no client "curl"; there are ky, got/);
  assert.throws(() => read("--clients", ","), /no client ","/);
  for (const rounds of ["0", "21", "1.5", "many"]) assert.throws(() => read("--rounds", rounds), /1 to 20/);
});
