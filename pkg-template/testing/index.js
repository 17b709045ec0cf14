import { createMock } from "./mock.js";

export { matchBlacklist } from "./data/companies.js";
export { ERRORS } from "./routes/errors.js";
export { TEST_KEYS } from "./routes/keys.js";
export { DURATIONS } from "./data/lifecycle.js";
export { OPERATIONS } from "./routes/index.js";

/** @returns {Promise<never>} */
async function cannotListen() {
  throw new Error("serve() listens on a socket, which requires Node; use mock.fetch instead");
}

/**
 * The documented OpenProspect API in memory.
 *
 * @param {import("./index.d.ts").MockOptions} [options]
 * @returns {import("./index.d.ts").OpenProspectMock}
 */
export function mockOpenProspect(options) {
  return createMock(options, cannotListen);
}
