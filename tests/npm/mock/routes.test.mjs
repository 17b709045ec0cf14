// Paths, methods and the headers of every response.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { assertError, both, FULL } from "./setup.mjs";

describe("routes", () => {
  both("an unknown path is 404, a known path with an unsupported method 405", {}, async ({ root, call }) => {
    for (const path of ["/", "/api/v1", "/api/v1/orders/", "/api/v1/orders/a/b", "/api/v1/nothing", "/orders"])
      assertError(await root("GET", path), 404, "NOT_FOUND");
    const response = await call("DELETE", "/orders");
    assertError(response, 405, "METHOD_NOT_ALLOWED");
    assert.equal(response.headers.get("allow"), "GET, POST");
  });

  both(
    "an id is percent-decoded if possible",
    {
      orders: [
        { id: "a/b c", title: "odd" },
        { id: "50%", title: "half" },
        { id: "ü", title: "round" },
      ],
    },
    async ({ get }) => {
      assert.equal((await get("/orders/a%2Fb%20c")).body.title, "odd");
      assert.equal((await get("/orders/50%")).body.title, "half");
      assert.equal((await get("/orders/%C3%BC")).body.title, "round");
    },
  );

  both(
    "every response has JSON, a numbered request id, a date and CORS headers",
    { now: () => 1_700_000_000_000 },
    async ({ mock, root }) => {
      mock.fail({ status: 500, match: { path: "/api/v1/blacklists" } });
      const paths = ["/api/v1/orders", "/api/v1/blacklists", "/nothing"];
      for (const [index, path] of paths.entries()) {
        const { headers } = await root("GET", path);
        assert.equal(headers.get("content-type"), "application/json");
        assert.equal(headers.get("x-request-id"), `req_00000${index + 1}`);
        assert.equal(headers.get("date"), "Tue, 14 Nov 2023 22:13:20 GMT");
        assert.equal(headers.get("access-control-allow-origin"), "*");
        assert.deepEqual(headers.get("access-control-expose-headers")?.split(", ").sort(), [
          "date",
          "ratelimit-limit",
          "ratelimit-remaining",
          "ratelimit-reset",
          "retry-after",
          "x-request-id",
        ]);
      }
    },
  );
});

describe("records", () => {
  both("describe the request and the status", { now: () => 77 }, async ({ mock, get, call, base }) => {
    await get("/orders?limit=2&tag=a&tag=b");
    await call("POST", "/orders", { a: 1 });
    await call("POST", "/orders", "{no");
    const [read, post, bad] = mock.requests;
    assert.deepEqual(
      { ...read, headers: read.headers.authorization },
      {
        n: 1,
        method: "GET",
        url: `${base}/api/v1/orders?limit=2&tag=a&tag=b`,
        path: "/api/v1/orders",
        query: { limit: "2", tag: ["a", "b"] },
        headers: `Bearer ${FULL}`,
        body: undefined,
        at: 77,
        fault: undefined,
        status: 200,
        aborted: false,
      },
    );
    assert.deepEqual(
      [post.n, post.method, post.body, post.status, post.headers["content-type"]],
      [2, "POST", { a: 1 }, 201, "application/json"],
    );
    assert.deepEqual([bad.body, bad.status], ["{no", 400]);
    const kept = mock.requests;
    mock.fail(500);
    mock.clear();
    assert.equal(kept.length, 0);
    assert.equal((await get("/orders")).status, 200);
    assert.equal(kept[0].n, 4);
  });
});
