// The mock on a socket.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { request } from "node:http";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { bearer, FULL, json, mockOpenProspect, otherEntry, PACKAGE, until } from "./setup.mjs";

describe("serve", { timeout: 8000 }, () => {
  test("listens on loopback only", async () => {
    const mock = mockOpenProspect();
    for (const host of [
      "0.0.0.0",
      "::",
      "example.com",
      "10.0.0.1",
      "127.0.0.1.example.com",
      "127.0.0.1000",
      "127.0.1000.1",
      "127.1000.0.1",
      "::2",
      "",
    ])
      await assert.rejects(mock.serve({ host }), TypeError, host);
    const served = await mock.serve({ host: "localhost" });
    assert.equal(served.url, `http://localhost:${served.port}`);
    await assert.rejects(mock.serve({ host: "localhost", port: served.port }), { code: "EADDRINUSE" });
    await served.close();
  });

  test("shares its state with memory and with a second server", async () => {
    const mock = mockOpenProspect();
    const [one, two] = await Promise.all([mock.serve(), mock.serve()]);
    const { id } = await (await fetch(`${one.url}/api/v1/orders`, json({}))).json();
    assert.equal((await fetch(`${two.url}/api/v1/orders/${id}`, { headers: bearer(FULL) })).status, 200);
    assert.equal((await mock.fetch(`${two.url}/api/v1/orders/${id}`, { headers: bearer(FULL) })).status, 200);
    assert.deepEqual(
      mock.requests.map(({ n }) => n),
      [1, 2, 3],
    );
    await Promise.all([one.close(), two.close()]);
  });

  test("accepts an absolute URL as the target, and rejects an invalid one", async (t) => {
    const mock = mockOpenProspect();
    const { port, close } = await mock.serve();
    t.after(close);
    const send = (path) =>
      new Promise((resolve, reject) => {
        const outgoing = request({ port, host: "127.0.0.1", path, headers: bearer(FULL) }, (response) =>
          response.resume().once("end", () => resolve(response.statusCode)),
        );
        outgoing.once("error", reject).end();
      });
    assert.equal(await send("http://api.example.test/api/v1/orders?limit=5"), 200);
    assert.deepEqual(
      [mock.requests[0].url, mock.requests[0].query],
      ["http://api.example.test/api/v1/orders?limit=5", { limit: "5" }],
    );
    assert.equal(await send("not-a-target"), 400);
    assert.equal(mock.requests.length, 1);
  });

  test("close ends stalled, delayed and idle connections, any number of times", async () => {
    const mock = mockOpenProspect();
    const served = await mock.serve();
    const url = `${served.url}/api/v1/orders`;
    await (await fetch(url)).text();
    mock.fail({ stall: "headers" }, { stall: "body" }, { latencyMs: 600_000 });
    const stalled = assert.rejects(fetch(url), TypeError);
    await until(() => mock.requests.length === 2, "the first request");
    const half = await fetch(url);
    const delayed = assert.rejects(fetch(url), TypeError);
    await until(() => mock.requests.length === 4, "the last request");
    assert.equal(served.close(), served.close());
    assert.ok(served.close() instanceof Promise);
    await served.close();
    await Promise.all([stalled, delayed, assert.rejects(half.text(), TypeError)]);
    await served.close();
    assert.deepEqual(
      mock.requests.map(({ aborted }) => aborted),
      [false, false, false, false],
    );
    await assert.rejects(fetch(url), (/** @type {any} */ error) => error.cause.code === "ECONNREFUSED");
    if (Symbol.asyncDispose) assert.equal(served[Symbol.asyncDispose], served.close);
  });

  test("after close nothing keeps a process alive", async () => {
    const script = `
      import { mockOpenProspect } from ${JSON.stringify(new URL("testing/node.js", PACKAGE).href)};
      const mock = mockOpenProspect();
      const served = await mock.serve();
      mock.fail({ stall: "headers" }, { latencyMs: 600000 }, { stall: "body" });
      const calls = [1, 2, 3].map(() => fetch(served.url + "/api/v1/orders").then((r) => r.text()).catch(() => {}));
      while (mock.requests.length < 3) await new Promise((r) => setImmediate(r));
      await served.close();
      await Promise.all(calls);
      const TYPES = ["TCPServerWrap", "TCPSocketWrap"];
      const left = () => process.getActiveResourcesInfo().filter((name) => TYPES.includes(name));
      for (let n = 0; n < 1000 && left().length > 0; n += 1) await new Promise((r) => setImmediate(r));
      console.log(JSON.stringify(left()));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 8000,
    });
    assert.equal(stdout.trim(), "[]");
  });

  test("an error in a fault function is reported", async () => {
    const mock = mockOpenProspect();
    mock.fail(() => {
      throw new Error("my test failed");
    });
    await assert.rejects(mock.fetch("https://x.test/"), /my test failed/);
    const served = await mock.serve();
    const response = await fetch(served.url);
    assert.deepEqual([response.status, response.headers.get("content-type")], [500, "text/plain"]);
    assert.match(await response.text(), /my test failed/);
    await served.close();
  });

  test("in environments other than Node it rejects", async () => {
    const mock = otherEntry.mockOpenProspect();
    assert.equal((await mock.fetch("https://x.test/api/v1/auth/validate", { headers: bearer(FULL) })).status, 200);
    await assert.rejects(mock.serve(), /Node/);
  });
});
