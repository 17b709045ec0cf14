// A user's project with the run of the faults in it.

import { readFile } from "node:fs/promises";
import { makeProject } from "../suite/project.mjs";

const RUN = new URL("run.mjs", import.meta.url);

/** `main` is a script that imports `runChaos` from `./chaos/run.mjs`. */
export async function project(main) {
  return makeProject({ "main.mjs": main, "chaos/run.mjs": await readFile(RUN, "utf8") });
}
