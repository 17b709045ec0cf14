// After every case of a test file: is a key in anything that the package handed out in this process?

import { basename, dirname } from "node:path";
import { after, afterEach } from "node:test";
import { addFigures } from "../../helpers/metrics.mjs";
import { createCanary } from "../../suite/canary.mjs";
import { inspected } from "./inspected.mjs";

/** The folder of the test file that this process runs. */
const suite = basename(dirname(process.argv[1] ?? "")) || "npm";

/** Watches every case of this process's tests; a find fails the case. */
export function guard(keys) {
  const canary = createCanary({ keys, own: inspected });
  canary.listen(console);
  process.on("warning", (warning) => canary.collect("a warning", warning));

  const figures = { cases: 0, values: 0, texts: 0, finds: 0 };
  const count = (more) => {
    for (const name of Object.keys(figures)) figures[name] += more[name] ?? 0;
  };
  const allowed = new Set();
  const look = (found) => {
    const finds = found.finds.filter((find) => !allowed.has(find.split(":")[0]));
    count({ values: found.values, texts: found.texts, finds: finds.length });
    if (finds.length > 0) throw new Error(["a key is shown:", ...finds.slice(0, 5)].join("\n"));
  };
  afterEach(() => {
    count({ cases: 1 });
    try {
      look(canary.search());
    } finally {
      allowed.clear();
    }
  });
  after(() => {
    try {
      look(canary.search());
    } finally {
      addFigures(`canary-${suite}`, figures);
    }
  });
  return {
    learn: canary.learn,
    /** A copy of the package, watched from now on. */
    watch: canary.watch,
    /** Searches something now: the output of a program, what a page holds. A find throws. */
    require: (what, value) => look(canary.searchIn([[what, value]])),
    /** Says that in this case a server gives a key as data: what is read of it is the caller's. */
    allowAnswers: () => allowed.add("an answer"),
    /** Adds what was searched in another place. */
    count,
  };
}
