// Scenarios of users under a quota. Each takes the options of the server and of the client with its own.

import { HOUR, MINUTE } from "./limits.mjs";
import { play } from "./play.mjs";

/** @import { Options, World } from "./play.mjs" */

/** Companies of a page. Where only the number of pages matters, a scenario is faster with smaller ones. */
const PAGE = 100;

/** @param {number} length */
const range = (length) => Array.from({ length }, (_, n) => n);

/**
 * Reads all companies of a delivery. Each must arrive exactly once, in order.
 *
 * @param {World} world
 * @param {any} client
 * @param {number} companies
 * @param {number} [limit] companies of a page
 */
async function read(world, client, companies, limit = PAGE) {
  let count = 0;
  let misplaced = 0;
  await world.attempt("read", async () => {
    for await (const { id } of client.deliveries.allCompanies("d", { limit }, { batch: true })) {
      if (id !== `company-${count}`) misplaced += 1;
      count += 1;
    }
  });
  if (count !== companies) world.failures.push(`${count} of ${companies} companies`);
  if (misplaced > 0) world.failures.push(`${misplaced} companies missing or not at their place`);
}

/**
 * Creates jobs, all at once, as batch work.
 *
 * @param {World} world
 * @param {any} namespace `client.orders` or `client.searchProfiles`
 * @param {number} count
 * @param {object} body
 * @returns {Promise<string[]>} their ids
 */
async function createJobs(world, namespace, count, body) {
  const created = await Promise.all(
    range(count).map((n) => world.attempt(`create ${n}`, () => namespace.create(body, { batch: true }))),
  );
  return created.filter((job) => job !== undefined).map(({ id }) => id);
}

/**
 * Waits for jobs, each with a call of its own or all with one.
 *
 * @param {World} world
 * @param {any} namespace `client.orders` or `client.searchProfiles`
 * @param {string[]} ids
 * @param {{ isTogether?: boolean | undefined }} options
 */
async function waitForJobs(world, namespace, ids, { isTogether = false }) {
  const jobs = isTogether
    ? await world.attempt("waitAll", () => namespace.waitAll(ids))
    : await Promise.all(ids.map((id) => world.attempt(`wait ${id}`, () => namespace.wait(id))));
  for (const [n, id] of ids.entries()) {
    const job = jobs?.[n];
    if (job?.id !== id || !["COMPLETED", "SUCCEEDED"].includes(job.status)) world.failures.push(`${id} is not done`);
  }
}

const ORDER = { briefing_quantity: 50, profile_id: "p-1" };
const PROFILE = { profile_name: "P", ideal_customer_profile: "Bakeries", seller_offering: "Ovens" };

/**
 * Orders that are created and waited for. `isTogether`: with `waitAll`.
 *
 * @param {Options & { orders?: number, isTogether?: boolean }} [options]
 */
export function ordersAlone({ orders = 30, isTogether, ...options } = {}) {
  return play(options, async (world) => {
    const client = world.connect();
    const ids = await createJobs(world, client.orders, orders, ORDER);
    await waitForJobs(world, client.orders, ids, { isTogether });
  });
}

/**
 * Orders beside a read of all companies of a delivery, of one client or, with `isSeparate`, of two: as of two processes
 * with the same key.
 *
 * @param {Options & { orders?: number, isTogether?: boolean, isSeparate?: boolean }} [options]
 */
export function ordersBesideRead({ orders = 30, isTogether, isSeparate = false, companies = 20_000, ...rest } = {}) {
  return play({ companies, ...rest }, async (world) => {
    const client = world.connect();
    const reader = isSeparate ? world.connect() : client;
    const ids = await createJobs(world, client.orders, orders, ORDER);
    await Promise.all([waitForJobs(world, client.orders, ids, { isTogether }), read(world, reader, companies)]);
  });
}

/**
 * Search profiles that are created and waited for.
 *
 * @param {Options & { profiles?: number, isTogether?: boolean }} [options]
 */
export function profilesAlone({ profiles = 20, isTogether, ...options } = {}) {
  return play(options, async (world) => {
    const client = world.connect();
    const ids = await createJobs(world, client.searchProfiles, profiles, PROFILE);
    await waitForJobs(world, client.searchProfiles, ids, { isTogether });
  });
}

/**
 * A working day: an order each `everyMs`, created by an interactive call, and waited for at once.
 *
 * @param {Options & { orders?: number, everyMs?: number }} [options]
 */
export function ordersOneByOne({ orders = 24, everyMs = 20 * MINUTE, ...options } = {}) {
  return play(options, async (world) => {
    const client = world.connect();
    await Promise.all(
      range(orders).map(async (n) => {
        await world.clock.sleep(n * everyMs + 1);
        const order = await world.measure(() => client.orders.create(ORDER));
        if (order !== undefined) await waitForJobs(world, client.orders, [order.id], {});
      }),
    );
  });
}

/**
 * Interactive calls beside a batch read of the same client.
 *
 * @param {Options & { everyMs?: number, forMs?: number, pages?: number }} [options]
 */
export function interactiveBesideRead({ everyMs = MINUTE, forMs = 4 * HOUR, pages = 3000, ...rest } = {}) {
  return play({ companies: pages, ...rest }, async (world) => {
    const client = world.connect();
    await Promise.all([pages && read(world, client, pages, 1), world.interact(client, { everyMs, forMs })]);
  });
}

/**
 * Batch calls, all at once. With `interactiveEveryMs`, the same client sends interactive calls until they have ended.
 *
 * @param {Options & { calls?: number, interactiveEveryMs?: number }} [options]
 */
export function batchCallsAtOnce({ calls = 200, interactiveEveryMs, ...options } = {}) {
  return play(options, async (world) => {
    const client = world.connect();
    let isOver = false;
    const batch = Promise.all(
      range(calls).map((n) => world.attempt(`call ${n}`, () => client.companies.get(`b-${n}`, { batch: true }))),
    ).then(() => {
      isOver = true;
    });
    const load = interactiveEveryMs && { everyMs: interactiveEveryMs, isOver: () => isOver };
    await Promise.all([batch, load && world.interact(client, load)]);
  });
}

/**
 * Reads of all companies, one after the other, each by a new client, as of a job that starts again.
 *
 * @param {Options & { reads?: number, pageSize?: number }} [options]
 */
export function nightlyReads({ reads = 1, companies = 20_000, pageSize, ...rest } = {}) {
  return play({ companies, ...rest }, async (world) => {
    for (let n = 0; n < reads; n += 1) await read(world, world.connect(), companies, pageSize);
  });
}

/**
 * All at once, of one client: orders, search profiles, a read, and an interactive call each `everyMs`.
 *
 * @param {Options & { orders?: number, profiles?: number, everyMs?: number, forMs?: number }} [options]
 */
export function mixedDay(options = {}) {
  const { orders = 10, profiles = 5, everyMs = 5 * MINUTE, forMs = 6 * HOUR, companies = 10_000, ...rest } = options;
  return play({ companies, ...rest }, async (world) => {
    const client = world.connect();
    /** @param {any} namespace @param {number} count @param {object} body */
    const jobs = async (namespace, count, body) =>
      waitForJobs(world, namespace, await createJobs(world, namespace, count, body), {});
    await Promise.all([
      jobs(client.orders, orders, ORDER),
      jobs(client.searchProfiles, profiles, PROFILE),
      read(world, client, companies),
      world.interact(client, { everyMs, forMs }),
    ]);
  });
}
