// Random options and arguments: a typed error with the name of the invalid option, or a request to the right address.
//
// FUZZ_COUNT inputs from FUZZ_SEED on; the seed of a failure reproduces its input.

import assert from "node:assert/strict";
import { test } from "node:test";
import { writeFigures } from "../npm/helpers/metrics.mjs";
import { newCopies } from "./copies.mjs";
import { maker } from "./values.mjs";

const COUNT = Number(process.env.FUZZ_COUNT ?? 5000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const KEY = "lnc_test_0fuzz0";
const BASE = "https://proxy.example.test/prefix";

const integer = (value, max) => Number.isInteger(value) && value >= 0 && value <= max;
const milliseconds = (value, min) => typeof value === "number" && value >= min && value <= Number.MAX_SAFE_INTEGER;
/** Valid values, written independently of the client's own table; undefined is always valid. */
const CLIENT = {
  maxRetries: (value) => integer(value, 1000),
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
/** Options with complex rules, and unknown options. */
const OPEN = {
  client: ["apiKey", "baseUrl", "backoff", "headers", "fetch", "signal", "zzz", "__proto__"],
  call: ["headers", "query", "body", "signal", "apiKey", "zzz"],
};

/** Random options, and the names of those that are certainly invalid; `isCertain` if that is known of all. */
function options({ below, one, value }, table, open) {
  const names = [...Object.keys(table), ...open];
  const chosen = Array.from({ length: below(4) }, () => one(names));
  const pairs = [...new Set(chosen)].map((name) => [
    name,
    below(3) === 0 && Object.hasOwn(table, name) ? valid(table, name) : value(),
  ]);
  // Defined, not assigned: a name may be `__proto__`.
  const made = Object.create(Object.prototype);
  for (const [name, option] of pairs)
    Object.defineProperty(made, name, { value: option, enumerable: true, configurable: true, writable: true });
  const invalid = pairs
    .filter(([name, option]) => Object.hasOwn(table, name) && option !== undefined && !table[name](option))
    .map(([name]) => name);
  return { made, invalid, isCertain: pairs.every(([name]) => Object.hasOwn(table, name)) };
}

function valid(table, name) {
  return [600_000, 2, 1, "k", true, null, () => {}].find((value) => table[name](value));
}

// eslint-disable-next-line no-control-regex
const BREAKS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Asserts that an error is a ConfigurationError of one of the options, without the API key.
 *
 * @param {any} error
 * @param {any} copy
 * @param {string[]} [allowed] The possible options.
 */
function assertConfigurationError(error, copy, allowed, hasKey = true) {
  assert.ok(error instanceof copy.ConfigurationError, `${error?.stack ?? String(error)}`);
  const isMissing = error.given === "nothing";
  const message = isMissing
    ? `${error.option} is missing; expected ${error.allowed}`
    : `${error.option}: got ${error.given}; expected ${error.allowed}`;
  assert.equal(error.message, message.replace(BREAKS, " "), "one line");
  assert.ok(!hasKey || !error.message.includes(KEY), error.message);
  if (allowed !== undefined) assert.ok(allowed.includes(error.option), `${error.option} is not among ${allowed}`);
}

/** The constructor accepts the options or names an invalid one. */
function construct(make, copy) {
  const { made, invalid, isCertain } = options(make, CLIENT, OPEN.client);
  const all = Object.defineProperties({ apiKey: KEY }, Object.getOwnPropertyDescriptors(made));
  let error;
  try {
    new copy.OpenProspect(all);
  } catch (thrown) {
    error = thrown;
    assertConfigurationError(error, copy, isCertain ? invalid : undefined, !Object.hasOwn(made, "apiKey"));
  }
  assert.equal(error !== undefined, isCertain ? invalid.length > 0 : error !== undefined || invalid.length > 0);
}

/**
 * A call rejects with the name of an invalid option or argument, or sends a request below the base URL with the key.
 */
async function call(make, copy) {
  const { made, invalid, isCertain } = options(make, CALL, OPEN.call);
  /** @type {[url: string, init: any][]} */
  const sent = [];
  const fetch = async (url, init) => {
    sent.push([url, init]);
    return new Response("{}");
  };
  const client = new copy.OpenProspect({ apiKey: KEY, baseUrl: BASE, fetch });
  const method = make.below(3) === 0 ? make.value() : make.one(["GET", "POST", "delete"]);
  const path = make.below(3) === 0 ? make.value() : `/api/${make.text()}`;
  const promise = client.request(method, path, made);
  assert.ok(promise instanceof Promise, "a promise, whatever the arguments");
  const error = await promise.then(
    () => undefined,
    (reason) => ({ reason }),
  );
  if (error !== undefined) {
    // On a busy machine a timeout of a few milliseconds may expire before the request is sent.
    if (
      error.reason.name === "TimeoutError" &&
      Math.min(made.timeoutMs ?? Infinity, made.deadlineMs ?? Infinity) < 1000
    )
      return;
    assertConfigurationError(error.reason, copy, isCertain ? [...invalid, "method", "path"] : undefined);
    assert.deepEqual(sent, [], "no request is sent");
    return;
  }
  assert.deepEqual(invalid, []);
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

test("random options and arguments", async () => {
  /** @type {string[]} */
  const failures = [];
  const copies = await newCopies();
  for (let number = 0; number < COUNT; number += 1) {
    const seed = (SEED + number) % 2 ** 32;
    const [how, copy] = copies[seed % copies.length];
    try {
      await ((seed >> 1) % 2 === 0 ? construct : call)(maker(seed), copy);
    } catch (error) {
      failures.push(`seed ${seed} (${how}), reproducible with FUZZ_SEED=${seed} FUZZ_COUNT=1: ${error.stack ?? error}`);
    }
  }
  writeFigures("options", { inputs: COUNT, failures: failures.length });
  assert.deepEqual(failures.slice(0, 10), [], `${failures.length} failed`);
});
