// What is seen: for people, or one JSON object a line.

const WIDTH = 100;

const TABLES = {
  status: "Status codes: each is the answer to GET /api/v1/orders until the client gives up",
  code: "Error codes: each from a request that earns it",
  retry: "Retry rules: each status once, then 200",
};

const REASONS = { backoff: "backoff", retry_after: "Retry-After" };

const KEY = process.env.OPENPROSPECT_API_KEY;
/** The client takes the key out of errors; what a server says in a success goes through here alone. */
const line = (text) => process.stdout.write(`${KEY ? text.replaceAll(KEY, "[redacted]") : text}\n`);
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
/** A server's text stays on its line and within its colours. */
const plain = (value) => String(value).replace(/[\p{Cc}\p{Cf}]/gu, " ");

/** Lines of whole words, none longer than the width as long as no word is. */
function wrap(text, width) {
  const lines = [""];
  for (const word of plain(text).trim().split(/ +/)) {
    const last = lines.at(-1);
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function waits(attempts) {
  const waited = attempts.filter(({ waitMs }) => waitMs !== undefined);
  if (waited.length === 0) return "not retried";
  const reasons = new Set(waited.map(({ waitReason }) => REASONS[waitReason]));
  const times = waited.map(({ waitMs }) => Math.round(waitMs)).join(" and ");
  return `waited ${times} ms (${[...reasons].join(", ")})`;
}

const tried = (attempts) => `${plural(attempts.length, "attempt")}, ${waits(attempts)}`;

/** Prints for people, in colour on a terminal. */
export function createPrinter(stream, { NO_COLOR, TERM }) {
  const coloured = stream.isTTY && !NO_COLOR && TERM !== "dumb";
  const paint = (code) => (text) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);
  const [bold, dim, red, green] = [1, 2, 31, 32].map(paint);
  const width = Math.min(WIDTH, stream.columns || WIDTH);
  const under = (text, colour) => {
    for (const part of wrap(text, width - 7)) line(`       ${colour(part)}`);
  };
  let table;

  return {
    title(url, { baseMs }) {
      line(bold("The vendor's errors page, row by row"));
      line(`A Node client and a mock server at ${url}.`);
      line(`Waits are kept short: backoff.baseMs is ${baseMs} here, and 1000 by default.`);
    },
    row(row, { answered, error, attempts, differences }) {
      if (row.table !== table) line(`\n${bold(TABLES[(table = row.table)])}`);
      const outcome = error ? `${error.name.padEnd(20)} ${error.code ?? ""}` : `then ${answered}`;
      line(`  ${bold(row.expected.status)}  ${outcome.padEnd(48)}${tried(attempts)}`);
      if (row.asked) under(row.asked, dim);
      if (error) under(error.resolution ?? error.message, (text) => text);
      for (const difference of differences) under(`NOT AS EXPECTED: ${difference}`, red);
    },
    orders({ items, total }) {
      line(`\n${bold(`orders.list({ limit: ${items.length} }): ${items.length} of ${total} orders`)}`);
      for (const { id, status, title } of items) {
        line(`  ${plain(id)}  ${plain(status).padEnd(11)}  ${plain(title)}`.slice(0, width));
      }
    },
    summary(rows, differing) {
      if (differing === 0) line(`\n${green(`All ${rows} rows came out as the vendor's tables say.`)}`);
      else line(`\n${red(`${differing} of ${rows} rows did not come out as the vendor's tables say.`)}`);
    },
    key({ valid, scopes }, host) {
      line(`${host} says that the key is ${valid === true ? "valid" : "not valid"}.`);
      for (const part of wrap(`Scopes: ${[scopes ?? []].flat().join(", ") || "none"}`, width)) line(part);
    },
    failure(error) {
      line(`${red(error.name)} ${error.code}`);
      for (const part of wrap(error.message, width)) line(part);
      if (error.attempts) line(tried(error.attempts));
      if (error.resolution) for (const part of wrap(error.resolution, width)) line(part);
      if (error.retryAt) line(`Not before ${error.retryAt.toISOString()}.`);
      if (error.requestId) line(`Request id, for the vendor's support: ${plain(error.requestId)}`);
    },
  };
}

/** Prints for programs. */
export function jsonPrinter() {
  const print = (record) => line(JSON.stringify(record));
  return {
    title() {},
    row({ table, asked, path, expected }, { answered, error, attempts, differences }) {
      print({
        table,
        status: expected.status,
        request: asked ?? `GET ${path}`,
        class: error?.name,
        code: error?.code,
        resolution: error?.resolution,
        answered,
        attempts,
        differences,
      });
    },
    orders: ({ items, total }) => print({ table: "orders", total, items }),
    summary() {},
    key: ({ valid, scopes }, host) => print({ host, valid, scopes }),
    failure: (error) => print(error),
  };
}
