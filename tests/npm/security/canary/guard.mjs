// After every test case, everything that the package exposed in this process is searched for keys.

import { basename, dirname } from "node:path";
import { after, afterEach } from "node:test";
import { addFigures } from "../../helpers/metrics.mjs";
import { createCanary } from "../../suite/canary.mjs";
import { inspected } from "./inspected.mjs";

/** The folder of the test file that this process runs. */
const suite = basename(dirname(process.argv[1] ?? "")) || "npm";

/**
 * Watches every test case of this process; a case in which a key is found fails.
 *
 * @param {string[]} keys
 */
export function guard(keys) {
  const canary = createCanary({ keys, own: inspected });
  canary.listen(console);
  process.on("warning", (warning) => canary.collect("a warning", warning));

  /** @type {Record<string, number>} */
  const metrics = { cases: 0, values: 0, texts: 0, finds: 0 };
  /** @param {Record<string, number>} more */
  const count = (more) => {
    for (const name of Object.keys(metrics)) metrics[name] += more[name] ?? 0;
  };
  /** @type {Set<string>} */
  const allowed = new Set();
  /** @param {ReturnType<typeof canary.search>} found */
  const check = (found) => {
    const finds = found.finds.filter((find) => !allowed.has(find.split(":")[0]));
    count({ values: found.values, texts: found.texts, finds: finds.length });
    if (finds.length > 0) throw new Error(["a key is exposed:", ...finds.slice(0, 5)].join("\n"));
  };
  afterEach(() => {
    count({ cases: 1 });
    try {
      check(canary.search());
    } finally {
      allowed.clear();
    }
  });
  after(() => {
    try {
      check(canary.search());
    } finally {
      addFigures(`canary-${suite}`, metrics);
    }
  });
  return {
    learn: canary.learn,
    /** Watches a copy of the package from now on. */
    watch: canary.watch,
    /**
     * Searches a value now, such as the output of a program; throws if it contains a key.
     *
     * @type {(what: string, value: unknown) => void}
     */
    require: (what, value) => check(canary.searchIn([[what, value]])),
    /** In this test case a server sends a key as data: the results of calls may contain it. */
    allowAnswers: () => allowed.add("an answer"),
    /** Adds the counts of a search in another process. */
    count,
  };
}
