// The faults in every environment: the browsers one after the other, in parallel with the runtimes, since most rows
// wait.

import { describe } from "node:test";
import { browsers } from "./browsers.mjs";
import { runtimes } from "./runtimes.mjs";

describe("faults below HTTP, of TLS and of a proxy", { concurrency: 2 }, () => {
  describe("browsers", { concurrency: 1 }, browsers);
  describe("runtimes", { concurrency: 1 }, runtimes);
});
