// The parts of the document: a row of its first table each, and what there is to say beside.

import { must, number, sum, table } from "./read.mjs";

export const PARTS = [
  {
    title: "Faults of connections, servers, proxies and TLS",
    row({ count, one }) {
      const tried = count("chaos", "faultsTried");
      must(count("chaos", "faultsSurvived"), tried, "faults survived");
      return [`${number(tried)} in ${Object.keys(one("chaos").places).length} places`, `${number(tried)} ended in a result or in the right error, in time`];
    },
    lines({ one }) {
      const rows = Object.entries(one("chaos").places).map(([place, { faults, survived, seconds }]) => [place, number(faults), number(survived), seconds]);
      return ["What each place makes of each fault is in [CHAOS.md](CHAOS.md).", "", table(["", "faults", "survived", "seconds"], rows)];
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
  },
  {
    title: "Made-up inputs to the core, by libFuzzer",
    row({ count, one }) {
      must(count("fuzz", "crashes"), 0, "crashes");
      return [`${number(sum(Object.values(one("fuzz").targets).map(({ executions }) => executions)))} executions`, "0 crashes"];
    },
    lines({ one }) {
      const { secondsEach, targets } = one("fuzz");
      const rows = Object.entries(targets).map(([name, { executions, corpus }]) => [`\`${name}\``, number(executions), number(corpus)]);
      return [`${secondsEach} s a target, after its corpus.`, "", table(["target", "executions", "inputs kept in the corpus"], rows)];
    },
  },
  {
    title: "Decisions of the package beside those of the core",
    row({ count, one }) {
      return [number(sum(one("decisions").compared)), `${must(count("decisions", "differences"), 0, "differences")} differ`];
    },
  },
  {
    title: "Options and arguments of any kind",
    row: ({ count }) => [number(count("options", "inputs")), `each taken or named; ${must(count("options", "failures"), 0, "failures")} otherwise`],
  },
  {
    title: "Searches for a key",
    row({ all }) {
      const suites = Object.values(all("canary-", 5));
      must(sum(suites.map(({ finds }) => finds)), 0, "finds");
      return [`${number(sum(suites.map(({ texts }) => texts)))} texts after ${number(sum(suites.map(({ cases }) => cases)))} cases`, "0 finds"];
    },
    lines({ all }) {
      const rows = Object.entries(all("canary-", 5)).map(([suite, { cases, values, texts, finds }]) => [suite, number(cases), number(values), number(texts), finds]);
      return [table(["suite", "cases", "values", "texts", "finds"], rows)];
    },
  },
  {
    title: "Traps of the module in the midst of calls",
    row({ count }) {
      const traps = count("traps-import", "traps") + count("traps-require", "traps");
      return [`${number(traps)}, at each crossing of its border`, "each call ended, and the next one worked"];
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
      const rows = Object.values(all("time-", 2)).flatMap((own) => Object.entries(own).map(([what, value]) => [what, number(value)]));
      return [table(["measured beside", ""], rows)];
    },
  },
  {
    title: "Builds from nothing, compared byte for byte",
    row: ({ count }) => [`${count("again", "builds")}, of ${count("again", "files")} files`, `${must(count("again", "different"), 0, "files that differ")} differ`],
  },
  {
    title: "Crates and packages that it is made or tested with",
    row({ count, one }) {
      const { checked, notReached } = one("supply");
      return [`${number(count("supply", "crates"))} and ${number(count("supply", "packages"))}`, `${checked.length} checks passed, ${notReached.length} had nobody to ask`];
    },
    lines({ one }) {
      const { notReached } = one("supply");
      return notReached.length === 0 ? [] : ["Not checked in this run, since nobody answered:", "", ...notReached.map((what) => `- ${what}`)];
    },
  },
];
