import { rounds } from "./methods.js";

/**
 * Reads a resource, asks for the changes and sends them with the version that was read; on a conflict it begins again.
 */
export const edit = (client, get, update) => ([id, change, { maxRounds, ...options } = {}], trace) => {
  const refresh = () => get([id, options], trace);
  const apply = async (current) => update([id, { version: current.version, ...(await change(current)) }, options], trace);
  const own = { ...(maxRounds !== undefined && { maxRounds }), ...(options.signal && { signal: options.signal }) };
  // What is no function is for the client to refuse.
  return rounds(client, refresh, typeof change === "function" ? apply : change, own, trace);
};
