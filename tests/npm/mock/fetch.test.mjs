// The mock's own fetch.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bearer, bodyOf, both, FULL, json, mockOpenProspect } from "./setup.mjs";

describe("redirects", () => {
  both("have a location, and fetch follows its redirect mode", {}, async ({ mock, fetch, last, base }) => {
    const other = base.replace("127.0.0.1", "localhost").replace("api.example", "other.example");
    mock.fail({ redirect: `${base}/api/v1/blacklists` });
    const manual = await fetch("/api/v1/orders", { headers: bearer(FULL), redirect: "manual" });
    assert.deepEqual([manual.status, manual.headers.get("location")], [302, `${base}/api/v1/blacklists`]);

    mock.fail({ redirect: "/api/v1/blacklists", status: 307 });
    await assert.rejects(fetch("/api/v1/orders", { headers: bearer(FULL), redirect: "error" }), TypeError);

    mock.fail({ redirect: "/api/v1/blacklists" });
    const followed = await fetch("/api/v1/orders", json({ a: 1 }));
    assert.deepEqual(
      [followed.status, followed.url, followed.redirected, last().method, last().body],
      [200, `${base}/api/v1/blacklists`, true, "GET", undefined],
    );

    mock.fail({ redirect: "/api/v1/blacklists", status: 308 });
    assert.equal((await fetch("/api/v1/orders", json({ a: 1 }))).status, 201);
    assert.deepEqual([last().method, last().body], ["POST", { a: 1 }]);

    // The socket would need a name that resolves on every machine.
    if (!base.includes("127.0.0.1")) {
      mock.fail({ redirect: `${other}/api/v1/orders` });
      assert.equal((await fetch("/api/v1/orders")).status, 401);
      assert.equal(last().headers.authorization, undefined);
    }
    // Twenty hops are followed, as fetch does.
    mock.fail({ redirect: "/api/v1/orders", times: 20 });
    const { length } = mock.requests;
    const last20 = await fetch("/api/v1/orders");
    assert.deepEqual([last20.status, last20.redirected, mock.requests.length - length], [200, true, 21]);
    mock.fail({ redirect: "/api/v1/orders", times: 21 });
    await assert.rejects(
      fetch("/api/v1/orders"),
      (error) => error instanceof TypeError && /redirect count/.test(/** @type {Error} */ (error.cause).message),
    );
  });
});

describe("the request after a redirect", () => {
  /** @type {[status: number, method: string, next: string][]} */
  const KEPT = [
    [301, "GET", "GET"],
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [302, "PUT", "PUT"],
    [303, "POST", "GET"],
    [303, "DELETE", "GET"],
    [303, "HEAD", "HEAD"],
    [307, "POST", "POST"],
    [308, "PATCH", "PATCH"],
  ];
  both("has the expected method, body and content type", {}, async ({ mock, fetch, last }) => {
    for (const [status, method, next] of KEPT) {
      mock.fail({ redirect: "/api/v1/blacklists", status });
      const body = ["GET", "HEAD"].includes(method) ? undefined : "{}";
      const response = await fetch("/api/v1/orders", {
        method,
        body,
        headers: { ...bearer(FULL), ...(body && { "content-type": "application/json" }) },
      });
      await response.text();
      const kept = body !== undefined && method === next;
      assert.deepEqual(
        [last().path, last().method, last().body, last().headers["content-type"]],
        ["/api/v1/blacklists", next, kept ? {} : undefined, kept ? "application/json" : undefined],
        `${status} ${method}`,
      );
    }
  });

  both("does not exist for a response that is not a redirect", {}, async ({ mock, fetch }) => {
    for (const fault of [
      { status: 302 },
      { status: 201, headers: { location: "/x" } },
      { status: 304, headers: { location: "/x" } },
    ]) {
      mock.fail(fault);
      const response = await fetch("/api/v1/orders");
      assert.deepEqual([response.status, response.redirected], [fault.status, false]);
    }
  });
});

describe("fetch in memory", () => {
  test("accepts a string, a URL or a Request, and returns a real Response", async () => {
    const { fetch } = mockOpenProspect();
    const url = "https://x.test/api/v1/auth/validate";
    for (const input of [url, new URL(url)]) {
      const response = await fetch(input, { headers: bearer(FULL) });
      assert.ok(response instanceof Response);
      assert.deepEqual([response.status, response.url, response.redirected], [200, url, false]);
      assert.deepEqual(await response.clone().json(), await response.json());
    }
    assert.equal((await fetch(new Request(url, { headers: bearer(FULL) }))).status, 200);
    assert.equal((await fetch(new Request(url), { headers: bearer(FULL) })).status, 200);
    await assert.rejects(fetch("/relative"), TypeError);
    await assert.rejects(fetch(url, { body: "x" }), TypeError);
  });

  test("enqueues a whole body, so that cancelling it is not a disconnect", async () => {
    const mock = mockOpenProspect();
    await bodyOf(await mock.fetch("https://x.test/api/v1/orders", { headers: bearer(FULL) })).cancel();
    assert.equal(mock.requests[0].aborted, false);
  });

  test("uses the signal of a Request, unless init has its own", async () => {
    const mock = mockOpenProspect();
    const url = "https://x.test/api/v1/auth/validate";
    const aborted = new Request(url, { signal: AbortSignal.abort("gone"), headers: bearer(FULL) });
    await assert.rejects(mock.fetch(aborted), (error) => error === "gone");
    assert.equal((await mock.fetch(aborted, { signal: null })).status, 200);
  });

  test("leaves no listener on the signal", async () => {
    const mock = mockOpenProspect({ latencyMs: 1 });
    const { signal } = new AbortController();
    const listeners = new Set();
    for (const [name, step] of [
      ["addEventListener", "add"],
      ["removeEventListener", "delete"],
    ]) {
      const plain = signal[name].bind(signal);
      signal[name] = (type, listener, ...rest) => {
        if (type === "abort") listeners[step](listener);
        return plain(type, listener, ...rest);
      };
    }
    const call = () => mock.fetch("https://x.test/api/v1/orders", { headers: bearer(FULL), signal });
    await (await call()).text();
    await bodyOf(await call()).cancel();
    mock.fail({ reset: "headers" }, { reset: "body" }, 204);
    await assert.rejects(call());
    await assert.rejects((await call()).text());
    await call();
    mock.fail({ redirect: "/api/v1/blacklists" });
    await (await call()).text();
    assert.equal(listeners.size, 0);
  });

  test("returns no body for statuses without one", async () => {
    const mock = mockOpenProspect();
    mock.fail(204, 205, 304);
    for (const status of [204, 205, 304]) {
      const response = await mock.fetch("https://x.test/api/v1/orders");
      assert.deepEqual([response.status, response.body], [status, null]);
    }
    assert.equal((await mock.fetch("https://x.test/api/v1/orders", { method: "HEAD" })).body, null);
  });
});
