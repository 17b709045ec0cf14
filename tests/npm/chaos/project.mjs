// A user's project with the run in it, beside the suite.

import { readFile } from "node:fs/promises";
import { makeProject } from "../suite/project.mjs";

const RUN = new URL("run.mjs", import.meta.url);

/** `main` begins the run: it has `runChaos` from `./chaos/run.mjs`. */
export async function project(main) {
  return makeProject({ "main.mjs": main, "chaos/run.mjs": await readFile(RUN, "utf8") });
}
