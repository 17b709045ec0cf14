// Reads the new deliveries of a search, each version of a company once.
//
// A run reads every page of the companies that were delivered after an instant. Offsets shift when the list changes
// meanwhile, so each page begins with the last row of the page before: if that row differs, or if the server returned
// fewer rows than its total, the list is read again, until a pass is complete or a limit is reached. The next run
// begins some minutes before this one did (the overlap), since a company may become visible after its instant.
// Companies that this run or the two runs before it received are recognized by a digest of their content; the file
// itself is never read back.

import { BadRow, createPages, LIMIT } from "./deliveries.js";
import { digestOf, DigestSet } from "./digest-set.js";
import { exactJson, isNumber } from "./exact.js";
import { exitOf, messageOf, Problem } from "./failure.js";
import { keepSmall } from "./memory.js";

/**
 * Time between two saves; a large checkpoint is saved less often, so that saving takes at most a twentieth of the time.
 */
const SAVE_EVERY_MS = 250;
const SAVE_SHARE = 20;

/** Clocks that differ by more than this are not trusted: the earlier one is used. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** No search has more: a larger total does not indicate the length of the list. */
const MAX_TOTAL = 10_000_000;
/** Maximum number of companies that a pass reads beyond twice the total that the server reported first. */
const MAX_EXTRA = 250_000;
/** Maximum number of companies that a pass reads if that total cannot be right. */
const MAX_WITH_WRONG_TOTAL = 50_000;
/** Pages may be shorter than the limit, but not by more than this on average. */
const MIN_PAGE = LIMIT / 4;
/** Maximum number of consecutive pages without a new company in the first pass. */
const MAX_REPEATS = 10;
/** Maximum number of pages that are read again: a fixed number, plus a multiple of the pages of the list. */
const MAX_PAGES_AGAIN = 60;
const MAX_PASSES_AGAIN = 2;
/** Consecutive passes without a new company after which a list that only changes its order counts as read. */
const MAX_STALE_PASSES = 2;

/** @typedef {import("./checkpoint.js").Copy} Copy */
/** @typedef {import("./checkpoint.js").Checkpoint} Checkpoint */
/** @typedef {import("./rows.js").Company} Company */
/** @typedef {(company: BadRow) => Promise<void>} SkipBad */
/** @typedef {(done: number, total: number) => void} OnProgress */

/**
 * The state of a run. `total` is the total that the server reported last, `firstTotal` the one that it reported first.
 *
 * @typedef {object} Run
 * @property {Copy} copy
 * @property {import("./rows.js").Format} format
 * @property {SkipBad | undefined} skipBad
 * @property {OnProgress} onProgress
 * @property {ReturnType<typeof createPages>} page
 * @property {(date: number | undefined) => void} begin
 * @property {DigestSet} known
 * @property {DigestSet} received
 * @property {Set<unknown>} legacy ids of a checkpoint of an older version
 * @property {number | undefined} total
 * @property {number} [firstTotal]
 * @property {number} pages
 * @property {ReturnType<typeof createSaver>} saver
 */

/** @typedef {{ missing: number, isComplete: boolean }} Outcome */

/**
 * @param {object} job
 * @param {import("./package.js").Client} job.client
 * @param {string} job.search
 * @param {Copy} job.copy
 * @param {import("./rows.js").Format} job.format
 * @param {import("./deliveries.js").PageOptions} job.options
 * @param {number} job.overlapMs
 * @param {SkipBad} [job.skipBad] records a row that the server fails to return; by default such a row ends the run
 * @param {OnProgress} job.onProgress
 * @param {(text: string) => void} job.warn
 * @returns {Promise<Outcome>} `missing`: how many fewer companies the server returned than its total
 */
export async function pull({ client, search, copy, format, options, overlapMs, skipBad, onProgress, warn }) {
  const { state } = copy;
  await rejectFuture(state, () => clocksOf(client, options));
  /** @type {Run} */
  const run = {
    copy,
    format,
    skipBad,
    onProgress,
    page: createPages({ client, search, options, onPage: () => copy.confirmKey() }),
    begin: (date) => {
      state.began ??= beginning({ server: date, local: Date.now() }, state, overlapMs, warn);
    },
    known: DigestSet.of(state.known, state.older),
    received: DigestSet.of(state.received),
    legacy: new Set(state.seen),
    total: undefined,
    pages: 0,
    saver: createSaver(copy),
  };
  try {
    const outcome = await readAll(run);
    await finish(run, outcome, warn);
    return outcome;
  } catch (error) {
    // For the save that follows an error.
    state.received = String(run.received);
    throw error;
  }
}

/**
 * Reads the list as often as necessary; `isComplete` means that the next run may begin where this one did.
 *
 * @param {Run} run
 * @returns {Promise<Outcome>}
 */
async function readAll(run) {
  const { state } = run.copy;
  for (let stalePasses = 0, pagesAgain = 0; ; ) {
    const isFirst = state.pass === 1;
    run.pages = 0;
    const most = isFirst
      ? Infinity
      : MAX_PAGES_AGAIN + MAX_PASSES_AGAIN * Math.ceil(run.received.size / LIMIT) - pagesAgain;
    const isCut = !(await readPass(run, most));
    if (!isFirst) pagesAgain += run.pages;
    // If the list did not change, each row has its own position; otherwise only distinct rows can be counted.
    const count = state.moved || isCut ? run.received.size + state.skipped : state.offset;
    const missing = Math.max(0, (run.total ?? 0) - count);
    if (!isCut && !state.moved && missing === 0) return { missing, isComplete: true };
    stalePasses = isFirst || state.fresh > 0 ? 0 : stalePasses + 1;
    // The same list twice: its total does not match the number of its rows.
    if (!isCut && !state.moved && stalePasses > 0) return { missing, isComplete: state.is_short };
    if (state.moved && missing === 0 && stalePasses >= MAX_STALE_PASSES) return { missing, isComplete: true };
    if (isCut) return { missing, isComplete: false };
    Object.assign(state, { pass: state.pass + 1, offset: 0, last: null, moved: false, fresh: 0, skipped: 0 });
  }
}

/**
 * Saves where the next run begins. After an incomplete run it begins at the same instant again.
 *
 * @param {Run} run
 * @param {Outcome} outcome
 * @param {(text: string) => void} warn
 */
async function finish({ copy, received, total }, { missing, isComplete }, warn) {
  const { state } = copy;
  if (missing > 0) {
    const next = isComplete
      ? "The previous run had the same result: the next run continues without them."
      : "The next run reads the same range again.";
    warn(`The server returned ${missing} companies fewer than its total of ${total}. ${next}`);
  } else if (!isComplete) warn("The list changed each time it was read. The next run reads the same range again.");
  await copy.save({
    ...IDLE,
    is_short: missing > 0 && !isComplete,
    ...(isComplete
      ? { delivered_since: state.began, known: String(received), older: state.known }
      : { known: String(DigestSet.of(state.known, String(received))) }),
    seen: isComplete ? [] : state.seen,
  });
}

/** The fields of a checkpoint between two runs. */
export const IDLE = { began: null, pass: 1, offset: 0, last: null, moved: false, fresh: 0, skipped: 0, received: "" };

/** @param {Copy} copy */
function createSaver(copy) {
  const collect = keepSmall();
  let [saved, took] = [performance.now(), 0];
  return async (/** @type {Run} */ run, /** @type {boolean} */ isDue) => {
    const now = performance.now();
    if (!isDue && now - saved < Math.max(SAVE_EVERY_MS, SAVE_SHARE * took)) return;
    await copy.save({ received: String(run.received) });
    collect();
    saved = performance.now();
    took = saved - now;
  };
}

/**
 * Reads the list to its end; returns false if it has more pages than may be read again.
 *
 * @param {Run} run
 * @param {number} mostPages
 */
async function readPass(run, mostPages) {
  const { copy, page, begin, saver, onProgress } = run;
  const { state } = copy;
  let [read, repeats, back] = [0, 0, 1];
  for (;;) {
    if (run.pages >= mostPages) return false;
    const from = Math.max(0, state.offset - back);
    const { rows, total, hasMore, isShort = false, date } = await page(state.delivered_since, from);
    begin(date);
    run.total = total ?? run.total;
    run.firstTotal ??= total;
    const [first] = rows;
    const last = rows.at(-1);
    // A row that the server fails to return cannot be compared.
    if (
      from < state.offset &&
      !(first instanceof BadRow) &&
      state.last !== null &&
      (first === undefined || placeOf(first) !== state.last)
    )
      state.moved = true;
    const { fresh, unknown } = await take(run, rows);
    const end = from + rows.length;
    // A server's total may be that of the page. Only where nothing is new, it is believed without another request.
    const isQuiet = state.pass === 1 && isShort && total === end && unknown === 0;
    const isEnd = rows.length === 0 || isQuiet || (!hasMore && !(total !== undefined && total > end));
    [run.pages, read, repeats] = [run.pages + 1, read + fresh, fresh === 0 ? repeats + 1 : 0];
    if (last !== undefined) Object.assign(state, { offset: end, last: last instanceof BadRow ? null : placeOf(last) });
    state.fresh += fresh;
    // A page of one row cannot also contain the row before.
    back = rows.length > 1 ? 1 : 0;
    await saver(run, isEnd);
    onProgress(end, Math.max(total ?? 0, end));
    if (isEnd) return true;
    if (state.pass > 1) continue;
    if (repeats === MAX_REPEATS)
      throw new Problem("The server returns the same companies again and again.", { exit: 7 });
    if (read > maxOf(run) || run.pages > maxOf(run) / MIN_PAGE) throw endless(read, run);
  }
}

/**
 * Maximum number of companies that a pass reads, in case the list never ends.
 *
 * @param {Run} run
 */
const maxOf = ({ firstTotal = 0 }) => (firstTotal <= MAX_TOTAL ? 2 * firstTotal + MAX_EXTRA : MAX_WITH_WRONG_TOTAL);

/** @type {(read: number, run: Run) => Problem} */
const endless = (read, { firstTotal }) =>
  new Problem(
    `The server's list does not end: this run read ${read} companies, and the first page reported ` +
      `${firstTotal === undefined ? "no total" : `a total of ${firstTotal}`}.`,
    {
      exit: 7,
      hint: "what was read is in the file; if the list really is that long, the same command continues from there",
    },
  );

/**
 * Writes the unknown rows of a page. Returns how many of its rows this run had not received before (`fresh`), and how
 * many no run had.
 *
 * @param {Run} run
 * @param {(Company | BadRow)[]} rows
 */
async function take({ copy, format, known, received, legacy, skipBad }, rows) {
  const { state } = copy;
  /** @type {Map<string, number>} */
  const times = new Map();
  const digests = new DigestSet();
  const fresh = [];
  const texts = [];
  let unknown = 0;
  /** @type {BadRow | undefined} */
  let bad;
  for (const row of rows) {
    if (row instanceof BadRow) {
      if (skipBad === undefined) {
        bad = row;
        break;
      }
      await skipBad(row);
      state.skipped += 1;
      unknown += 1;
      continue;
    }
    const json = exactJson(row);
    let digest = digestOf(json);
    if (idOf(row) === undefined) {
      // Two rows of one page count as two, even if they are identical.
      const n = times.get(json) ?? 0;
      times.set(json, n + 1);
      if (n > 0) digest = digestOf(`${json}\0${n}`);
    }
    if (received.has(digest) || digests.has(digest)) continue;
    digests.add(digest);
    fresh.push(digest);
    if (!known.has(digest) && !isLegacy(legacy, row)) texts.push(format.row(row));
  }
  const head = state.bytes === 0 ? format.head : "";
  unknown += texts.length;
  if (texts.length > 0 || head !== "") await copy.append(head + texts.join(""), texts.length);
  // A company counts as received only after it is written: a full disk must not make it known.
  for (const digest of fresh) received.add(digest);
  if (bad === undefined) return { fresh: fresh.length, unknown };
  Object.assign(state, { offset: bad.offset, last: null, fresh: state.fresh + fresh.length });
  const { offset, cause } = bad;
  throw new Problem(`The server fails to return the company at offset ${offset} of the list: ${messageOf(cause)}`, {
    exit: exitOf(cause),
    cause,
    hint:
      `${state.rows} companies are in ${copy.file}; the same command continues from there, and --skip-bad FILE skips ` +
      "such a company and records it in FILE",
  });
}

/**
 * The id of a company, `undefined` if it has none.
 *
 * @param {Company} company
 */
const idOf = ({ id }) => (isNumber(id) || (typeof id === "string" && id !== "") ? id : undefined);

/**
 * Identifies a row's position in the list, even if its content has changed.
 *
 * @param {Company} row
 */
const placeOf = (row) =>
  digestOf(exactJson(idOf(row) === undefined ? row : [row.id, row.delivered_at ?? null])).toString("base64");

/**
 * A checkpoint of version 2 identifies deliveries by id and instant, one of version 1 by id.
 *
 * @param {Set<unknown>} legacy
 * @param {Company} company
 */
const isLegacy = (legacy, { id, delivered_at: at }) =>
  legacy.size > 0 && [[id ?? null, at], [id ?? null]].some((identity) => legacy.has(JSON.stringify(identity)));

/**
 * The server's clock and the local clock at the same moment.
 *
 * @param {import("./package.js").Client} client
 * @param {import("./package.js").CallOptions} options
 */
async function clocksOf(client, options) {
  const { headers } = await client.request("GET", "/api/v1/auth/validate", options);
  const server = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(server))
    throw new Problem("The server sends no valid Date header, which determines where the next run begins.", {
      exit: 7,
    });
  return { server, local: Date.now() };
}

/** @param {number} time */
const iso = (time) => new Date(time).toISOString();

/**
 * A copy that resumes from an instant in the future would receive nothing until then. The server's time is requested
 * only if the instant is in the future by the local clock.
 *
 * @param {Checkpoint} checkpoint
 * @param {() => Promise<{ server: number, local: number }>} readClocks
 */
async function rejectFuture({ began, delivered_since: since }, readClocks) {
  const from = Math.max(...[began, since].map((time) => (time === null ? -Infinity : Date.parse(time))));
  if (from <= Date.now() + CLOCK_TOLERANCE_MS) return;
  const clocks = await readClocks();
  if (from <= Math.max(clocks.server, clocks.local) + CLOCK_TOLERANCE_MS) return;
  throw new Problem(
    `The copy would continue from ${iso(from)}, which is in the future: it is ${iso(clocks.local)} by the local ` +
      `clock, ${iso(clocks.server)} by the server's. Companies delivered until then would be missed.`,
    {
      exit: 2,
      hint: "start a new copy with another --out FILE; --since TIME excludes companies delivered before TIME",
    },
  );
}

/**
 * Where the next run starts: the overlap before the earlier of the two clocks. Which clock is wrong is unknown, and the
 * earlier one loses nothing: companies that are read again are recognized. Never before this run's own start: earlier
 * deliveries were received by runs whose digests are gone.
 *
 * @param {{ local: number, server?: number }} clocks
 * @param {Checkpoint} checkpoint
 * @param {number} overlapMs
 * @param {(text: string) => void} warn
 */
function beginning({ local, server = local }, { delivered_since: since }, overlapMs, warn) {
  const start = iso(Math.max(Math.min(server, local) - overlapMs, since === null ? -Infinity : Date.parse(since)));
  if (Math.abs(server - local) > CLOCK_TOLERANCE_MS) {
    warn(
      `The server's clock (${iso(server)}) and the local clock (${iso(local)}) are more than 5 minutes apart. ` +
        `The next run starts from ${start} and reads some companies again, which are not stored twice.`,
    );
  }
  return start;
}
