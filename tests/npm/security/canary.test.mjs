// The search for keys finds a planted key in each place and in each encoding.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { inspected } from "./canary/inspected.mjs";
import { createCanary } from "../suite/canary.mjs";
import { surroundings } from "../suite/surroundings.mjs";

const KEY = "lnc_test_pl4nted0by0a1test";
/** A key whose characters are all changed by some encoding. */
const OTHER = "sk+Pl4nt/d=~?&key==";
const SECRET = "pl4nted0by0a1test";

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text);
/**
 * Encodes each character by its code, in hex.
 *
 * @param {string} text
 * @param {(code: string) => string} write
 */
const each = (text, write) =>
  Array.from(text, (letter) => write(letter.charCodeAt(0).toString(16).padStart(2, "0"))).join("");
/** @param {string} text */
const percent = (text) => each(text, (code) => `%${code.toUpperCase()}`);

/** @type {Record<string, (key: string) => unknown>} */
const ENCODINGS = {
  "in plain text": (key) => key,
  "in capitals": (key) => key.toUpperCase(),
  "after its scheme": (key) => `Bearer ${key}`,
  "in JSON": (key) => JSON.stringify({ a: [{ b: key }] }),
  "in JSON in JSON": (key) => JSON.stringify({ a: JSON.stringify({ b: key }) }),
  "in base64": (key) => btoa(key),
  "in base64 after one letter": (key) => btoa(`x${key}`),
  "in base64 between words": (key) => btoa(`user:${key}, and more`),
  "in base64 for URLs": (key) => btoa(key).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
  "in base64 of two lines": (key) => btoa(key).replace(/(.{12})/, "$1\r\n"),
  "percent-encoded": (key) => `/x?key=${encodeURIComponent(key)}`,
  "percent-encoded, every character": percent,
  "percent-encoded twice": (key) => encodeURIComponent(percent(key)),
  "with one letter percent-encoded": (key) => key.replace("n", "%6e"),
  "with escapes of JSON": (key) => each(key, (code) => `\\u00${code}`),
  "with one escape of JSON": (key) => key.replace("l", "\\u006C"),
  "with escapes of scripts": (key) => each(key, (code) => `\\x${code}`),
  "with entities of HTML": (key) => each(key, (code) => `&#x${code};`),
  "with decimal entities": (key) => each(key, (code) => `&#${Number.parseInt(code, 16)};`),
  "in hex": (key) => each(key, (code) => code),
  "in hex with spaces, as a dump": (key) => each(key, (code) => `${code} `),
  "in hex with colons": (key) => each(key, (code) => `${code}:`),
  "as the source of a list of bytes": (key) => each(key, (code) => `0x${code}, `),
  "as UTF-8 bytes": bytes,
  "as a buffer": (key) => bytes(key).buffer,
  "as a Node.js buffer": (key) => Buffer.from(`x${key}`),
  "as a list of numbers": (key) => [...bytes(key)],
  "as JSON of a list of numbers": (key) => JSON.stringify([...bytes(key)]),
  "as UTF-16 bytes": (key) => Buffer.from(key, "utf16le"),
  "on two lines": (key) => `${key.slice(0, 11)}\n  ${key.slice(11)}`,
  "on many lines": (key) => Array.from(key).join("\n"),
  "on two lines of JSON": (key) => JSON.stringify(`${key.slice(0, 9)}\n${key.slice(9)}`),
  "as two strings of a script": (key) => `"${key.slice(0, 9)}" + "${key.slice(9)}"`,
  "letter by letter": (key) => Array.from(key).join(" "),
  "with zero-width characters": (key) => Array.from(key).join("\u200B"),
  backwards: (key) => Array.from(key).reverse().join(""),
};
const PARTS = {
  "without its prefix": SECRET,
  "its first half": SECRET.slice(0, 9),
  "its second half": SECRET.slice(8),
};

/**
 * Values that contain the text.
 *
 * @type {Record<string, (text: any) => unknown>}
 */
const PLACES = {
  "a text": (text) => text,
  "a message": (text) => new Error(text),
  "a name of an error": (text) => Object.assign(new Error("m"), { name: text }),
  "a cause": (text) => new Error("m", { cause: new Error("n", { cause: text }) }),
  "a hidden cause": (text) => Object.defineProperty(new Error("m"), "cause", { get: () => ({ text }) }),
  "a stack": (text) => Object.defineProperty(new Error("m"), "stack", { value: `Error: m\n at ${text}` }),
  "a field": (text) => Object.assign(new Error("m"), { details: [{ a: { b: text } }] }),
  "a hidden field": (text) => Object.defineProperty({}, "hidden", { value: text }),
  "a getter": (text) => Object.defineProperty({}, "got", { get: () => text }),
  "a field under a symbol": (text) => ({ [Symbol("s")]: text }),
  "a name of a field": (text) => ({ [text]: 1 }),
  "a name of a symbol": (text) => ({ [Symbol(text)]: 1 }),
  "a list": (text) => [[text]],
  "a map": (text) => new Map([["a", { b: text }]]),
  "a key of a map": (text) => new Map([[text, 1]]),
  "a set": (text) => new Set([[text]]),
  toJSON: (text) => ({ toJSON: () => ({ text }) }),
  toString: (text) => ({ toString: () => text }),
  inspect: (text) => ({ [inspect.custom]: () => text }),
  "an aggregate": (text) => new AggregateError([new Error(text)]),
  "a function": (text) => Object.assign(() => {}, { text }),
  "a circle": (text) => {
    /** @type {{ text: string, self?: object }} */
    const circle = { text };
    circle.self = circle;
    return circle;
  },
  "the result of an accessor": (text) => ({
    get a() {
      return {
        get b() {
          return text;
        },
      };
    },
  }),
};
/**
 * Values that contain only visible ASCII.
 *
 * @type {Record<string, (text: string) => unknown>}
 */
const HOLDERS = {
  headers: (text) => new Headers({ "x-a": text }),
  "a request": (text) => new Request("https://x.test/", { headers: { "x-a": text } }),
  "a response": (text) => new Response("", { headers: { "x-a": text } }),
  "a URL": (text) => new URL(`https://x.test/?a=${text}`),
  parameters: (text) => new URLSearchParams({ a: text }),
};

describe("a planted key is found", () => {
  /**
   * @param {string} what
   * @param {unknown} value
   */
  const assertFound = (what, value) => {
    const { finds, texts } = createCanary({ keys: [KEY, OTHER], own: inspected }).searchIn([["a value", value]]);
    assert.ok(texts > 0);
    assert.ok(finds.length > 0, `not found: ${what}: ${inspect(value)}`);
  };

  for (const [how, write] of Object.entries(ENCODINGS)) {
    test(how, () => {
      for (const key of [KEY, OTHER]) {
        const text = write(key);
        for (const [place, plant] of Object.entries(PLACES))
          if (typeof text === "string" || !/name|toString|stack|message|inspect|aggregate|key of/.test(place))
            assertFound(`${how} in ${place}`, plant(text));
        if (typeof text === "string" && /^[!-~]+$/.test(text))
          for (const [place, hold] of Object.entries(HOLDERS)) assertFound(`${how} in ${place}`, hold(text));
      }
    });
  }

  for (const [part, text] of Object.entries(PARTS)) {
    test(part, () => {
      for (const [place, plant] of Object.entries(PLACES)) assertFound(`${part} in ${place}`, plant(text));
    });
  }

  test("texts that are not a key are not found", () => {
    const { finds } = createCanary({ keys: [KEY, OTHER], own: inspected }).searchIn([
      [
        "a value",
        [
          "lnc_test_",
          "lnc_live_another0key",
          "Bearer",
          new Error("GET /api/v1/orders → 401: [redacted]"),
          new Map([["sk", 1]]),
          Buffer.from("pl4nted"),
          "0".repeat(200),
        ],
      ],
    ]);
    assert.deepEqual(finds, []);
  });
});

/**
 * A package whose client exposes the key.
 *
 * @typedef {{ onEvent?: Function, apiKey?: string | Function, leak?: string }} Client
 * @param {(client: Client, key: string, Class: new (message: string, fields: object) => Error) => unknown} leak
 */
function leaky(leak) {
  class OpenProspectError extends Error {
    /**
     * @param {string} message
     * @param {object} fields
     */
    constructor(message, fields) {
      super(message);
      Object.assign(this, fields);
    }
  }
  class OpenProspect {
    /** @param {Client} options */
    constructor(options) {
      this.onEvent = options.onEvent;
      this.apiKey = options.apiKey;
    }
    async send() {
      const key = typeof this.apiKey === "function" ? await this.apiKey() : KEY;
      delete this.apiKey;
      return leak(this, key, OpenProspectError);
    }
  }
  return { OpenProspect, OpenProspectError };
}

describe("everything that a package exposes is searched", () => {
  /** @type {Record<string, Parameters<typeof leaky>[0]>} */
  const LEAKS = {
    "an error": (_, key, Class) => {
      throw new Class(`401 for ${key}`, { kind: "authentication" });
    },
    "an error that is not thrown": (_, key, Class) => void new Class("m", { kind: "api", details: key }),
    "an event": (client, key) => client.onEvent?.({ type: "attempt", key }),
    "a result": (_, key) => ({ data: { key } }),
    "a header of a result": (_, key) => ({ data: 1, headers: new Headers({ "x-echo": key }) }),
    "the client": (client, key) => {
      client.leak = key;
    },
  };
  const FORMS = { "a string": KEY, "a function": () => KEY, "a promise": async () => KEY };
  for (const [what, leak] of Object.entries(LEAKS)) {
    for (const [form, apiKey] of Object.entries(FORMS)) {
      test(`${what}; the key is ${form}`, async () => {
        const canary = createCanary({ own: inspected });
        const { OpenProspect } = canary.watch(leaky(leak));
        const client = new OpenProspect({ apiKey, onEvent() {} });
        await client.send().catch(() => {});
        const { finds } = canary.search();
        assert.ok(finds.length > 0, what);
        // Each value is searched once.
        assert.deepEqual(canary.search().finds, []);
      });
    }
  }

  test("a client without a leak", async () => {
    const canary = createCanary({ own: inspected });
    const { OpenProspect } = canary.watch(leaky(() => {}));
    const client = new OpenProspect({ apiKey: KEY });
    await client.send();
    assert.ok(client instanceof OpenProspect && client.constructor === OpenProspect);
    assert.deepEqual(canary.search().finds, []);
  });

  test("all methods of the console", () => {
    const canary = createCanary({ keys: [KEY], own: inspected });
    /** @type {unknown[]} */
    const printed = [];
    const console = Object.fromEntries(
      ["log", "info", "warn", "error", "debug", "trace", "dir", "table", "group", "assert"].map((name) => [
        name,
        /** @type {(...args: unknown[]) => unknown} */
        (...args) => printed.push(args),
      ]),
    );
    const restore = canary.listen(console);
    for (const print of Object.values(console)) print("a key:", { key: KEY });
    restore();
    console.log(KEY);
    const { finds } = canary.search();
    assert.deepEqual(new Set(finds.map((find) => find.split(":")[0])).size, 10);
    assert.equal(printed.length, 11);
  });

  test("the arguments and the performance entries of the process", async () => {
    process.argv.push(`--key=${KEY}`);
    performance.mark(KEY);
    try {
      const { finds } = createCanary({ keys: [KEY] }).searchIn(await surroundings());
      assert.deepEqual([...new Set(finds.map((find) => find.split(":")[0]))].sort(), [
        "the addresses asked",
        "the arguments",
      ]);
    } finally {
      process.argv.pop();
      performance.clearMarks(KEY);
    }
  });
});
