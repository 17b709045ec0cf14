// The search for keys finds: a key is planted in each place that is searched, in each way that it can be written.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { inspected } from "./canary/inspected.mjs";
import { createCanary } from "../suite/canary.mjs";
import { surroundings } from "../suite/surroundings.mjs";

const KEY = "lnc_test_pl4nted0by0a1test";
/** Of another form: none of its letters is left alone by every encoding. */
const OTHER = "sk+Pl4nt/d=~?&key==";
const SECRET = "pl4nted0by0a1test";

const bytes = (text) => new TextEncoder().encode(text);
const each = (text, write) =>
  Array.from(text, (letter) => write(letter.charCodeAt(0).toString(16).padStart(2, "0"))).join("");
const percent = (text) => each(text, (code) => `%${code.toUpperCase()}`);

const SPELLINGS = {
  "as it is": (key) => key,
  "in capitals": (key) => key.toUpperCase(),
  "behind its scheme": (key) => `Bearer ${key}`,
  "in JSON": (key) => JSON.stringify({ a: [{ b: key }] }),
  "in JSON in JSON": (key) => JSON.stringify({ a: JSON.stringify({ b: key }) }),
  "in base64": (key) => btoa(key),
  "in base64 behind one letter": (key) => btoa(`x${key}`),
  "in base64 between words": (key) => btoa(`user:${key}, and more`),
  "in base64 for URLs": (key) => btoa(key).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
  "in base64 of two lines": (key) => btoa(key).replace(/(.{12})/, "$1\r\n"),
  "percent-encoded": (key) => `/x?key=${encodeURIComponent(key)}`,
  "percent-encoded whole": percent,
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
  "as two texts of a script": (key) => `"${key.slice(0, 9)}" + "${key.slice(9)}"`,
  "letter by letter": (key) => Array.from(key).join(" "),
  "with letters of no width": (key) => Array.from(key).join("\u200B"),
  backwards: (key) => Array.from(key).reverse().join(""),
};
const PARTS = {
  "without its prefix": SECRET,
  "its first half": SECRET.slice(0, 9),
  "its second half": SECRET.slice(8),
};

/** Each gives what is handed out, with the text in it. */
const PLACES = {
  "a text": (text) => text,
  "a message": (text) => new Error(text),
  "a name of an error": (text) => Object.assign(new Error("m"), { name: text }),
  "a cause": (text) => new Error("m", { cause: new Error("n", { cause: text }) }),
  "a hidden cause": (text) => Object.defineProperty(new Error("m"), "cause", { get: () => ({ words: text }) }),
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
  "a function": (text) => Object.assign(() => {}, { told: text }),
  "a circle": (text) => {
    const circle = { text };
    circle.self = circle;
    return circle;
  },
  "an accessor's closure is not, its result is": (text) => ({
    get a() {
      return {
        get b() {
          return text;
        },
      };
    },
  }),
};
/** These hold texts of visible ASCII alone. */
const HOLDERS = {
  headers: (text) => new Headers({ "x-a": text }),
  "a request": (text) => new Request("https://x.test/", { headers: { "x-a": text } }),
  "a response": (text) => new Response("", { headers: { "x-a": text } }),
  "a URL": (text) => new URL(`https://x.test/?a=${text}`),
  parameters: (text) => new URLSearchParams({ a: text }),
};

describe("a planted key is found", () => {
  const finds = (what, value, keys = [KEY, OTHER]) => {
    const { finds, texts } = createCanary({ keys, own: inspected }).searchIn([["it", value]]);
    assert.ok(texts > 0);
    assert.ok(finds.length > 0, `not found: ${what}: ${inspect(value)}`);
  };

  for (const [how, write] of Object.entries(SPELLINGS)) {
    test(how, () => {
      for (const key of [KEY, OTHER]) {
        const text = write(key);
        for (const [place, plant] of Object.entries(PLACES))
          if (typeof text === "string" || !/name|toString|stack|message|inspect|aggregate|key of/.test(place))
            finds(`${how} in ${place}`, plant(text));
        if (typeof text === "string" && /^[!-~]+$/.test(text))
          for (const [place, hold] of Object.entries(HOLDERS)) finds(`${how} in ${place}`, hold(text));
      }
    });
  }

  for (const [part, text] of Object.entries(PARTS)) {
    test(part, () => {
      for (const [place, plant] of Object.entries(PLACES)) finds(`${part} in ${place}`, plant(text));
    });
  }

  test("no key is found where there is none", () => {
    const { finds } = createCanary({ keys: [KEY, OTHER], own: inspected }).searchIn([
      [
        "it",
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

/** A package that shows the key. */
function leaky(plant) {
  class OpenProspectError extends Error {
    constructor(message, fields) {
      super(message);
      Object.assign(this, fields);
    }
  }
  class OpenProspect {
    constructor(options) {
      plant.made?.(this, options.apiKey);
      this.tell = options.onEvent;
      this.ask = options.apiKey;
    }
    async send() {
      const key = typeof this.ask === "function" ? await this.ask() : KEY;
      delete this.ask;
      return plant.sent?.(this, key, OpenProspectError);
    }
  }
  return { OpenProspect, OpenProspectError };
}

describe("what a package hands out is seen", () => {
  const LEAKS = {
    "an error": {
      sent: (_, key, Class) => {
        throw new Class(`401 for ${key}`, { kind: "authentication" });
      },
    },
    "an error that nobody is told of": { sent: (_, key, Class) => void new Class("m", { kind: "api", details: key }) },
    "an event": { sent: (client, key) => client.tell({ type: "attempt", key }) },
    "an answer": { sent: (_, key) => ({ data: { key } }) },
    "a header of an answer": { sent: (_, key) => ({ data: 1, headers: new Headers({ "x-echo": key }) }) },
    "the client": {
      sent: (client, key) => {
        client.kept = key;
      },
    },
  };
  for (const [what, plant] of Object.entries(LEAKS)) {
    for (const [form, apiKey] of [
      ["a text", KEY],
      ["a function", () => KEY],
      ["a promise", async () => KEY],
    ]) {
      test(`${what}; the key is ${form}`, async () => {
        const canary = createCanary({ own: inspected });
        const { OpenProspect } = canary.watch(leaky(plant));
        const told = [];
        const client = new OpenProspect({ apiKey, onEvent: (event) => told.push(event) });
        await client.send().catch(() => {});
        const { finds } = canary.search();
        delete client.ask;
        assert.ok(finds.length > 0, what);
        // What a client has kept is for the next search as well; the rest was searched.
        assert.deepEqual(canary.search().finds, []);
      });
    }
  }

  test("a client that shows nothing", async () => {
    const canary = createCanary({ own: inspected });
    const { OpenProspect } = canary.watch(leaky({}));
    const client = new OpenProspect({ apiKey: KEY });
    await client.send();
    assert.ok(client instanceof OpenProspect && client.constructor === OpenProspect);
    assert.deepEqual(canary.search().finds, []);
  });

  test("the console, in each of its ways", () => {
    const canary = createCanary({ keys: [KEY], own: inspected });
    const said = [];
    const console = Object.fromEntries(
      ["log", "info", "warn", "error", "debug", "trace", "dir", "table", "group", "assert"].map((name) => [
        name,
        (...args) => said.push(args),
      ]),
    );
    const restore = canary.listen(console);
    for (const say of Object.values(console)) say("a key:", { key: KEY });
    restore();
    console.log(KEY);
    const { finds } = canary.search();
    assert.deepEqual(new Set(finds.map((find) => find.split(":")[0])).size, 10);
    assert.equal(said.length, 11);
  });

  test("what the process itself keeps", async () => {
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
