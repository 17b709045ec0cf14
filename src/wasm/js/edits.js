import { refused } from "./calls.js";
import { rounds } from "./methods.js";
import { editOptions } from "./options.js";

/**
 * Reads a resource, asks for the changes and sends them with the version that was read; on a conflict it begins again.
 *
 * Each round is a request of its own, with an idempotency key of its own: `key`, `key.2`, `key.3`. Should the whole be called
 * again with the same key, a server that honors it repeats its answers round by round.
 */
export const edit = (client, get, update) => ([id, change, given], trace) => {
  let read;
  try {
    read = editOptions(given);
  } catch (error) {
    return refused(client, error, trace);
  }
  const { maxRounds, idempotencyKey, ...options } = read;
  let round = 0;
  const refresh = () => get([id, options], trace, true);
  const apply = async (current) => {
    round += 1;
    const key = round === 1 || idempotencyKey === undefined ? idempotencyKey : `${idempotencyKey}.${round}`;
    return update([id, { version: current.version, ...(await change(current)) }, { ...options, idempotencyKey: key }], trace);
  };
  const own = { maxRounds, signal: read.signal };
  // What is no function is for the client to refuse.
  return rounds(client, refresh, typeof change === "function" ? apply : change, own, trace);
};
