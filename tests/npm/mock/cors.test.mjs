// CORS headers.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { both } from "./setup.mjs";

describe("CORS", () => {
  const list = (response, name) => response.headers.get(name).split(", ");
  const ALLOWED = ["authorization", "content-type", "idempotency-key", "accept"];

  both("a preflight is allowed for any origin, and not recorded", {}, async ({ mock, fetch }) => {
    mock.fail(500);
    const response = await fetch("/api/v1/orders", {
      method: "OPTIONS",
      headers: {
        origin: "https://page.test",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,X-Trace , x-other,,",
      },
    });
    assert.deepEqual([response.status, await response.text()], [204, ""]);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.deepEqual(list(response, "access-control-allow-methods").sort(), [
      "DELETE",
      "GET",
      "HEAD",
      "PATCH",
      "POST",
      "PUT",
    ]);
    assert.deepEqual(list(response, "access-control-allow-headers"), [...ALLOWED, "x-trace", "x-other"]);
    assert.ok(Number(response.headers.get("access-control-max-age")) > 0);
    assert.equal(mock.requests.length, 0);
    const next = await fetch("/api/v1/orders");
    assert.deepEqual([next.status, next.headers.get("x-request-id")], [500, "req_000001"]);
  });

  both("a preflight may request no header, and a private network", {}, async ({ fetch }) => {
    const preflight = (headers) =>
      fetch("/anywhere", { method: "OPTIONS", headers: { origin: "https://page.test", ...headers } });
    const plain = await preflight({});
    assert.deepEqual(
      [list(plain, "access-control-allow-headers"), plain.headers.get("access-control-allow-private-network")],
      [ALLOWED, null],
    );
    for (const [requested, allowed] of [
      ["true", "true"],
      ["false", null],
    ]) {
      assert.equal(
        (await preflight({ "access-control-request-private-network": requested })).headers.get(
          "access-control-allow-private-network",
        ),
        allowed,
      );
    }
  });
});
