import { isOpenProspectError } from "./errors.js";

/**
 * Sends a list of any length, in parts of `most` items: a request each, one after the other.
 *
 * The first part that fails ends it, with `partial` on its error: the items before it were accepted, those behind it
 * were not sent.
 */
export const inParts = (invoke, most, tell) => async ([id, items, options], trace) => {
  const results = [];
  const total = Array.isArray(items) ? items.length : 0;
  // What is no list is for the client to refuse; an empty one is a request too.
  if (total <= most) return { sent: total, total, results: [await invoke([id, items, options], trace)] };
  // A copy, so that the caller may change the list in the meantime.
  const rest = [...items];
  for (let sent = 0; sent < total; sent += most) {
    const part = rest.slice(sent, sent + most);
    try {
      results.push(await invoke([id, part, { ...options, ...keyOf(options, results.length) }], trace));
    } catch (error) {
      if (isOpenProspectError(error) && results.length > 0) error.partial = { sent, total, results };
      throw error;
    }
    tell(id, sent + part.length, total);
  }
  return { sent: total, total, results };
};

/** A server knows a request by its key, so that each part needs one of its own. */
const keyOf = ({ idempotencyKey } = {}, part) =>
  typeof idempotencyKey === "string" ? { idempotencyKey: `${idempotencyKey}.${part + 1}` } : undefined;
