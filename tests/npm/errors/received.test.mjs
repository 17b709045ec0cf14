// Any response of a server or a proxy: the work on it is bounded, and its content is safe.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { watchCrossings } from "../helpers/wasm-faults.mjs";

const crossings = watchCrossings();
const { Clock } = await import("../helpers/fake-clock.mjs");
const { canary, COPIES, rejection } = await import("../helpers/setup.mjs");

const PATH = "/api/v1/orders";
const KEY = "s3cr3t-k3y/of+us";
const MIB = 1024 * 1024;

/**
 * A body that is not a string is sent as JSON.
 *
 * @typedef {[status: number, body: unknown, headers?: Record<string, string>]} Answer
 */

/**
 * A client of a server with these answers in order; the last one is for all further requests.
 *
 * @param {any} copy of the package
 * @param {Answer[]} answers
 * @param {object} [options]
 */
function client(copy, answers, options) {
  const left = [...answers];
  const fetch = async () => {
    const [status, body, headers] = left[0];
    if (left.length > 1) left.shift();
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
  };
  return new copy.OpenProspect({ apiKey: KEY, baseUrl: "https://api.test", fetch, maxRetries: 0, ...options });
}

/**
 * A body of at most `size` bytes, of units between a head and a tail.
 *
 * @param {number} size
 * @param {string} head
 * @param {(n: number) => string} unit
 * @param {string} tail
 */
function filled(size, head, unit, tail) {
  const units = [];
  let length = head.length + tail.length;
  for (;;) {
    const next = unit(units.length);
    length += next.length + 1;
    if (length > size) return head + units.join(",") + tail;
    units.push(next);
  }
}

/** @type {Record<string, (size: number) => string>} */
const SHAPES = {
  members: (size) => filled(size, '{"code":"C","message":"m",', (n) => `"m${n}":1`, "}"),
  details: (size) => filled(size, '{"code":"C","message":"m","details":{', (n) => `"m${n}":{"a":1}`, "}}"),
  scopes: (size) => filled(size, '{"details":{"user_scopes":["x"],"required_scopes":[', (n) => `"s${n}"`, "]}}"),
  fields: (size) => filled(size, '{"detail":[', (n) => `{"loc":["body",${n}],"msg":"m"}`, "]}"),
  numbers: (size) => filled(size, '{"details":[', () => "0", "]}"),
  "nested lists": (size) => "[".repeat(size / 2) + "]".repeat(size / 2),
  "nested objects": (size) => `${'{"a":'.repeat(size / 6)}1${"}".repeat(size / 6)}`,
};

for (const [how, copy] of COPIES) {
  describe(`${how}: the work on an error body`, () => {
    for (const [shape, body] of Object.entries(SHAPES)) {
      test(`${shape}: a megabyte causes no more crossings than a quarter of it`, async () => {
        /**
         * @param {number} size
         * @param {number} status
         */
        const count = async (size, status) => {
          const own = client(copy, [[status, body(size)]]);
          await rejection(own.get(PATH));
          const before = crossings.count;
          await rejection(own.get(PATH));
          return crossings.count - before;
        };
        for (const status of [400, 403, 422]) {
          const [quarter, full] = [await count(MIB / 4, status), await count(MIB, status)];
          // Bounded by the limits of the client, not proportional to the body.
          assert.ok(full < 500_000, `${full} crossings`);
          assert.ok(full <= quarter * 1.25 + 50, `${status}: ${quarter} crossings for a quarter, ${full} for all`);
        }
      });
    }

    test("parsed content and rawBody are truncated at the documented limits", async () => {
      /**
       * @param {string} shape
       * @param {number} status
       */
      const error = async (shape, status) => rejection(client(copy, [[status, SHAPES[shape](MIB)]]).get(PATH));
      const members = await error("members", 400);
      assert.ok(
        Object.keys(members.details).length <= 500 && members.code === "C" && members.rawBody.length === 65_536,
      );
      const scopes = await error("scopes", 403);
      assert.deepEqual(
        [scopes.requiredScopes.length, scopes.missingScopes.length, scopes.userScopes],
        [100, 100, ["x"]],
      );
      const fields = await error("fields", 422);
      assert.ok(fields.fields.length > 1000 && fields.fields.length < 20_000, `${fields.fields.length}`);
      for (const shape of ["nested lists", "nested objects"]) {
        const nested = await error(shape, 409);
        assert.deepEqual([nested.name, nested.status, nested.details], ["ConflictError", 409, undefined]);
      }
    });
  });

  describe(`${how}: responses nested 20,000 levels deep`, () => {
    const deep = (inner = "1") => `${'{"a":['.repeat(20_000)}${inner}${"]}".repeat(20_000)}`;

    for (const [what, inner] of Object.entries({ plain: "1", "with the key at the bottom": JSON.stringify(KEY) })) {
      test(`a job that fails: ${what}`, async () => {
        const body = `{"id":"o","status":"FAILED","message":"no ${what === "plain" ? "" : KEY}","tree":${deep(inner)}}`;
        const error = await rejection(client(copy, [[200, body]]).orders.wait("o"));
        assert.deepEqual([error.name, error.status, error.resource.id], ["TerminalStatusError", "FAILED", "o"]);
        assert.match(error.message, /^GET \/api\/v1\/orders\/o → ended as FAILED: no/);
        assert.ok(!error.message.includes(KEY));
        assert.ok(inspect(error).length > 0);
      });
    }

    test("a page of a list", async () => {
      canary.allowAnswers();
      /** @type {(id: string, more: boolean) => Answer} */
      const page = (id, more) => [200, `{"items":[{"id":"${id}","tree":${deep()}}],"total":2,"has_more":${more}}`];
      const ids = [];
      for await (const { id } of client(copy, [page("a", true), page("b", false)]).orders.all({ limit: 1 }))
        ids.push(id);
      assert.deepEqual(ids, ["a", "b"]);
      const repeated = client(copy, [page("a", true)]).orders.all({ limit: 1 });
      const error = await rejection(
        (async () => {
          for await (const item of repeated) if (!item) return;
        })(),
      );
      assert.match(error.message, /repeats a page/, "a repeated page is detected");
    });

    test("a batch of a list of entries", async () => {
      canary.allowAnswers();
      const entries = Array.from({ length: 20_001 }, () => ({ city: "c" }));
      const own = client(copy, [
        [200, `{"id":"${KEY}","tree":${deep()}}`],
        [500, "{}"],
      ]);
      const error = await rejection(own.blacklists.addEntries("b", entries));
      assert.deepEqual([error.name, error.partial.sent, error.partial.results.length], ["ServerError", 10_000, 1]);
      assert.equal(error.partial.results[0].id, "[redacted]");
    });

    test("an error, and a success", async () => {
      const error = await rejection(client(copy, [[404, `{"code":"X","message":"m","details":${deep()}}`]]).get(PATH));
      assert.deepEqual([error.name, error.status], ["NotFoundError", 404]);
      const data = await client(copy, [[200, deep()]]).get(PATH);
      assert.ok(Array.isArray(data.a));
    });
  });

  describe(`${how}: messages are one line`, () => {
    const BREAKS = "\n\r\t\u0000\u001b[31m\u007f\u0085\u009b\u2028\u2029\u061c\u200e\u200f\u202a\u202e\u2066\u2069";
    const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
    const text = `a${BREAKS}b`;
    /** @type {Record<string, () => Promise<unknown>>} */
    const rows = {
      "a code and a message": () => client(copy, [[400, { code: text, message: text }]]).get(PATH),
      "a legacy envelope": () => client(copy, [[400, { error: text, message: text }]]).get(PATH),
      "a detail": () => client(copy, [[422, { detail: text }]]).get(PATH),
      "a body that is not JSON": () => client(copy, [[200, text]]).get(PATH),
      "a job that fails": () => client(copy, [[200, { status: "FAILED", message: text }]]).orders.wait("o"),
      "a job that does not finish": () => client(copy, [[200, { status: text }]]).orders.wait("o", { deadlineMs: 1 }),
      "a path": () => client(copy, [[404, {}]]).get("/x\u2028y\u202ez"),
      "an error of fetch": () =>
        client(copy, [], {
          fetch: async () => {
            throw new TypeError(text);
          },
        }).get(PATH),
      "the cause of an error of fetch": () =>
        client(copy, [], {
          fetch: async () => {
            throw new TypeError("failed", { cause: new Error(text) });
          },
        }).get(PATH),
      "an error of a key provider": () =>
        client(copy, [], {
          apiKey: () => {
            throw new Error(text);
          },
        }).get(PATH),
      "the name of an option": () => client(copy, [[200, {}]]).get(PATH, { [text]: 1 }),
      "the name of a parameter": () => client(copy, [[200, {}]]).get(PATH, { query: { [text]: {} } }),
      "an option": async () => client(copy, [[200, {}]], { timeoutMs: text }),
      "a method": () => client(copy, [[200, {}]]).request(text, PATH),
    };
    for (const [what, call] of Object.entries(rows)) {
      test(what, async () => {
        const error = await rejection((async () => call())());
        assert.ok(error instanceof copy.OpenProspectError, String(error));
        assert.doesNotMatch(error.message, UNSAFE);
        assert.doesNotMatch(`${error.code} ${error.requestId}`, UNSAFE);
        assert.doesNotMatch(error.stack.split("\n")[0], UNSAFE);
        assert.ok(error.stack.startsWith(`${error.name}: ${error.message}\n`));
      });
    }

    test("of bounded length", async () => {
      const long = "x".repeat(MIB / 4);
      /** @type {[answer: Answer, call: (client: any) => Promise<unknown>][]} */
      const calls = [
        [[400, { code: long, message: long }], (one) => one.get(PATH)],
        [[200, { status: "FAILED", message: long }], (one) => one.orders.wait("o")],
        [[404, {}], (one) => one.get(`/${long}`)],
        [[200, {}], (one) => one.get(PATH, { [long]: 1 })],
      ];
      for (const [answer, call] of calls) {
        const error = await rejection(call(client(copy, [answer])));
        assert.ok(error.message.length < 3000, `${error.name}: ${error.message.length}`);
      }
      assert.ok((await rejection(client(copy, [[400, { code: long }]]).get(PATH))).code.length <= 201);
    });
  });

  describe(`${how}: a long Retry-After in a poll`, () => {
    /** @type {[seconds: string, maxRetryAfterMs: number | undefined][]} */
    const WAITS = [
      ["99999999", undefined],
      ["7201", undefined],
      ["2", 1500],
      ["1", 0],
    ];
    for (const [seconds, maxRetryAfterMs] of WAITS) {
      test(`${seconds} s, with maxRetryAfterMs ${maxRetryAfterMs ?? "by default"}`, async (t) => {
        const clock = new Clock().install(t);
        const own = client(copy, [[200, { id: "o", status: "IN_PROGRESS" }, { "retry-after": seconds }]], {
          maxRetryAfterMs,
        });
        const before = Date.now();
        const error = await clock.run(rejection(own.orders.wait("o")));
        assert.equal(clock.elapsed, 0);
        assert.deepEqual(
          [error.name, error.kind, error.stoppedBy, error.retryable],
          ["RateLimitError", "rate_limit", "retry_after", true],
        );
        assert.equal(error.retryAfterMs, Number(seconds) * 1000);
        assert.ok(error.retryAt.getTime() >= before + error.retryAfterMs, `${error.retryAt}`);
        assert.match(error.message, /maxRetryAfterMs/);
      });
    }

    test("a date", async (t) => {
      const clock = new Clock().install(t);
      const own = client(copy, [[200, { status: "IN_PROGRESS" }, { "retry-after": "Wed, 21 Oct 2099 07:28:00 GMT" }]]);
      assert.equal((await clock.run(rejection(own.searchProfiles.wait("p")))).stoppedBy, "retry_after");
    });

    test("Retry-After is ignored for a finished job", async () => {
      const own = client(copy, [[200, { id: "o", status: "COMPLETED" }, { "retry-after": "99999999" }]]);
      assert.equal((await own.orders.wait("o")).id, "o");
    });
  });

  describe(`${how}: a body with the key in it`, () => {
    /** @param {string} text */
    const escape = (text) =>
      Array.from(text, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    /** @param {string} text */
    const percent = (text) => Array.from(text, (letter) => `%${letter.charCodeAt(0).toString(16)}`).join("");
    /** @type {(depth: number, inner: string) => string} */
    const nested = (depth, inner) => `${"[".repeat(depth)}${inner}${"]".repeat(depth)}`;
    const ENCODINGS = {
      "in plain text": KEY,
      "in escapes": escape(KEY),
      "with an escaped slash": KEY.replace("/", "\\/"),
      "in one escape": KEY.replace("s", "\\u0073"),
      "percent-encoded": encodeURIComponent(KEY),
      "percent-encoded, every letter": percent(KEY),
      "percent-encoded twice": encodeURIComponent(percent(KEY)),
      "in escaped escapes": escape(KEY).replaceAll("\\", "\\\\"),
      "in HTML character references": Array.from(KEY, (letter) => `&#${letter.charCodeAt(0)};`).join(""),
    };
    /** @type {Record<string, (key: string) => string>} */
    const PLACES = {
      "in a message": (key) => `{"message":"for ${key}"}`,
      "in a duplicate member": (key) => `{"code":"${key}","code":"C"}`,
      "under __proto__": (key) => `{"__proto__":{"a":"${key}"},"code":"C"}`,
      "in a name": (key) => `{"details":{"${key}":1}}`,
      "deeper than 64": (key) => `{"details":${nested(100, `"${key}"`)}}`,
      "after 30,000 other values": (key) => `{"details":[${"0,".repeat(30_000)}"${key}"]}`,
      "in invalid JSON": (key) => `{"message":"for ${key}"`,
      "in a page": (key) => `<html>for ${key}`,
    };
    for (const [encoding, key] of Object.entries(ENCODINGS)) {
      test(`${encoding}: no error contains it, in any place`, async () => {
        for (const [place, body] of Object.entries(PLACES)) {
          for (const status of [400, 403, 422, 500]) {
            const error = await rejection(client(copy, [[status, body(key)]]).get(PATH));
            const shown = [inspect(error, { depth: Infinity }), error.rawBody, error.stack, JSON.stringify(error)].join(
              "\n",
            );
            for (const part of [KEY, key, key.slice(0, 24)])
              assert.ok(!shown.includes(part), `${place}: ${shown.slice(0, 600)}`);
            assert.match(error.rawBody, place === "after 30,000 other values" ? /./ : /\[redacted\]/, place);
          }
        }
      });

      test(`${encoding}: no DecodeError contains it`, async () => {
        for (const body of [`<html>for ${key}`, `{"a":"${key}"`, `"${key}" "${key}"`]) {
          const error = await rejection(client(copy, [[200, body]]).get(PATH));
          const shown = [error.message, error.rawBody, JSON.stringify(error)].join("\n");
          assert.equal(error.name, "DecodeError");
          for (const part of [KEY, key]) assert.ok(!shown.includes(part), shown);
        }
      });
    }

    test("no error contains an unknown key of the documented form", async () => {
      for (const key of ["lnc_test_Other0ne", "lnc_live_0", "lnc%5Ftest%5fOther0ne", "\\u006cnc_live_Oth\\u0065r"]) {
        const error = await rejection(client(copy, [[400, `{"message":"not ${key} here"}`]]).get(PATH));
        assert.equal(error.message, `GET ${PATH} → 400 BAD_REQUEST: not [redacted] here`);
        assert.equal(error.rawBody, '{"message":"not [redacted] here"}');
      }
    });
  });
}
