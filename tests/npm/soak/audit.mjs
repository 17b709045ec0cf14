// The audit of a soak: compares the calls of the load with the ledger of the server.

/** The server did not apply a request with this status: it may be sent again, whatever its method is. */
const NOT_APPLIED = [401, 429];
const MAX_PROBLEMS = 20;

/**
 * `records` are the ended calls, `ledger` is what the server recorded for each call id. A browser itself resends a
 * request when a reused connection breaks: both have the same number, since the client made only one request. A change
 * that is applied twice by such a resend is counted separately from one that the client itself applied twice.
 *
 * @param {{ begun: number, records: any[], lost: { id: string, kind: string, requests: number }[] }} load
 * @param {{ ledger: any[], strays: string[] }} server
 * @param {{ mayResend: boolean }} platform
 */
export function audit({ begun, records, lost }, { ledger, strays }, { mayResend }) {
  const problems = strays.map((stray) => `the server received a request of no call: ${stray}`);
  const calls = new Map(records.map((record) => [record.id, record]));
  for (const { id, kind, requests: made } of lost) problems.push(`${id} (${kind}) never ended, after ${made} requests`);
  if (calls.size !== records.length) problems.push(`${records.length - calls.size} calls ended twice`);
  if (begun !== calls.size + lost.length)
    problems.push(`${begun} calls begun, ${calls.size} ended, ${lost.length} under way`);
  for (const kind of neverFulfilled(records)) problems.push(`no call of the kind "${kind}" was fulfilled`);
  const entries = new Map(ledger.map((entry) => [entry.id, entry]));
  for (const id of entries.keys())
    if (!calls.has(id) && !lost.some((call) => call.id === id))
      problems.push(`the server received ${id}, which the load did not make`);
  let resends = 0;
  for (const record of calls.values()) {
    const {
      arrivals,
      applied,
      hidden,
      problems: found,
    } = entries.get(record.id) ?? { arrivals: {}, applied: 0, hidden: false, problems: [] };
    const resent = Object.values(arrivals).reduce((sum, arrival) => sum + arrival.resends, 0);
    resends += resent;
    const wrong = [
      ...found,
      ...requests(record, arrivals),
      ...attempts(record, arrivals),
      ...effects(record, arrivals, hidden, applied),
    ];
    if (resent > 0 && !mayResend) wrong.push(`${resent} requests arrived twice`);
    problems.push(...wrong.map((what) => `${record.id} (${record.kind}, ${record.end}): ${what}`));
  }
  const metrics = {
    ...outcomes(records),
    lost: lost.length,
    resent_by_browser: resends,
    ...changes(records, entries),
  };
  const more = problems.length - MAX_PROBLEMS;
  return { problems: more > 0 ? [...problems.slice(0, MAX_PROBLEMS), `and ${more} more`] : problems, metrics };
}

/** Kinds of calls that never succeed, which would be a defect of the load: all but two can. */
function neverFulfilled(records) {
  const kinds = new Set(records.map(({ kind }) => kind));
  for (const { kind, end } of records) if (end === "fulfilled") kinds.delete(kind);
  return [...kinds].filter((kind) => kind !== "invalid" && kind !== "huge");
}

/** Every request that the server received was made; not every one that was made has arrived. */
function* requests({ end, many, fetches }, arrivals) {
  for (const number of Object.keys(arrivals))
    if (Number(number) > fetches) yield `request ${number} of ${fetches} arrived`;
  const last = arrivals[fetches];
  if (end === "fulfilled" && !(last?.status >= 200 && last.status <= 299 && last.finished))
    yield `its last response was ${JSON.stringify(last)}`;
  // A freed client rejects the next request of an operation with several requests.
  if (end === "configuration" && fetches > 0 && !many) yield `${fetches} requests`;
}

/** The attempts reported to the caller are the requests, with the statuses of the server. */
function* attempts({ attempts: reported, many, fetches }, arrivals) {
  if (reported === undefined) return;
  const sent = reported.filter((attempt) => attempt.sent);
  // An operation with several calls reports the attempts of the last one.
  if (many ? sent.length > fetches : sent.length !== fetches)
    yield `${sent.length} attempts were sent, ${fetches} requests made`;
  const before = fetches - sent.length;
  for (const [index, { status }] of sent.entries()) {
    const responded = arrivals[before + index + 1]?.status;
    if (status > 0 && status !== responded)
      yield `attempt ${index + 1} ended with ${status}, and the server responded with ${responded}`;
  }
}

/** A change is applied at most once, and exactly once if the call succeeded. */
function* effects({ sends, many, end, applied: mayBe, fetches }, arrivals, hidden, applied) {
  if (sends === undefined) return;
  if (applied > 1) yield `applied ${applied} times`;
  if (end === "fulfilled" && applied !== 1) yield `applied ${applied} times`;
  // If the browser sent a request twice, the program receives only the second response.
  if (mayBe === false && applied > 0 && !hidden) yield "applied, though the error excludes it";
  if (sends !== "once" || many) return;
  for (let number = 1; number < fetches; number += 1) {
    if (!NOT_APPLIED.includes(arrivals[number]?.status)) yield `sent again after ${JSON.stringify(arrivals[number])}`;
  }
}

function outcomes(records) {
  const failed = {};
  for (const { end } of records) if (end !== "fulfilled") failed[end] = (failed[end] ?? 0) + 1;
  return { answered: records.filter(({ end }) => end === "fulfilled").length, failed };
}

function changes(records, entries) {
  const withKind = (sends) =>
    records
      .filter((record) => record.sends === sends)
      .map(({ id, end, applied: mayBe }) => ({ end, mayBe, ...(entries.get(id) ?? { applied: 0, before: 0 }) }));
  const [unkeyed, keyed] = [withKind("once"), withKind("keyed")];
  const count = (list, is) => list.filter(is).length;
  return {
    unkeyed: unkeyed.length,
    unkeyed_applied: count(unkeyed, ({ applied }) => applied > 0),
    unkeyed_applied_twice: count(unkeyed, ({ applied }) => applied > 1),
    unkeyed_applied_twice_by_browser: count(unkeyed, ({ applied, before }) => applied <= 1 && applied + before > 1),
    keyed: keyed.length,
    keyed_applied: count(keyed, ({ applied }) => applied > 0),
    said_not_applied_after_resent_by_browser: count(
      [...unkeyed, ...keyed],
      ({ mayBe, hidden }) => mayBe === false && hidden,
    ),
    keyed_not_exactly_once: count(keyed, ({ end, applied }) => applied > 1 || (end === "fulfilled" && applied !== 1)),
  };
}
