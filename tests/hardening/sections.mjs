// The sections of the document: each has a row in the first table, and may have text and tables of its own.

import { must, number, sum, table } from "./read.mjs";

/** The steps of `cargo xtask test` that search for API keys after each case. */
const SUITES = ["npm", "runtimes", "browsers", "page", "extension", "bundlers", "soak"];

/** Bytes in MB, and counts that an environment may not have. */
const megabytes = (bytes) => (bytes / 1e6).toFixed(2);
const counted = (value) => (value === undefined ? "not counted" : number(value));

/**
 * The rows of the soak's table, from the metrics of an environment.
 *
 * @type {[title: string, value: (metrics: any) => string][]}
 */
const SOAK = [
  ["seconds", ({ seconds }) => number(seconds)],
  ["calls", ({ calls }) => number(calls)],
  ["… successful", ({ answered }) => number(answered)],
  ["… that failed or were stopped, as meant", ({ failed }) => number(sum(failed))],
  ["… lost", ({ lost }) => number(must(lost, 0, "lost"))],
  ["requests at the server", ({ requests_at_server: requests }) => number(requests)],
  ["POSTs without a key", ({ unkeyed }) => number(unkeyed)],
  [
    "… applied twice by the client",
    ({ unkeyed_applied_twice: twice }) => number(must(twice, 0, "POSTs applied twice")),
  ],
  ["… applied twice by a resend of the browser", ({ unkeyed_applied_twice_by_browser: twice }) => number(twice)],
  ["POSTs with a key", ({ keyed }) => number(keyed)],
  ["… not applied exactly once", ({ keyed_not_exactly_once: wrong }) => number(must(wrong, 0, "keyed POSTs"))],
  ["heap at the start and after each quarter, MB", ({ heap_at_quarters: marks }) => marks.map(megabytes).join(", ")],
  ["objects on the heap, likewise", ({ objects_at_quarters: marks }) => marks.map(number).join(", ")],
  [
    "pages of wasm memory after the first round and at the end",
    ({ wasm_pages_first: first, wasm_pages_last: last }) => `${first}, ${last}`,
  ],
  ["timers left", ({ timers_left: left }) => counted(left)],
  ["listeners left", ({ listeners_left: left }) => counted(left)],
  ["handles left", ({ handles_left: left }) => counted(left)],
];

/**
 * @typedef {object} Section
 * @property {string} title
 * @property {(results: ReturnType<typeof import("./read.mjs").read>) => (string | number)[]} row
 * @property {(results: ReturnType<typeof import("./read.mjs").read>) => string[]} [lines]
 */

/** @type {Section[]} */
export const SECTIONS = [
  {
    title: "Faults of connections, servers, proxies and TLS",
    row({ count, one }) {
      const tried = count("chaos", "faultsTried");
      must(count("chaos", "faultsSurvived"), tried, "faults survived");
      return [
        `${number(tried)} in ${Object.keys(one("chaos").places).length} places`,
        `${number(tried)} ended in time with a result or the expected error`,
      ];
    },
    lines({ one }) {
      const rows = Object.entries(one("chaos").places).map(([place, { faults, survived, seconds }]) => [
        place,
        number(faults),
        number(survived),
        seconds,
      ]);
      return [
        "The outcome of each fault in each environment is in [CHAOS.md](CHAOS.md).",
        "",
        table(["", "faults", "survived", "seconds"], rows),
      ];
    },
  },
  {
    title: "Calls under a long mixed load with faults",
    row({ count }) {
      const places = ["soak-node", "soak-chromium"];
      for (const name of places) must(count(name, "lost"), 0, `${name}: lost calls`);
      const calls = places.map((name) => `${number(count(name, "calls"))} in ${name.slice(5)}`);
      return [calls.join(", "), "0 lost"];
    },
    lines({ one }) {
      const places = ["soak-node", "soak-chromium"].map(one);
      const rows = SOAK.map(([what, value]) => [what, ...places.map((metrics) => value(metrics))]);
      return [
        "Simultaneous calls of all kinds, against a server that is alternately healthy, faulty, rate limiting, down",
        "and restarted. Each call and each request has a number; at the end the records of the server are compared",
        "with those of the caller. Resources and memory are measured after a garbage collection, with no call in " +
          "flight.",
        "",
        table(["", "Node", "Chromium"], rows),
      ];
    },
  },
  {
    title: "Fuzzing of the core with libFuzzer",
    row({ count, one }) {
      must(count("fuzz", "crashes"), 0, "crashes");
      return [
        `${number(sum(Object.values(one("fuzz").targets).map(({ executions }) => executions)))} executions`,
        "0 crashes",
      ];
    },
    lines({ one }) {
      const { secondsEach, targets } = one("fuzz");
      const rows = Object.entries(targets).map(([name, { executions, corpus }]) => [
        `\`${name}\``,
        number(executions),
        number(corpus),
      ]);
      return [
        `${secondsEach} s for each target, after its corpus.`,
        "",
        table(["target", "executions", "inputs kept in the corpus"], rows),
      ];
    },
  },
  {
    title: "Decisions of the package compared with the core",
    row({ count, one }) {
      return [
        number(sum(one("decisions").compared)),
        `${must(count("decisions", "differences"), 0, "differences")} differ`,
      ];
    },
  },
  {
    title: "Random options and arguments",
    row: ({ count }) => [
      number(count("options", "inputs")),
      `each accepted, or rejected by name; ${must(count("options", "failures"), 0, "failures")} failures`,
    ],
  },
  {
    title: "Searches for leaked API keys",
    row({ count }) {
      const total = (field) => sum(SUITES.map((suite) => count(`canary-${suite}`, field)));
      for (const suite of SUITES) must(count(`canary-${suite}`, "texts") > 0, true, `${suite}: texts were searched`);
      return [
        `${number(total("texts"))} texts after ${number(total("cases"))} cases`,
        `${must(total("finds"), 0, "finds")} finds`,
      ];
    },
    lines({ one }) {
      const rows = SUITES.map((suite) => [
        suite,
        ...["cases", "values", "texts", "finds"].map((field) => number(one(`canary-${suite}`)[field])),
      ]);
      return [
        "The steps `chaos` and `fuzz` search each outcome for the key themselves.",
        "",
        table(["step", "cases", "values", "texts", "finds"], rows),
      ];
    },
  },
  {
    title: "Traps of the WebAssembly module during calls",
    row({ count }) {
      const total = (field) => sum(["traps-import", "traps-require"].map((copy) => count(copy, field)));
      return [
        `${number(total("traps"))} at ${number(total("crossings"))} crossings of its boundary`,
        "each call ended, and the next one succeeded",
      ];
    },
  },
  {
    title: "Waits with system sleep, clock jumps and late timers",
    row({ count }) {
      const tried = count("time", "situations") + count("time", "situations at random");
      must(count("time", "survived") + count("time", "survived at random"), tried, "situations survived");
      return [`${number(tried)} situations`, `${number(tried)} as expected`];
    },
    lines({ all }) {
      const rows = Object.values(all("time-", 2)).flatMap((own) =>
        Object.entries(own).map(([what, value]) => [what, number(value)]),
      );
      return [table(["further measurements", ""], rows)];
    },
  },
  {
    title: "Clean builds, compared byte for byte",
    row: ({ count }) => [
      `${count("again", "builds")}, of ${count("again", "files")} files`,
      `${must(count("again", "different"), 0, "files that differ")} differ`,
    ],
  },
  {
    title: "Dependencies: crates and npm packages",
    row({ count, one }) {
      const { checked, notReached } = one("supply");
      return [
        `${number(count("supply", "crates"))} and ${number(count("supply", "packages"))}`,
        `${checked.length} checks passed, ${notReached.length} could not reach their source`,
      ];
    },
    lines({ one }) {
      const { notReached } = one("supply");
      return notReached.length === 0
        ? []
        : ["Not checked in this run, since the source did not respond:", "", ...notReached.map((what) => `- ${what}`)];
    },
  },
];
