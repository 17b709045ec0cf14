// Where the load runs. A place gives `round`, `levels`, `look` and `end`; when it has ended, nothing of it is left.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { chromium } from "../browsers/puppet.mjs";
import { look } from "./look.mjs";

/** Longer than a round and the wait for its last call. */
const PATIENCE_MS = 180_000;
/** A process that has nothing to do any more ends by itself. */
const LEAVING_MS = 30_000;

export const PLACES = { node: { enter: inNode, mayResend: false }, chromium: { enter: inChromium, mayResend: true } };

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The next word of a process, unless it goes first or says nothing. */
export async function word(child, what) {
  const stop = new AbortController();
  const { signal } = stop;
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const said = once(child, "message", { signal });
    const gone = once(child, "exit", { signal }).then(([code, by]) => {
      throw new Error(`${what} ended with ${code ?? by}`);
    });
    // The one that comes second is nobody's.
    for (const promise of [said, gone]) promise.catch(() => {});
    return (await Promise.race([said, gone]))[0];
  } catch (error) {
    throw signal.aborted ? new Error(`${what}: not a word`) : error;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

/** A program of this folder in a process of its own. */
export function start(name, given) {
  const child = fork(file(name), given, { serialization: "advanced" });
  const isGone = once(child, "exit");
  return {
    child,
    isGone,
    kill: () => {
      child.kill("SIGKILL");
      return isGone;
    },
  };
}

async function inNode({ url, seed, packageUrl }) {
  const { child, isGone, kill } = start("node.mjs", [url, seed, packageUrl]);
  const ask = (step, given) => {
    const answer = word(child, `the load in Node, at its ${step}`);
    child.send({ step, ...given });
    return answer;
  };
  await word(child, "the load in Node");
  return {
    round: (given) => ask("round", given),
    levels: () => ask("levels"),
    look: () => ask("look"),
    async end() {
      const said = await ask("end");
      child.disconnect();
      let timer;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, LEAVING_MS, ["it does not end by itself"]);
      });
      const [code, by] = await Promise.race([isGone, late]);
      clearTimeout(timer);
      if (code !== 0) said.problems.push(`Node's process: ${code ?? by}`);
      return said;
    },
    close: kill,
  };
}

async function inChromium({ url, seed }) {
  const browser = await chromium();
  const page = await browser.open(`${url}/soak/page.html?seed=${seed}`);
  const tools = await page.session();
  await tools.send("Performance.enable");
  const ask = (step, given) =>
    page.read(`globalThis.soak.then((soak) => soak.${step}(${JSON.stringify(given ?? {})}))`);
  return {
    round: (given) => ask("round", given),
    async levels() {
      const levels = await ask("levels");
      await tools.send("HeapProfiler.collectGarbage");
      const { metrics } = await tools.send("Performance.getMetrics");
      const metric = (wanted) => metrics.find(({ name }) => name === wanted).value;
      return { ...levels, listeners_in_page: metric("JSEventListeners"), nodes: metric("Nodes") };
    },
    look: () =>
      look(
        (method, given) => tools.send(method, given),
        () => ask("levels"),
      ),
    async end() {
      const said = await ask("end");
      await browser.close();
      said.problems.push(...page.lines.filter((line) => line.startsWith("thrown")));
      return said;
    },
    close: () => browser.close(),
  };
}
