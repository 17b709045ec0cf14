// No argument adds a header, a line or a request: a raw socket checks the bytes that are sent.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { COPIES, rejection, thrown } from "../helpers/setup.mjs";

const KEY = "lnc_test_0seen0at0a0socket";
const PATH = "/api/v1/orders";
const ANSWER =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\nconnection: close\r\n\r\n{"items":[]}';

/** Invalid header values. */
const INVALID = {
  "a line feed": "a\nx-evil: 1",
  "a carriage return": "a\rx-evil: 1",
  both: "a\r\nx-evil: 1",
  "a whole request": "a\r\n\r\nGET /evil HTTP/1.1\r\n\r\n",
  "a folded line": "a\r\n x",
  NUL: "a\0b",
  "an escape": "a\x1bb",
  "a backspace": "a\bb",
  "a vertical tab": "a\vb",
  "a form feed": "a\fb",
  DEL: "a\x7Fb",
  "a C1 control": "a\x85b",
  "Latin-1": "aéb",
  "a no-break space": "a\xA0b",
  "a character whose low byte is a line feed": "a\u010Ab",
  "a character whose low byte is a carriage return": "a\u560Db",
  "a line separator": "a\u2028b",
  "a surrogate pair": "a😀b",
  "a lone surrogate": "a\uD800b",
  "a leading space": " a",
  "a trailing space": "a ",
  "a leading tab": "\ta",
  "a trailing line feed": "a\n",
  "a leading line feed": "\na",
  "only a line feed": "\n",
  "only a space": " ",
  "a byte order mark": "\uFEFFa",
};
/** A header that the client or fetch sends. */
const HEADER =
  /^(?:host|connection|accept|accept-(?:language|encoding)|authorization|sec-fetch-mode|user-agent): [ -~]+$/;
/** Invalid header names. */
const INVALID_NAMES = {
  ...INVALID,
  "a colon": "a:b",
  "a space": "a b",
  "a tab": "a\tb",
  "a comma": "a,b",
  "a slash": "a/b",
  "a quote": 'a"b',
  "an empty string": "",
};

/**
 * A socket that records the bytes of all connections, and responds once to each.
 *
 * @param {import("node:test").TestContext} t
 */
async function socket(t) {
  /** @type {string[]} */
  const received = [];
  const server = createServer((connection) => {
    connection.on("error", () => {});
    connection.on("data", (bytes) => {
      received.push(bytes.toString("latin1"));
      if (received.join("").includes("\r\n\r\n")) connection.end(ANSWER);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, bytes: () => received.join("") };
}

/**
 * @typedef {(options?: object) => any} Make creates a client
 * @typedef {(make: Make, text: string) => Promise<unknown>} Call
 */

/** @type {Record<string, Call>} */
const VALUES = {
  "the key": (make, text) => make({ apiKey: text }).get(PATH),
  "the key of a key provider": (make, text) => make({ apiKey: () => text }).get(PATH),
  "the key of an asynchronous key provider": (make, text) => make({ apiKey: async () => text }).get(PATH),
  "a header of all requests": (make, text) => make({ headers: { "x-a": text } }).get(PATH),
  "a header": (make, text) => make().get(PATH, { headers: { "x-a": text } }),
  "a header in a pair": (make, text) => make().get(PATH, { headers: [["x-a", text]] }),
  "a header in a map": (make, text) => make().get(PATH, { headers: new Map([["x-a", text]]) }),
  "a header of a method": (make, text) => make().orders.list({}, { headers: { "x-a": text } }),
  "the content type": (make, text) => make().post(PATH, { body: {}, headers: { "content-type": text } }),
  "an idempotency key": (make, text) => make().post(PATH, { body: {}, idempotencyKey: text }),
  "an idempotency key as a header": (make, text) =>
    make().post(PATH, { body: {}, headers: { "idempotency-key": text } }),
  "the idempotency key of a method": (make, text) => make().searchProfiles.create({}, { idempotencyKey: text }),
  "the idempotency key of a call in batches": (make, text) =>
    make().blacklists.addEntries(
      "b",
      Array.from({ length: 10_001 }, () => 1),
      { idempotencyKey: text },
    ),
  "a method": (make, text) => make().request(`GET${text}`, PATH),
};
/** @type {Record<string, Call>} */
const NAMES = {
  "a name of a header of all requests": (make, text) => make({ headers: { [text]: "a" } }).get(PATH),
  "a name of a header": (make, text) => make().get(PATH, { headers: { [text]: "a" } }),
  "a name in a pair": (make, text) => make().get(PATH, { headers: [[text, "a"]] }),
};
const TABLE = [
  { places: VALUES, texts: INVALID },
  { places: NAMES, texts: INVALID_NAMES },
].flatMap(({ places, texts }) => Object.entries(places).map(([place, call]) => ({ place, call, texts })));

for (const [how, copy] of COPIES) {
  /** @type {(url: string) => Make} */
  const maker = (url) => (options) => new copy.OpenProspect({ apiKey: KEY, baseUrl: url, maxRetries: 0, ...options });

  describe(`${how}: no request is sent with an invalid text in`, () => {
    for (const { place, call, texts } of TABLE) {
      test(place, async (t) => {
        const { url, bytes } = await socket(t);
        for (const [what, text] of Object.entries(texts)) {
          const error = await rejection((async () => call(maker(url), text))());
          assert.equal(error.name, "ConfigurationError", `${what}: ${error.stack}`);
          // The message does not contain the text either: a log has lines, too.
          assert.doesNotMatch(error.message, /[\r\n\0\x1b]/, what);
        }
        assert.equal(bytes(), "");
        // The next request does not contain it.
        await maker(url)().get(PATH);
        assert.match(bytes(), /^GET \/api\/v1\/orders HTTP\/1\.1\r\n/);
      });
    }
  });

  describe(`${how}: arbitrary text is percent-encoded`, () => {
    /** @type {Record<string, (client: any, text: string) => Promise<unknown>>} */
    const ANY = {
      "an id": (one, text) => one.orders.get(text),
      "a name in a query": (one, text) => one.get(PATH, { query: { [text]: 1 } }),
      "a value in a query": (one, text) => one.get(PATH, { query: { q: text } }),
      "a parameter of a list": (one, text) => one.orders.list({ q: text }),
    };
    for (const [place, call] of Object.entries(ANY)) {
      test(place, async (t) => {
        for (const [what, text] of Object.entries(INVALID)) {
          const { url, bytes } = await socket(t);
          await call(maker(url)(), text);
          const [line, ...headers] = bytes().split("\r\n");
          assert.match(line, /^GET \/api\/v1\/orders[!-~]+ HTTP\/1\.1$/, what);
          assert.deepEqual(headers.splice(-2), ["", ""], what);
          for (const header of headers) assert.match(header, HEADER, what);
        }
      });
    }

    test("a path is rejected or percent-encoded", async (t) => {
      const { url, bytes } = await socket(t);
      for (const [what, text] of Object.entries({ ...INVALID, "a backslash": "\\", "a fragment": "#" })) {
        // Non-ASCII characters are percent-encoded; the request line is checked below.
        if (/^[^\0-\x20\x7F-\xA0\u2028\uFEFF]*$/.test(text) && !/[\\#]/.test(text)) continue;
        const error = await rejection(maker(url)().get(`/x${text}y`)).catch((reason) => reason);
        if (error.message === "the promise did not reject") continue;
        assert.equal(error.name, "ConfigurationError", `${what}: ${error.stack}`);
      }
      for (const line of bytes()
        .split("\r\n")
        .filter((line) => / HTTP\/1\.1$/.test(line)))
        assert.match(line, /^GET \/x[!-~]+ HTTP\/1\.1$/);
      assert.doesNotMatch(bytes(), /evil/);
    });

    test("valid header values arrive unchanged", async (t) => {
      const { url, bytes } = await socket(t);
      const value = Array.from({ length: 94 }, (_, n) => String.fromCharCode(33 + n)).join("");
      await maker(url)().post(PATH, {
        body: "\r\n\r\nGET /evil HTTP/1.1",
        idempotencyKey: "a b",
        headers: { "x-all": `${value} \t${value}`, "x!#$%&'*+.^_`|~-": "a" },
      });
      const [head, body] = bytes().split(/\r\n\r\n/);
      assert.ok(
        head.includes(`\r\nx-all: ${value} \t${value}\r\n`) &&
          head.includes("\r\nx!#$%&'*+.^_`|~-: a") &&
          head.includes("\r\nidempotency-key: a b"),
        head,
      );
      assert.equal(body, '"\\r\\n\\r\\nGET /evil HTTP/1.1"');
    });
  });
}

test("the constructor rejects an invalid key and invalid headers", () => {
  for (const [, copy] of COPIES) {
    for (const text of Object.values(INVALID)) {
      assert.equal(thrown(() => new copy.OpenProspect({ apiKey: text })).option, "apiKey");
      assert.equal(
        thrown(() => new copy.OpenProspect({ apiKey: KEY, headers: { "x-a": text } })).option,
        "headers.x-a",
      );
    }
  }
});
