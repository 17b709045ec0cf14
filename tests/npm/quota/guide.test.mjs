// The programs of the guide and the README's recipe run unchanged, in virtual time, and do what the text states.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, describe, test } from "node:test";
import { esm } from "../helpers/setup.mjs";
import { HINTS, QUOTA_HEADERS } from "./hints.mjs";
import { HOUR, hourly, MINUTE, SECOND } from "./limits.mjs";
import { play, use } from "./play.mjs";
import { createMachine, numberIn, programOf, tableOf } from "./program.mjs";
import { GROUPS } from "./rows.mjs";
import { resultsOf } from "./table.mjs";

/** @import { Options, Result, World } from "./play.mjs" */
/** @import { Scope } from "../helpers/setup.mjs" */

/** @typedef {ReturnType<typeof createMachine>} Machine */

const GUIDE = "www/guides/hourly-quota.md";
const ORDER = { profile_id: "p-1", briefing_quantity: 50 };
const HEADERS = { quota: QUOTA_HEADERS.draft6 };

/** @param {string} file relative to the root of the repository */
const read = (file) => readFile(new URL(`../../../${file}`, import.meta.url), "utf8");
const text = await read(GUIDE);
const job = programOf(text, "A nightly job");
const backend = programOf(text, "A web backend beside the job");
const orders = programOf(text, "30 orders in flight");
const recipe = programOf(await read("README.md"), "Keeping a copy up to date");

before(() => use(esm));

/** @param {number} count */
const companyIds = (count, first = 0) => Array.from({ length: count }, (_, n) => `company-${first + n}`);

/**
 * Runs a scenario with programs, under 100 requests an hour unless the options have another limit. It must not fail.
 *
 * @param {Scope} t
 * @param {Options} options
 * @param {(machine: Machine, world: World) => Promise<void>} scenario
 */
async function playPrograms(t, options, scenario) {
  const limit = hourly(100);
  const result = await play({ limit, ...options }, (world) => scenario(createMachine(world, esm, t), world));
  assert.deepEqual(result.failures, []);
  return result;
}

/** A row of QUOTA.md. @param {string} name */
const rowOf = (name) => GROUPS.flatMap(({ rows }) => rows).find((row) => row.name === name) ?? assert.fail(name);

/** @param {Result} result @param {string} path */
const requestsTo = ({ log }, path) => log.filter((request) => request.path.includes(path));

/** 20,000 companies that were delivered before the first night, and 150 that are delivered before the second one. */
const TWO_NIGHTS = {
  companies: 20_150,
  deliveredAt: (/** @type {number} */ n) => (n < 20_000 ? -HOUR + (n - 20_000) * SECOND : 10 * HOUR + n * SECOND),
};

for (const [name, code] of [
  ["the README's recipe", recipe],
  ["the guide's job", job],
]) {
  for (const [hint, options] of /** @type {[string, Options][]} */ ([
    ["retry_after in the body", {}],
    ["no hint", { hint: HINTS.none }],
    ["quota headers", HEADERS],
  ])) {
    test(`${name} copies 20,000 companies at 100 an hour, then only the new ones: ${hint}`, async (t) => {
      /** @type {string[][]} */
      const copies = [];
      /** @type {string[]} */
      const checkpoints = [];
      const result = await playPrograms(t, { ...TWO_NIGHTS, ...options, maxMs: 72 * HOUR }, async (machine, world) => {
        for (const night of [0, 1, 2]) {
          await world.clock.sleep(Math.max(0, night * 24 * HOUR - world.clock.elapsed));
          const { store } = await machine.run(code, ["store"]);
          copies.push([...store.keys()]);
          checkpoints.push(machine.files.get("deliveries-d.json") ?? "none");
          if (night === 0) assert.equal(Math.round(world.clock.elapsed / HOUR), 4);
        }
        assert.deepEqual([...machine.files.keys()], ["deliveries-d.json"]);
      });
      assert.deepEqual(copies, [companyIds(20_000), companyIds(150, 20_000), []]);
      // Before the first page of the night, less the overlap.
      const [first, second] = checkpoints.map((checkpoint) => Date.parse(JSON.parse(checkpoint).delivered_since));
      assert.equal(second - first, 24 * HOUR);
      // A night without news: the search, the list of searches, and the clock.
      assert.equal(result.successes, 402 + 6 + 3);
      if (hint !== "no hint") assert.equal(result.refusals, options === HEADERS ? 0 : 1);
    });
  }
}

test("without batch work, the recipe fails at the quota", async (t) => {
  const code = recipe.replace("batch: true", "batch: false");
  await playPrograms(t, { companies: 4_900 }, async (machine) => void (await machine.run(code)));
  await playPrograms(t, { companies: 4_901 }, (machine) =>
    assert.rejects(machine.run(code), { name: "RateLimitError", stoppedBy: "retry_after" }),
  );
});

describe("the nightly job", () => {
  test("takes as long as the table states", async (t) => {
    for (const [companies, requests, ...times] of tableOf(
      text,
      "| companies | requests | at 100 an hour | at 1,000 an hour |",
    )) {
      for (const [index, limit] of [100, 1000].entries()) {
        const options = { companies: numberIn(companies), limit: hourly(limit) };
        const result = await playPrograms(t, options, async (machine) => void (await machine.run(job)));
        assert.equal(result.successes, numberIn(requests), companies);
        const hours = Math.round(result.minutes / 60);
        assert.equal(hours === 0 ? "seconds" : `${hours} h`, times[index], `${companies} at ${limit}`);
        if (hours === 0) assert.ok(result.minutes < 1.5, `${result.minutes} min`);
      }
    }
  });

  test("a read gets a single 429", async () => {
    const results = await resultsOf(rowOf("three reads, one after the other, 100/h"));
    assert.deepEqual(
      results.map(({ requests, refusals }) => [requests, refusals]),
      [
        [603, 3],
        [603, 3],
        [603, 3],
      ],
    );
  });

  test("says when it waits", async (t) => {
    await playPrograms(t, { companies: 10_000 }, async (machine, world) => {
      const done = machine.run(job);
      await world.clock.sleep(30 * MINUTE);
      const [, until] = /^waiting until (.*)$/.exec(machine.output.join("\n")) ?? assert.fail(machine.output.join());
      assert.ok(Math.abs(Date.parse(until) - (world.clock.wall + 30 * MINUTE)) < 10 * SECOND, until);
      await done;
    });
  });

  test("ends earlier with each option that the guide names", async (t) => {
    const rows = tableOf(text, "| option | what it limits | at a quota that resets in an hour |");
    const options = rows.map(([option]) => option.replaceAll("`", "")).filter((option) => option !== "signal");
    const reasons = { maxRetryAfterMs: "retry_after", deadlineMs: "deadline", giveUpAfterMs: "give_up_after" };
    assert.equal(options.length, 3);
    for (const option of options) {
      await playPrograms(t, { companies: 20_000 }, async (machine, world) => {
        await machine.run(job.replace("batch: true", `batch: true, ${option}`));
        const [name] = option.split(":");
        const [error] = machine.output.slice(-1);
        assert.match(error, new RegExp(`429 .* ${reasons[name]} 20..-..-..T`));
        assert.ok(world.clock.elapsed < 20 * SECOND, option);
        assert.equal(machine.files.size, 0);
      });
    }
  });

  test("ends with its signal, and keeps the checkpoint", async (t) => {
    const result = await playPrograms(t, { companies: 200_000 }, async (machine) => {
      machine.files.set("deliveries-d.json", '{"delivered_since":"2020-01-01T00:00:00.000Z"}');
      await assert.rejects(machine.run(job), { name: "TimeoutError" });
      assert.equal(machine.files.get("deliveries-d.json"), '{"delivered_since":"2020-01-01T00:00:00.000Z"}');
    });
    assert.equal(result.minutes, 12 * 60);
  });

  for (const kind of /** @type {const} */ (["503", "refused"])) {
    test(`survives an outage of less than four hours, and no longer one: ${kind}`, async (t) => {
      const from = 5 * SECOND;
      const short = { companies: 4_000, outages: [{ from, to: 3.9 * HOUR, kind }] };
      await playPrograms(t, short, async (machine) => {
        await machine.run(job);
        assert.match(machine.output.join("\n"), /4000 companies$/);
      });
      const long = { companies: 4_000, outages: [{ from, to: 9 * HOUR, kind }] };
      const result = await playPrograms(t, long, async (machine) => {
        await machine.run(job);
        assert.match(machine.output.join("\n"), /give_up_after $/);
      });
      assert.equal(Math.round(result.minutes / 6) / 10, 4);
    });
  }
});

/**
 * Plays the backend with a visitor each ten minutes.
 *
 * @param {Scope} t
 * @param {Options} options
 */
async function playBackend(t, options, code = backend) {
  /** @type {{ at: number, status: number, retryAt: number }[]} times since the start */
  const visits = [];
  const result = await playPrograms(t, { companies: 40_000, ...options }, async (machine, world) => {
    const done = machine.run(code, ["store"]);
    for (let n = 0; n < 30; n += 1) {
      // In the middle of these ten minutes: the window does not end then.
      await world.clock.sleep(n === 0 ? 5 * MINUTE : 10 * MINUTE);
      const at = world.clock.elapsed;
      const { status, headers, body } = await machine.get(`/company?id=c-${n}`);
      const start = world.clock.wall - world.clock.elapsed;
      visits.push({ at, status, retryAt: Date.parse(String(headers["retry-after"])) - start });
      if (status === 200) assert.deepEqual(JSON.parse(body), { id: `c-${n}` });
    }
    const { store } = await done;
    assert.deepEqual([...store.keys()], companyIds(40_000));
  });
  return { visits, failed: visits.filter(({ status }) => status !== 200), result };
}

describe("the web backend", () => {
  test("serves its visitors as the table states", async (t) => {
    const rows = tableOf(text, "| server | visitors in 5 h | failed | requests of the job in the first hour |");
    for (const [index, options] of [HEADERS, {}].entries()) {
      const { visits, failed, result } = await playBackend(t, options);
      const early = result.log.filter(({ time, status }) => time < HOUR && status === 200);
      const visitors = requestsTo({ ...result, log: early }, "/companies/c-");
      const [, ...numbers] = rows[index].map(numberIn);
      assert.deepEqual([visits.length, failed.length, early.length - visitors.length], numbers, rows[index][0]);
      for (const { at, status, retryAt } of failed) {
        assert.deepEqual([at < HOUR, status], [true, 503]);
        assert.ok(Math.abs(retryAt - HOUR) < 10 * SECOND, `${retryAt} ms`);
      }
    }
  });

  test("without headers, a smaller share does not help before the quota is known", async (t) => {
    const { failed } = await playBackend(t, {}, backend.replace("batchShare: 0.8", "batchShare: 0.5"));
    assert.equal(failed.length, 6);
  });

  for (const [name, isUsed, expected] of /** @type {[string, boolean, number][]} */ ([
    ["is kept while requests are sent", true, 80],
    ["is forgotten after a whole hour without one", false, 100],
  ])) {
    test(`what was learned ${name}`, async (t) => {
      const second = 6 * HOUR + MINUTE;
      const code = backend.replace(
        "await copyDeliveries();",
        "await copyDeliveries(); await secondNight; await copyDeliveries();",
      );
      const result = await playPrograms(t, { companies: 11_000 }, async (machine, world) => {
        const secondNight = world.clock.sleep(second);
        const done = machine.run(code, [], { secondNight });
        for (let n = 0; isUsed && n < 12; n += 1) {
          await world.clock.sleep(30 * MINUTE);
          await machine.get(`/company?id=c-${n}`);
        }
        await done;
      });
      const burst = requestsTo(result, "/api/").filter(({ time }) => Math.abs(time - second) < 5 * MINUTE);
      assert.equal(burst.filter(({ status }) => status === 200).length, expected);
    });
  }

  test("each of several processes gets a 429 of its own, without headers", async () => {
    const result = await play({ limit: hourly(100), companies: 15_000 }, async (world) => {
      const read = async () => {
        const pages = world.connect().deliveries.allCompanies("d", { limit: 100 }, { batch: true });
        let count = 0;
        for await (const _ of pages) count += 1;
        assert.equal(count, 15_000);
      };
      await Promise.all([read(), read(), read()]);
    });
    assert.deepEqual(result.failures, []);
    assert.ok(result.refusals >= 3, `${result.refusals} 429s`);
  });
});

/** The lines that the program of the orders prints. @param {Machine} machine */
const printed = ({ output }) => output.map((line) => line.split(" ").slice(0, 2).join(" "));
const ALL_DONE = Array.from({ length: 30 }, (_, n) => `campaign-${n + 1} [{"order_id":"order-${n}"}]`);

describe("30 orders in flight", () => {
  test("prints the results of each, and creates nothing in another run", async (t) => {
    const result = await playPrograms(t, {}, async (machine, world) => {
      for (const end of [6 * HOUR, world.clock.elapsed + 7 * HOUR]) {
        machine.output.length = 0;
        await machine.run(orders);
        assert.deepEqual(printed(machine), ALL_DONE);
        assert.ok(world.clock.elapsed <= end + 30 * MINUTE, `${world.clock.elapsed / MINUTE} min`);
      }
      assert.deepEqual([...machine.files.keys()], ["orders.json"]);
    });
    assert.equal(result.log.filter(({ method }) => method === "POST").length, 30);
  });

  test("a process that starts again waits for the same orders", async (t) => {
    const result = await playPrograms(t, {}, async (machine, world) => {
      const client = world.connect({ batch: true });
      /** @type {Record<string, string>} */
      const ids = {};
      for (let n = 0; n < 30; n += 1) ids[`campaign-${n + 1}`] = (await client.orders.create(ORDER)).id;
      machine.files.set("orders.json", JSON.stringify(ids));
      await world.clock.sleep(2 * HOUR);
      await machine.run(orders);
      assert.deepEqual(printed(machine), ALL_DONE);
    });
    assert.equal(result.log.filter(({ method }) => method === "POST").length, 30);
    assert.ok(result.minutes < 6.5 * 60, `${result.minutes} min`);
  });

  test("a rejected and an unknown order do not affect the others", async (t) => {
    const options = { orderEnd: (/** @type {number} */ n) => (n === 3 ? "REJECTED" : "COMPLETED") };
    await playPrograms(t, options, async (machine) => {
      machine.files.set("orders.json", '{"campaign-1":"gone"}');
      await machine.run(orders);
      const expected = [
        "campaign-1 no",
        ...Array.from({ length: 29 }, (_, n) => `campaign-${n + 2} [{"order_id":"order-${n}"}]`),
      ];
      expected[4] = "campaign-5 REJECTED";
      assert.deepEqual(printed(machine), expected);
    });
  });

  test("does not order again if it is unknown whether an order was created", async (t) => {
    const result = await playPrograms(t, {}, async (machine) => {
      machine.files.set("orders.json", '{"campaign-1":"order-0","campaign-2":null}');
      await assert.rejects(machine.run(orders), /campaign-2: see client.orders.list/);
    });
    assert.equal(result.requests, 0);
    await playPrograms(t, { outages: [{ from: 0, to: HOUR, kind: "503" }] }, async (machine) => {
      await assert.rejects(machine.run(orders), { stoppedBy: "unsafe_method", mayHaveBeenApplied: true });
      assert.equal(machine.files.get("orders.json"), '{"campaign-1":null}');
    });
  });

  test("waitAll takes the requests and the time that the table states", async () => {
    const table = tableOf(text, "| | requests | all done after |");
    for (const [index, name] of ["waitAll, 100/h", "wait, 100/h"].entries()) {
      const results = await resultsOf(rowOf(name));
      const [, requests, minutes] = table[index].map(numberIn);
      /** @param {(result: Result) => number} measure @param {number} stated */
      const isClose = (measure, stated) => {
        const worst = Math.max(...results.map(measure));
        assert.ok(Math.abs(worst / stated - 1) < 0.03, `${name}: ${worst} instead of ${stated}`);
      };
      isClose((result) => result.requests, requests);
      isClose((result) => result.minutes, minutes);
    }
  });

  test("single waits use a quarter of a known quota, or more with many orders", async () => {
    for (const [count, perHour, longestMinutes] of [
      [3, 25, 8],
      [6, 25, 15],
      [8, 31, 17],
      [30, 90, 31],
    ]) {
      const { log, minutes } = await play({ limit: hourly(100), ...HEADERS }, async (world) => {
        const client = world.connect({ batch: true });
        const ids = [];
        for (let n = 0; n < count; n += 1) ids.push((await client.orders.create(ORDER)).id);
        await Promise.all(ids.map((id) => client.orders.wait(id)));
      });
      const polls = log.filter(({ method }) => method === "GET");
      const gaps = polls.map(
        ({ time, path }, n) => (polls.slice(n + 1).find((poll) => poll.path === path)?.time ?? 0) - time,
      );
      assert.ok(Math.max(...gaps) < longestMinutes * MINUTE, `${count}: ${Math.max(...gaps) / MINUTE} min`);
      assert.ok(polls.length <= perHour * (minutes / 60) + 1, `${count}: ${polls.length} polls`);
      if (perHour > 25) assert.ok(polls.length > 26 * (minutes / 60), `${count}: ${polls.length} polls`);
    }
  });
});

test("the defaults in the table of options are those of the declarations", async () => {
  const declarations = await read("src/wasm/types/options.d.ts");
  const [ofClient] = declarations.split("export interface CallOptions");
  const defaults = Object.fromEntries(
    [...ofClient.matchAll(/@default ([^\n]*)\n\s*\*\/\n\s*(\w+)\?/g)].map(([, value, name]) => [name, value]),
  );
  const rows = Object.fromEntries(
    tableOf(text, "| option | default, interactive | default, batch |").map(([option, ...cells]) => [
      /`(\w+)`/.exec(option)?.[1],
      cells,
    ]),
  );
  assert.deepEqual(defaults.batch, "false");
  assert.deepEqual(
    [defaults.deadlineMs, ...rows.deadlineMs],
    ["120000; none for batch work", "120,000 (2 min)", "none"],
  );
  assert.deepEqual([defaults.maxRetries, ...rows.maxRetries], ["2; no maximum for batch work", "2", "no maximum"]);
  assert.equal(defaults.maxRetryAfterMs, "60000; two hours for batch work");
  assert.deepEqual(rows.maxRetryAfterMs.map(numberIn), [60_000, 2 * HOUR]);
  assert.equal(defaults.giveUpAfterMs, "no limit; four hours for batch work");
  assert.deepEqual([rows.giveUpAfterMs[0], numberIn(rows.giveUpAfterMs[1])], ["none", 4 * HOUR]);
  assert.deepEqual([defaults.timeoutMs, ...rows.timeoutMs.map(numberIn)], ["30000", 30_000, 30_000]);
  assert.deepEqual([defaults.batchShare, rows.batchShare[1]], ["0.9", "0.9"]);
  assert.deepEqual([defaults.baseMs, defaults.maxMs], ["1000", "30000"]);
});
