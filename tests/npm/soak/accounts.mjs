// The books of a soak: what the load says of each call beside what the server saw of it.

/** With these a server says that it did nothing: such a request may be sent again, whatever it is. */
const REFUSALS = [401, 429];
const SHOWN = 20;

/**
 * `records` are the calls as they ended, `ledger` what the server has under the id of each. A browser sends a request again by
 * itself when a connection that it had breaks: both have one number, since the client made one. What is applied so once more
 * is counted apart from what the client itself would have applied twice.
 */
export function audit({ begun, records, lost }, { ledger, strays }, { mayResend }) {
  const problems = strays.map((stray) => `the server saw a request of nobody: ${stray}`);
  const calls = new Map(records.map((record) => [record.id, record]));
  for (const { id, kind, requests: made } of lost) problems.push(`${id} (${kind}) never ended, after ${made} requests`);
  if (calls.size !== records.length) problems.push(`${records.length - calls.size} calls ended twice`);
  if (begun !== calls.size + lost.length)
    problems.push(`${begun} calls begun, ${calls.size} ended, ${lost.length} under way`);
  for (const kind of barren(records)) problems.push(`not one call of the kind "${kind}" was fulfilled`);
  const seen = new Map(ledger.map((entry) => [entry.id, entry]));
  for (const id of seen.keys())
    if (!calls.has(id) && !lost.some((call) => call.id === id))
      problems.push(`the server saw ${id}, which nobody made`);
  let resends = 0;
  for (const record of calls.values()) {
    const {
      arrivals,
      applied,
      hidden,
      problems: found,
    } = seen.get(record.id) ?? { arrivals: {}, applied: 0, hidden: false, problems: [] };
    const again = Object.values(arrivals).reduce((sum, arrival) => sum + arrival.again, 0);
    resends += again;
    const wrong = [
      ...found,
      ...requests(record, arrivals),
      ...attempts(record, arrivals),
      ...effects(record, arrivals, hidden, applied),
    ];
    if (again > 0 && !mayResend) wrong.push(`${again} requests came twice`);
    problems.push(...wrong.map((what) => `${record.id} (${record.kind}, ${record.end}): ${what}`));
  }
  const figures = { ...endings(records), lost: lost.length, resent_by_browser: resends, ...changes(records, seen) };
  return {
    problems: problems.length > SHOWN ? [...problems.slice(0, SHOWN), `and ${problems.length - SHOWN} more`] : problems,
    figures,
  };
}

/** Kinds of calls that come to nothing, which would be a fault of the load: all but two can be fulfilled. */
function barren(records) {
  const kinds = new Set(records.map(({ kind }) => kind));
  for (const { kind, end } of records) if (end === "fulfilled") kinds.delete(kind);
  return [...kinds].filter((kind) => kind !== "wrong" && kind !== "huge");
}

/** The requests that the server saw are those that were made; not every one that was made has come. */
function* requests({ end, many, fetches }, arrivals) {
  for (const number of Object.keys(arrivals)) if (number > fetches) yield `request ${number} of ${fetches} came`;
  const last = arrivals[fetches];
  if (end === "fulfilled" && !(last?.status >= 200 && last.status <= 299 && last.finished))
    yield `its last answer was ${JSON.stringify(last)}`;
  // A client that is freed refuses the next one of several.
  if (end === "configuration" && fetches > 0 && !many) yield `${fetches} requests`;
}

/** The attempts that the caller is told of are the requests, with the statuses that the server gave. */
function* attempts({ attempts: told, many, fetches }, arrivals) {
  if (told === undefined) return;
  const sent = told.filter((attempt) => attempt.sent);
  // Of several calls in one the last one's attempts are told.
  if (many ? sent.length > fetches : sent.length !== fetches)
    yield `${sent.length} attempts were sent, ${fetches} requests made`;
  const before = fetches - sent.length;
  for (const [index, { status }] of sent.entries()) {
    const answered = arrivals[before + index + 1]?.status;
    if (status > 0 && status !== answered)
      yield `attempt ${index + 1} ended in ${status}, and the server answered ${answered}`;
  }
}

/** What changes something is applied once at most, and exactly once when it is said to have been. */
function* effects({ sends, many, end, applied: mayBe, fetches }, arrivals, hidden, applied) {
  if (sends === undefined) return;
  if (applied > 1) yield `applied ${applied} times`;
  if (end === "fulfilled" && applied !== 1) yield `applied ${applied} times`;
  // Of what its browser sent twice a program hears the second answer alone.
  if (mayBe === false && applied > 0 && !hidden) yield "applied, though the error says that it was not";
  if (sends !== "once" || many) return;
  for (let number = 1; number < fetches; number += 1) {
    if (!REFUSALS.includes(arrivals[number]?.status)) yield `sent again after ${JSON.stringify(arrivals[number])}`;
  }
}

function endings(records) {
  const failed = {};
  for (const { end } of records) if (end !== "fulfilled") failed[end] = (failed[end] ?? 0) + 1;
  return { answered: records.filter(({ end }) => end === "fulfilled").length, failed };
}

function changes(records, seen) {
  const of = (sends) =>
    records
      .filter((record) => record.sends === sends)
      .map(({ id, end, applied: mayBe }) => ({ end, mayBe, ...(seen.get(id) ?? { applied: 0, before: 0 }) }));
  const [unkeyed, keyed] = [of("once"), of("keyed")];
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
