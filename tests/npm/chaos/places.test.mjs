// The faults in every place: in one browser after the other, and in the runtimes meanwhile, since most of what is played waits.

import { describe } from "node:test";
import { browsers } from "./browsers.mjs";
import { runtimes } from "./runtimes.mjs";

describe("faults below HTTP, of TLS and of a proxy", { concurrency: 2 }, () => {
  describe("browsers", { concurrency: 1 }, browsers);
  describe("runtimes", { concurrency: 1 }, runtimes);
});
