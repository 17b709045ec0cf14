// Options and arguments of any kind: a typed error that names what is wrong, or a request that goes where it should.
//
// FUZZ_COUNT inputs from FUZZ_SEED on; the seed of a failure alone makes its input again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { writeFigures } from "../npm/helpers/metrics.mjs";
import { newCopies } from "./copies.mjs";
import { maker } from "./values.mjs";

const COUNT = Number(process.env.FUZZ_COUNT ?? 5000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const KEY = "lnc_test_0fuzz0";
const BASE = "https://proxy.example.test/prefix";

const whole = (value, most) => Number.isInteger(value) && value >= 0 && value <= most;
const milliseconds = (value, least) => typeof value === "number" && value >= least && value <= Number.MAX_SAFE_INTEGER;
/** What is right, told in another way than the client's own table; undefined always is. */
const CLIENT = {
  maxRetries: (value) => whole(value, 1000),
  maxRetryAfterMs: (value) => milliseconds(value, 0),
  timeoutMs: (value) => milliseconds(value, 1),
  deadlineMs: (value) => value === null || milliseconds(value, 1),
  onEvent: (value) => typeof value === "function",
  allowLiveKeyInBrowser: (value) => typeof value === "boolean",
};
const CALL = {
  timeoutMs: CLIENT.timeoutMs,
  deadlineMs: CLIENT.deadlineMs,
  maxRetries: CLIENT.maxRetries,
  idempotencyKey: (value) => typeof value === "string" && /^[!-~]([\t -~]*[!-~])?$/.test(value),
};
/** Those that have rules of their own, or none that is known beforehand. */
const OPEN = {
  client: ["apiKey", "baseUrl", "backoff", "headers", "fetch", "signal", "zzz", "__proto__"],
  call: ["headers", "query", "body", "signal", "apiKey", "zzz"],
};

/** Some options, and the names of those that are surely wrong. */
function options({ below, one, value }, table, open) {
  const names = [...Object.keys(table), ...open];
  const chosen = Array.from({ length: below(4) }, () => one(names));
  const pairs = [...new Set(chosen)].map((name) => [
    name,
    below(3) === 0 && Object.hasOwn(table, name) ? good(table, name) : value(),
  ]);
  // Read as a caller writes it: a name may be a special one.
  const made = Object.create(Object.prototype);
  for (const [name, given] of pairs)
    Object.defineProperty(made, name, { value: given, enumerable: true, configurable: true, writable: true });
  const wrong = pairs
    .filter(([name, given]) => Object.hasOwn(table, name) && given !== undefined && !table[name](given))
    .map(([name]) => name);
  return { made, wrong, isSure: pairs.every(([name]) => Object.hasOwn(table, name)) };
}

function good(table, name) {
  return [600_000, 2, 1, "k", true, null, () => {}].find((value) => table[name](value));
}

// eslint-disable-next-line no-control-regex
const BREAKS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** An error says what is wrong, and shows no key that the client was given as one. */
function right(error, copy, allowed, hasKey = true) {
  assert.ok(error instanceof copy.ConfigurationError, `${error?.stack ?? String(error)}`);
  const isMissing = error.given === "nothing";
  const words = isMissing
    ? `${error.option} is missing; expected ${error.allowed}`
    : `${error.option}: got ${error.given}; expected ${error.allowed}`;
  assert.equal(error.message, words.replace(BREAKS, " "), "one line");
  assert.ok(!hasKey || !error.message.includes(KEY), error.message);
  if (allowed !== undefined) assert.ok(allowed.includes(error.option), `${error.option} is not among ${allowed}`);
}

/** The constructor takes them or names one that is wrong. */
function construct(make, copy) {
  const { made, wrong, isSure } = options(make, CLIENT, OPEN.client);
  const whole = Object.defineProperties({ apiKey: KEY }, Object.getOwnPropertyDescriptors(made));
  let error;
  try {
    new copy.OpenProspect(whole);
  } catch (thrown) {
    error = thrown;
    right(error, copy, isSure ? wrong : undefined, !Object.hasOwn(made, "apiKey"));
  }
  assert.equal(error !== undefined, isSure ? wrong.length > 0 : error !== undefined || wrong.length > 0);
}

/** A call is rejected with an error that names what is wrong, or it goes below the base URL with our key. */
async function call(make, copy) {
  const { made, wrong, isSure } = options(make, CALL, OPEN.call);
  const sent = [];
  const fetch = async (url, init) => {
    sent.push([url, init]);
    return new Response("{}");
  };
  const client = new copy.OpenProspect({ apiKey: KEY, baseUrl: BASE, fetch });
  const method = make.below(3) === 0 ? make.value() : make.one(["GET", "POST", "delete"]);
  const path = make.below(3) === 0 ? make.value() : `/api/${make.text()}`;
  const promise = client.request(method, path, made);
  assert.ok(promise instanceof Promise, "it is a promise, whatever was given");
  const error = await promise.then(
    () => undefined,
    (reason) => ({ reason }),
  );
  if (error !== undefined) {
    // On a busy machine a few milliseconds may be over before anything is sent.
    if (
      error.reason.name === "TimeoutError" &&
      Math.min(made.timeoutMs ?? Infinity, made.deadlineMs ?? Infinity) < 1000
    )
      return;
    right(error.reason, copy, isSure ? [...wrong, "method", "path"] : undefined);
    assert.deepEqual(sent, [], "nothing is sent");
    return;
  }
  assert.deepEqual(wrong, []);
  const [[url, init]] = sent;
  const { origin, pathname, username, hash } = new URL(url);
  assert.deepEqual([origin, username, hash, sent.length], [new URL(BASE).origin, "", "", 1]);
  assert.ok(pathname.startsWith("/prefix/"), pathname);
  assert.ok(url.startsWith(`${BASE}/`), url);
  const headers = new Headers(init.headers);
  assert.equal(headers.get("authorization"), `Bearer ${KEY}`);
  assert.deepEqual(
    [init.redirect, Object.keys(init.headers).filter((name) => /[^\w!#$%&'*+.^`|~-]/.test(name))],
    ["manual", []],
  );
}

test("options and arguments of any kind", async () => {
  const failures = [];
  const copies = await newCopies();
  for (let number = 0; number < COUNT; number += 1) {
    const seed = (SEED + number) % 2 ** 32;
    const [how, copy] = copies[seed % copies.length];
    try {
      await ((seed >> 1) % 2 === 0 ? construct : call)(maker(seed), copy);
    } catch (error) {
      failures.push(`seed ${seed} (${how}), alone with FUZZ_SEED=${seed} FUZZ_COUNT=1: ${error.stack ?? error}`);
    }
  }
  writeFigures("options", { inputs: COUNT, failures: failures.length });
  assert.deepEqual(failures.slice(0, 10), [], `${failures.length} failed`);
});
