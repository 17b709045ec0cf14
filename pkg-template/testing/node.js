import { createMock } from "./mock.js";
import { listen } from "./transport/server.js";

export { matchBlacklist } from "./data/companies.js";
export { ERRORS } from "./routes/errors.js";
export { TEST_KEYS } from "./routes/keys.js";
export { DURATIONS } from "./data/lifecycle.js";
export { OPERATIONS } from "./routes/index.js";

/**
 * The documented OpenProspect API in memory, and on a loopback socket with `serve()`.
 *
 * @param {import("./index.d.ts").MockOptions} [options]
 * @returns {import("./index.d.ts").OpenProspectMock}
 */
export function mockOpenProspect(options) {
  return createMock(options, listen);
}
