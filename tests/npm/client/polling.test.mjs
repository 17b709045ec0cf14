// Waiting for orders and profiles, and edits with conflict retries.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, QUICK, listen, rejection, turn } from "../helpers/setup.mjs";

/**
 * A client of a server with these answers in order; the last one is for all further requests.
 *
 * @param {import("node:test").TestContext} t
 * @param {any} copy of the package
 * @param {any[]} bodies with `status`, `headers` and `body`, or a body alone
 * @param {object} [options] of the client
 */
async function answers(t, copy, bodies, options) {
  /** @type {{ at: number, method: string, url: string, body: any }[]} */
  const requests = [];
  const url = await listen(t, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { status = 200, headers = {}, ...rest } = bodies[Math.min(requests.length, bodies.length - 1)];
    requests.push({ at: performance.now(), method: request.method, url: request.url, body: body && JSON.parse(body) });
    response.writeHead(status, headers);
    response.end(JSON.stringify(rest.body ?? rest));
  });
  return { requests, client: new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK, ...options }) };
}

/** @param {string} name */
const state = (name, more = {}) => ({ body: { id: "o", status: name, ...more } });

for (const [how, copy] of COPIES) {
  describe(how, { concurrency: true }, () => {
    test("an order is polled until it completes, and each status is reported once", async (t) => {
      const states = ["RECEIVED", "ACCEPTED", "ACCEPTED", "A_NEW_STATE", "IN_PROGRESS", "COMPLETED"];
      const { client, requests } = await answers(
        t,
        copy,
        states.map((name) => state(name)),
      );
      /** @type {[status: string, id: string][]} */
      const reported = [];
      const order = await client.orders.wait("o", {
        pollMs: 10,
        onStatus: (status, resource) => reported.push([status, resource.id]),
      });
      assert.equal(order.status, "COMPLETED");
      assert.deepEqual(
        reported,
        [...new Set(states)].map((name) => [name, "o"]),
      );
      assert.equal(requests.length, states.length);
      assert.ok(requests.every(({ url }) => url === "/api/v1/orders/o"));
    });

    test("a profile is polled until it succeeds", async (t) => {
      const { client, requests } = await answers(t, copy, [
        state("PENDING"),
        state("RUNNING"),
        state("SUCCEEDED", { profile_id: "p" }),
      ]);
      assert.equal((await client.searchProfiles.wait("s", { pollMs: 5 })).profile_id, "p");
      assert.equal(requests[0].url, "/api/v1/search-profile-creations/s");
    });

    for (const end of ["REJECTED", "FAILED", "CANCELLED"]) {
      test(`${end} is an error with the order`, async (t) => {
        const { client } = await answers(t, copy, [state("RECEIVED"), state(end, { message: "no budget" })]);
        const error = await rejection(client.orders.wait("o", { pollMs: 5 }));
        assert.ok(error instanceof copy.TerminalStatusError && copy.isOpenProspectError(error, "terminal_status"));
        assert.deepEqual([error.status, error.resource.message, error.code], [end, "no budget", "TERMINAL_STATUS"]);
        assert.match(error.message, new RegExp(`^GET /api/v1/orders/o → ended as ${end}: no budget$`));
      });
    }

    test("the poll interval grows, and Retry-After has precedence", async (t) => {
      const bodies = [
        state("RECEIVED"),
        state("RECEIVED"),
        { ...state("RECEIVED"), headers: { "retry-after": "0.3" } },
        state("COMPLETED"),
      ];
      const { client, requests } = await answers(t, copy, bodies);
      await client.orders.wait("o", { pollMs: 40 });
      const gaps = requests.slice(1).map(({ at }, index) => at - requests[index].at);
      assert.ok(gaps[0] >= 40 && gaps[1] >= 60 && gaps[2] >= 300, `${gaps}`);
    });

    test("a deadline, an abort and a handler that throws", async (t) => {
      const { client, requests } = await answers(t, copy, [state("RECEIVED")]);
      const late = await rejection(client.orders.wait("o", { pollMs: 1000, deadlineMs: 900 }));
      assert.ok(late instanceof copy.TimeoutError && late.scope === "deadline", String(late));
      assert.match(late.message, /still RECEIVED after 900 ms/);
      const controller = new AbortController();
      const onStatus = () => {
        setImmediate(() => controller.abort("enough"));
        throw new Error("mine");
      };
      const before = requests.length;
      assert.equal(await rejection(client.orders.wait("o", { signal: controller.signal, onStatus })), "enough");
      assert.equal(requests.length, before + 1);
    });

    test("an error of a poll ends the wait, after its retries", async (t) => {
      const { client, requests } = await answers(t, copy, [{ status: 503 }, state("RECEIVED"), { status: 404 }]);
      const error = await rejection(client.orders.wait("o", { pollMs: 5 }));
      assert.ok(error instanceof copy.NotFoundError);
      assert.equal(requests.length, 3);
    });

    test("a test double without headers is polled", async () => {
      const states = ["PENDING", "COMPLETED"];
      const fetch = async () => ({
        status: 200,
        text: async () => JSON.stringify({ id: "o", status: states.shift() }),
      });
      const client = new copy.OpenProspect({ baseUrl: "https://x.test", fetch });
      assert.equal((await client.orders.wait("o", { pollMs: 1 })).status, "COMPLETED");
    });

    test("errors name invalid options", async (t) => {
      const { client, requests } = await answers(t, copy, [state("COMPLETED")]);
      /** @type {[args: unknown[], option: string][]} */
      const INVALID = [
        [[""], "order_id"],
        [[7], "order_id"],
        [["o", { poll: 1 }], "poll"],
        [["o", { pollMs: 0 }], "pollMs"],
        [["o", { onStatus: 1 }], "onStatus"],
      ];
      for (const [args, option] of INVALID) {
        const error = await rejection(client.orders.wait(...args));
        assert.deepEqual([error.name, error.option], ["ConfigurationError", option]);
      }
      for (const args of [[], [() => {}], [() => {}, 1]]) {
        assert.ok((await rejection(client.retryOnConflict(...args))) instanceof copy.ConfigurationError);
      }
      assert.equal(
        (
          await rejection(
            client.retryOnConflict(
              () => {},
              () => {},
              { maxRounds: 0 },
            ),
          )
        ).option,
        "maxRounds",
      );
      assert.equal(requests.length, 0);
    });

    test("an edit restarts on a conflict, with the current version", async (t) => {
      /** @param {number} version */
      const search = (version) => ({ body: { id: "s", name: "n", version } });
      const { client, requests } = await answers(t, copy, [
        search(1),
        { status: 409, code: "CONFLICT", message: "m" },
        search(2),
        { body: { id: "s", name: "m", version: 3, stripped_fields: ["geo_locations"] } },
      ]);
      const edited = await client.prospectSearches.edit("s", async (current) => ({
        name: `${current.name}2`,
        geo_locations: [],
      }));
      assert.deepEqual(edited.stripped_fields, ["geo_locations"]);
      assert.deepEqual(
        requests.map(({ method, body }) => [method, body?.version]),
        [
          ["GET", undefined],
          ["PATCH", 1],
          ["GET", undefined],
          ["PATCH", 2],
        ],
      );
      assert.equal(requests[3].body.name, "n2");
    });

    test("after the last conflict retry the conflict is thrown, and no other error is caught", async (t) => {
      const { client } = await answers(t, copy, [{ status: 409, code: "CONFLICT", message: "m" }]);
      let refreshed = 0;
      const refresh = async () => (refreshed += 1);
      const conflict = await rejection(
        client.retryOnConflict(refresh, () => client.patch("/x", { body: {} }), { maxRounds: 2 }),
      );
      assert.ok(conflict instanceof copy.ConflictError);
      assert.equal(refreshed, 2);
      const own = new Error("mine");
      assert.equal(
        await rejection(
          client.retryOnConflict(refresh, () => {
            throw own;
          }),
        ),
        own,
      );
      assert.equal(
        await rejection(
          client.retryOnConflict(
            () => Promise.reject(own),
            () => {},
          ),
        ),
        own,
      );
      assert.equal(
        await client.retryOnConflict(
          () => 20,
          (state) => state + 1,
        ),
        21,
      );
      assert.equal(
        await rejection(
          client.retryOnConflict(
            () => new Promise(() => {}),
            () => {},
            { signal: AbortSignal.abort("stop") },
          ),
        ),
        "stop",
      );
    });

    test("an abort ends an edit in every step, with one rejection and no further request", async (t) => {
      const { client, requests } = await answers(t, copy, [
        { body: { id: "s", version: 1 } },
        { status: 409, code: "CONFLICT", message: "m" },
      ]);
      /** @type {unknown[]} */
      const unhandled = [];
      /** @param {unknown} reason */
      const record = (reason) => unhandled.push(reason);
      process.on("unhandledRejection", record);
      t.after(() => process.off("unhandledRejection", record));
      assert.equal(
        await rejection(client.prospectSearches.edit("s", () => ({}), { signal: AbortSignal.abort("before") })),
        "before",
      );
      assert.equal(requests.length, 0);
      for (const at of ["refresh", "apply"]) {
        const controller = new AbortController();
        /** @param {string} step */
        const run = (step) => {
          if (step === at) controller.abort(at);
          return controller.signal.aborted ? Promise.reject(controller.signal.reason) : Promise.resolve(step);
        };
        const aborted = client.retryOnConflict(
          () => run("refresh"),
          () => run("apply"),
          { signal: controller.signal },
        );
        assert.equal(await rejection(aborted), at);
      }
      const controller = new AbortController();
      const between = client.retryOnConflict(
        () => Promise.resolve().finally(() => controller.abort("between")),
        () => assert.fail("apply is called"),
        { signal: controller.signal },
      );
      assert.equal(await rejection(between), "between");
      await turn();
      assert.deepEqual(unhandled, []);
    });
  });
}
