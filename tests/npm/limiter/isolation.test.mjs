// Nothing of one caller reaches another: keys, contexts, responses, errors and limits belong to the call.

import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { inspect, promisify } from "node:util";
import { Clock } from "../helpers/fake-clock.mjs";
import { COPIES, PACKAGE, rejection, turn, until } from "../helpers/setup.mjs";
import { chance } from "../soak/random.mjs";

const run = promisify(execFile);

/** Everything that can be read of a value. */
const textOf = (value) => {
  const parts = [
    inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity }),
  ];
  for (let error = value; error instanceof Error; error = error.cause)
    parts.push(error.stack, error.message, error.rawBody, JSON.stringify(error));
  return parts.join("\n");
};

/** A client of which each call says in its path what the server answers, and in its body what else it knows. */
function client(copy, answer, options) {
  const requests = [];
  const fetch = async (url, { method, headers, body }) => {
    const request = { path: new URL(url).pathname, method, key: headers.authorization, body };
    requests.push(request);
    await turn();
    return answer(request, requests.length);
  };
  return {
    requests,
    own: new copy.OpenProspect({ apiKey: "lnc_test_a", fetch, backoff: { baseMs: 1, maxMs: 2 }, ...options }),
  };
}

const response = (status, body, headers) =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });

for (const [how, copy] of COPIES) {
  describe(`${how}: an outage`, () => {
    /** Five failures of one caller; then one call probes the server and another waits for it. */
    async function probed(answer, failing = () => response(500, {})) {
      let isProbed = false;
      const { own, requests } = client(
        copy,
        (request) => (request.path.startsWith("/a/") ? ((isProbed = true), answer(request)) : failing(request)),
        { maxRetries: 0 },
      );
      for (let n = 0; n < 5; n += 1) await rejection(own.get(`/down/${n}`));
      const [a, b] = [rejection(own.put("/a/private", { body: { secret: "of-a" } })), rejection(own.get("/b"))];
      const errors = await Promise.all([a, b]);
      assert.ok(isProbed && !requests.some(({ path }) => path === "/b"), "the second call is never sent");
      return errors;
    }

    const CONTENT = {
      code: "PRIVATE_CODE",
      message: "message of a",
      details: { account: "details of a", required_scopes: ["scope-of-a"] },
    };
    for (const [what, answer, kind] of [
      ["a response", () => response(500, CONTENT, { "x-request-id": "request-id-of-a" }), "server"],
      ["a page of a gateway", () => response(502, "<html>page of a", { "x-request-id": "request-id-of-a" }), "server"],
      [
        "no response",
        () => {
          throw Object.assign(new TypeError("fetch failed", { cause: new Error("cause of a") }), {
            url: "https://a.example/of-a",
            body: "of-a",
          });
        },
        "connection",
      ],
    ]) {
      test(`${what}: those who waited learn its kind and status, and nothing that it said`, async () => {
        const [a, b] = await probed(answer);
        assert.match(textOf(a), /of[ -]a/);
        assert.doesNotMatch(textOf(b), /of[ -]a|PRIVATE|private/);
        assert.deepEqual([b.kind, b.status, b.path, b.method], [kind, a.status, "/b", "GET"]);
        assert.deepEqual([b.requestId, b.rawBody, b.details, b.cause], [undefined, undefined, undefined, undefined]);
        assert.deepEqual(
          b.attempts.map(({ sent, status, requestId }) => [sent, status, requestId]),
          [[false, a.status, undefined]],
        );
        assert.equal(b.mayHaveBeenApplied, false);
        assert.match(b.message, /not sent/);
      });
    }

    test("advice to wait is shared: it is for everybody", async () => {
      const [, b] = await probed(() => response(503, CONTENT, { "retry-after": "40" }));
      assert.ok(b.retryAfterMs > 39_000 && b.retryAfterMs <= 44_000 && b.retryAt instanceof Date, `${b.retryAfterMs}`);
    });
  });

  test(`${how}: an error body of 450 kB is kept once, however many calls wait`, async () => {
    const program = `
      import { OpenProspect } from ${JSON.stringify(new URL("index.js", PACKAGE).href)};
      const body = JSON.stringify({ code: "C", message: "m", details: { list: Array.from({ length: 9000 }, (_, n) => "x".repeat(40) + n) } });
      const fetch = async () => new Response(body, { status: 500 });
      const client = new OpenProspect({ apiKey: "lnc_test_a", fetch, maxRetries: 1, backoff: { baseMs: 1, maxMs: 2 } });
      const ended = await Promise.allSettled(Array.from({ length: 1000 }, (_, n) => client.get("/" + n)));
      if (ended.some(({ reason }) => reason?.kind !== "server")) throw new Error("another end");
      console.log(ended.filter(({ reason }) => reason.rawBody !== undefined).length);`;
    const { stdout } = await run(process.execPath, ["--max-old-space-size=100", "--input-type=module", "-e", program]);
    assert.ok(Number(stdout) < 20, `${stdout} of 1000 errors have the body`);
  });

  describe(`${how}: a limit`, () => {
    /** Two tenants of one client. */
    function tenants(answer) {
      const tenant = new AsyncLocalStorage();
      const { own, requests } = client(copy, answer, { apiKey: () => `lnc_test_${tenant.getStore()}`, maxRetries: 0 });
      return { requests, get: (name) => tenant.run(name, () => own.get(`/${name}`)) };
    }

    test("a 429 of one key stops no other key, however long it lasts", async () => {
      for (const seconds of ["30", "3600"]) {
        const { get, requests } = tenants(({ key }) =>
          response(key.endsWith("_a") ? 429 : 200, {}, { "retry-after": seconds }),
        );
        assert.equal((await rejection(get("a"))).kind, "rate_limit");
        await Promise.all(Array.from({ length: 10 }, () => get("b")));
        assert.deepEqual(
          requests.map(({ path }) => path),
          ["/a", ...Array(10).fill("/b")],
        );
      }
    });

    test("a quota that is used up is that of its key", async (t) => {
      const clock = new Clock().install(t);
      const { get, requests } = tenants(({ key }) =>
        response(200, {}, key.endsWith("_a") ? { "ratelimit-remaining": "0", "ratelimit-reset": "50" } : {}),
      );
      await clock.run(get("a"));
      await clock.run(get("b"));
      assert.deepEqual([requests.length, clock.elapsed], [2, 0], "the second does not wait");
    });

    test("calls with the same key share it, also when it comes from a function", async (t) => {
      const clock = new Clock().install(t);
      const { get, requests } = tenants((_, n) => response(n === 1 ? 429 : 200, {}, { "retry-after": "20" }));
      await clock.run(rejection(get("a")));
      const before = clock.elapsed;
      await clock.run(get("a"));
      assert.ok(clock.elapsed - before >= 20_000 && requests.length === 2, `${clock.elapsed - before} ms`);
    });
  });

  describe(`${how}: redaction from the first moment`, () => {
    // Without the documented prefix, so that only a client that knows the key finds it.
    const KEY = "s3cr3t-k3y-0f-a-t3nant";
    const OPTIONS = { apiKey: KEY, maxRetries: 0 };
    const sends = { "rate limited": [429, { "retry-after": "3600" }], "server down": [503, {}] };
    for (const [what, [status, headers]] of Object.entries(sends)) {
      test(`a key in the path of a call that is not sent: ${what}`, async () => {
        const { own, requests } = client(copy, () => response(status, {}, headers), { ...OPTIONS, deadlineMs: 200 });
        for (let n = 0; n < 5; n += 1) await rejection(own.get("/down"));
        const count = requests.length;
        const calls = Array.from({ length: 3 }, () => rejection(own.get(`/x/${KEY}?q=1`)));
        const errors = await Promise.all(calls);
        assert.ok(requests.length - count < 3, "at least one is not sent");
        for (const error of errors) {
          assert.doesNotMatch(textOf(error), new RegExp(KEY));
          assert.equal(error.path, "/x/[redacted]");
        }
      });
    }

    test("a deadline that passes while the call waits", async (t) => {
      const clock = new Clock().install(t);
      const { own } = client(copy, () => new Promise(() => {}), { ...OPTIONS, timeoutMs: 500_000, deadlineMs: null });
      for (let n = 0; n < 20; n += 1) own.get("/stalled").catch(() => {});
      const error = await clock.run(rejection(own.get(`/x/${KEY}`, { deadlineMs: 50 })));
      assert.deepEqual([error.kind, error.path], ["timeout", "/x/[redacted]"]);
      assert.doesNotMatch(textOf(error), new RegExp(KEY));
    });

    test("keys that were used before, and keys of other clients", async () => {
      let n = 0;
      const message = `${KEY}-1 was replaced by ${KEY}-2, lnc_live_ofAnother1 by lnc_test_ofAnother2`;
      const events = [];
      const { own } = client(
        copy,
        (_, sent) =>
          sent === 1 ? response(200, {}) : response(400, { code: "C", message, details: { [`${KEY}-1`]: message } }),
        {
          ...OPTIONS,
          apiKey: () => `${KEY}-${(n += 1)}`,
          onEvent: (event) => events.push(event),
        },
      );
      await own.get("/first");
      const error = await rejection(own.get(`/x/${KEY}-1`));
      assert.equal(
        error.message,
        `GET /x/[redacted] → 400 C: [redacted] was replaced by [redacted], [redacted] by [redacted]`,
      );
      assert.doesNotMatch(textOf([error, events]), new RegExp(`${KEY}|ofAnother`));
    });

    test("its own key, however many other keys the client has used since", async () => {
      const tenant = new AsyncLocalStorage();
      let release;
      const gate = new Promise((resolve) => {
        release = resolve;
      });
      const { own, requests } = client(
        copy,
        async ({ path, key }) =>
          path === "/first" ? gate.then(() => response(400, { code: "C", message: `bad ${key}` })) : response(200, {}),
        {
          ...OPTIONS,
          apiKey: () => `${KEY}-${tenant.getStore()}`,
        },
      );
      const first = tenant.run("first", () => rejection(own.get("/first")));
      await until(() => requests.length === 1, "it is sent");
      await Promise.all(Array.from({ length: 100 }, (_, n) => tenant.run(`n${n}`, () => own.get("/other"))));
      release();
      assert.equal((await first).message, "GET /first → 400 C: bad Bearer [redacted]");
    });
  });
}

const TENANTS = 12;
const CALLS = 14;
const SEEDS = Number(process.env.OPENPROSPECT_ISOLATION_SEEDS ?? 12);

/**
 * Many tenants of one client, with keys, bodies, ids and limits of their own, through limits, outages, conflicts and aborts. All
 * that a tenant gets is searched for anything of another.
 */
async function play(t, copy, seed) {
  const roll = chance(seed);
  const below = (count) => Math.floor(roll() * count);
  const clock = new Clock().install(t);
  const context = new AsyncLocalStorage();
  const tenants = Array.from({ length: TENANTS }, (_, n) => ({
    name: `tenant${n}x`,
    key: n % 3 === 0 ? `lnc_test_Qp${n}zWm4Rb7Yt` : `s3cr3t-Hv8${n}kLd5-Xc2Nj${n}`,
    limited: 0,
    got: [],
  }));
  const byKey = new Map(tenants.map((tenant) => [`Bearer ${tenant.key}`, tenant]));
  let down = 0;
  const events = [];

  function answer({ name, key }, path) {
    const said = {
      code: `CODE_${name}`,
      message: `said to ${name} with ${key}`,
      details: { owner: name, key },
      request_id: name,
    };
    const headers = { "x-request-id": `id-${name}` };
    if (down > 0) {
      down -= 1;
      if (roll() < 0.4)
        throw Object.assign(new TypeError("fetch failed", { cause: new Error(`broken for ${name} with ${key}`) }), {
          of: name,
          key,
        });
      return [500 + below(4), said, roll() < 0.2 ? { ...headers, "retry-after": "0.5" } : headers];
    }
    const chance = roll();
    if (chance < 0.08) {
      down = 4 + below(12);
      return [503, said, headers];
    }
    if (chance < 0.2) return [429, said, { ...headers, "retry-after": ["0.3", "2", "3600"][below(3)] }];
    if (chance < 0.3) return [409, said, headers];
    if (chance < 0.4)
      return [[400, 403, 404, 422][below(4)], { ...said, detail: [{ loc: [name], msg: name }] }, headers];
    if (chance < 0.45) return [200, `<html>${name} ${key}`, headers];
    if (path.endsWith("/list")) return [200, { items: [{ id: name }], total: 1, has_more: false }, headers];
    return [
      200,
      { id: name, owner: name, version: 1, status: ["COMPLETED", "FAILED", "RUNNING"][below(3)], message: name },
      headers,
    ];
  }

  const fetch = (url, { headers, signal }) =>
    new Promise((resolve, reject) => {
      const tenant = byKey.get(headers.authorization);
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
      clock.inWorld(5 + below(200), () => context.run(tenant.name, decide));
    });
  const apiKey = async () => {
    const name = context.getStore();
    await turn();
    return tenants.find((tenant) => tenant.name === name).key;
  };
  const own = new copy.OpenProspect({
    apiKey,
    fetch,
    baseUrl: "https://api.test",
    backoff: { baseMs: 50, maxMs: 400 },
    onEvent: (event) => events.push(event),
    deadlineMs: 20_000,
  });

  function call({ name }) {
    const options = {};
    if (roll() < 0.2) {
      const controller = new AbortController();
      options.signal = controller.signal;
      clock.inWorld(below(900), () => controller.abort(`${name} leaves`));
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
        clock.inWorld(begin, resolve);
      })
        .then(() => context.run(tenant.name, () => call(tenant)))
        .then(
          (value) => tenant.got.push(value),
          (error) => tenant.got.push(error),
        );
    }),
  );
  await clock.run(Promise.all(calls));

  let searched = 0;
  for (const tenant of tenants) {
    for (const got of tenant.got) {
      const text = textOf(got);
      searched += 1;
      for (const other of tenants) {
        if (other === tenant) continue;
        assert.ok(
          !text.includes(other.name) && !text.includes(other.key),
          `seed ${seed}: ${tenant.name} got something of ${other.name}:\n${text.slice(0, 3000)}`,
        );
      }
      assert.ok(
        !(got instanceof Error) || !text.includes(tenant.key),
        `seed ${seed}: the key of ${tenant.name} is shown`,
      );
      if (got instanceof copy.RateLimitError)
        assert.ok(tenant.limited > 0, `seed ${seed}: ${tenant.name} has the limit of another: ${got.message}`);
    }
  }
  for (const { key } of tenants) assert.ok(!textOf(events).includes(key), `seed ${seed}: an event shows ${key}`);
  return {
    searched,
    types: new Set(events.map(({ type }) => type)),
    kinds: new Set(tenants.flatMap(({ got }) => got.map(({ kind }) => kind))),
  };
}

for (const [how, copy] of COPIES) {
  test(`${how}: ${TENANTS} tenants at random, ${SEEDS} times: nobody gets anything of another`, async (t) => {
    const [types, kinds] = [new Set(), new Set()];
    let searched = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const played = await play(t, copy, seed);
      searched += played.searched;
      played.types.forEach((type) => types.add(type));
      played.kinds.forEach((kind) => kinds.add(kind));
    }
    assert.equal(searched, SEEDS * TENANTS * CALLS);
    // The situations came up.
    for (const type of ["throttled", "outage", "resumed", "retry"])
      assert.ok(types.has(type), `${type}: ${[...types]}`);
    for (const kind of ["server", "connection", "rate_limit", "conflict", "validation", "decode"])
      assert.ok(kinds.has(kind), `${kind}: ${[...kinds]}`);
    t.diagnostic(`${searched} ends searched`);
  });
}
