// What the package decides for a script, in the words that the core's own decision comes in.

import { makeFetch } from "./answers.mjs";

/** As it comes through JSON: infinity and what is no number are null, and zero has no sign. */
const plain = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** The fields of an error as the core's record has them. */
function record(error) {
  const { name, cause, ...fields } = error;
  const record = { ...fields, message: error.message };
  if ("rawBody" in error) record.rawBody = error.rawBody;
  if (error.retryAt instanceof Date) record.retryAt = error.retryAt.getTime();
  return plain(record);
}

/** Plays the script on a client of its own. */
export async function decide({ OpenProspect, ConfigurationError }, script, clock, { trip, size }) {
  const { urls, fetch } = makeFetch(script, clock, trip, size);
  clock.begin();
  clock.roll = script.random;
  const refused = (error) => {
    if (!(error instanceof ConfigurationError)) throw error;
    return { option: error.option, given: error.given };
  };
  let client;
  try {
    client = new OpenProspect({ ...script.options, fetch });
  } catch (error) {
    return refused(error);
  }
  const options = script.idempotencyKey === null ? {} : { idempotencyKey: script.idempotencyKey };
  const { error } = await clock.settle(client.request(script.method, script.path, options));
  if (clock.pending > 0) throw new Error(`${clock.pending} timers are left`);
  if (error instanceof ConfigurationError) return refused(error);
  if (error !== undefined && !("kind" in error)) throw error;
  return { requests: urls.length, url: urls[0], error: error === undefined ? null : record(error) };
}

/** What differs between what the core decided and what the package did; nothing if they agree. */
export function difference(core, own) {
  const expected = plain(core);
  if ("option" in expected || "option" in own) {
    const said = (decision) => [decision.option, expected.given === null ? null : decision.given];
    return unlike("refused", said(expected), said(own));
  }
  const fields = "url" in expected ? ["requests", "url"] : ["requests", "error"];
  return fields.flatMap((field) => unlike(field, expected[field], own[field]) ?? [])[0];
}

function unlike(where, one, other) {
  const isObject = (value) => typeof value === "object" && value !== null;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) {
    return Object.is(one, other) || (/Ms$/.test(where) && isSameTime(one, other))
      ? undefined
      : `${where}: ${JSON.stringify(one)} in the core, ${JSON.stringify(other)} in the package`;
  }
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = unlike(
      `${where}.${name}`,
      Object.hasOwn(one, name) ? one[name] : undefined,
      Object.hasOwn(other, name) ? other[name] : undefined,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Times are told in whole microseconds. The package's clock never goes back, so that each case of a run begins at another
 * point of it, where a sum may be rounded the other way.
 */
function isSameTime(one, other) {
  return typeof one === "number" && typeof other === "number" && Math.abs(Math.round((one - other) * 1000)) <= 1;
}
