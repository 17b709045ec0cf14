import { isOpenProspectError } from "./errors.js";
import { isList, looked } from "./misuse.js";
import { callOptions } from "./options.js";
import { checkIdempotencyKey } from "./request.js";

/**
 * Sends a list of any length, in parts of `most` items: a request each, one after the other.
 *
 * The first part that fails ends it, with `partial` on its error: the items before it were accepted, those behind it
 * were not sent. `refuse` gives the rejection for what cannot be read, `scrub` keeps the key out of an error, and `keyOf` derives
 * the idempotency key of a part: a server knows each request by a key of its own.
 */
export const inParts = (invoke, most, { tell, refuse, scrub, keyOf }) => async ([id, items, given], trace) => {
  let rest;
  let options;
  try {
    // A copy, so that the caller may change the list in the meantime. What is no list is for the client to refuse.
    rest = isList(items) ? looked("body", () => Array.from(items)) : [];
    options = callOptions(given);
    if (options.idempotencyKey !== undefined) checkIdempotencyKey(options.idempotencyKey);
  } catch (error) {
    return refuse(error, trace);
  }
  const results = [];
  const used = new Set();
  const total = rest.length;
  // An empty list is a request too.
  if (total <= most) return { sent: total, total, results: [await invoke([id, items, given], trace)] };
  for (let sent = 0; sent < total; sent += most) {
    const part = rest.slice(sent, sent + most);
    let idempotencyKey = keyOf(options.idempotencyKey, part);
    // Two parts may have the same items.
    while (idempotencyKey !== undefined && used.has(idempotencyKey)) idempotencyKey += "+";
    used.add(idempotencyKey);
    try {
      results.push(await invoke([id, part, { ...options, idempotencyKey }], trace));
    } catch (error) {
      if (isOpenProspectError(error) && results.length > 0) error.partial = scrub({ sent, total, results });
      throw error;
    }
    tell(id, sent + part.length, total);
  }
  return { sent: total, total, results };
};
