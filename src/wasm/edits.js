import { refused } from "./calls.js";
import { rounds } from "./methods.js";
import { editOptions } from "./options.js";

/**
 * Reads a resource, asks for the changes and sends them with the version that was read; on a conflict it begins again.
 */
export const edit = (client, get, update) => ([id, change, given], trace) => {
  let read;
  try {
    read = editOptions(given);
  } catch (error) {
    return refused(client, error, trace);
  }
  const { maxRounds, ...options } = read;
  const refresh = () => get([id, options], trace);
  const apply = async (current) => update([id, { version: current.version, ...(await change(current)) }, options], trace);
  const own = { maxRounds, signal: read.signal };
  // What is no function is for the client to refuse.
  return rounds(client, refresh, typeof change === "function" ? apply : change, own, trace);
};
