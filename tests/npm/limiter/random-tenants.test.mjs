// Many tenants of one client: no tenant receives data of another.

import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { Clock } from "../helpers/fake-clock.mjs";
import { COPIES, turn } from "../helpers/setup.mjs";
import { chance } from "../soak/random.mjs";
import { response, textOf } from "./tenant-client.mjs";

const TENANTS = 12;
const CALLS = 14;
const SEEDS = Number(process.env.OPENPROSPECT_ISOLATION_SEEDS ?? 12);

/**
 * @typedef {object} Tenant
 * @property {string} name
 * @property {string} key
 * @property {number} limited how many of its responses were a 429
 * @property {any[]} results the values and errors of its calls
 */

/**
 * Tenants with their own keys, bodies, ids and limits make calls through rate limits, outages, conflicts and aborts.
 * Every result is searched for data of other tenants.
 *
 * @param {import("node:test").TestContext} t
 * @param {any} copy of the package
 * @param {number} seed
 */
async function play(t, copy, seed) {
  const random = chance(seed);
  /** @param {number} count */
  const below = (count) => Math.floor(random() * count);
  const clock = new Clock().install(t);
  const context = new AsyncLocalStorage();
  /** @type {Tenant[]} */
  const tenants = Array.from({ length: TENANTS }, (_, n) => ({
    name: `tenant${n}x`,
    key: n % 3 === 0 ? `lnc_test_Qp${n}zWm4Rb7Yt` : `s3cr3t-Hv8${n}kLd5-Xc2Nj${n}`,
    limited: 0,
    results: [],
  }));
  const byKey = new Map(tenants.map((tenant) => [`Bearer ${tenant.key}`, tenant]));
  let remainingFailures = 0;
  /** @type {any[]} */
  const events = [];

  /**
   * @param {Tenant} tenant
   * @param {string} url
   * @returns {[status: number, body: unknown, headers: Record<string, string>]}
   */
  function answer({ name, key }, url) {
    const content = {
      code: `CODE_${name}`,
      message: `message to ${name} with ${key}`,
      details: { owner: name, key },
      request_id: name,
    };
    const headers = { "x-request-id": `id-${name}` };
    if (remainingFailures > 0) {
      remainingFailures -= 1;
      if (random() < 0.4)
        throw Object.assign(new TypeError("fetch failed", { cause: new Error(`failure for ${name} with ${key}`) }), {
          of: name,
          key,
        });
      return [500 + below(4), content, random() < 0.2 ? { ...headers, "retry-after": "0.5" } : headers];
    }
    const sample = random();
    if (sample < 0.08) {
      remainingFailures = 4 + below(12);
      return [503, content, headers];
    }
    if (sample < 0.2) return [429, content, { ...headers, "retry-after": ["0.3", "2", "3600"][below(3)] }];
    if (sample < 0.3) return [409, content, headers];
    if (sample < 0.4)
      return [[400, 403, 404, 422][below(4)], { ...content, detail: [{ loc: [name], msg: name }] }, headers];
    if (sample < 0.45) return [200, `<html>${name} ${key}`, headers];
    if (url.endsWith("/list")) return [200, { items: [{ id: name }], total: 1, has_more: false }, headers];
    return [
      200,
      { id: name, owner: name, version: 1, status: ["COMPLETED", "FAILED", "RUNNING"][below(3)], message: name },
      headers,
    ];
  }

  /**
   * @param {string} url
   * @param {{ headers: Record<string, string>, signal: AbortSignal }} init
   */
  const fetch = (url, { headers, signal }) =>
    new Promise((resolve, reject) => {
      const tenant = byKey.get(headers.authorization);
      assert.ok(tenant, "the key belongs to a tenant");
      assert.equal(context.getStore(), tenant.name, "fetch runs in the context of its caller");
      assert.ok(url.includes(`/${tenant.name}/`), `${url} is sent with the key of ${tenant.name}`);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      const decide = () => {
        try {
          const [status, body, more] = answer(tenant, url);
          if (status === 429) tenant.limited += 1;
          resolve(response(status, body, more));
        } catch (error) {
          reject(error);
        }
      };
      clock.schedule(5 + below(200), () => context.run(tenant.name, decide));
    });
  const apiKey = async () => {
    const name = context.getStore();
    await turn();
    return tenants.find((tenant) => tenant.name === name)?.key;
  };
  const own = new copy.OpenProspect({
    apiKey,
    fetch,
    baseUrl: "https://api.test",
    backoff: { baseMs: 50, maxMs: 400 },
    onEvent: (event) => events.push(event),
    deadlineMs: 20_000,
  });

  /** @param {Tenant} tenant */
  function call({ name }) {
    /** @type {{ signal?: AbortSignal }} */
    const options = {};
    if (random() < 0.2) {
      const controller = new AbortController();
      options.signal = controller.signal;
      clock.schedule(below(900), () => controller.abort(`${name} leaves`));
    }
    const path = `/${name}/${below(9)}`;
    const kinds = [
      () => own.get(path, options),
      () => own.request("PUT", path, { ...options, body: { of: name } }),
      () => own.post(path, { ...options, body: { of: name } }),
      () => own.post(path, { ...options, body: { of: name }, idempotencyKey: `idem-${name}` }),
      () => own.get(`/${name}/list`, options),
      () =>
        own.retryOnConflict(
          () => own.get(path, options),
          (state) => own.patch(path, { ...options, body: state }),
          { signal: options.signal },
        ),
    ];
    return kinds[below(kinds.length)]();
  }

  const calls = tenants.flatMap((tenant) =>
    Array.from({ length: CALLS }, () => {
      const begin = below(3000);
      return new Promise((resolve) => {
        clock.schedule(begin, () => resolve(undefined));
      })
        .then(() => context.run(tenant.name, () => call(tenant)))
        .then(
          (value) => tenant.results.push(value),
          (error) => tenant.results.push(error),
        );
    }),
  );
  await clock.run(Promise.all(calls));

  let searched = 0;
  for (const tenant of tenants) {
    for (const result of tenant.results) {
      const text = textOf(result);
      searched += 1;
      for (const other of tenants) {
        if (other === tenant) continue;
        assert.ok(
          !text.includes(other.name) && !text.includes(other.key),
          `seed ${seed}: ${tenant.name} received data of ${other.name}:\n${text.slice(0, 3000)}`,
        );
      }
      assert.ok(
        !(result instanceof Error) || !text.includes(tenant.key),
        `seed ${seed}: an error shows the key of ${tenant.name}`,
      );
      if (result instanceof copy.RateLimitError)
        assert.ok(
          tenant.limited > 0,
          `seed ${seed}: ${tenant.name} has the limit of another tenant: ${result.message}`,
        );
    }
  }
  for (const { key } of tenants) assert.ok(!textOf(events).includes(key), `seed ${seed}: an event shows ${key}`);
  return {
    searched,
    types: new Set(events.map(({ type }) => type)),
    kinds: new Set(tenants.flatMap(({ results }) => results.map(({ kind }) => kind))),
  };
}

for (const [how, copy] of COPIES) {
  test(`${how}: ${TENANTS} tenants at random, ${SEEDS} times: no tenant receives data of another`, async (t) => {
    const [types, kinds] = [new Set(), new Set()];
    let searched = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const played = await play(t, copy, seed);
      searched += played.searched;
      played.types.forEach((type) => types.add(type));
      played.kinds.forEach((kind) => kinds.add(kind));
    }
    assert.equal(searched, SEEDS * TENANTS * CALLS);
    // All situations occurred.
    for (const type of ["throttled", "outage", "resumed", "retry"])
      assert.ok(types.has(type), `${type}: ${[...types]}`);
    for (const kind of ["server", "connection", "rate_limit", "conflict", "validation", "decode"])
      assert.ok(kinds.has(kind), `${kind}: ${[...kinds]}`);
    t.diagnostic(`${searched} results searched`);
  });
}
