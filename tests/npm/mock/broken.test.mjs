// Connections that break, stall or are slow.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { bearer, bodyOf, both, FULL, until } from "./setup.mjs";

/** @param {any} error */
const codeOf = (error) => error.cause.code;

describe("broken connections", () => {
  both("a reset before the headers", {}, async ({ mock, fetch, last }) => {
    mock.fail({ reset: "headers" });
    await assert.rejects(
      fetch("/api/v1/orders"),
      (error) => error instanceof TypeError && error.message === "fetch failed" && codeOf(error) === "ECONNRESET",
    );
    assert.deepEqual([last().status, last().fault, last().aborted], [undefined, "reset:headers", false]);
    assert.equal((await fetch("/api/v1/orders")).status, 200);
  });

  both("a reset in the body comes after half of it", {}, async ({ mock, fetch, last }) => {
    mock.fail({ reset: "body", status: 503 });
    const response = await fetch("/api/v1/orders");
    assert.equal(response.status, 503);
    const reader = bodyOf(response).getReader();
    const first = await reader.read();
    assert.equal(first.value?.length, Number(response.headers.get("content-length")) >> 1);
    await assert.rejects(reader.read(), (error) => error instanceof TypeError && codeOf(error) === "ECONNRESET");
    assert.deepEqual([last().status, last().fault, last().aborted], [503, "503 reset:body", false]);
  });

  both("a stall before the headers ends with the reason of the abort", {}, async ({ mock, fetch, last }) => {
    mock.fail({ stall: "headers" });
    const controller = new AbortController();
    const reason = new Error("enough");
    const pending = fetch("/api/v1/orders", { headers: bearer(FULL), signal: controller.signal });
    await until(() => mock.requests.length === 1, "the request");
    controller.abort(reason);
    await assert.rejects(pending, (error) => error === reason);
    await until(() => last().aborted, "the abort");
    assert.equal(last().status, undefined);
  });

  both("a stall in the body sends half, then nothing until the abort", {}, async ({ mock, fetch, last }) => {
    mock.fail({ stall: "body" });
    const controller = new AbortController();
    const reason = new Error("enough");
    const response = await fetch("/api/v1/orders", { headers: bearer(FULL), signal: controller.signal });
    const reader = bodyOf(response).getReader();
    assert.equal((await reader.read()).value?.length, Number(response.headers.get("content-length")) >> 1);
    const next = reader.read();
    controller.abort(reason);
    await assert.rejects(next, (error) => error === reason);
    await until(() => last().aborted, "the abort");
    assert.equal(last().status, 200);
  });

  both("a stall sends nothing while other requests are served", {}, async ({ mock, fetch, get }) => {
    mock.fail({ stall: "headers" }, { stall: "body" });
    const controller = new AbortController();
    const init = { headers: bearer(FULL), signal: controller.signal };
    const whole = fetch("/api/v1/orders", init);
    await until(() => mock.requests.length === 1, "the request");
    const half = (await fetch("/api/v1/orders", init)).text();
    const outcomes = [whole, half].map((promise) =>
      promise.then(
        () => "a response",
        (error) => error,
      ),
    );
    mock.fail({ latencyMs: 50 });
    assert.equal((await get("/orders")).status, 200);
    assert.deepEqual(await Promise.all(outcomes.map((one) => Promise.race([one, "nothing"]))), ["nothing", "nothing"]);
    controller.abort("enough");
    assert.deepEqual(await Promise.all(outcomes), ["enough", "enough"]);
  });

  both("a caller that cancels a stalled body has disconnected", {}, async ({ mock, fetch, last }) => {
    mock.fail({ stall: "body" });
    await bodyOf(await fetch("/api/v1/orders")).cancel();
    await until(() => last().aborted, "the cancellation");
  });

  both("an abort during the latency", {}, async ({ mock, fetch, last }) => {
    mock.fail({ latencyMs: 60_000 });
    const controller = new AbortController();
    const pending = fetch("/api/v1/orders", { headers: bearer(FULL), signal: controller.signal });
    await until(() => mock.requests.length === 1, "the request");
    controller.abort("late");
    await assert.rejects(pending, (error) => error === "late");
    await until(() => last().aborted, "the abort");
  });

  both("an abort before the request, and one before the body is read", {}, async ({ mock, fetch, base }) => {
    const reason = new Error("no");
    await assert.rejects(fetch("/api/v1/orders", { signal: AbortSignal.abort(reason) }), (error) => error === reason);
    assert.equal(mock.requests.length, 0);
    const controller = new AbortController();
    mock.fail({ reset: "body" });
    const response = await fetch("/api/v1/orders", { headers: bearer(FULL), signal: controller.signal });
    controller.abort(reason);
    // Some versions of Node reject with their own AbortError instead of the reason; the mock does not.
    await assert.rejects(
      response.text(),
      (/** @type {Error} */ error) => error === reason || (base.includes("127.0.0.1") && error.name === "AbortError"),
    );
  });

  both("latency is that of the mock, or of the fault", { latencyMs: 600_000 }, async ({ mock, get, fetch, last }) => {
    const start = performance.now();
    mock.fail({ latencyMs: 30 });
    await get("/orders");
    // A timer may fire up to a millisecond early by this clock.
    assert.ok(performance.now() - start >= 29);
    const controller = new AbortController();
    const pending = fetch("/api/v1/orders", { headers: bearer(FULL), signal: controller.signal });
    await until(() => mock.requests.length === 2, "the request");
    controller.abort("enough");
    await assert.rejects(pending, (error) => error === "enough");
    assert.equal(last().status, undefined);
  });
});
