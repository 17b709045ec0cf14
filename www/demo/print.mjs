// The output of the demo: for people, or one JSON object per line.

/**
 * @typedef {import("../../pkg/index.js").Attempt} Attempt
 * @typedef {import("../../pkg/index.js").Order} Order
 * @typedef {import("../../pkg/index.js").OpenProspectError} OpenProspectError
 * @typedef {import("./rows.mjs").Row} Row
 *
 * @typedef {object} Printer
 * @property {(url: string, backoff: {baseMs: number}) => void} title
 * @property {(row: Row, result: import("./rows.mjs").Result) => void} row
 * @property {(page: import("../../pkg/index.js").Page<Order>) => void} orders
 * @property {(rows: number, differing: number) => void} summary
 * @property {(key: import("../../pkg/index.js").KeyValidation, host: string) => void} key
 * @property {(error: OpenProspectError) => void} failure
 */

const MAX_WIDTH = 100;

const TABLES = {
  status: "Status codes: each is the response to GET /api/v1/orders until the client stops retrying",
  code: "Error codes: each from a request that leads to it",
  retry: "Retry rules: each status once, then 200",
};

const REASONS = { backoff: "backoff", retry_after: "Retry-After" };

const KEY = process.env.OPENPROSPECT_API_KEY;
/**
 * The client removes the key from errors; the text of a successful response is only redacted here.
 *
 * @param {string} text
 */
const line = (text) => process.stdout.write(`${KEY ? text.replaceAll(KEY, "[redacted]") : text}\n`);

/**
 * @param {number} count
 * @param {string} word
 */
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

/**
 * Without control characters: a server's text must not start new lines or change colors.
 *
 * @param {unknown} value
 */
const plain = (value) => String(value).replace(/[\p{Cc}\p{Cf}]/gu, " ");

/**
 * Lines of whole words. Only a line of one long word exceeds the width.
 *
 * @param {string} text
 * @param {number} width
 */
function wrap(text, width) {
  const [first = "", ...words] = plain(text).trim().split(/ +/);
  const lines = [first];
  for (const word of words) {
    const last = lines[lines.length - 1];
    if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** @param {readonly Attempt[]} attempts */
function attemptsOf(attempts) {
  const waits = attempts.filter(({ waitMs }) => waitMs !== undefined);
  const count = plural(attempts.length, "attempt");
  if (waits.length === 0) return `${count}, not retried`;
  const reasons = new Set(waits.map(({ waitReason = "backoff" }) => REASONS[waitReason]));
  const times = waits.map(({ waitMs = 0 }) => Math.round(waitMs)).join(" and ");
  return `${count}, waited ${times} ms (${[...reasons].join(", ")})`;
}

/**
 * Output for people, in color on a terminal.
 *
 * @param {NodeJS.WriteStream} stream
 * @param {NodeJS.ProcessEnv} env
 * @returns {Printer}
 */
export function createPrinter(stream, { NO_COLOR, TERM }) {
  const isColored = stream.isTTY && !NO_COLOR && TERM !== "dumb";
  /** @type {(code: number) => (text: unknown) => string} */
  const style = (code) => (text) => (isColored ? `\x1b[${code}m${text}\x1b[0m` : String(text));
  const [bold, dim, red, green] = [1, 2, 31, 32].map(style);
  const width = Math.min(MAX_WIDTH, stream.columns || MAX_WIDTH);
  /**
   * @param {string} text
   * @param {(text: string) => string} color
   */
  const indented = (text, color) => {
    for (const part of wrap(text, width - 7)) line(`       ${color(part)}`);
  };
  /** @type {Row["table"] | undefined} */
  let table;

  return {
    title(url, { baseMs }) {
      line(bold("The vendor's errors page, row by row"));
      line(`A Node client and a mock server at ${url}.`);
      line(`Waits are short: backoff.baseMs is ${baseMs} here, and 1000 by default.`);
    },
    row(row, { answered, error, attempts, differences }) {
      if (row.table !== table) {
        table = row.table;
        line(`\n${bold(TABLES[table])}`);
      }
      const result = error ? `${error.name.padEnd(20)} ${error.code ?? ""}` : `then ${answered}`;
      line(`  ${bold(row.expected.status)}  ${result.padEnd(48)}${attemptsOf(attempts)}`);
      if (row.description) indented(row.description, dim);
      if (error) indented(error.resolution ?? error.message, (text) => text);
      for (const difference of differences) indented(`NOT AS EXPECTED: ${difference}`, red);
    },
    orders({ items, total }) {
      line(`\n${bold(`orders.list({ limit: ${items.length} }): ${items.length} of ${total} orders`)}`);
      for (const { id, status, title } of items) {
        line(`  ${plain(id)}  ${plain(status).padEnd(11)}  ${plain(title)}`.slice(0, width));
      }
    },
    summary(rows, differing) {
      if (differing === 0) line(`\n${green(`All ${rows} rows match the vendor's tables.`)}`);
      else line(`\n${red(`${differing} of ${rows} rows differ from the vendor's tables.`)}`);
    },
    key({ valid, scopes }, host) {
      line(`${host}: the key is ${valid === true ? "valid" : "not valid"}.`);
      for (const part of wrap(`Scopes: ${[scopes ?? []].flat().join(", ") || "none"}`, width)) line(part);
    },
    failure(error) {
      line(`${red(error.name)} ${error.code}`);
      for (const part of wrap(error.message, width)) line(part);
      if (error.attempts) line(attemptsOf(error.attempts));
      if (error.resolution) for (const part of wrap(error.resolution, width)) line(part);
      if (error.retryAt) line(`Not before ${error.retryAt.toISOString()}.`);
      if (error.requestId) line(`Request id, for the vendor's support: ${plain(error.requestId)}`);
    },
  };
}

/**
 * Output for programs.
 *
 * @returns {Printer}
 */
export function jsonPrinter() {
  /** @param {object} record */
  const print = (record) => line(JSON.stringify(record));
  return {
    title() {},
    row({ table, description, path, expected }, { answered, error, attempts, differences }) {
      print({
        table,
        status: expected.status,
        request: description ?? `GET ${path}`,
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
