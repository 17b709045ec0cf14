// The demo in the terminal: the vendor's tables on a mock server, or one call to the real API.

import { readFileSync } from "node:fs";
import { BACKOFF, rowsOf, send } from "./rows.mjs";

/**
 * @typedef {import("./print.mjs").Printer} Printer
 * @typedef {typeof import("../../pkg/index.js")} Library
 * @typedef {typeof import("../../pkg/testing/index.js")} Testing
 */

/**
 * Imports a file of the package: not at the top of this one, so that `--help` works before the first build.
 *
 * @param {string} path
 * @returns {Promise<any>}
 */
async function load(path) {
  try {
    return await import(`../../pkg/${path}`);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ERR_MODULE_NOT_FOUND") throw error;
    process.stderr.write("error: pkg/ is missing; build it with: cargo xtask build\n");
    process.exit(1);
  }
}

/**
 * @param {Printer} printer
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether all results are as expected
 */
export async function walk(printer, signal) {
  /** @type {Library} */
  const library = await load("index.js");
  /** @type {Testing} */
  const { mockOpenProspect, TEST_KEYS } = await load("testing/node.js");
  /** @type {import("./rows.mjs").Vendor} */
  const vendor = JSON.parse(readFileSync(new URL("../../tests/cases/vendor.json", import.meta.url), "utf8"));

  const mock = mockOpenProspect();
  const served = await mock.serve();
  /** @param {string} apiKey */
  const clientOf = (apiKey) => new library.OpenProspect({ apiKey, baseUrl: served.url, backoff: BACKOFF });
  try {
    printer.title(served.url, BACKOFF);
    const rows = rowsOf(vendor);
    let differing = 0;
    for (const row of rows) {
      const result = await send(row, { library, mock, client: clientOf(TEST_KEYS[row.key ?? "full"]), signal });
      if (result.differences.length > 0) differing += 1;
      printer.row(row, result);
    }
    mock.clear();
    const page = await clientOf(TEST_KEYS.full).orders.list({ limit: 5 }, { signal });
    printer.orders(page);
    printer.summary(rows.length, differing);
    return differing === 0 && page.items.length === 5;
  } finally {
    await served.close();
  }
}

/**
 * @param {Printer} printer
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether the key is valid
 */
export async function callApi(printer, signal) {
  /** @type {Library} */
  const { OpenProspect, isOpenProspectError } = await load("index.js");
  try {
    const key = await new OpenProspect().auth.validate({ signal });
    printer.key(key, new URL(process.env.OPENPROSPECT_BASE_URL || "https://api.openprospect.io").host);
    return key.valid === true;
  } catch (error) {
    if (!isOpenProspectError(error)) throw error;
    printer.failure(error);
    return false;
  }
}
