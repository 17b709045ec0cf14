// The walk in the terminal: the vendor's tables on a mock server, or one call to the real API.

import { readFileSync } from "node:fs";
import { BACKOFF, play, rowsOf } from "./rows.mjs";

/** The package, loaded late so that `--help` works before the first build. */
async function load(path) {
  try {
    return await import(`../../pkg/${path}`);
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    process.stderr.write("error: there is no pkg/; type: cargo xtask build\n");
    process.exit(1);
  }
}

export async function walk(print, signal) {
  const library = await load("index.js");
  const { mockOpenProspect, TEST_KEYS } = await load("testing/node.js");
  const vendor = JSON.parse(readFileSync(new URL("../../tests/cases/vendor.json", import.meta.url), "utf8"));

  const mock = mockOpenProspect();
  const served = await mock.serve();
  const client = (apiKey) => new library.OpenProspect({ apiKey, baseUrl: served.url, backoff: BACKOFF });
  try {
    print.title(served.url, BACKOFF);
    const rows = rowsOf(vendor);
    let differing = 0;
    for (const row of rows) {
      const result = await play(row, { library, mock, client: client(TEST_KEYS[row.key ?? "full"]), signal });
      if (result.differences.length > 0) differing += 1;
      print.row(row, result);
    }
    mock.clear();
    const page = await client(TEST_KEYS.full).orders.list({ limit: 5 }, { signal });
    print.orders(page);
    print.summary(rows.length, differing);
    return differing === 0 && page.items.length === 5;
  } finally {
    await served.close();
  }
}

export async function live(print, signal) {
  const { OpenProspect, isOpenProspectError } = await load("index.js");
  try {
    const key = await new OpenProspect().auth.validate({ signal });
    print.key(key, new URL(process.env.OPENPROSPECT_BASE_URL || "https://api.openprospect.io").host);
    return key.valid === true;
  } catch (error) {
    if (!isOpenProspectError(error)) throw error;
    print.failure(error);
    return false;
  }
}
