import { createMock } from "./mock.js";

export { matchBlacklist } from "./companies.js";
export { ERRORS } from "./errors.js";
export { TEST_KEYS } from "./keys.js";
export { DURATIONS } from "./lifecycle.js";
export { OPERATIONS } from "./routes.js";

async function cannotListen() {
  throw new Error("serve() listens on a socket, which needs Node; here use mock.fetch");
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
