// Runs where it is imported: plays the faults, one or two calls each, and reports. It is given the package, however the place came by it.

/** What a call may take beyond its time: a busy machine, and the turns of its event loop. */
const SLACK_MS = 1500;
const TIMES = { timeoutMs: 1500, deadlineMs: 2500, maxRetries: 0, backoff: { baseMs: 20, maxMs: 50 } };
/** A browser has few connections, and a row takes two or three. */
const AT_ONCE = 4;
const CLASSES = {
  connection: "ConnectionError",
  timeout: "TimeoutError",
  decode: "DecodeError",
  not_found: "NotFoundError",
  server: "ServerError",
  rate_limit: "RateLimitError",
  api: "ApiError",
};

/** Plays what the control behind `address` has, and sends it the results: a list of `{ name, got, said, problems, ms }`. */
export async function runChaos(openprospect, address) {
  const { OpenProspect, isOpenProspectError } = openprospect;
  const ask = async (path, body) =>
    (await fetch(`${address}${path}`, body && { method: "POST", body: JSON.stringify(body) })).json();
  let results;
  try {
    const { key, rows } = await ask("/rows");
    const tools = {
      key,
      isOurs: (error) =>
        isOpenProspectError(error) && error instanceof Error && error instanceof openprospect[CLASSES[error.kind]],
      step: (name, given = {}) => ask(`/step/${name}`, given),
      make: (baseUrl, options) => new OpenProspect({ apiKey: key, baseUrl, ...TIMES, ...options }),
    };
    // What floods the place or the proxy the others would feel.
    const isAlone = ({ play, patience }) => play === "crowd" || patience !== undefined;
    results = await inTurns(
      rows.filter((row) => !isAlone(row)),
      AT_ONCE,
      (row) => played(row, tools),
    );
    results.push(...(await inTurns(rows.filter(isAlone), 1, (row) => played(row, tools))));
  } catch (error) {
    results = [{ name: "the run itself", problems: [String(error?.stack ?? error)] }];
  }
  await ask("/report", results);
  return results.length;
}

/** Does the work of all, a few at once. */
async function inTurns(rows, most, work) {
  const left = rows.entries();
  const results = [];
  const lane = async () => {
    for (const [index, row] of left) results[index] = await work(row);
  };
  await Promise.all(Array.from({ length: most }, lane));
  return results;
}

async function played(row, tools) {
  const began = Date.now();
  const result = { name: row.name, got: "nothing", said: [], problems: [] };
  const say = (isSo, what) => isSo || result.problems.push(what);
  const tell = (error) => error && result.said.push(error.message.slice(0, 200));
  try {
    result.got = await PLAYS[row.play](row, tools, say, tell);
  } catch (error) {
    result.problems.push(`${error?.name}: ${error?.message ?? error}`);
  }
  return { ...result, ms: Date.now() - began };
}

const PLAYS = {
  /** A GET and a POST that meet the fault each time; their clients then get a good answer. */
  async always({ url, apart = url, path, patience, well = "/well", says }, tools, say, tell) {
    const [client, poster] = [url, apart].map((address) =>
      tools.make(address, patience && { timeoutMs: patience, deadlineMs: patience + 1000 }),
    );
    const most = patience ?? TIMES.timeoutMs;
    const calls = [
      ["GET", {}],
      ["POST", { body: {} }],
    ].map(async ([method, given]) => {
      const { word, error } = await outcome(
        (method === "GET" ? client : poster).request(method, path, given),
        most,
        method,
        tools,
        say,
      );
      tell(error);
      if (error && says)
        say(
          new RegExp(says, "i").test(`${error.message} ${error.resolution} ${error.cause?.message}`),
          `${method} does not say ${says}: ${error.message}`,
        );
      return word;
    });
    const [get, post] = await Promise.all(calls);
    const got = post === get ? [get] : [get, `POST: ${post}`];
    if (well) {
      // A connection that the server has closed may be tried once more.
      const next = await Promise.all([client, poster].map((one) => one.get(well, { maxRetries: 2 })));
      if (next.some((answer) => answer.well !== well)) got.push("the next call gets what was left");
      const times = await seen(tools, "POST", path);
      say(times >= 1, "the POST never came");
      if (times > 1) got.push("the POST comes again");
    }
    return got.join(", ");
  },

  /** The first request meets the fault, the next goes well: a GET and a POST with a key are sent again, a POST without is not. */
  async once({ url, number, suffix = "" }, tools, say, tell) {
    const client = tools.make(url, { maxRetries: 1, deadlineMs: 10_000 });
    const pathOf = (name) => `/once/${number}/${name}${suffix}`;
    const again = async (method, name, given) => {
      const { data, attempts } = await client.request(method, pathOf(name), given);
      const times = await seen(tools, method, pathOf(name));
      say(
        data.well === pathOf(name) && attempts.length === 2 && times === 2,
        `${name}: ${attempts.length} attempts, came ${times} times`,
      );
    };
    const bare = async () => {
      const { word, error } = await outcome(
        client.post(pathOf("bare"), { body: {} }),
        TIMES.timeoutMs,
        "POST",
        tools,
        say,
      );
      tell(error);
      const times = await seen(tools, "POST", pathOf("bare"));
      say(times === 1, `a POST without a key came ${times} times`);
      return word;
    };
    const [word] = await Promise.all([
      bare(),
      again("GET", "get", {}),
      again("POST", "keyed", { body: {}, idempotencyKey: "k-1" }),
    ]);
    return `result, POST: ${word}`;
  },

  /** A GET that meets the fault each time is sent again until its deadline, and no more often than its error tells. */
  async again({ url, path }, tools, say, tell) {
    const client = tools.make(url, { maxRetries: 100, timeoutMs: 300, deadlineMs: 1000 });
    const { word, error } = await outcome(client.get(path), 1000, "GET", tools, say, 100);
    tell(error);
    say(
      ["deadline", undefined].includes(error?.stoppedBy) && error?.attempts.length > 1,
      `${error?.stoppedBy}: ${error?.attempts.length} attempts`,
    );
    const sent = error?.attempts.filter(({ sent }) => sent).length;
    const times = await seen(tools, "GET", path);
    // The last may have been stopped on its way.
    say(times === sent || times === sent - 1, `it came ${times} times, and ${sent} are told`);
    return word;
  },

  /** Calls one after the other, of which the last is looked at: those before it are what a limit allows. A POST is not sent again but after a 429. */
  async limited({ url, path, before, body, methods = ["GET", "POST"], upstream }, tools, say, tell) {
    const client = tools.make(url);
    for (let n = 0; n < before; n += 1) await client.get(path);
    const words = new Set();
    for (const method of methods) {
      const given = method === "POST" ? { body: "x".repeat(body ?? 1) } : {};
      const { word, kind, error } = await outcome(
        client.request(method, path, given),
        TIMES.timeoutMs,
        method,
        tools,
        say,
      );
      tell(error);
      words.add(word);
      if (kind !== "server" || method === "GET") continue;
      const again = await outcome(client.post(path, { ...given, maxRetries: 2 }), TIMES.timeoutMs, method, tools, say);
      say(again.error?.stoppedBy === "unsafe_method", `a POST without a key: ${again.error?.stoppedBy}`);
      const times = upstream ? await seen(tools, "POST", upstream) : 2;
      say(times === 2, `two POSTs came ${times} times`);
    }
    return [...words].join(", ");
  },

  /** Many calls that must all succeed in the end, whatever the proxy does meanwhile. */
  async crowd({ url, path, calls, bare = 0, during }, tools, say) {
    const client = tools.make(url, {
      maxRetries: 10,
      timeoutMs: 10_000,
      deadlineMs: 30_000,
      backoff: { baseMs: 50, maxMs: 500 },
    });
    const name = during ?? path.slice(1, 5);
    const post = (id, given) => client.post(path, { body: { title: id }, ...given });
    let done = 0;
    let change;
    const jobs = Array.from({ length: calls }, async (_, n) => {
      const id = `${name}-${n}`;
      await (n % 2 ? post(id, { idempotencyKey: id }) : client.get(path)).catch((error) =>
        say(false, `${n}: ${error.kind}: ${error.message}, ${error.attempts?.length} attempts`),
      );
      done += 1;
      // With some done and most to go.
      if (during && done === calls >> 3) change = tools.step(during);
    });
    await Promise.all(jobs);
    await change;
    const lost = [];
    for (let n = 0; n < bare; n += 1) {
      const id = `${name}-bare-${n}`;
      await post(id).catch((error) => {
        say(
          tools.isOurs(error, "connection") && error.mayHaveBeenApplied,
          `a POST without a key: ${error.kind}: ${error.message}`,
        );
        lost.push(id);
      });
    }
    const came = await tools.step("seen", { name });
    for (let n = 1; n < calls; n += 2) say(came[`${name}-${n}`] >= 1, `${name}-${n} never came`);
    for (let n = 0; n < bare; n += 1) {
      const id = `${name}-bare-${n}`;
      const times = came[id] ?? 0;
      say(times === 1 || (times === 0 && lost.includes(id)), `${id} came ${times} times`);
    }
    return lost.length > 0 ? "result, POST: connection" : "result";
  },
};

/** How often a request came to the fault server. */
const seen = (tools, method, path) => tools.step("came", { request: `${method} ${path}` });

/** What comes of a call, and that an error is one of ours, whole, in time and without the key. */
async function outcome(call, most, method, { key, isOurs }, say, attempted = 1) {
  const began = Date.now();
  let error;
  try {
    await call;
  } catch (thrown) {
    error = thrown ?? {};
  }
  const ms = Date.now() - began;
  say(ms <= most + SLACK_MS, `${method}: settled after ${ms} ms`);
  if (!error) return { word: "result", kind: "result" };
  const { kind, status, attempts, mayHaveBeenApplied } = error;
  say(isOurs(error), `${method}: no error of ours: ${error.stack ?? error}`);
  say(
    typeof kind === "string" && error.method === method && error.path?.startsWith("/") && error.code?.length > 0,
    `${method}: without its fields: ${JSON.stringify(error)}`,
  );
  say(
    attempts?.length > 0 && attempts.length <= attempted && attempts.every(({ durationMs }) => durationMs >= 0),
    `${method}: attempts: ${JSON.stringify(attempts)}`,
  );
  const isUnclear = method === "POST" && ["connection", "timeout", "decode", "server"].includes(kind);
  say(mayHaveBeenApplied === isUnclear, `${method}: ${kind}: mayHaveBeenApplied is ${mayHaveBeenApplied}`);
  for (const text of texts(error)) say(!text.includes(key), `${method}: the key is in ${text}`);
  return { word: status === undefined || kind === "decode" ? kind : `${kind} ${status}`, kind, error };
}

/** Whatever of an error can be read. */
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
