// The parts of the document: a row of its first table each, and what there is to say beside.

import { must, number, sum, table } from "./read.mjs";

/** The steps after each of whose cases is searched for the key. */
const SUITES = ["npm", "runtimes", "browsers", "page", "extension", "bundlers", "soak"];

/** Megabytes of bytes, and what is not counted in a place. */
const megabytes = (bytes) => (bytes / 1e6).toFixed(2);
const counted = (value) => (value === undefined ? "not counted" : number(value));

/** The rows of the soak's table, made of the figures of a place. */
const SOAK = [
  ["seconds", ({ seconds }) => number(seconds)],
  ["calls", ({ calls }) => number(calls)],
  ["… answered", ({ answered }) => number(answered)],
  ["… that failed or were stopped, as meant", ({ failed }) => number(sum(failed))],
  ["… lost", ({ lost }) => number(must(lost, 0, "lost"))],
  ["requests at the server", ({ requests_at_server: requests }) => number(requests)],
  ["POSTs without a key", ({ unkeyed }) => number(unkeyed)],
  [
    "… that the client made happen twice",
    ({ unkeyed_applied_twice: twice }) => number(must(twice, 0, "POSTs applied twice")),
  ],
  ["… that the browser itself made happen twice", ({ unkeyed_applied_twice_by_browser: twice }) => number(twice)],
  ["POSTs with a key", ({ keyed }) => number(keyed)],
  ["… that did not happen exactly once", ({ keyed_not_exactly_once: wrong }) => number(must(wrong, 0, "keyed POSTs"))],
  ["heap at the start and after each quarter, MB", ({ heap_at_quarters: marks }) => marks.map(megabytes).join(", ")],
  ["objects on it, likewise", ({ objects_at_quarters: marks }) => marks.map(number).join(", ")],
  [
    "pages of the module's memory after the first round, and in the end",
    ({ wasm_pages_first: first, wasm_pages_last: last }) => `${first}, ${last}`,
  ],
  ["timers left", ({ timers_left: left }) => counted(left)],
  ["listeners left", ({ listeners_left: left }) => counted(left)],
  ["handles left", ({ handles_left: left }) => counted(left)],
];

export const PARTS = [
  {
    title: "Faults of connections, servers, proxies and TLS",
    row({ count, one }) {
      const tried = count("chaos", "faultsTried");
      must(count("chaos", "faultsSurvived"), tried, "faults survived");
      return [
        `${number(tried)} in ${Object.keys(one("chaos").places).length} places`,
        `${number(tried)} ended in a result or in the right error, in time`,
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
        "What each place makes of each fault is in [CHAOS.md](CHAOS.md).",
        "",
        table(["", "faults", "survived", "seconds"], rows),
      ];
    },
  },
  {
    title: "Calls of a long mixed load with faults",
    row({ count }) {
      const places = ["soak-node", "soak-chromium"];
      for (const name of places) must(count(name, "lost"), 0, `${name}: lost calls`);
      const calls = places.map((name) => `${number(count(name, "calls"))} in ${name.slice(5)}`);
      return [calls.join(", "), "0 lost"];
    },
    lines({ one }) {
      const places = ["soak-node", "soak-chromium"].map(one);
      const rows = SOAK.map(([what, value]) => [what, ...places.map((figures) => value(figures))]);
      return [
        "Calls of all kinds at once, against a server that is calm, noisy, at its limit, down and restarted in turns. Each call and each",
        "request has a number, and in the end the server's books are compared with the caller's. What is held is counted when nothing is",
        "under way, after garbage is collected.",
        "",
        table(["", "Node", "Chromium"], rows),
      ];
    },
  },
  {
    title: "Made-up inputs to the core, by libFuzzer",
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
        `${secondsEach} s a target, after its corpus.`,
        "",
        table(["target", "executions", "inputs kept in the corpus"], rows),
      ];
    },
  },
  {
    title: "Decisions of the package beside those of the core",
    row({ count, one }) {
      return [
        number(sum(one("decisions").compared)),
        `${must(count("decisions", "differences"), 0, "differences")} differ`,
      ];
    },
  },
  {
    title: "Options and arguments of any kind",
    row: ({ count }) => [
      number(count("options", "inputs")),
      `each taken or named; ${must(count("options", "failures"), 0, "failures")} otherwise`,
    ],
  },
  {
    title: "Searches for a key",
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
        "The steps `chaos` and `fuzz` look for the key by themselves, in each outcome.",
        "",
        table(["step", "cases", "values", "texts", "finds"], rows),
      ];
    },
  },
  {
    title: "Traps of the module in the midst of calls",
    row({ count }) {
      const total = (field) => sum(["traps-import", "traps-require"].map((copy) => count(copy, field)));
      return [
        `${number(total("traps"))} at ${number(total("crossings"))} crossings of its border`,
        "each call ended, and the next one worked",
      ];
    },
  },
  {
    title: "Waits while machines sleep, clocks jump and timers are late",
    row({ count }) {
      const tried = count("time", "situations") + count("time", "situations at random");
      must(count("time", "survived") + count("time", "survived at random"), tried, "situations survived");
      return [`${number(tried)} situations`, `${number(tried)} as told`];
    },
    lines({ all }) {
      const rows = Object.values(all("time-", 2)).flatMap((own) =>
        Object.entries(own).map(([what, value]) => [what, number(value)]),
      );
      return [table(["measured beside", ""], rows)];
    },
  },
  {
    title: "Builds from nothing, compared byte for byte",
    row: ({ count }) => [
      `${count("again", "builds")}, of ${count("again", "files")} files`,
      `${must(count("again", "different"), 0, "files that differ")} differ`,
    ],
  },
  {
    title: "Crates and packages that it is made or tested with",
    row({ count, one }) {
      const { checked, notReached } = one("supply");
      return [
        `${number(count("supply", "crates"))} and ${number(count("supply", "packages"))}`,
        `${checked.length} checks passed, ${notReached.length} had nobody to ask`,
      ];
    },
    lines({ one }) {
      const { notReached } = one("supply");
      return notReached.length === 0
        ? []
        : ["Not checked in this run, since nobody answered:", "", ...notReached.map((what) => `- ${what}`)];
    },
  },
];
