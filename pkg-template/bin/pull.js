// What is new of a search's deliveries, each company once, in memory that does not grow with their number.
//
// A run reads what was delivered after an instant. It begins at an instant of the server's clock, from before its first
// page: the next run starts there. What came while the run was under way may be on its last pages or not, and is asked
// for once more at its end: those ids are remembered, since the next run will see them again.

import { Problem } from "./failure.js";

const LIMIT = 100;
/** The ids by which the place in a list is found again when it has moved. */
const RECENT = 500;
const SAVE_EVERY_MS = 250;
/** Companies of the end of a run that are looked up in the file at once. */
const BATCH = 2000;

export async function pull({ client, search, copy, format, options, tell }) {
  const { state } = copy;
  if (state.began === null) await copy.save({ began: await serverTime(client, options), run_start: state.bytes });
  const page = (since, offset) =>
    client.deliveries.companies(search, { delivered_since: since ?? undefined, limit: LIMIT, offset }, options);
  await readList({ page, copy, format, tell });
  const late = await readLate({ page, copy, format });
  await copy.save({ delivered_since: state.began, began: null, offset: 0, total: 0, recent: [], seen: late });
}

async function serverTime(client, options) {
  const { headers } = await client.request("GET", "/api/v1/auth/validate", options);
  const time = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(time)) throw new Problem("The server does not tell its time (Date), without which the next run would not know where to start.", { exit: 7 });
  return new Date(time).toISOString();
}

async function readList({ page, copy, format, tell }) {
  const { state } = copy;
  const recent = new Set(state.recent);
  const seen = new Set(state.seen);
  let saved = performance.now();
  for (let isDone = false; !isDone; ) {
    const { fresh, end, total, has_more: hasMore } = await nextPage(page, state, recent);
    isDone = !hasMore || end === 0;
    await write(copy, format, fresh.filter(({ id }) => !seen.has(id)));
    for (const { id } of fresh) remember(recent, id);
    Object.assign(state, { offset: end, total, recent: [...recent] });
    if (isDone || performance.now() - saved >= SAVE_EVERY_MS) {
      await copy.save();
      saved = performance.now();
    }
    tell(end, total);
  }
}

/** The page on which the list goes on: what follows the last company that is known. */
async function nextPage(page, state, recent) {
  const list = { total: state.total };
  for (const from of places(state, list)) {
    const got = await page(state.delivered_since, from);
    const { items, offset } = got;
    if (offset !== from) throw new Problem("The server gives another page than the one that was asked for.", { exit: 7 });
    list.total = got.total;
    const at = items.findLastIndex(({ id }) => recent.has(id));
    const end = from + items.length;
    if (at === items.length - 1 && got.has_more && end === state.offset) throw new Problem("The server gives the same page again and again.", { exit: 7 });
    if (at !== -1 || recent.size === 0 || end === 0) return { ...got, fresh: items.slice(at + 1), end };
  }
  throw new Problem("The list of deliveries changed too much while it was read.", { hint: "begin with a new file" });
}

/**
 * Where the list may go on. Each page begins with a company that is known, which shows whether the list has moved: up,
 * where companies are gone, or down, where others came before. The total tells how far; else all around is looked through.
 */
function* places({ offset, total }, list) {
  const first = Math.max(0, offset - 1);
  yield first;
  if (list.total !== total) yield Math.max(0, first + list.total - total);
  for (let from = first; from > 0 && first - from < RECENT; ) {
    from = Math.max(0, from - LIMIT);
    yield from;
  }
  for (let from = first + LIMIT; from < list.total; from += LIMIT) yield from;
}

function remember(recent, id) {
  recent.add(id);
  if (recent.size > RECENT) recent.delete(recent.values().next().value);
}

async function write(copy, format, companies) {
  if (companies.length === 0 && copy.state.bytes > 0) return;
  const head = copy.state.bytes === 0 ? format.head : "";
  await copy.append(head + companies.map(format.row).join(""), companies.length);
}

/** Writes what came since the run began and is not in the file; gives the ids of all that came since. */
async function readLate({ page, copy, format }) {
  const { began, recent } = copy.state;
  const known = new Set(recent);
  const late = new Set();
  let batch = [];
  const look = async () => {
    const missing = batch.filter(({ id }) => !known.has(id));
    const there = await idsAmong(new Set(missing.map(({ id }) => id)), format.ids(copy.written()));
    await write(copy, format, missing.filter(({ id }) => !there.has(id)));
    batch = [];
  };
  for (let offset = 0, hasMore = true; hasMore; ) {
    const { items, has_more: more } = await page(began, offset);
    for (const company of items) {
      if (!late.has(company.id)) batch.push(company);
      late.add(company.id);
    }
    if (batch.length >= BATCH) await look();
    offset += items.length;
    hasMore = more && items.length > 0;
  }
  await look();
  return [...late];
}

async function idsAmong(wanted, ids) {
  const there = new Set();
  if (wanted.size === 0) return there;
  for await (const id of ids) if (wanted.has(id)) there.add(id);
  return there;
}
