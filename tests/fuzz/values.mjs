// Random values of every kind, valid and hostile, made from a seed.

import { revoked, throws, withGetter } from "../npm/helpers/hostile.mjs";

/** A seeded generator of numbers from 0 to below 1 (mulberry32). */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NUMBERS = [
  0,
  -0,
  1,
  2,
  0.5,
  1.5,
  -1,
  49,
  500,
  999,
  1000,
  1001,
  30000,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  Number.MAX_VALUE,
  Infinity,
  -Infinity,
  NaN,
  5e-324,
];
const TEXTS = [
  "",
  "a",
  "GET",
  "get",
  "lnc_test_0fuzz0",
  "lnc_live_0fuzz0",
  "https://x.test/p/",
  "http://x.test",
  "/",
  "//x",
  "/a/../b",
  "/a?b=c",
  "/a#b",
  "/%2e%2E/",
  "x y",
  "a\nb",
  "é",
  "\ud800",
  "\0",
  "__proto__",
  "constructor",
  "authorization",
  "x-a",
  "k".repeat(300),
];
const STRANGE = [
  () => undefined,
  () => null,
  () => true,
  () => false,
  () => 5n,
  () => Symbol("s"),
  () => throws,
  () => () => "lnc_test_0fuzz0",
  () => async () => "lnc_test_0fuzz0",
  () => revoked(),
  () => revoked([]),
  () => withGetter("x"),
  () => new Proxy({}, { ownKeys: /** @type {() => never} */ (throws), get: throws }),
  () => new Date(NaN),
  () => new Date(0),
  () => new AbortController().signal,
  () => ({ aborted: false }),
  () => new Map([["x-a", "b"]]),
  () => new Headers({ "x-a": "b" }),
  () => ({ toString: throws, toJSON: throws }),
  () => Object.create({ apiKey: 5 }),
  () => Promise.resolve(1),
  () => ({ [Symbol.iterator]: throws }),
  () => new (class extends Array {})(),
];

/** Functions that make random values. */
export function maker(seed) {
  const random = generator(seed);
  const below = (count) => Math.floor(random() * count);
  const one = (list) => list[below(list.length)];
  const value = (depth = 2) => {
    const kind = below(depth > 0 ? 6 : 4);
    if (kind === 0) return one(NUMBERS);
    if (kind === 1) return one(TEXTS);
    if (kind === 2) return one(STRANGE)();
    if (kind === 3) return one(NUMBERS.slice(0, 13));
    if (kind === 4) return Array.from({ length: below(4) }, () => value(depth - 1));
    return Object.fromEntries(Array.from({ length: below(4) }, () => [one(TEXTS), value(depth - 1)]));
  };
  return { below, one, value, text: () => one(TEXTS) };
}
