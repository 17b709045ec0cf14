/**
 * Reads a resource, asks for the changes and sends them with the version that was read; on a conflict it begins again.
 */
export const edit = (client, get, update) => ([id, change, { maxRounds, ...options } = {}], trace) => {
  const refresh = () => get([id, options], trace);
  const apply = async (current) => update([id, { version: current.version, ...(await change(current)) }, options], trace);
  const rounds = { ...(maxRounds !== undefined && { maxRounds }), ...(options.signal && { signal: options.signal }) };
  // What is no function is for the client to refuse.
  return client.rounds(refresh, typeof change === "function" ? apply : change, rounds, trace);
};
