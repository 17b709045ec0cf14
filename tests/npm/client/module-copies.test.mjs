// `instanceof` works across the ESM copy and the CommonJS copy.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cjs, COPIES, esm, rejection, serve, thrown } from "../helpers/setup.mjs";

/** @typedef {new (message: string, fields?: object) => any} ErrorClass */

const PAIRS = [
  ["import", "require", esm, cjs],
  ["require", "import", cjs, esm],
];

for (const [from, to, own, other] of PAIRS) {
  describe(`an error of ${from}, tested by ${to}`, () => {
    test("the copies are distinct", () => assert.notEqual(own.ApiError, other.ApiError));

    test("an error response", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail(404);
      const error = await rejection(client({}, own).get("/api/v1/orders"));
      for (const name of ["NotFoundError", "ApiError", "OpenProspectError"])
        assert.ok(error instanceof other[name], name);
      const rest = Object.keys(other).filter(
        (name) => /Error$/.test(name) && !/^(NotFound|Api|OpenProspect|isOpenProspect)Error$/.test(name),
      );
      assert.equal(rest.length, 13);
      for (const name of rest) assert.ok(!(error instanceof other[name]), name);
      assert.ok(other.isOpenProspectError(error));
      assert.ok(other.isOpenProspectError(error, "not_found"));
      assert.ok(!other.isOpenProspectError(error, "conflict"));
    });

    test("an invalid option", () => {
      const error = thrown(() => new own.OpenProspect({ apiKy: 1 }));
      assert.ok(error instanceof other.ConfigurationError && error instanceof other.OpenProspectError);
      assert.ok(!(error instanceof other.ApiError));
    });

    test("a subclass of the caller has no other instances", () => {
      class Mine extends /** @type {ErrorClass} */ (own.NotFoundError) {}
      class Theirs extends /** @type {ErrorClass} */ (other.NotFoundError) {}
      const mine = new Mine("m");
      for (const Class of [Mine, own.NotFoundError, other.NotFoundError, own.ApiError, other.ApiError, Error])
        assert.ok(mine instanceof Class);
      assert.ok(!(mine instanceof Theirs));
      assert.ok(!(new own.NotFoundError("m") instanceof Mine));
      assert.ok(!(new other.NotFoundError("m") instanceof Mine));
    });
  });
}

test("no other value is an error of the package", () => {
  const values = [
    undefined,
    null,
    0,
    "",
    "NotFoundError",
    Symbol("x"),
    () => {},
    {},
    Object.create(null),
    { name: "ApiError", kind: "api" },
    new Error("x"),
    new TypeError("x"),
    new Proxy({}, {}),
  ];
  for (const value of values) {
    for (const copy of [esm, cjs]) {
      assert.ok(!copy.isOpenProspectError(value));
      assert.ok(!(value instanceof copy.OpenProspectError) && !(value instanceof copy.NotFoundError));
    }
  }
});

test("an error that a program creates has the kind of its class, and the code of its kind", () => {
  const kinds = {
    ApiError: "api",
    ConflictError: "conflict",
    TimeoutError: "timeout",
    TerminalStatusError: "terminal_status",
  };
  for (const [, copy] of COPIES) {
    for (const [name, kind] of Object.entries(kinds)) {
      const error = new copy[name]("m", { retryAfterMs: 7 });
      assert.deepEqual(
        [error.kind, error.code, error.retryAfterMs, error.name, error.message],
        [kind, kind.toUpperCase(), 7, name, "m"],
      );
      assert.ok(copy.isOpenProspectError(error, kind) && !copy.isOpenProspectError(error, "server"));
      assert.deepEqual(Object.keys(error).sort(), ["code", "kind", "retryAfterMs"]);
      assert.equal(error.toJSON().kind, kind);
    }
    class Own extends /** @type {ErrorClass} */ (copy.NotFoundError) {}
    const own = new Own("m", { code: "ORDER_NOT_FOUND", kind: undefined });
    assert.deepEqual([own.kind, own.code], ["not_found", "ORDER_NOT_FOUND"]);
    assert.deepEqual(Object.keys(new copy.OpenProspectError("m")), []);
  }
});

test("the fields of a created error do not change its prototype", () => {
  for (const [, copy] of COPIES) {
    const error = new copy.OpenProspectError("m", JSON.parse('{"__proto__":{"polluted":true},"code":"MINE"}'));
    assert.deepEqual(
      [error.polluted, error.code, Object.getPrototypeOf(error)],
      [undefined, "MINE", copy.OpenProspectError.prototype],
    );
  }
});
