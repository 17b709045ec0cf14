// A fetch of the user's own that breaks its contract is a typed error: a call never hangs, and nothing is thrown elsewhere.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, rejection } from "../helpers/setup.mjs";

const broken = new Error("broken");
const fail = () => {
  throw broken;
};
const headers = new Headers();

const spent = async (status) => {
  const response = new Response("{}", { status });
  await response.text();
  return response;
};
const stream = (read) => ({ getReader: () => ({ read }) });

/** What fetch gives, and the kinds of error that fit. */
const ANSWERS = [
  ["nothing", undefined, ["connection"]],
  ["null", null, ["connection"]],
  ["a number", 5, ["connection"]],
  ["a text", "x", ["connection"]],
  ["an object", {}, ["connection"]],
  ["a network error", Response.error(), ["connection"]],
  ["a status alone", { status: 200 }, ["connection", "decode"]],
  ["a status that is text", { status: "200", headers }, ["connection", "decode"]],
  ["a refusal alone", { status: 400 }, ["connection", "bad_request"]],
  ["a refusal with a body that is none", { status: 400, headers, body: {} }, ["connection", "bad_request"]],
  ["a refusal whose reader throws", { status: 400, headers, body: stream(fail) }, ["connection", "bad_request"]],
  [
    "a refusal whose reader gives nothing",
    { status: 400, headers, body: stream(() => undefined) },
    ["connection", "bad_request"],
  ],
  [
    "a refusal whose reader gives text",
    { status: 400, headers, body: stream(async () => ({ done: false, value: 5 })) },
    ["connection", "bad_request"],
  ],
  ["a text() that throws", { status: 200, headers, text: fail }, ["connection", "decode"]],
  ["a text() of no promise", { status: 200, headers, text: () => 5 }, ["connection", "decode"]],
  ["a text() of an object", { status: 200, headers, text: async () => ({}) }, ["connection", "decode"]],
  ["a text() of nothing", { status: 200, headers, text: async () => undefined }, ["connection", "decode"]],
  ["json() alone", { ok: true, status: 200, headers, json: async () => ({}) }, ["connection", "decode"]],
  ["headers that throw", { status: 404, headers: { get: fail } }, ["connection", "not_found"]],
  [
    "a status that throws",
    {
      get status() {
        return fail();
      },
    },
    ["connection"],
  ],
  ["a body that was read", await spent(200), ["connection", "decode"]],
  ["a refusal that was read", await spent(400), ["connection", "bad_request"]],
];

/** A promise that must settle: a call that is lost would never end the test. */
async function settled(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(reject, 1000, new Error("the call hangs"));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

for (const [how, copy] of COPIES) {
  describe(how, () => {
    const client = (fetch) => new copy.OpenProspect({ apiKey: "lnc_test_x", maxRetries: 0, fetch });

    for (const [what, answer, kinds] of ANSWERS) {
      for (const [form, fetch] of [
        ["at once", () => answer],
        ["as a promise", async () => answer],
      ]) {
        test(`${what}, ${form}`, async () => {
          const error = await settled(rejection(client(fetch).get("/api/v1/orders")));
          assert.ok(copy.isOpenProspectError(error), error?.stack);
          assert.ok(kinds.includes(error.kind), error.stack);
        });
      }
    }

    for (const body of [undefined, null, { pipe: () => {} }]) {
      test(`one whose body is ${body ? "a stream of Node's" : String(body)}, with a text`, async () => {
        const answer = (status, text) =>
          client(async () => ({ status, headers, body, text: async () => text })).get("/api/v1/orders");
        assert.deepEqual(await answer(200, '{"items":[]}'), { items: [] });
        assert.equal((await rejection(answer(400, '{"code":"NO","message":"no"}'))).code, "NO");
      });
    }

    test("one that throws what the platform would throw", async () => {
      const lost = new TypeError("fetch failed");
      const error = await settled(
        rejection(
          client(() => {
            throw lost;
          }).get("/api/v1/orders"),
        ),
      );
      assert.deepEqual([error.name, error.cause], ["ConnectionError", lost]);
    });

    test("one that throws an error of its own", async () => {
      assert.equal(await settled(rejection(client(fail).get("/api/v1/orders"))), broken);
    });

    for (const value of [
      undefined,
      null,
      5,
      "gone",
      Symbol("gone"),
      { message: 5 },
      {
        get message() {
          return fail();
        },
      },
    ]) {
      test(`one that rejects with ${String(typeof value === "object" ? JSON.stringify(Object.keys(value ?? {})) : String(value))}`, async () => {
        const error = await settled(rejection(client(() => Promise.reject(value)).get("/api/v1/orders")));
        assert.deepEqual([error.name, error.kind], ["ConnectionError", "connection"]);
        assert.match(error.message, /no response/);
      });
    }
  });
}
