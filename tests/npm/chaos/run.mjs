// Runs the faults where it is imported, and reports. The caller passes the package as it loaded it.

/** How much a call may exceed its timeout on a busy machine. */
const SLACK_MS = 1500;
const TIMES = { timeoutMs: 1500, deadlineMs: 2500, maxRetries: 0, backoff: { baseMs: 20, maxMs: 50 } };
/** A browser has few connections, and a row needs two or three. */
const PARALLEL = 4;
const CLASSES = {
  connection: "ConnectionError",
  timeout: "TimeoutError",
  decode: "DecodeError",
  not_found: "NotFoundError",
  server: "ServerError",
  rate_limit: "RateLimitError",
  api: "ApiError",
};

/**
 * The result of a row: the outcome of its calls, the messages of their errors, and violated expectations.
 *
 * @typedef {{ name: string, outcome: string, messages: string[], problems: string[], ms: number }} Result
 */

/**
 * Runs the rows of the control server at `address`, and sends it the results.
 *
 * @param {any} openprospect The exports of the package.
 * @param {string} address
 */
export async function runChaos(openprospect, address) {
  const { OpenProspect, isOpenProspectError } = openprospect;
  /**
   * @param {string} path
   * @param {object} [body]
   */
  const control = async (path, body) =>
    (await fetch(`${address}${path}`, body && { method: "POST", body: JSON.stringify(body) })).json();
  /** @type {Result[]} */
  let results;
  try {
    const { key, rows } = await control("/rows");
    const tools = {
      key,
      isClientError: (error) =>
        isOpenProspectError(error) && error instanceof Error && error instanceof openprospect[CLASSES[kindOf(error)]],
      step: (name, body = {}) => control(`/step/${name}`, body),
      make: (baseUrl, options) => new OpenProspect({ apiKey: key, baseUrl, ...TIMES, ...options }),
    };
    // Rows with much traffic would slow down the others.
    const isSequential = ({ play, timeoutMs }) => play === "crowd" || timeoutMs !== undefined;
    results = await inParallel(
      rows.filter((row) => !isSequential(row)),
      PARALLEL,
      (row) => resultOf(row, tools),
    );
    results.push(...(await inParallel(rows.filter(isSequential), 1, (row) => resultOf(row, tools))));
  } catch (error) {
    const problems = [String(error?.stack ?? error)];
    results = [{ name: "the run itself", outcome: "nothing", messages: [], problems, ms: 0 }];
  }
  await control("/report", results);
  return results.length;
}

/** The kind of an error; `instanceof` has narrowed its type. */
const kindOf = (/** @type {any} */ error) => error.kind;

/**
 * Maps the rows, at most `max` in parallel.
 *
 * @param {import("./rows.mjs").Row[]} rows
 * @param {number} max
 * @param {(row: import("./rows.mjs").Row) => Promise<Result>} work
 */
async function inParallel(rows, max, work) {
  const left = rows.entries();
  /** @type {Result[]} */
  const results = [];
  const lane = async () => {
    for (const [index, row] of left) results[index] = await work(row);
  };
  await Promise.all(Array.from({ length: max }, lane));
  return results;
}

/** @returns {Promise<Result>} */
async function resultOf(row, tools) {
  const start = Date.now();
  let outcome = "nothing";
  /** @type {string[]} */
  const messages = [];
  /** @type {string[]} */
  const problems = [];
  const check = (isMet, problem) => isMet || problems.push(problem);
  const note = (error) => error && messages.push(error.message.slice(0, 200));
  try {
    outcome = await PLAYS[row.play](row, tools, check, note);
  } catch (error) {
    problems.push(`${error?.name}: ${error?.message ?? error}`);
  }
  return { name: row.name, outcome, messages, problems, ms: Date.now() - start };
}

/** @type {Record<string, (row: any, tools: any, check: any, note: any) => Promise<string>>} */
const PLAYS = {
  /** Every request of a GET and of a POST fails; the next call of their clients succeeds. */
  async always({ url, postUrl = url, path, timeoutMs, next = "/ok", message }, tools, check, note) {
    const [client, poster] = [url, postUrl].map((address) =>
      tools.make(address, timeoutMs && { timeoutMs, deadlineMs: timeoutMs + 1000 }),
    );
    const maxMs = timeoutMs ?? TIMES.timeoutMs;
    const calls = [
      ["GET", {}],
      ["POST", { body: {} }],
    ].map(async ([method, options]) => {
      const { outcome, error } = await outcomeOf(
        (method === "GET" ? client : poster).request(method, path, options),
        maxMs,
        method,
        tools,
        check,
      );
      note(error);
      if (error && message)
        check(
          new RegExp(message, "i").test(`${error.message} ${error.resolution} ${error.cause?.message}`),
          `${method}: the message does not match ${message}: ${error.message}`,
        );
      return outcome;
    });
    const [get, post] = await Promise.all(calls);
    const outcomes = post === get ? [get] : [get, `POST: ${post}`];
    if (next) {
      // The first attempt may use a connection that the server has closed.
      const bodies = await Promise.all([client, poster].map((one) => one.get(next, { maxRetries: 2 })));
      if (bodies.some((body) => body.path !== next)) outcomes.push("the next call gets the leftover response");
      const times = await countOf(tools, "POST", path);
      check(times >= 1, "the POST did not arrive");
      if (times > 1) outcomes.push("the POST is resent");
    }
    return outcomes.join(", ");
  },

  /** Only the first request fails: a GET, and a POST with a key, are retried; a POST without a key is not. */
  async once({ url, number, suffix = "" }, tools, check, note) {
    const client = tools.make(url, { maxRetries: 1, deadlineMs: 10_000 });
    const pathOf = (name) => `/once/${number}/${name}${suffix}`;
    const retried = async (method, name, options) => {
      const { data, attempts } = await client.request(method, pathOf(name), options);
      const times = await countOf(tools, method, pathOf(name));
      check(
        data.path === pathOf(name) && attempts.length === 2 && times === 2,
        `${name}: ${attempts.length} attempts, arrived ${times} times`,
      );
    };
    const withoutKey = async () => {
      const { outcome, error } = await outcomeOf(
        client.post(pathOf("bare"), { body: {} }),
        TIMES.timeoutMs,
        "POST",
        tools,
        check,
      );
      note(error);
      const times = await countOf(tools, "POST", pathOf("bare"));
      check(times === 1, `a POST without a key arrived ${times} times`);
      return outcome;
    };
    const [outcome] = await Promise.all([
      withoutKey(),
      retried("GET", "get", {}),
      retried("POST", "keyed", { body: {}, idempotencyKey: "k-1" }),
    ]);
    return `result, POST: ${outcome}`;
  },

  /** Every request of a GET fails: it is retried until its deadline, and not more often than its error reports. */
  async repeated({ url, path }, tools, check, note) {
    const client = tools.make(url, { maxRetries: 100, timeoutMs: 300, deadlineMs: 1000 });
    const { outcome, error } = await outcomeOf(client.get(path), 1000, "GET", tools, check, 100);
    note(error);
    check(
      ["deadline", undefined].includes(error?.stoppedBy) && error?.attempts.length > 1,
      `${error?.stoppedBy}: ${error?.attempts.length} attempts`,
    );
    const sent = error?.attempts.filter((attempt) => attempt.sent).length;
    const times = await countOf(tools, "GET", path);
    // The deadline may have stopped the last request before it arrived.
    check(times === sent || times === sent - 1, `arrived ${times} times, and ${sent} are reported`);
    return outcome;
  },

  /** The response after `before` allowed requests is checked. A POST without a key is retried only after a 429. */
  async limited({ url, path, before, body, methods = ["GET", "POST"], upstream }, tools, check, note) {
    const client = tools.make(url);
    for (let n = 0; n < before; n += 1) await client.get(path);
    const outcomes = new Set();
    for (const method of methods) {
      const options = method === "POST" ? { body: "x".repeat(body ?? 1) } : {};
      const { outcome, kind, error } = await outcomeOf(
        client.request(method, path, options),
        TIMES.timeoutMs,
        method,
        tools,
        check,
      );
      note(error);
      outcomes.add(outcome);
      if (kind !== "server" || method === "GET") continue;
      const second = await outcomeOf(
        client.post(path, { ...options, maxRetries: 2 }),
        TIMES.timeoutMs,
        method,
        tools,
        check,
      );
      check(second.error?.stoppedBy === "unsafe_method", `a POST without a key: ${second.error?.stoppedBy}`);
      const times = upstream ? await countOf(tools, "POST", upstream) : 2;
      check(times === 2, `two POSTs arrived ${times} times`);
    }
    return [...outcomes].join(", ");
  },

  /** Many simultaneous calls that must all succeed in the end, whatever the proxy does meanwhile. */
  async crowd({ url, path, calls, bare = 0, during }, tools, check) {
    const client = tools.make(url, {
      maxRetries: 10,
      timeoutMs: 10_000,
      deadlineMs: 30_000,
      backoff: { baseMs: 50, maxMs: 500 },
    });
    const name = during ?? path.slice(1, 5);
    /**
     * @param {string} id
     * @param {object} [options]
     */
    const post = (id, options) => client.post(path, { body: { title: id }, ...options });
    let done = 0;
    let change;
    const jobs = Array.from({ length: calls }, async (_, n) => {
      const id = `${name}-${n}`;
      await (n % 2 ? post(id, { idempotencyKey: id }) : client.get(path)).catch((error) =>
        check(false, `${n}: ${error.kind}: ${error.message}, ${error.attempts?.length} attempts`),
      );
      done += 1;
      // After an eighth of the calls.
      if (during && done === calls >> 3) change = tools.step(during);
    });
    await Promise.all(jobs);
    await change;
    /** @type {string[]} */
    const lost = [];
    for (let n = 0; n < bare; n += 1) {
      const id = `${name}-bare-${n}`;
      await post(id).catch((error) => {
        check(
          tools.isClientError(error) && error.kind === "connection" && error.mayHaveBeenApplied,
          `a POST without a key: ${error.kind}: ${error.message}`,
        );
        lost.push(id);
      });
    }
    const counts = await tools.step("mockCounts", { name });
    for (let n = 1; n < calls; n += 2) check(counts[`${name}-${n}`] >= 1, `${name}-${n} did not arrive`);
    for (let n = 0; n < bare; n += 1) {
      const id = `${name}-bare-${n}`;
      const times = counts[id] ?? 0;
      check(times === 1 || (times === 0 && lost.includes(id)), `${id} arrived ${times} times`);
    }
    return lost.length > 0 ? "result, POST: connection" : "result";
  },
};

/** The number of equal requests that the fault server received. */
const countOf = (tools, method, path) => tools.step("faultServerCount", { request: `${method} ${path}` });

/** The outcome of a call. Checks that it ends in time, and that an error is complete and does not contain the key. */
async function outcomeOf(call, maxMs, method, { key, isClientError }, check, maxAttempts = 1) {
  const start = Date.now();
  /** @type {any} */
  let error;
  try {
    await call;
  } catch (thrown) {
    error = thrown ?? {};
  }
  const ms = Date.now() - start;
  check(ms <= maxMs + SLACK_MS, `${method}: ended after ${ms} ms`);
  if (!error) return { outcome: "result", kind: "result" };
  const { kind, status, attempts, mayHaveBeenApplied } = error;
  check(isClientError(error), `${method}: not an error of the client: ${error.stack ?? error}`);
  check(
    typeof kind === "string" && error.method === method && error.path?.startsWith("/") && error.code?.length > 0,
    `${method}: missing fields: ${JSON.stringify(error)}`,
  );
  check(
    attempts?.length > 0 && attempts.length <= maxAttempts && attempts.every(({ durationMs }) => durationMs >= 0),
    `${method}: attempts: ${JSON.stringify(attempts)}`,
  );
  const isUnclear = method === "POST" && ["connection", "timeout", "decode", "server"].includes(kind);
  check(mayHaveBeenApplied === isUnclear, `${method}: ${kind}: mayHaveBeenApplied is ${mayHaveBeenApplied}`);
  for (const text of texts(error)) check(!text.includes(key), `${method}: the key is in ${text}`);
  return { outcome: status === undefined || kind === "decode" ? kind : `${kind} ${status}`, kind, error };
}

/** Every text of an error and of its causes. */
function* texts(error) {
  yield JSON.stringify(error);
  for (let one = error, depth = 0; one && depth < 5; one = one.cause, depth += 1) {
    yield `${one} ${one.stack} ${one.message}`;
    if (typeof one === "object")
      yield Object.getOwnPropertyNames(one)
        .map((name) => `${name}: ${String(one[name])}`)
        .join();
  }
}
