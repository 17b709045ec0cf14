// Runners of the load, in Node and in Chromium. A runner has `round`, `levels`, `heap` and `end`, and releases
// everything at its end.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { chromium } from "../browsers/puppet.mjs";
import { measureHeap } from "./heap.mjs";

/** Longer than a round and its last call. */
const REPLY_TIMEOUT_MS = 180_000;
/** An idle process must exit by itself within this time. */
const EXIT_TIMEOUT_MS = 30_000;

/** `mayResend`: whether the platform itself resends a request after a broken connection. */
export const RUNNERS = { node: { start: inNode, mayResend: false }, chromium: { start: inChromium, mayResend: true } };

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The next message of a process, or an Error if it exits first or times out. */
export async function nextMessage(child, what) {
  const stop = new AbortController();
  const { signal } = stop;
  const timer = setTimeout(() => stop.abort(), REPLY_TIMEOUT_MS);
  try {
    const received = once(child, "message", { signal });
    const exited = once(child, "exit", { signal }).then(([code, by]) => {
      throw new Error(`${what} exited with ${code ?? by}`);
    });
    // The one that loses the race is rejected by the abort below.
    for (const promise of [received, exited]) promise.catch(() => {});
    return (await Promise.race([received, exited]))[0];
  } catch (error) {
    throw signal.aborted ? new Error(`${what}: timed out after ${REPLY_TIMEOUT_MS / 1000} s`) : error;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

/** Starts a script of this folder in a separate process. */
export function startProcess(name, args) {
  const child = fork(file(name), args, { serialization: "advanced" });
  const exited = once(child, "exit");
  return {
    child,
    exited,
    kill: () => {
      child.kill("SIGKILL");
      return exited;
    },
  };
}

async function inNode({ url, seed, packageUrl }) {
  const { child, exited, kill } = startProcess("node.mjs", [url, seed, packageUrl]);
  /**
   * @param {string} step
   * @param {object} [params]
   */
  const run = (step, params) => {
    const reply = nextMessage(child, `the load in Node, step ${step}`);
    child.send({ step, ...params });
    return reply;
  };
  await nextMessage(child, "the load in Node");
  return {
    round: (params) => run("round", params),
    levels: () => run("levels"),
    heap: () => run("heap"),
    async end() {
      const reply = await run("end");
      child.disconnect();
      let timer;
      const timeout = new Promise((resolve) => {
        timer = setTimeout(resolve, EXIT_TIMEOUT_MS, ["does not exit by itself"]);
      });
      const [code, by] = await Promise.race([exited, timeout]);
      clearTimeout(timer);
      if (code !== 0) reply.problems.push(`the process of Node: ${code ?? by}`);
      return reply;
    },
    close: kill,
  };
}

async function inChromium({ url, seed }) {
  const browser = await chromium();
  const page = await browser.open(`${url}/soak/page.html?seed=${seed}`);
  const tools = await page.session();
  await tools.send("Performance.enable");
  /**
   * @param {string} step
   * @param {object} [params]
   */
  const run = (step, params) =>
    page.read(`globalThis.soak.then((soak) => soak.${step}(${JSON.stringify(params ?? {})}))`);
  return {
    round: (params) => run("round", params),
    async levels() {
      const levels = await run("levels");
      await tools.send("HeapProfiler.collectGarbage");
      const { metrics } = await tools.send("Performance.getMetrics");
      const metric = (name) => metrics.find((/** @type {any} */ one) => one.name === name)?.value;
      return { ...levels, listeners_in_page: metric("JSEventListeners"), nodes: metric("Nodes") };
    },
    heap: () =>
      measureHeap(
        (method, params) => tools.send(method, params),
        () => run("levels"),
      ),
    async end() {
      const reply = await run("end");
      await browser.close();
      reply.problems.push(...page.lines.filter((line) => line.startsWith("thrown")));
      return reply;
    },
    close: () => browser.close(),
  };
}
