import { createMock } from "./mock.js";
import { listen } from "./server.js";

export { matchBlacklist } from "./companies.js";
export { ERRORS } from "./errors.js";
export { TEST_KEYS } from "./keys.js";
export { DURATIONS } from "./lifecycle.js";
export { OPERATIONS } from "./routes.js";

/**
 * The documented OpenProspect API in memory, and on a loopback socket with `serve()`.
 *
 * @param {import("./index.d.ts").MockOptions} [options]
 * @returns {import("./index.d.ts").OpenProspectMock}
 */
export function mockOpenProspect(options) {
  return createMock(options, listen);
}
