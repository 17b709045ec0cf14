/**
 * A method that reads a resource, asks for the changes and sends them with the version that was read; on a conflict it
 * begins again.
 */
export const edit = (client, get, update) => (id, change, { maxRounds, ...options } = {}) => {
  const apply = async (current) => update(id, { version: current.version, ...(await change(current)) }, options);
  const rounds = { ...(maxRounds !== undefined && { maxRounds }), ...(options.signal && { signal: options.signal }) };
  // What is no function is for the client to refuse.
  return client.retryOnConflict(() => get(id, options), typeof change === "function" ? apply : change, rounds);
};
