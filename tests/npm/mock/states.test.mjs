// States that change with the time of the mock.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { both, DURATIONS, FULL, mockOpenProspect, NOW, now, TEST_KEYS } from "./setup.mjs";

const iso = (ms) => new Date(NOW + ms).toISOString();

describe("states", () => {
  both("of an order, in sequence", { now }, async ({ mock, call, get, last }) => {
    mock.advance(5_000_000);
    const { id } = (await call("POST", "/orders", { profile_id: "p", briefing_quantity: 2 })).body;
    const read = async () => (await get(`/orders/${id}`)).body;
    const { created_at, updated_at } = await read();
    assert.deepEqual([created_at, updated_at], [iso(5_000_000), iso(5_000_000)]);
    const { RECEIVED, ACCEPTED, IN_PROGRESS } = DURATIONS;
    let passed = 5_000_000;
    /** @type {[status: string, durationMs: number, next: string][]} */
    const transitions = [
      ["RECEIVED", RECEIVED, "ACCEPTED"],
      ["ACCEPTED", ACCEPTED, "IN_PROGRESS"],
      ["IN_PROGRESS", IN_PROGRESS, "COMPLETED"],
    ];
    for (const [status, durationMs, next] of transitions) {
      mock.advance(durationMs - 1);
      assert.equal((await read()).status, status);
      assert.equal((await get(`/orders/${id}/results`)).body.total, 0);
      mock.advance(1);
      passed += durationMs;
      const order = await read();
      assert.deepEqual([order.status, order.updated_at, order.created_at], [next, iso(passed), iso(5_000_000)]);
    }
    assert.equal((await get(`/orders/${id}/results`)).body.total, 2);
    mock.advance(1e9);
    mock.advance(0);
    assert.equal((await read()).updated_at, iso(passed));
    assert.equal((await get("/orders?limit=100")).headers.get("date"), new Date(NOW + passed + 1e9).toUTCString());
    assert.equal(last().at, NOW + passed + 1e9);
  });

  both(
    "advance by several steps at once, also in lists",
    { now, orders: [{ id: "o", status: "RECEIVED" }, { id: "r", status: "REJECTED" }, { id: "odd" }] },
    async ({ mock, get }) => {
      mock.advance(1e12);
      assert.deepEqual(
        (await get("/orders")).body.items.map(({ status }) => status),
        ["COMPLETED", "REJECTED", undefined],
      );
    },
  );

  both(
    "of a search profile, which then has an id",
    { now, durations: { PENDING: 10, RUNNING: 20 } },
    async ({ mock, call, get }) => {
      mock.advance(10);
      const post = () =>
        call("POST", "/search-profile-creations", { profile_name: "p" }, { headers: { "idempotency-key": "k" } });
      const { id } = (await post()).body;
      const read = async () => (await get(`/search-profile-creations/${id}`)).body;
      assert.equal((await read()).status, "PENDING");
      mock.advance(10);
      const running = await read();
      assert.deepEqual([running.status, running.profile_id], ["RUNNING", null]);
      mock.advance(20);
      const done = await read();
      assert.deepEqual([done.status, typeof done.profile_id, done.updated_at], ["SUCCEEDED", "string", iso(40)]);
      assert.deepEqual((await post()).body, done);
    },
  );

  both(
    "of a provided search profile, with an id once it has succeeded",
    {
      searchProfiles: [
        { id: "p", status: "SUCCEEDED" },
        { id: "q", status: "SUCCEEDED", profile_id: "own" },
        { id: "r", status: "FAILED" },
      ],
    },
    async ({ get }) => {
      const profileId = async (id) => (await get(`/search-profile-creations/${id}`)).body.profile_id;
      assert.equal(typeof (await profileId("p")), "string");
      assert.deepEqual(
        [await profileId("p"), await profileId("q"), await profileId("r")],
        [await profileId("p"), "own", null],
      );
    },
  );

  /** @type {Record<string, [path: string, statuses: string[]]>} */
  const STATES = {
    orders: ["/orders", ["RECEIVED", "ACCEPTED", "IN_PROGRESS", "COMPLETED", "REJECTED", "FAILED", "CANCELLED"]],
    searchProfiles: ["/search-profile-creations", ["PENDING", "RUNNING", "SUCCEEDED", "FAILED"]],
  };
  both(
    "are the documented ones, and each can be set",
    { now, orders: [{ id: "i" }], searchProfiles: [{ id: "i" }] },
    async ({ mock, get, last }) => {
      // Any status is passed for each kind, also one that the types exclude.
      const setStatus = /** @type {(kind: string, id: string, status: string) => void} */ (mock.setStatus);
      for (const [kind, [path, known]] of Object.entries(STATES)) {
        for (const status of known) {
          mock.advance(10);
          setStatus(kind, "i", status);
          const { body } = await get(`${path}/i`);
          assert.deepEqual([body.status, body.updated_at], [status, new Date(last().at).toISOString()]);
        }
        const others = Object.values(STATES)
          .flatMap(([, names]) => names)
          .filter((status) => !known.includes(status));
        for (const status of [...others, "completed", ""]) assert.throws(() => setStatus(kind, "i", status), TypeError);
      }
    },
  );

  both(
    "can be set with a message",
    { now, durations: { ACCEPTED: Infinity }, searchProfiles: [{ id: "p", status: "PENDING" }] },
    async ({ mock, get, call }) => {
      const { id } = (await call("POST", "/orders", {}, { key: TEST_KEYS.otherOrg })).body;
      const read = async () => (await get(`/orders/${id}`, { key: TEST_KEYS.otherOrg })).body;
      for (const status of /** @type {const} */ (["REJECTED", "FAILED", "CANCELLED"])) {
        mock.setStatus("orders", id, status, `why ${status}`);
        mock.advance(1e9);
        assert.deepEqual([(await read()).status, (await read()).message], [status, `why ${status}`]);
      }
      mock.setStatus("orders", id, "RECEIVED");
      mock.advance(1e9);
      assert.deepEqual([(await read()).status, (await read()).message], ["ACCEPTED", undefined]);
      mock.setStatus("searchProfiles", "p", "FAILED", "no such market");
      const profile = (await get("/search-profile-creations/p")).body;
      assert.deepEqual([profile.status, profile.message, profile.profile_id], ["FAILED", "no such market", null]);
      mock.setStatus("searchProfiles", "p", "SUCCEEDED");
      assert.equal(typeof (await get("/search-profile-creations/p")).body.profile_id, "string");

      for (const invalid of [
        ["blacklists", id, "FAILED"],
        ["orders", "absent", "FAILED"],
        ["orders", id, "SUCCEEDED"],
        ["orders", id, "FAILED", 5],
      ])
        assert.throws(
          () => Reflect.apply(mock.setStatus, mock, invalid),
          (error) => error instanceof TypeError && error.message.startsWith("setStatus: "),
        );
      for (const invalid of [-1, NaN, Infinity, "5", undefined])
        assert.throws(() => Reflect.apply(mock.advance, mock, [invalid]), TypeError);
    },
  );

  test("one seed always produces the same states", async () => {
    const run = async (seed) => {
      const mock = mockOpenProspect({ now, seed, durations: { PENDING: 1, RUNNING: 1 } });
      const send = async (path, method, headers) =>
        (
          await mock.fetch(`https://x.test/api/v1${path}`, {
            method,
            headers: { authorization: `Bearer ${FULL}`, ...headers },
            body: method === "POST" ? "{}" : undefined,
          })
        ).json();
      const { id } = await send("/search-profile-creations", "POST", { "idempotency-key": "k" });
      mock.advance(2);
      return [await send(`/search-profile-creations/${id}`), await send("/prospects"), await send("/orders")];
    };
    assert.deepEqual(await run(3), await run(3));
    assert.notDeepEqual(await run(3), await run(4));
  });
});
