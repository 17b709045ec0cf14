// The decision of the package for a script, in the format of the core's decision.

import { makeFetch } from "./responses.mjs";

/** A value after JSON: Infinity and NaN are null, and zero has no sign. */
const plain = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** The fields of an error in the format of the core. */
function record(error) {
  const { name, cause, ...fields } = error;
  const record = { ...fields, message: error.message };
  if ("rawBody" in error) record.rawBody = error.rawBody;
  if (error.retryAt instanceof Date) record.retryAt = error.retryAt.getTime();
  return plain(record);
}

/** Runs the script with a new client. */
export async function decide({ OpenProspect, ConfigurationError }, script, clock, { trip, size }) {
  const { urls, fetch } = makeFetch(script, clock, trip, size);
  clock.begin();
  clock.random = script.random;
  const rejected = (error) => {
    if (!(error instanceof ConfigurationError)) throw error;
    return { option: error.option, given: error.given };
  };
  let client;
  try {
    client = new OpenProspect({ ...script.options, fetch });
  } catch (error) {
    return rejected(error);
  }
  const options = script.idempotencyKey === null ? {} : { idempotencyKey: script.idempotencyKey };
  const { error } = await clock.settle(client.request(script.method, script.path, options));
  if (clock.pending > 0) throw new Error(`${clock.pending} timers are pending after the call`);
  if (error instanceof ConfigurationError) return rejected(error);
  if (error !== undefined && !("kind" in error)) throw error;
  return { requests: urls.length, url: urls[0], error: error === undefined ? null : record(error) };
}

/** The first difference between the decisions of the core and of the package, or undefined. */
export function difference(core, own) {
  const expected = plain(core);
  if ("option" in expected || "option" in own) {
    const reported = (decision) => [decision.option, expected.given === null ? null : decision.given];
    return differenceAt("rejected", reported(expected), reported(own));
  }
  const fields = "url" in expected ? ["requests", "url"] : ["requests", "error"];
  return fields.flatMap((field) => differenceAt(field, expected[field], own[field]) ?? [])[0];
}

/** @returns {string | undefined} */
function differenceAt(where, one, other) {
  const isObject = (value) => typeof value === "object" && value !== null;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) {
    return Object.is(one, other) || (/Ms$/.test(where) && isSameTime(one, other))
      ? undefined
      : `${where}: ${JSON.stringify(one)} in the core, ${JSON.stringify(other)} in the package`;
  }
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = differenceAt(
      `${where}.${name}`,
      Object.hasOwn(one, name) ? one[name] : undefined,
      Object.hasOwn(other, name) ? other[name] : undefined,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Times are reported in whole microseconds. The clock of the package never goes back, so that each case begins at
 * another time, where a sum may be rounded differently.
 */
function isSameTime(one, other) {
  return typeof one === "number" && typeof other === "number" && Math.abs(Math.round((one - other) * 1000)) <= 1;
}
